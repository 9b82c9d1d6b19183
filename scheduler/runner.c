/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbill-runner: executes programs for the daemon. It is small, so that vfork is cheap and nothing of the
 * daemon is in reach of a plugin.
 *
 * What a short run costs is what counts: one pipe, one vfork, one wake-up by SIGCHLD when it is over, two
 * reads. A pipe is watched only when its program has not ended soon; outcomes are held for a few milliseconds
 * and sent together. The daemon speaks on descriptor 3; descriptor 4 is shared memory in which the process
 * groups stand, for the case that this process is killed. */
#include "lib/error.h"
#include "lib/launch.h"
#include "lib/memory.h"
#include "lib/wire_run.h"
#include "scheduler/io/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SOON = 20 * 1000,        /* microseconds: a pipe is watched when its program runs longer */
    DRAIN = 100 * 1000,      /* for what a grandchild may still write */
    GRACE = 2 * 1000 * 1000, /* between TERM, KILL and giving up */
    HOLD = 4 * 1000,         /* outcomes wait for company */
    HOLD_BYTES = 64 << 10,   /* but not more than this */
    PAUSE = 5 * 1000,        /* between two looks at the deadlines */
    STARTS = 16,             /* programs started between two looks at those that ended */
    READS = 16,              /* of one pipe in a turn */
    CHUNK = 64 << 10,        /* of a pipe */
    ROOM_KEPT = 64 << 10,    /* of the output of a slot */
    HEADS = 4096,            /* chains of slots by process id; a power of two */
    NOBODY = -1,
};

static const int64_t NEVER = INT64_MAX;

enum phase { FREE, RUNNING, ASKED, KILLED, DRAINING, STUCK };

struct slot {
    enum phase phase;
    pid_t pid;
    uint32_t id;
    int next; /* of the chain or of the free ones */
    int pipe; /* -1: ended or not there */
    bool watched, timed_out, truncated;
    int status;
    int64_t started, ended, deadline, due;
    size_t cap;
    struct text output;
};

struct runner {
    struct wire wire;
    struct wire_run run;
    struct slot *slots;
    int32_t *groups;
    int heads[HEADS];
    int free;
    int count; /* of slots */
    int busy;  /* slots in use */
    int epoll;
    int signals;
    bool ending;
    int64_t earliest; /* no `due` is before it */
    int64_t held;     /* since when outcomes wait; NEVER: none does */
    int64_t now;
    char chunk[CHUNK];
};

enum { TAG_WIRE = -1, TAG_SIGNALS = -2 };

static int64_t clock_now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void watch(struct runner *runner, int operation, int fd, int tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = tag};
    (void)epoll_ctl(runner->epoll, operation, fd, &event);
}

/* Slots */

static int *chain_of(struct runner *runner, pid_t pid)
{
    return &runner->heads[(unsigned)pid & (HEADS - 1)];
}

static int slot_take(struct runner *runner)
{
    if (runner->free == NOBODY) {
        int count = runner->count ? runner->count * 2 : 64;
        if (count > RUNNER_SLOTS)
            return NOBODY;
        runner->slots = memory_grow(runner->slots, (size_t)count, sizeof *runner->slots);
        for (int i = count - 1; i >= runner->count; i--) {
            runner->slots[i] = (struct slot){.next = runner->free, .output = TEXT_INIT};
            runner->free = i;
        }
        runner->count = count;
    }
    int index = runner->free;
    runner->free = runner->slots[index].next;
    runner->busy++;
    return index;
}

static void slot_free(struct runner *runner, int index)
{
    struct slot *slot = &runner->slots[index];
    if (slot->output.room > ROOM_KEPT)
        text_release(&slot->output);
    __atomic_store_n(&runner->groups[index], 0, __ATOMIC_RELAXED);
    slot->phase = FREE;
    slot->next = runner->free;
    runner->free = index;
    runner->busy--;
}

static void slot_enter(struct runner *runner, int index)
{
    struct slot *slot = &runner->slots[index];
    int *head = chain_of(runner, slot->pid);
    slot->next = *head;
    *head = index;
    __atomic_store_n(&runner->groups[index], slot->pid, __ATOMIC_RELAXED);
}

/* The slot of a process that was just waited for, taken out of its chain. */
static int slot_leave(struct runner *runner, pid_t pid)
{
    for (int *at = chain_of(runner, pid); *at != NOBODY; at = &runner->slots[*at].next) {
        int index = *at;
        if (runner->slots[index].pid == pid) {
            *at = runner->slots[index].next;
            return index;
        }
    }
    return NOBODY;
}

static void slot_due(struct runner *runner, struct slot *slot, int64_t due)
{
    slot->due = due;
    if (due < runner->earliest)
        runner->earliest = due;
}

/* Outcomes */

static void tell(struct runner *runner, uint32_t id, const struct wire_outcome *outcome)
{
    wire_outcome_put(&runner->wire.out, id, outcome);
    if (runner->held == NEVER)
        runner->held = runner->now;
}

static void refuse(struct runner *runner, uint32_t id, int code, const char *what)
{
    struct error error;
    (void)error_set(&error, "cannot %s: %s", what, strerror(code));
    tell(runner, id,
         &(struct wire_outcome){.kind = OUTCOME_NOT_STARTED,
                                .code = code,
                                .started = runner->now,
                                .ended = runner->now,
                                .output = error.text,
                                .length = strlen(error.text)});
}

static void pipe_close(struct slot *slot)
{
    if (slot->pipe >= 0)
        (void)close(slot->pipe); /* also ends the watch: the descriptor was never passed on */
    slot->pipe = -1;
    slot->watched = false;
}

static void report(struct runner *runner, const struct slot *slot)
{
    bool signalled = WIFSIGNALED(slot->status);
    struct wire_outcome outcome = {
        .kind = slot->timed_out ? OUTCOME_TIMEOUT
                : signalled     ? OUTCOME_SIGNALLED
                                : OUTCOME_EXITED,
        .code = signalled ? WTERMSIG(slot->status) : WEXITSTATUS(slot->status),
        .truncated = slot->truncated,
        .started = slot->started,
        .ended = slot->ended,
        .output = slot->output.bytes,
        .length = slot->output.length,
    };
    tell(runner, slot->id, &outcome);
}

/* Everything of this run is over. */
static void finish(struct runner *runner, int index)
{
    struct slot *slot = &runner->slots[index];
    pipe_close(slot);
    report(runner, slot);
    slot_free(runner, index);
}

/* Read what is there; true while more may come. */
static bool pipe_read(struct runner *runner, struct slot *slot)
{
    for (int turn = 0; turn < READS && slot->pipe >= 0; turn++) {
        ssize_t got = read(slot->pipe, runner->chunk, sizeof runner->chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return true;
        if (got <= 0) {
            pipe_close(slot);
            return false;
        }
        size_t room = slot->cap - slot->output.length;
        size_t kept = (size_t)got < room ? (size_t)got : room;
        text_add_bytes(&slot->output, runner->chunk, kept);
        slot->truncated |= kept < (size_t)got;
    }
    return slot->pipe >= 0;
}

static void pipe_watch(struct runner *runner, int index)
{
    struct slot *slot = &runner->slots[index];
    if (slot->pipe < 0 || slot->watched)
        return;
    slot->watched = true;
    watch(runner, EPOLL_CTL_ADD, slot->pipe, index);
}

/* Starting */

static int input_open(const struct wire_run *run)
{
    if (!run->input)
        return STDIN_FILENO;
    int fd = memfd_create("input", MFD_CLOEXEC);
    size_t written = 0;
    while (fd >= 0 && written < run->input_length) {
        ssize_t put = write(fd, run->input + written, run->input_length - written);
        if (put <= 0)
            break;
        written += (size_t)put;
    }
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) == 0 && written == run->input_length)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

/* vfork and exec with ${output} as standard output; the process id, or -1 when the daemon was told why not.
 */
static pid_t launch(struct runner *runner, uint32_t id, int output)
{
    const struct wire_run *run = &runner->run;
    int input = input_open(run);
    pid_t pid = -1;
    if (input < 0) {
        refuse(runner, id, errno, "keep the standard input");
        return pid;
    }
    struct launch how = {.argv = run->argv, .env = run->env, .input = input, .output = output};
    pid = launch_start(&how);
    int code = errno;
    if (input != STDIN_FILENO)
        (void)close(input);
    if (pid < 0) {
        struct error what;
        (void)error_set(&what, "execute \"%s\"", run->argv[0]);
        refuse(runner, id, code, what.text);
    }
    return pid;
}

static void begin(struct runner *runner, uint32_t id, pid_t pid, int pipe)
{
    int index = slot_take(runner);
    struct slot *slot = &runner->slots[index];
    text_clear(&slot->output);
    *slot = (struct slot){.phase = RUNNING,
                          .pid = pid,
                          .id = id,
                          .pipe = pipe,
                          .started = runner->now,
                          .deadline = runner->now + runner->run.timeout * 1000,
                          .cap = runner->run.cap,
                          .output = slot->output};
    slot_enter(runner, index);
    int64_t soon = runner->now + SOON;
    slot_due(runner, slot, soon < slot->deadline ? soon : slot->deadline);
}

static void start(struct runner *runner, const struct wire_frame *frame)
{
    int ends[2];
    runner->now = clock_now();
    if (!wire_run_get(&runner->run, frame)) {
        refuse(runner, frame->id, EBADMSG, "read the request");
    } else if (runner->free == NOBODY && runner->count == RUNNER_SLOTS) {
        refuse(runner, frame->id, EAGAIN, "start more programs at once");
    } else if (pipe2(ends, O_CLOEXEC) != 0) {
        refuse(runner, frame->id, errno, "make a pipe");
    } else {
        (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
        pid_t pid = launch(runner, frame->id, ends[1]);
        (void)close(ends[1]);
        if (pid < 0)
            (void)close(ends[0]);
        else
            begin(runner, frame->id, pid, ends[0]);
    }
}

/* Ending */

static void main_ended(struct runner *runner, int index, int status)
{
    struct slot *slot = &runner->slots[index];
    if (slot->phase == STUCK) {
        size_t begun = wire_begin(&runner->wire.out, WIRE_GONE, slot->id);
        wire_end(&runner->wire.out, begun);
        pipe_close(slot);
        slot_free(runner, index);
        return;
    }
    slot->status = status;
    slot->ended = runner->now;
    if (!pipe_read(runner, slot)) {
        finish(runner, index);
        return;
    }
    /* Something that it started holds the pipe. */
    slot->phase = DRAINING;
    pipe_watch(runner, index);
    int64_t drained = runner->now + DRAIN;
    bool late = slot->timed_out || drained < slot->deadline;
    slot_due(runner, slot, late ? drained : slot->deadline);
}

static void reap(struct runner *runner)
{
    struct signalfd_siginfo info;
    int status;
    pid_t pid;
    (void)!read(runner->signals, &info, sizeof info);
    runner->now = clock_now();
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        int index = slot_leave(runner, pid);
        if (index != NOBODY)
            main_ended(runner, index, status);
    }
}

static void stuck(struct runner *runner, struct slot *slot)
{
    char path[64];
    char where[64] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/wchan", (int)slot->pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t got = read(fd, where, sizeof where - 1);
        where[got > 0 ? got : 0] = '\0';
        (void)close(fd);
    }
    struct error error;
    (void)error_set(&error, "process %d does not end, not even by KILL; it waits in \"%s\"", (int)slot->pid,
                    where[0] ? where : "unknown");
    slot->phase = STUCK;
    pipe_close(slot);
    if (runner->ending) {
        slot_free(runner, slot_leave(runner, slot->pid));
        return;
    }
    tell(runner, slot->id,
         &(struct wire_outcome){.kind = OUTCOME_STUCK,
                                .code = SIGKILL,
                                .started = slot->started,
                                .ended = runner->now,
                                .output = error.text,
                                .length = strlen(error.text)});
}

/* What is due for this slot. */
static void advance(struct runner *runner, int index)
{
    struct slot *slot = &runner->slots[index];
    slot->due = NEVER;
    switch (slot->phase) {
    case RUNNING:
        if (runner->now < slot->deadline) {
            pipe_watch(runner, index);
            slot_due(runner, slot, slot->deadline);
            break;
        }
        slot->timed_out = true;
        slot->phase = ASKED;
        (void)kill(-slot->pid, SIGTERM);
        pipe_watch(runner, index);
        slot_due(runner, slot, runner->now + GRACE);
        break;
    case ASKED:
        slot->phase = KILLED;
        (void)kill(-slot->pid, SIGKILL);
        slot_due(runner, slot, runner->now + GRACE);
        break;
    case KILLED:
        stuck(runner, slot);
        break;
    case DRAINING:
        /* The number of the group cannot have come round in so short a time. */
        (void)kill(-slot->pid, SIGKILL);
        finish(runner, index);
        break;
    case STUCK:
    case FREE:
        break;
    }
}

static void keep_deadlines(struct runner *runner)
{
    runner->now = clock_now();
    if (runner->now < runner->earliest)
        return;
    runner->earliest = NEVER;
    for (int i = 0; i < runner->count; i++) {
        struct slot *slot = &runner->slots[i];
        if (slot->phase == FREE)
            continue;
        if (slot->due <= runner->now)
            advance(runner, i);
        else
            slot_due(runner, slot, slot->due);
    }
    if (runner->earliest < runner->now + PAUSE)
        runner->earliest = runner->now + PAUSE;
}

/* The daemon has gone: nobody asks for the outcomes any more. */
static void end_all(struct runner *runner)
{
    if (runner->ending)
        return;
    runner->ending = true;
    watch(runner, EPOLL_CTL_DEL, runner->wire.fd, TAG_WIRE);
    runner->now = clock_now();
    for (int i = 0; i < runner->count; i++) {
        struct slot *slot = &runner->slots[i];
        if (slot->phase == RUNNING) {
            slot->deadline = runner->now;
            slot_due(runner, slot, runner->now);
        } else if (slot->phase == STUCK) {
            slot_free(runner, slot_leave(runner, slot->pid));
        }
    }
}

/* The loop */

static void send_outcomes(struct runner *runner)
{
    if (runner->ending) {
        text_clear(&runner->wire.out);
        runner->held = NEVER;
    } else if (wire_unsent(&runner->wire) > HOLD_BYTES || runner->now - runner->held >= HOLD) {
        if (!wire_flush(&runner->wire))
            end_all(runner);
        runner->held = wire_unsent(&runner->wire) ? runner->now : NEVER;
    }
}

/* Milliseconds until something is due; -1: nothing is. */
static int pause_length(const struct runner *runner)
{
    int64_t until = runner->busy ? runner->earliest : NEVER;
    if (runner->held != NEVER && runner->held + HOLD < until)
        until = runner->held + HOLD;
    if (until == NEVER)
        return -1;
    int64_t left = (until - runner->now + 999) / 1000;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void handle(struct runner *runner, int tag)
{
    if (tag == TAG_SIGNALS) {
        reap(runner);
    } else if (tag == TAG_WIRE) {
        if (!runner->ending && !wire_receive(&runner->wire))
            end_all(runner);
    } else if (!pipe_read(runner, &runner->slots[tag]) && runner->slots[tag].phase == DRAINING) {
        finish(runner, tag);
    }
}

/* Start some of what was asked for; true when more waits. */
static bool start_some(struct runner *runner)
{
    struct wire_frame frame;
    for (int i = 0; i < STARTS && !runner->ending; i++) {
        if (!wire_next(&runner->wire, &frame)) {
            if (runner->wire.broken)
                end_all(runner);
            return false;
        }
        start(runner, &frame);
    }
    return !runner->ending;
}

static void serve(struct runner *runner)
{
    struct epoll_event events[64];
    bool more = false;
    while (!runner->ending || runner->busy) {
        int count = epoll_wait(runner->epoll, events, 64, more ? 0 : pause_length(runner));
        for (int i = 0; i < count; i++)
            handle(runner, events[i].data.fd);
        more = start_some(runner);
        keep_deadlines(runner);
        send_outcomes(runner);
    }
}

static bool prepare(struct runner *runner)
{
    struct rlimit files;
    sigset_t all;
    (void)close_range(RUNNER_GROUPS_FD + 1, ~0U, 0); /* what the daemon itself was started with */
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, NULL);
    (void)sigemptyset(&all);
    (void)sigaddset(&all, SIGCHLD);
    runner->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    runner->epoll = epoll_create1(EPOLL_CLOEXEC);
    void *shared =
        mmap(NULL, RUNNER_SLOTS * sizeof(int32_t), PROT_READ | PROT_WRITE, MAP_SHARED, RUNNER_GROUPS_FD, 0);
    if (runner->signals < 0 || runner->epoll < 0 || shared == MAP_FAILED)
        return false;
    runner->groups = shared;
    (void)close(RUNNER_GROUPS_FD);
    (void)fcntl(RUNNER_FD, F_SETFD, FD_CLOEXEC);
    watch(runner, EPOLL_CTL_ADD, RUNNER_FD, TAG_WIRE);
    watch(runner, EPOLL_CTL_ADD, runner->signals, TAG_SIGNALS);
    return true;
}

int main(void)
{
    int type = 0;
    if (getsockopt(RUNNER_FD, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) != 0 ||
        type != SOCK_STREAM) {
        (void)fputs("watchbill-runner is started by watchbilld\n", stderr);
        return 3;
    }
    struct runner *runner = memory_get(1, sizeof *runner);
    runner->free = NOBODY;
    runner->earliest = runner->held = NEVER;
    for (int i = 0; i < HEADS; i++)
        runner->heads[i] = NOBODY;
    wire_init(&runner->wire, RUNNER_FD, false);
    bool ready = prepare(runner);
    if (ready)
        serve(runner);
    wire_release(&runner->wire);
    wire_run_release(&runner->run);
    for (int i = 0; i < runner->count; i++)
        text_release(&runner->slots[i].output);
    free(runner->slots);
    free(runner);
    return ready ? 0 : 3;
}

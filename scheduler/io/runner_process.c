/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's end of one runner process. */
#include "scheduler/io/runner_parts.h"

#include "lib/memory.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 1024,       /* jobs that a process has at most; the rest waits here */
    SOCKET_ROOM = 1 << 20,  /* bytes on the way */
    QUIET = 1000 * 1000,    /* microseconds: one that dies sooner is started again later */
    END_TIMEOUT = 5000,     /* ms: twice the grace, and a little */
    LATE = 15 * 1000,       /* ms behind a timeout: it tells of a run that does not end 4 s behind it */
    LOOK = 5 * 1000 * 1000, /* microseconds */
};

struct runner_process {
    struct runner *runner;
    struct wire wire;
    struct loop_watch *watch;
    struct loop_timer *again;
    struct loop_timer *look;            /* for outcomes that do not come */
    struct runner_job *jobs[IN_FLIGHT]; /* by number */
    uint32_t free[IN_FLIGHT];           /* numbers that are free */
    size_t load, stuck;
    int32_t *groups; /* shared with the process */
    pid_t pid;
    int64_t started;
    bool alive, closing;
};

static void process_ready(void *owner, int events);

static bool make_shared(struct runner_process *process, int *fd, struct error *error)
{
    size_t size = RUNNER_SLOTS * sizeof(int32_t);
    *fd = memfd_create("groups", MFD_CLOEXEC);
    void *shared = MAP_FAILED;
    if (*fd >= 0 && ftruncate(*fd, (off_t)size) == 0)
        shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (shared == MAP_FAILED)
        return error_set(error, "cannot share memory with a runner: %s", strerror(errno));
    process->groups = shared;
    return true;
}

static void drop_shared(struct runner_process *process)
{
    if (process->groups)
        (void)munmap(process->groups, RUNNER_SLOTS * sizeof(int32_t));
    process->groups = NULL;
}

static void process_ended(void *owner, pid_t pid, int status)
{
    (void)pid;
    (void)status; /* the end of the socket has told it */
    (void)owner;
}

static bool process_start(struct runner_process *process, struct error *error)
{
    const struct runner_settings *settings = runner_settings(process->runner);
    int ends[2] = {-1, -1};
    int shared = -1;
    struct text path = TEXT_INIT;
    text_format(&path, "%s/watchbill-runner", settings->libexec);
    bool started = make_shared(process, &shared, error);
    if (started && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        started = error_set(error, "cannot make a socket pair: %s", strerror(errno));
    if (started)
        started =
            runner_spawn(path.bytes, settings->directory, (int[]){ends[1], shared}, 2, &process->pid, error);
    if (started) {
        for (int i = 0; i < 2; i++)
            (void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &(int){SOCKET_ROOM}, sizeof(int));
        wire_init(&process->wire, ends[0], false);
        process->watch =
            loop_watch_add(runner_loop(process->runner), ends[0], LOOP_READ, process_ready, process);
        process->alive = true;
        process->started = loop_now();
        loop_timer_at(process->look, process->started + LOOK);
    } else {
        drop_shared(process);
        if (ends[0] >= 0)
            (void)close(ends[0]);
    }
    if (ends[1] >= 0)
        (void)close(ends[1]);
    if (shared >= 0)
        (void)close(shared);
    text_release(&path);
    return started;
}

static void start_again(void *owner)
{
    struct runner_process *process = owner;
    struct error error;
    if (process_start(process, &error))
        runner_wake(process->runner);
    else
        loop_timer_at(process->again, loop_now() + QUIET);
}

static void numbers_init(struct runner_process *process)
{
    for (uint32_t i = 0; i < IN_FLIGHT; i++)
        process->free[i] = IN_FLIGHT - 1 - i;
    process->load = process->stuck = 0;
}

static struct runner_job *number_release(struct runner_process *process, uint32_t id)
{
    struct runner_job *job = process->jobs[id];
    process->jobs[id] = NULL;
    process->free[IN_FLIGHT - process->load--] = id;
    return job;
}

/* The process has died, talks nonsense or nothing: end what it ran, refuse what it had, start another. */
static void process_lost(struct runner_process *process, const char *why)
{
    process->alive = false;
    loop_watch_remove(process->watch);
    process->watch = NULL;
    (void)kill(process->pid, SIGKILL);
    loop_on_child(runner_loop(process->runner), process->pid, process_ended, NULL);
    for (size_t i = 0; i < RUNNER_SLOTS; i++) {
        int32_t group = __atomic_load_n(&process->groups[i], __ATOMIC_RELAXED);
        if (group > 1)
            (void)kill(-group, SIGKILL);
    }
    drop_shared(process);
    wire_release(&process->wire);
    int64_t again = process->started + QUIET;
    loop_timer_at(process->again, again > loop_now() ? again : 0);
    for (uint32_t id = 0; id < IN_FLIGHT; id++)
        if (process->jobs[id])
            runner_job_refuse(number_release(process, id), ECHILD, "%s", why);
    numbers_init(process);
    runner_wake(process->runner);
}

static bool take_outcome(struct runner_process *process, const struct wire_frame *frame)
{
    struct wire_outcome came;
    struct runner_job *job = frame->id < IN_FLIGHT ? process->jobs[frame->id] : NULL;
    if (!job || !job->done || !wire_outcome_get(&came, frame) || came.kind < OUTCOME_EXITED ||
        came.kind > OUTCOME_STUCK)
        return false;
    struct outcome outcome = {.kind = (enum outcome_kind)came.kind,
                              .code = came.code,
                              .output = came.output,
                              .length = came.length,
                              .truncated = came.truncated,
                              .started = came.started,
                              .ended = came.ended};
    if (outcome.kind == OUTCOME_STUCK) {
        runner_done *done = job->done;
        job->done = NULL; /* its place stays taken until WIRE_GONE */
        process->stuck++;
        done(job->owner, &outcome);
    } else {
        runner_job_end(number_release(process, frame->id), &outcome);
    }
    return true;
}

static bool take_gone(struct runner_process *process, const struct wire_frame *frame)
{
    struct runner_job *job = frame->id < IN_FLIGHT ? process->jobs[frame->id] : NULL;
    if (!job || job->done)
        return false;
    process->stuck--;
    runner_job_end(number_release(process, frame->id), NULL);
    return true;
}

static void process_ready(void *owner, int events)
{
    struct runner_process *process = owner;
    struct wire_frame frame;
    bool open = !(events & LOOP_READ) || wire_receive(&process->wire);
    while (open && wire_next(&process->wire, &frame))
        open = frame.kind == WIRE_GONE ? take_gone(process, &frame) : take_outcome(process, &frame);
    if (open && !process->wire.broken) {
        runner_process_flush(process);
        runner_wake(process->runner);
    } else {
        process_lost(process, "the runner process has ended during the run");
    }
}

/* One that is stopped ends nothing in time, and its socket stays open. */
static void look(void *owner)
{
    struct runner_process *process = owner;
    bool late = false;
    if (!process->alive)
        return;
    for (uint32_t id = 0; process->load > 0 && id < IN_FLIGHT && !late; id++)
        late = process->jobs[id] && process->jobs[id]->done && process->jobs[id]->due < loop_now();
    if (late)
        process_lost(process, "the runner process did not answer, and was ended");
    else
        loop_timer_at(process->look, loop_now() + LOOK);
}

struct runner_process *runner_process_create(struct runner *runner, struct error *error)
{
    struct runner_process *process = memory_get(1, sizeof *process);
    process->runner = runner;
    process->again = loop_timer_add(runner_loop(runner), start_again, process);
    process->look = loop_timer_add(runner_loop(runner), look, process);
    numbers_init(process);
    if (process_start(process, error))
        return process;
    runner_process_free(process);
    return NULL;
}

void runner_process_close(struct runner_process *process)
{
    loop_timer_remove(process->again);
    loop_timer_remove(process->look);
    loop_watch_remove(process->watch);
    process->again = process->look = NULL;
    process->watch = NULL;
    process->closing = true;
    if (process->alive)
        wire_release(&process->wire);
}

void runner_process_free(struct runner_process *process)
{
    if (!process)
        return;
    if (!process->closing)
        runner_process_close(process);
    if (process->alive)
        runner_spawn_end(process->pid, END_TIMEOUT);
    for (uint32_t id = 0; id < IN_FLIGHT; id++)
        if (process->jobs[id]) {
            process->jobs[id]->done = NULL;
            runner_job_end(process->jobs[id], NULL);
        }
    drop_shared(process);
    free(process);
}

bool runner_process_alive(const struct runner_process *process)
{
    return process->alive;
}

size_t runner_process_load(const struct runner_process *process)
{
    return process->load;
}

size_t runner_process_stuck(const struct runner_process *process)
{
    return process->stuck;
}

bool runner_process_full(const struct runner_process *process)
{
    return !process->alive || process->load == IN_FLIGHT;
}

void runner_process_give(struct runner_process *process, struct runner_job *job)
{
    uint32_t id = process->free[IN_FLIGHT - ++process->load];
    process->jobs[id] = job;
    job->due = loop_now() + (job->timeout + LATE) * 1000;
    memcpy(job->frame.bytes + WIRE_ID_AT, &id, sizeof id);
    text_add_bytes(&process->wire.out, job->frame.bytes, job->frame.length);
    text_release(&job->frame);
}

void runner_process_flush(struct runner_process *process)
{
    if (!process->alive)
        return;
    /* A failure shows when reading: the watch tells the end of the socket. */
    (void)wire_flush(&process->wire);
    loop_watch_events(process->watch, LOOP_READ | (wire_unsent(&process->wire) ? LOOP_WRITE : 0));
}

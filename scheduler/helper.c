/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watchbill-helper --conf DIR: runs remediations, with the rights that the daemon gave up. Descriptor 3 is the socket
 * to the daemon. It reads the configuration itself and executes nothing that is not listed there; it never talks to
 * the network. When the daemon is gone it lets what runs come to its end, and ends. */
#include "lib/ledger.h"
#include "lib/process.h"
#include "scheduler/core/order.h"
#include "scheduler/io/config.h"
#include "scheduler/io/privilege.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET = 3, RUNS = 16, TAIL_BYTES = 4096, GATHER_MS = 30000, GRACE_MS = 2000, LAST_MS = 86400000 };

struct run {
    pid_t pid; /* 0: this place is free */
    char id[ORDER_RUN_BYTES + 1];
    int output;
    int64_t due;  /* CLOCK_MONOTONIC, ms: the next, harder signal */
    int strength; /* signals sent */
    char tail[TAIL_BYTES];
    size_t length;
};

struct helper {
    const char *directory; /* of the configuration */
    uint64_t stamp;
    struct model *model; /* NULL: never read well */
    int socket;          /* -1: the daemon is gone */
    int signals;
    struct run runs[RUNS];
    size_t running;
};

/* A daemon that does not read is not waited for, because what runs is watched here: last words are the first to be left
 * out, and the ledger tells the end all the same. */
static void reply(const struct helper *helper, const char *run, const char *end, int code, const char *text,
                  size_t length)
{
    bool told = helper->socket < 0;
    for (int tries = 0; tries < 2 && !told; tries++, length = 0) {
        char *bytes = order_reply(run, end, code, text, length);
        told = send(helper->socket, bytes, strlen(bytes), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
        free(bytes);
    }
    if (!told)
        fprintf(stderr, "watchbill-helper: %s: the end of run \"%s\" was not told\n", strerror(errno), run);
}

/* Requests wait while there is no room for replies. */
static short awaited(const struct helper *helper)
{
    struct pollfd room = {.fd = helper->socket, .events = POLLOUT};
    return poll(&room, 1, 0) == 1 ? POLLIN : POLLOUT;
}

/* A new generation if the files changed; a bad one leaves the old in place. */
static void refresh(struct helper *helper)
{
    uint64_t stamp = config_stamp(helper->directory);
    if (helper->model && stamp == helper->stamp)
        return;
    struct findings findings = {0};
    struct model *model = config_load(helper->directory, &findings);
    if (model) {
        model_free(helper->model);
        helper->model = model;
    }
    helper->stamp = stamp;
    findings_release(&findings);
}

static const char *ledger_path(const struct helper *helper, char path[static PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s/ledger.jsonl", helper->model->site.state) > 0 ? path : "";
}

static bool execute(struct helper *helper, struct run *run, const struct order *order,
                    const struct remediation *what, const struct words *argv, struct arena *arena,
                    struct error *error)
{
    const struct site *site = &helper->model->site;
    const char *const variables[] = {arena_format(arena, "WATCHBILL_REMEDIATION=%s", order->remediation),
                                     arena_format(arena, "WATCHBILL_SUBJECT=%s", order->subject), NULL};
    char path[PATH_MAX];
    const struct privilege privilege = {
        .program = path,
        .argv = argv->items,
        .environment = {order->environment.items, variables},
        .user = what->user,
        .directory = site->directory,
        .state = site->state,
        .dropped_to = site->user,
    };
    if (!privilege_find(argv->items[0], site->directory, site->plugins.items, path, sizeof path))
        return error_set(error, "no program \"%s\" in our remediations or the plugins", argv->items[0]);
    *run = (struct run){0};
    run->pid = privilege_start(&privilege, &run->output, error);
    if (run->pid == 0)
        return false;
    helper->running++;
    (void)snprintf(run->id, sizeof run->id, "%s", order->run);
    /* The frame ends itself at the timeout; this is for what does not. */
    run->due = process_now() + (what->timeout < LAST_MS ? what->timeout : LAST_MS) + GATHER_MS;
    return true;
}

static struct run *free_run(struct helper *helper, const char *id, struct error *error)
{
    struct run *found = NULL;
    for (size_t i = 0; i < RUNS; i++) {
        struct run *run = &helper->runs[i];
        if (run->pid && strcmp(run->id, id) == 0) {
            error_set(error, "the run \"%s\" is under way", id);
            return NULL;
        }
        if (!run->pid)
            found = run;
    }
    if (!found)
        error_set(error, "%d remediations run already", RUNS);
    return found;
}

static void obey(struct helper *helper, const char *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct order order;
    struct words argv;
    struct error error = {"the configuration cannot be read"};
    const struct remediation *what = NULL;
    struct run *run = NULL;
    bool ok = order_read(bytes, length, arena, &order, &error);
    if (ok)
        refresh(helper);
    ok = ok && helper->model && order_command(&order, helper->model, arena, &what, &argv, &error) &&
         (run = free_run(helper, order.run, &error)) &&
         execute(helper, run, &order, what, &argv, arena, &error);
    if (!ok)
        reply(helper, order.run, "refused", 0, error.text, strlen(error.text));
    arena_free(arena);
}

static void take_request(struct helper *helper)
{
    char message[ORDER_BYTES + 1]; /* one byte more tells a longer one */
    ssize_t got = recv(helper->socket, message, sizeof message, MSG_DONTWAIT);
    if (got > 0)
        obey(helper, message, (size_t)got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        helper->socket = -1;
}

static void take_output(struct run *run)
{
    char block[TAIL_BYTES];
    ssize_t got;
    while ((got = read(run->output, block, sizeof block)) > 0) {
        size_t kept = run->length + (size_t)got > TAIL_BYTES ? TAIL_BYTES - (size_t)got : run->length;
        memmove(run->tail, run->tail + run->length - kept, kept);
        memcpy(run->tail + kept, block, (size_t)got);
        run->length = kept + (size_t)got;
        if (process_now() > run->due)
            return;
    }
    if (got == 0) {
        (void)close(run->output);
        run->output = -1;
    }
}

static void finish(struct helper *helper, struct run *run, int status)
{
    struct error error;
    char text[128], path[PATH_MAX];
    bool killed = WIFSIGNALED(status);
    int code = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    const char *end = run->strength > 0 ? "timeout" : killed ? "signalled" : "exited";
    take_output(run);
    if (run->output >= 0)
        (void)close(run->output);
    (void)snprintf(text, sizeof text, "%s%s %d", run->strength > 0 ? "did not end in time; " : "",
                   killed ? "killed by signal" : "ended with", code);
    /* The run may be that of an earlier helper, which still lives: then ours was refused, and ends nothing. */
    if (!ledger_interrupt(ledger_path(helper, path), run->id, run->pid, (int64_t)time(NULL), text, &error))
        fprintf(stderr, "watchbill-helper: %s\n", error.text);
    reply(helper, run->id, end, code, run->tail, run->length);
    run->pid = 0;
    helper->running--;
}

/* We are the reaper of whatever a remediation left behind, too. */
static void reap(struct helper *helper)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (size_t i = 0; i < RUNS; i++)
            if (helper->runs[i].pid == pid)
                finish(helper, &helper->runs[i], status);
}

static void press(struct run *run)
{
    (void)kill(-run->pid, run->strength++ == 0 ? SIGTERM : SIGKILL);
    run->due = process_now() + GRACE_MS;
}

static void take_signal(struct helper *helper)
{
    struct signalfd_siginfo signal_info;
    while (read(helper->signals, &signal_info, sizeof signal_info) == (ssize_t)sizeof signal_info)
        if (signal_info.ssi_signo == SIGTERM)
            for (size_t i = 0; i < RUNS; i++)
                if (helper->runs[i].pid && helper->runs[i].strength == 0)
                    press(&helper->runs[i]);
    reap(helper);
}

/* Waits for what comes next: a request, the end of a child, output, or the time for a harder signal. */
static void wait_once(struct helper *helper)
{
    struct pollfd watched[RUNS + 2] = {{.fd = helper->socket, .events = awaited(helper)},
                                       {.fd = helper->signals, .events = POLLIN}};
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < RUNS; i++) {
        const struct run *run = &helper->runs[i];
        watched[i + 2] = (struct pollfd){.fd = run->pid ? run->output : -1, .events = POLLIN};
        if (run->pid && run->due < next)
            next = run->due;
    }
    int64_t left = next - process_now();
    if (poll(watched, RUNS + 2, left < 0 ? 0 : left < LAST_MS ? (int)left : LAST_MS) < 0)
        return;
    for (size_t i = 0; i < RUNS; i++) {
        if (watched[i + 2].revents)
            take_output(&helper->runs[i]);
        if (helper->runs[i].pid && process_now() >= helper->runs[i].due)
            press(&helper->runs[i]);
    }
    if (watched[1].revents)
        take_signal(helper);
    if (watched[0].revents)
        take_request(helper);
}

static bool set_up(struct helper *helper)
{
    static const int ignored[] = {SIGPIPE, SIGHUP, SIGINT}; /* INT is a terminal's: the daemon ends first */
    int type = 0;
    socklen_t size = sizeof type;
    sigset_t set;
    if (getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
        return false;
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        (void)signal(ignored[i], SIG_IGN);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    helper->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return helper->signals >= 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && clearenv() == 0;
}

/* What an earlier helper, or the power, left without an end. */
static void close_ledger(struct helper *helper)
{
    struct error error;
    char path[PATH_MAX];
    refresh(helper);
    if (helper->model && !ledger_interrupt_dead(ledger_path(helper, path), (int64_t)time(NULL), &error))
        fprintf(stderr, "watchbill-helper: %s\n", error.text);
}

int main(int argc, char **argv)
{
    struct helper helper = {.socket = SOCKET};
    if (argc != 3 || strcmp(argv[1], "--conf") != 0) {
        fprintf(stderr, "usage: watchbill-helper --conf DIR; watchbilld starts it\n");
        return 3;
    }
    helper.directory = argv[2];
    if (!set_up(&helper)) {
        fprintf(stderr, "watchbill-helper: descriptor 3 is not the daemon's socket\n");
        return 3;
    }
    close_ledger(&helper);
    while (helper.socket >= 0 || helper.running > 0)
        wait_once(&helper);
    model_free(helper.model);
    return 0;
}

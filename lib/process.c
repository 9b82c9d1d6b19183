/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GRACE_MS = 2000, EXIT_NOT_STARTED = 127, BLOCK_BYTES = 16384 };

int64_t process_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- in the child ---- */

static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void tell_errno(int fd)
{
    int number = errno;
    if (write(fd, &number, sizeof number) < 0)
        _exit(EXIT_NOT_STARTED);
}

static _Noreturn void be_child(const struct process *process, int output, int failure, pid_t parent)
{
    int input = process->input > 0 ? process->input : open("/dev/null", O_RDONLY);
    (void)setpgid(0, 0);
    reset_signals();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_NOT_STARTED);
    if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 ||
        dup2(failure, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) != 0 || close_range(4, ~0U, 0) != 0) {
        tell_errno(failure);
        _exit(EXIT_NOT_STARTED);
    }
    if (process->argv) {
        /* execvpe takes no pointers to const for historical reasons, and changes nothing. */
        char *const *argv;
        char *const *env = environ;
        memcpy(&argv, &process->argv, sizeof argv);
        if (process->env)
            memcpy(&env, &process->env, sizeof env);
        if (!process->directory || chdir(process->directory) == 0)
            (void)execvpe(argv[0], argv, env);
        tell_errno(3);
        _exit(EXIT_NOT_STARTED);
    }
    (void)close(3);
    int code = process->call(process->owner);
    (void)fflush(stdout);
    _exit(code);
}

/* ---- in the parent ---- */

struct child {
    const struct process *process;
    struct process_outcome *outcome;
    pid_t pid;
    int handle; /* pidfd */
    int output; /* non-blocking; -1 when it has ended */
    int64_t until;
    int strength; /* 0 running, 1 TERM sent, 2 KILL sent, 3 given up */
};

static void take_output(struct child *child)
{
    char block[BLOCK_BYTES];
    ssize_t got;
    while (child->output >= 0 && (got = read(child->output, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got < 0)
            break;
        struct text *text = &child->outcome->output;
        size_t room = child->process->output_cap - text->length;
        text_add_bytes(text, block, (size_t)got < room ? (size_t)got : room);
        child->outcome->truncated = child->outcome->truncated || (size_t)got > room;
        if (process_now() >= child->until)
            return; /* it may write faster than we read */
    }
    if (child->output >= 0)
        (void)close(child->output);
    child->output = -1;
}

/* TERM first, then KILL, then give up: what hangs in the kernel ends by neither. */
static void press(struct child *child, enum process_end why)
{
    static const int signals[] = {SIGTERM, SIGKILL};
    if (child->strength == 0)
        child->outcome->end = why;
    if (child->strength < 2)
        (void)kill(-child->pid, signals[child->strength]);
    child->strength++;
    child->until = process_now() + GRACE_MS;
}

static bool stop_wanted(const struct child *child, const struct pollfd *watch)
{
    return child->strength == 0 && child->process->stop > 0 && (watch->revents & POLLIN);
}

/* Until the child has ended; true then, false when it was given up. */
static bool watch_child(struct child *child)
{
    for (;;) {
        int64_t left = child->until - process_now();
        struct pollfd watched[] = {
            {.fd = child->handle, .events = POLLIN},
            {.fd = child->output, .events = POLLIN},
            {.fd = child->strength == 0 && child->process->stop > 0 ? child->process->stop : -1,
             .events = POLLIN},
        };
        if (left <= 0) {
            press(child, PROCESS_TIMEOUT);
            if (child->strength > 2)
                return false;
            continue;
        }
        if (poll(watched, 3, left > 60000 ? 60000 : (int)left) < 0 && errno != EINTR)
            return false;
        take_output(child);
        if (watched[0].revents & POLLIN)
            return true;
        if (stop_wanted(child, &watched[2]))
            press(child, PROCESS_STOPPED);
    }
}

static void reap(struct child *child)
{
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    take_output(child);
    if (child->outcome->end == PROCESS_TIMEOUT || child->outcome->end == PROCESS_STOPPED)
        return;
    child->outcome->end = WIFSIGNALED(status) ? PROCESS_SIGNALLED : PROCESS_EXITED;
    child->outcome->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void follow(struct child *child, int failure)
{
    int number = 0;
    /* Ends by the exec, by the close before the call, or by the child's death. */
    ssize_t got = read(failure, &number, sizeof number);
    child->handle = pidfd_open(child->pid, 0);
    bool ended = child->handle >= 0 && watch_child(child);
    if (!ended)
        (void)kill(-child->pid, SIGKILL);
    if (ended)
        reap(child);
    if (!child->process->leaves)
        (void)kill(-child->pid, SIGKILL);
    if (got == (ssize_t)sizeof number) {
        child->outcome->end = PROCESS_NOT_STARTED;
        child->outcome->code = number;
    }
    if (child->handle >= 0)
        (void)close(child->handle);
}

void process_run(const struct process *process, struct process_outcome *outcome)
{
    struct child child = {.process = process, .outcome = outcome, .until = process->deadline};
    int output[2], failure[2];
    pid_t self = getpid();
    *outcome = (struct process_outcome){.output = TEXT_INIT};
    if (pipe2(output, O_CLOEXEC) != 0)
        goto no_output;
    if (pipe2(failure, O_CLOEXEC) != 0)
        goto no_failure;
    child.pid = fork();
    if (child.pid < 0)
        goto no_child;
    if (child.pid == 0)
        be_child(process, output[1], failure[1], self);
    (void)setpgid(child.pid, child.pid); /* whoever is first */
    (void)close(output[1]);
    (void)close(failure[1]);
    child.output = output[0];
    (void)fcntl(child.output, F_SETFL, O_NONBLOCK);
    follow(&child, failure[0]);
    (void)close(failure[0]);
    if (child.output >= 0)
        (void)close(child.output);
    return;
no_child:
    (void)close(failure[0]);
    (void)close(failure[1]);
no_failure:
    (void)close(output[0]);
    (void)close(output[1]);
no_output:
    outcome->end = PROCESS_NOT_STARTED;
    outcome->code = errno;
}

void process_outcome_release(struct process_outcome *outcome)
{
    text_release(&outcome->output);
}

/* The last line that is not empty; it ends at ${*length}. */
static const char *last_line(const struct text *text, size_t *length)
{
    size_t end = text->length;
    while (end > 0 && strchr(" \t\r\n", text->bytes[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && text->bytes[start - 1] != '\n')
        start--;
    *length = end - start;
    return text->bytes + start;
}

bool process_succeeded(const struct process *process, const struct process_outcome *outcome,
                       struct error *error)
{
    const char *name = process->argv ? process->argv[0] : "the child";
    size_t length;
    const char *line = last_line(&outcome->output, &length);
    int shown = length < 200 ? (int)length : 200;
    switch (outcome->end) {
    case PROCESS_EXITED:
        if (outcome->code != 0)
            error_set(error, "\"%s\" ended with %d%s%.*s", name, outcome->code, shown ? ": " : "", shown,
                      line);
        return outcome->code == 0;
    case PROCESS_SIGNALLED:
        return error_set(error, "\"%s\" was killed by signal %d", name, outcome->code);
    case PROCESS_TIMEOUT:
        return error_set(error, "\"%s\" did not end in time", name);
    case PROCESS_STOPPED:
        return error_set(error, "\"%s\" was stopped", name);
    case PROCESS_NOT_STARTED:
        return error_set(error, "%s: \"%s\" could not be started", strerror(outcome->code), name);
    }
    abort();
}

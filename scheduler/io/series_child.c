/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/series_child.h"

#include "lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORDS_MOST = 4, READ_SIZE = 65536 };

/* One that lived for less than this waits as long before it is started again; microseconds. */
static const int64_t short_life = 1000000;

struct series_child {
    struct loop *loop;
    char *argv[WORDS_MOST + 1];
    int64_t timeout; /* ms */
    struct series_child_calls calls;
    void *owner;
    struct loop_timer *limit;
    pid_t pid;
    int fd; /* -1: it does not run */
    struct loop_watch *watch;
    int64_t started;
    bool busy;
    struct text out;
    size_t sent; /* of `out` */
    struct text in;
};

/* The loop collects what is left of it. */
static void forget(void *owner, pid_t pid, int status)
{
    (void)owner;
    (void)pid;
    (void)status;
}

/* A child that is not busy has nothing to lose by it. */
static void stop(struct series_child *child)
{
    if (child->fd < 0)
        return;
    loop_timer_stop(child->limit);
    loop_watch_remove(child->watch);
    child->watch = NULL;
    close(child->fd);
    child->fd = -1;
    (void)kill(child->pid, SIGKILL);
    loop_on_child(child->loop, child->pid, forget, NULL);
    child->busy = false;
    child->sent = 0;
    text_clear(&child->out);
    text_clear(&child->in);
}

static void fail(struct series_child *child, const char *sentence)
{
    bool asked = child->busy;
    stop(child);
    if (asked)
        child->calls.failed(child->owner, sentence);
}

static void overdue(void *owner)
{
    struct series_child *child = owner;
    struct error error;
    error_set(&error, "watchbill-series did not answer within %lld ms and was ended",
              (long long)child->timeout);
    fail(child, error.text);
}

/* Sends what it can; false: the other end is gone. */
static bool send_some(struct series_child *child)
{
    while (child->sent < child->out.length) {
        ssize_t count =
            send(child->fd, child->out.bytes + child->sent, child->out.length - child->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN)
            break;
        if (count < 0 && errno != EINTR)
            return false;
        child->sent += count > 0 ? (size_t)count : 0;
    }
    loop_watch_events(child->watch, LOOP_READ | (child->sent < child->out.length ? LOOP_WRITE : 0));
    return true;
}

/* false: the other end is gone or talks rubbish. */
static bool receive(struct series_child *child)
{
    char *end = text_reserve(&child->in, READ_SIZE);
    ssize_t count = recv(child->fd, end, READ_SIZE, 0);
    if (count <= 0)
        return count < 0 && (errno == EAGAIN || errno == EINTR);
    child->in.length += (size_t)count;
    const char *body = NULL;
    enum series_frame kind = SERIES_STORED;
    int64_t length = series_wire_frame(child->in.bytes, child->in.length, &kind, &body);
    if (length == -1)
        return true;
    if (length < 0 || !child->busy || child->in.length != SERIES_HEADER + (size_t)length)
        return false;
    /* The answer is handed over apart, because the call may ask again at once. */
    struct text answer = child->in;
    child->in = (struct text)TEXT_INIT;
    child->busy = false;
    child->sent = 0;
    text_clear(&child->out);
    loop_timer_stop(child->limit);
    child->calls.answered(child->owner, kind, answer.bytes + SERIES_HEADER, (size_t)length);
    text_release(&answer);
    return true;
}

static void ready(void *owner, int events)
{
    struct series_child *child = owner;
    bool ok = !(events & LOOP_WRITE) || send_some(child);
    if (ok && (events & LOOP_READ))
        ok = receive(child);
    if (!ok)
        fail(child, "watchbill-series ended in the middle of its work");
}

static int spawn(struct series_child *child, int fd)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8";
    const char *zone = getenv("TZ");
    struct text tz = TEXT_INIT;
    char *environment[] = {path, locale, NULL, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (zone) {
        text_format(&tz, "TZ=%s", zone);
        environment[2] = tz.bytes;
    }
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &all);
    /* A group of its own: Ctrl-C on the terminal is for the daemon, which lets it end in order. */
    (void)posix_spawnattr_setflags(&attributes,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int failure = posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
    if (failure == 0)
        failure = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (failure == 0)
        failure = posix_spawn(&child->pid, child->argv[0], &actions, &attributes, child->argv, environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    text_release(&tz);
    return failure;
}

static bool start(struct series_child *child, struct error *error)
{
    int ends[2];
    int64_t now = loop_now();
    if (child->started && now - child->started < short_life)
        return error_set(error, "watchbill-series ended as soon as it was started");
    child->started = now;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set(error, "watchbill-series cannot be started: %s", strerror(errno));
    int failure = spawn(child, ends[1]);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        return error_set(error, "\"%s\" cannot be started: %s", child->argv[0], strerror(failure));
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    child->fd = ends[0];
    child->watch = loop_watch_add(child->loop, child->fd, LOOP_READ, ready, child);
    return true;
}

struct series_child *series_child_create(struct loop *loop, const char *const *argv, int64_t timeout,
                                         struct series_child_calls calls, void *owner, struct error *error)
{
    struct series_child *child = memory_get(1, sizeof *child);
    child->loop = loop;
    for (size_t i = 0; i < WORDS_MOST && argv[i]; i++)
        child->argv[i] = memory_text(argv[i]);
    child->timeout = timeout;
    child->calls = calls;
    child->owner = owner;
    child->fd = -1;
    child->out = (struct text)TEXT_INIT;
    child->in = (struct text)TEXT_INIT;
    child->limit = loop_timer_add(loop, overdue, child);
    if (!start(child, error)) {
        series_child_free(child);
        child = NULL;
    }
    return child;
}

void series_child_free(struct series_child *child)
{
    if (!child)
        return;
    stop(child);
    loop_timer_remove(child->limit);
    for (size_t i = 0; i < WORDS_MOST; i++)
        free(child->argv[i]);
    text_release(&child->out);
    text_release(&child->in);
    free(child);
}

bool series_child_ask(struct series_child *child, struct text *frame, struct error *error)
{
    if (child->fd < 0 && !start(child, error))
        return false;
    text_release(&child->out);
    child->out = *frame;
    *frame = (struct text)TEXT_INIT;
    child->sent = 0;
    child->busy = true;
    loop_timer_at(child->limit, loop_now() + child->timeout * 1000);
    /* A dead end is noticed by the watch, so that nobody is called from here. */
    (void)send_some(child);
    return true;
}

bool series_child_busy(const struct series_child *child)
{
    return child->busy;
}

void series_child_wait(struct series_child *child, int64_t timeout)
{
    if (child->fd < 0)
        return;
    bool more = child->sent < child->out.length;
    struct pollfd watch = {.fd = child->fd, .events = (short)(POLLIN | (more ? POLLOUT : 0))};
    if (poll(&watch, 1, (int)timeout) > 0)
        ready(child, (watch.revents & POLLOUT ? LOOP_WRITE : 0) |
                         (watch.revents & (POLLIN | POLLHUP | POLLERR) ? LOOP_READ : 0));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/helper.h"

#include "lib/ledger.h"
#include "lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET = 3, TEXT_BYTES = 8 * 1024 };

/* A request from its making to its outcome. */
struct pending {
    struct pending *next;
    char *run;
    char *message; /* NULL when it has been sent */
    helper_done *done;
    void *owner;
};

struct helper {
    int socket; /* -1: the helper has gone */
    struct loop_watch *watch;
    struct loop_timer *lost; /* tells the loss from the loop, never from inside of a request */
    struct pending *first;
    struct pending **last;
};

/* ---- outcomes ---- */

static void end(struct pending *pending, struct helper_outcome outcome)
{
    outcome.run = pending->run;
    pending->done(pending->owner, &outcome);
    free(pending->run);
    free(pending->message);
    free(pending);
}

static struct pending *take_pending(struct helper *helper, const char *run)
{
    for (struct pending **link = &helper->first; *link; link = &(*link)->next) {
        struct pending *found = *link;
        if (strcmp(found->run, run) != 0)
            continue;
        *link = found->next;
        if (!found->next)
            helper->last = link;
        return found;
    }
    return NULL;
}

static void tell_loss(void *owner)
{
    struct helper *helper = owner;
    struct pending *pending = helper->first;
    helper->first = NULL;
    helper->last = &helper->first;
    while (pending) {
        struct pending *next = pending->next;
        /* What was not sent can never run. */
        enum helper_end how = pending->message ? HELPER_REFUSED : HELPER_LOST;
        end(pending, (struct helper_outcome){.end = how, .text = "the helper has ended"});
        pending = next;
    }
}

static void lose(struct helper *helper)
{
    loop_watch_remove(helper->watch);
    helper->watch = NULL;
    (void)close(helper->socket);
    helper->socket = -1;
    loop_timer_at(helper->lost, loop_now());
}

static void take_reply(struct helper *helper, const char *bytes, size_t length)
{
    static const struct {
        const char *name;
        enum helper_end end;
    } ends[] = {{"exited", HELPER_EXITED},
                {"signalled", HELPER_SIGNALLED},
                {"timeout", HELPER_TIMEOUT},
                {"refused", HELPER_REFUSED}};
    struct helper_outcome outcome = {.end = HELPER_LOST};
    const char *run = "", *name = "", *text = "";
    json_int_t code = 0;
    json_t *reply = json_loadb(bytes, length, 0, NULL);
    if (json_unpack(reply, "{s:s, s:s, s:I, s:s}", "run", &run, "end", &name, "code", &code, "text", &text) ==
        0) {
        struct pending *pending = take_pending(helper, run);
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
            if (strcmp(name, ends[i].name) == 0)
                outcome.end = ends[i].end;
        outcome.code = (int)code;
        outcome.text = text;
        if (pending)
            end(pending, outcome);
    }
    json_decref(reply);
}

/* ---- the socket ---- */

static bool would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* In the order of the requests, as far as the socket takes them. */
static void send_waiting(struct helper *helper)
{
    bool waits = false;
    for (struct pending *pending = helper->first; pending && !waits && helper->socket >= 0;
         pending = pending->next) {
        if (!pending->message)
            continue;
        if (send(helper->socket, pending->message, strlen(pending->message), MSG_NOSIGNAL | MSG_DONTWAIT) >=
            0) {
            free(pending->message);
            pending->message = NULL;
        } else if (would_block()) {
            waits = true;
        } else {
            lose(helper);
        }
    }
    if (helper->watch)
        loop_watch_events(helper->watch, waits ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void receive(struct helper *helper)
{
    char reply[HELPER_MESSAGE_BYTES];
    ssize_t got;
    while (helper->socket >= 0 && (got = recv(helper->socket, reply, sizeof reply, MSG_DONTWAIT)) != -1) {
        if (got == 0)
            lose(helper);
        else
            take_reply(helper, reply, (size_t)got);
    }
    if (helper->socket >= 0 && !would_block())
        lose(helper);
}

static void ready(void *owner, int events)
{
    struct helper *helper = owner;
    if (events & LOOP_READ)
        receive(helper);
    if ((events & LOOP_WRITE) && helper->socket >= 0)
        send_waiting(helper);
}

/* ---- requests ---- */

static json_t *environment_of(const struct pairs *pairs, size_t cap)
{
    json_t *environment = json_object();
    for (size_t i = 0; i < pairs->count; i++) {
        const char *value = pairs->items[i].value;
        if (value)
            json_object_set_new(environment, pairs->items[i].name, ledger_text(value, strnlen(value, cap)));
    }
    return environment;
}

/* The message; texts get shorter until it fits. */
static char *message_of(const struct helper_request *request)
{
    char *bytes = NULL;
    size_t cap = TEXT_BYTES;
    do {
        free(bytes);
        json_t *message = json_object();
        json_object_set_new(message, "remediation", json_string(request->remediation));
        json_object_set_new(message, "subject", json_string(request->subject));
        json_object_set_new(message, "run", json_string(request->run));
        json_object_set_new(message, "dry_run", json_boolean(request->dry_run));
        json_object_set_new(message, "environment", environment_of(&request->environment, cap));
        bytes = json_dumps(message, JSON_COMPACT);
        json_decref(message);
        if (!bytes)
            abort();
        cap /= 2;
    } while (strlen(bytes) > HELPER_MESSAGE_BYTES && cap > 0);
    return bytes;
}

void helper_request(struct helper *helper, const struct helper_request *request, helper_done *done,
                    void *owner)
{
    struct pending *pending = memory_get(1, sizeof *pending);
    *pending = (struct pending){
        .run = memory_text(request->run), .message = message_of(request), .done = done, .owner = owner};
    *helper->last = pending;
    helper->last = &pending->next;
    if (helper->socket >= 0)
        send_waiting(helper);
    else
        loop_timer_at(helper->lost, loop_now());
}

bool helper_gone(const struct helper *helper)
{
    return helper->socket < 0;
}

size_t helper_running(const struct helper *helper)
{
    size_t count = 0;
    for (const struct pending *pending = helper->first; pending; pending = pending->next)
        count++;
    return count;
}

/* ---- its life ---- */

static _Noreturn void be_helper(const char *program, const char *directory, int socket)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setsid();
    /* dup2 clears close-on-exec, but not when both are the same */
    if (dup2(socket, SOCKET) == SOCKET && fcntl(SOCKET, F_SETFD, 0) == 0 &&
        close_range(SOCKET + 1, ~0U, 0) == 0)
        (void)execl(program, "watchbill-helper", "--conf", directory, (char *)NULL);
    fprintf(stderr, "%s: \"%s\"\n", strerror(errno), program);
    _exit(127);
}

/* Only so that the loop reaps it: the socket tells its end. */
static void ended(void *owner, pid_t pid, int status)
{
    (void)owner;
    (void)pid;
    (void)status;
}

struct helper *helper_start(struct loop *loop, const char *program, const char *directory,
                            struct error *error)
{
    int sockets[2];
    if (access(program, X_OK) != 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
        error_set(error, "%s: \"%s\"", strerror(errno), program);
        return NULL;
    }
    pid_t pid = fork();
    if (pid == 0)
        be_helper(program, directory, sockets[1]);
    (void)close(sockets[1]);
    if (pid < 0) {
        error_set(error, "%s: no process for \"%s\"", strerror(errno), program);
        (void)close(sockets[0]);
        return NULL;
    }
    loop_on_child(loop, pid, ended, NULL);
    struct helper *helper = memory_get(1, sizeof *helper);
    helper->socket = sockets[0];
    helper->last = &helper->first;
    helper->watch = loop_watch_add(loop, helper->socket, LOOP_READ, ready, helper);
    helper->lost = loop_timer_add(loop, tell_loss, helper);
    return helper;
}

void helper_free(struct helper *helper)
{
    if (!helper)
        return;
    loop_watch_remove(helper->watch);
    loop_timer_remove(helper->lost);
    if (helper->socket >= 0)
        (void)close(helper->socket);
    for (struct pending *pending = helper->first, *next; pending; pending = next) {
        next = pending->next;
        free(pending->run);
        free(pending->message);
        free(pending);
    }
    free(helper);
}

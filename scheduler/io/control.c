/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/control.h"

#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/control_address.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CLIENTS = 64, /* at once; more wait in the backlog */
    BACKLOG = 128,
    REQUEST_MOST = 1 << 20,  /* bytes of one line */
    IDLE = 60 * 1000 * 1000, /* microseconds without a whole request, or with an answer that nobody reads */
    PAUSE = 500 * 1000,      /* before it accepts again when descriptors are short */
    CHUNK = 16 << 10,
};

struct client {
    struct client *next;
    struct control *control;
    struct loop_watch *watch;
    struct loop_timer *timer;
    struct control_call *call; /* the request that is being answered: one at a time */
    struct text in, out;
    size_t sent;
    int fd;
    unsigned peer;
    bool ended;    /* it sends no more */
    bool handling; /* inside the handler: not to be freed */
    bool broken;
};

struct control_call {
    struct client *client; /* NULL: gone */
    unsigned peer;
};

struct control {
    struct loop *loop;
    struct loop_watch *watch;
    struct loop_timer *again; /* when there was no descriptor left */
    struct client *clients;
    size_t count;
    control_handler *handler;
    void *owner;
    char *path;
    dev_t device; /* of the socket's file: another's is not removed */
    ino_t inode;
    int fd;
};

/* Clients */

static void client_free(struct client *client)
{
    struct control *control = client->control;
    for (struct client **at = &control->clients; *at; at = &(*at)->next)
        if (*at == client) {
            *at = client->next;
            break;
        }
    if (control->count-- == CLIENTS)
        loop_watch_events(control->watch, LOOP_READ);
    if (client->call)
        client->call->client = NULL;
    loop_watch_remove(client->watch);
    loop_timer_remove(client->timer);
    text_release(&client->in);
    text_release(&client->out);
    (void)close(client->fd);
    free(client);
}

static void client_late(void *owner)
{
    client_free(owner);
}

static void answer(struct client *client, json_t *reply)
{
    char *line = reply ? json_dumps(reply, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    text_add(&client->out, line ? line : "{\"error\":\"the answer cannot be written\"}");
    text_add_char(&client->out, '\n');
    free(line);
    json_decref(reply);
    loop_timer_at(client->timer, loop_now() + IDLE);
}

static json_t *refusal(const char *format, va_list arguments)
{
    struct text sentence = TEXT_INIT;
    text_format_list(&sentence, format, arguments);
    json_t *text = json_stringn(sentence.bytes, sentence.length);
    text_release(&sentence);
    return json_pack("{s:o}", "error", text ? text : json_string("refused"));
}

static json_t *refusal_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static json_t *refusal_of(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    json_t *reply = refusal(format, arguments);
    va_end(arguments);
    return reply;
}

/* One line that came. */
static void handle(struct client *client, const char *line, size_t length)
{
    json_error_t place;
    json_t *request = json_loadb(line, length, JSON_REJECT_DUPLICATES, &place);
    if (!json_is_object(request)) {
        answer(client, request
                           ? refusal_of("a request is a JSON object")
                           : refusal_of("the request is not JSON: column %d: %s", place.column, place.text));
        json_decref(request);
        return;
    }
    struct control_call *call = memory_get(1, sizeof *call);
    *call = (struct control_call){.client = client, .peer = client->peer};
    client->call = call;
    loop_timer_stop(client->timer);
    client->handling = true;
    client->control->handler(client->control->owner, call, request);
    client->handling = false;
    json_decref(request);
}

/* Handle the next line, if a whole one is there; what stands before the end of the stream counts as one. */
static bool handle_line(struct client *client)
{
    const char *end = memchr(client->in.bytes, '\n', client->in.length);
    size_t length = end ? (size_t)(end - client->in.bytes) : client->in.length;
    if (length > REQUEST_MOST) {
        answer(client, refusal_of("a request is longer than %d bytes", REQUEST_MOST));
        text_clear(&client->in);
        client->ended = true;
        return true;
    }
    if (client->in.length == 0 || (!end && !client->ended))
        return false;
    if (length > 0)
        handle(client, client->in.bytes, length);
    size_t taken = length + (end != NULL);
    client->in.length -= taken;
    memmove(client->in.bytes, client->in.bytes + taken, client->in.length + 1);
    return true;
}

static void client_send(struct client *client)
{
    while (client->sent < client->out.length && !client->broken) {
        ssize_t sent = send(client->fd, client->out.bytes + client->sent, client->out.length - client->sent,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return;
        client->broken = sent < 0;
        client->sent += sent > 0 ? (size_t)sent : 0;
    }
    text_release(&client->out);
    client->sent = 0;
}

/* Go on with this client: one request, then its answer, then the next; so neither piles up. */
static void client_step(struct client *client)
{
    do
        client_send(client);
    while (!client->broken && !client->call && client->out.length == 0 && handle_line(client));
    bool unsent = client->out.length > 0;
    if (client->broken || (client->ended && !client->call && !unsent)) {
        client_free(client);
        return;
    }
    bool reads = !client->ended && !client->call && !unsent;
    loop_watch_events(client->watch, (reads ? LOOP_READ : 0) | (unsent ? LOOP_WRITE : 0));
}

static void client_read(struct client *client)
{
    char *room = text_reserve(&client->in, CHUNK);
    ssize_t got = recv(client->fd, room, CHUNK, MSG_DONTWAIT);
    if (got > 0) {
        client->in.length += (size_t)got;
        client->in.bytes[client->in.length] = '\0';
    } else if (got == 0) {
        client->ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        client->broken = true;
    }
}

static void client_ready(void *owner, int events)
{
    struct client *client = owner;
    if ((events & LOOP_READ) && !client->ended && !client->call)
        client_read(client);
    client_step(client);
}

static void client_add(struct control *control, int fd)
{
    struct client *client = memory_get(1, sizeof *client);
    struct ucred peer = {.uid = (uid_t)-1};
    (void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &(socklen_t){sizeof peer});
    *client = (struct client){.next = control->clients,
                              .control = control,
                              .fd = fd,
                              .peer = peer.uid,
                              .in = TEXT_INIT,
                              .out = TEXT_INIT};
    client->timer = loop_timer_add(control->loop, client_late, client);
    client->watch = loop_watch_add(control->loop, fd, LOOP_READ, client_ready, client);
    loop_timer_at(client->timer, loop_now() + IDLE);
    control->clients = client;
    if (++control->count == CLIENTS)
        loop_watch_events(control->watch, 0);
}

static void control_ready(void *owner, int events)
{
    struct control *control = owner;
    (void)events;
    int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
        client_add(control, fd);
    } else if (errno == EMFILE || errno == ENFILE) {
        loop_watch_events(control->watch, 0);
        loop_timer_at(control->again, loop_now() + PAUSE);
    }
}

static void accept_again(void *owner)
{
    struct control *control = owner;
    if (control->count < CLIENTS)
        loop_watch_events(control->watch, LOOP_READ);
}

/* The server */

struct control *control_open(struct loop *loop, const char *path, control_handler *handler, void *owner,
                             struct error *error)
{
    int fd = control_address_listen(path, BACKLOG, error);
    if (fd < 0)
        return NULL;
    struct control *control = memory_get(1, sizeof *control);
    struct stat file = {0};
    (void)lstat(path, &file);
    *control = (struct control){.loop = loop,
                                .handler = handler,
                                .owner = owner,
                                .path = memory_text(path),
                                .device = file.st_dev,
                                .inode = file.st_ino,
                                .fd = fd};
    control->again = loop_timer_add(loop, accept_again, control);
    control->watch = loop_watch_add(loop, fd, LOOP_READ, control_ready, control);
    return control;
}

void control_close(struct control *control)
{
    struct stat file;
    if (!control)
        return;
    while (control->clients)
        client_free(control->clients);
    loop_watch_remove(control->watch);
    loop_timer_remove(control->again);
    if (lstat(control->path, &file) == 0 && file.st_dev == control->device && file.st_ino == control->inode)
        (void)unlink(control->path);
    (void)close(control->fd);
    free(control->path);
    free(control);
}

void control_reply(struct control_call *call, json_t *reply)
{
    struct client *client = call->client;
    free(call);
    if (!client) {
        json_decref(reply);
        return;
    }
    client->call = NULL;
    answer(client, reply);
    if (!client->handling)
        client_step(client);
}

void control_refuse(struct control_call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    control_reply(call, refusal(format, arguments));
    va_end(arguments);
}

unsigned control_peer(const struct control_call *call)
{
    return call->peer;
}

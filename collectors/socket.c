/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/socket.h"

#include "collectors/file.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ATTEMPTS = 16, STAGGER = 250, CHUNK = 16384 };

double socket_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int64_t now_milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_for_any(struct pollfd *pollers, size_t count, int64_t deadline)
{
    int ready;
    do {
        int64_t left = deadline - now_milliseconds();
        ready = poll(pollers, count, left <= 0 ? 0 : left > 60000 ? 60000 : (int)left);
    } while ((ready == 0 || (ready < 0 && errno == EINTR)) && now_milliseconds() < deadline);
    return ready;
}

bool socket_wait(int fd, short events, int64_t deadline)
{
    struct pollfd poller = {.fd = fd, .events = events};
    return wait_for_any(&poller, 1, deadline) > 0;
}

enum source_end socket_lookup(struct run *run, const char *host, const char *service, int type,
                              struct addrinfo **list, struct error *error)
{
    const struct addrinfo hints = {
        .ai_family = run->family, .ai_socktype = type, .ai_flags = service ? AI_NUMERICSERV : 0};
    size_t length = strlen(host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        host = arena_text_of(run->arena, host + 1, length - 2);
    run_stage(run, "looking up the name of \"%s\"", host);
    int code = getaddrinfo(host, service, &hints, list);
    if (code == 0)
        return SOURCE_READ;
    *list = NULL;
    if (code == EAI_NONAME || code == EAI_NODATA)
        (void)error_set(error, "no such host: \"%s\"", host);
    else if (code == EAI_ADDRFAMILY)
        (void)error_set(error, "\"%s\" has no IPv%d address", host, run->family == AF_INET6 ? 6 : 4);
    else
        (void)error_set(error, "cannot look up \"%s\": %s", host,
                        code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
    return SOURCE_FAULT;
}

/* Connections under way at the same time. */
struct race {
    const struct addrinfo *order[ATTEMPTS];
    struct pollfd pollers[ATTEMPTS]; /* fd -1: failed */
    size_t count, begun;
    int why; /* errno of the failure that tells most */
};

/* The families take turns, beginning with the one that the system prefers. */
static void put_in_order(struct race *race, const struct addrinfo *list)
{
    const struct addrinfo *same = list, *other = list;
    bool others = false;
    while ((same || other) && race->count < ATTEMPTS) {
        const struct addrinfo **next = others ? &other : &same;
        while (*next && ((*next)->ai_family != list->ai_family) != others)
            *next = (*next)->ai_next;
        if (*next) {
            race->order[race->count++] = *next;
            *next = (*next)->ai_next;
        }
        others = !others;
    }
}

/* That a family has no route here says less than that a service refuses. */
static void note_failure(struct race *race, int why)
{
    bool vague = why == ENETUNREACH || why == EADDRNOTAVAIL || why == EAFNOSUPPORT;
    if (race->why == 0 || !vague)
        race->why = why;
}

static void begin_next(struct race *race)
{
    const struct addrinfo *to = race->order[race->begun];
    struct pollfd *poller = &race->pollers[race->begun++];
    *poller = (struct pollfd){
        .fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol),
        .events = POLLOUT};
    if (poller->fd >= 0 && (connect(poller->fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS))
        return;
    note_failure(race, errno);
    if (poller->fd >= 0)
        (void)close(poller->fd);
    poller->fd = -1;
}

/* The attempt that is connected, or NULL; those that failed are closed. */
static struct pollfd *find_winner(struct race *race)
{
    for (size_t i = 0; i < race->begun; i++) {
        struct pollfd *poller = &race->pollers[i];
        int why = 0;
        socklen_t size = sizeof why;
        if (poller->fd < 0 || poller->revents == 0)
            continue;
        if (getsockopt(poller->fd, SOL_SOCKET, SO_ERROR, &why, &size) == 0 && why == 0)
            return poller;
        note_failure(race, why);
        (void)close(poller->fd);
        poller->fd = -1;
    }
    return NULL;
}

static bool is_pending(const struct race *race)
{
    for (size_t i = 0; i < race->begun; i++)
        if (race->pollers[i].fd >= 0)
            return true;
    return false;
}

/* The descriptor that won; -1 with .why, which is ETIMEDOUT at the deadline. */
static int run_race(struct race *race, int64_t deadline)
{
    struct pollfd *winner = NULL;
    bool late = false;
    while (!winner && !late && (race->begun < race->count || is_pending(race))) {
        int64_t until = deadline;
        if (race->begun < race->count)
            begin_next(race);
        if (race->begun < race->count && now_milliseconds() + STAGGER < deadline)
            until = now_milliseconds() + (is_pending(race) ? STAGGER : 0);
        if (wait_for_any(race->pollers, race->begun, until) > 0)
            winner = find_winner(race);
        late = !winner && now_milliseconds() >= deadline;
    }
    int fd = winner ? winner->fd : -1;
    for (size_t i = 0; i < race->begun; i++)
        if (race->pollers[i].fd >= 0 && race->pollers[i].fd != fd)
            (void)close(race->pollers[i].fd);
    if (late)
        race->why = ETIMEDOUT;
    return fd;
}

static const char *peer_address(struct arena *arena, int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char text[NI_MAXHOST];
    if (getpeername(fd, (struct sockaddr *)&address, &size) == 0 &&
        getnameinfo((struct sockaddr *)&address, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
        return arena_text(arena, text);
    return "";
}

static enum source_end connect_first(struct run *run, const struct addrinfo *list, struct socket_link *link,
                                     struct error *error)
{
    struct race race = {0};
    run_stage(run, "connecting to \"%s\"", link->place);
    put_in_order(&race, list);
    double begun = socket_seconds();
    link->fd = run_race(&race, run->deadline);
    link->connect = socket_seconds() - begun;
    if (link->fd >= 0) {
        link->address = peer_address(run->arena, link->fd);
        return SOURCE_READ;
    }
    if (race.why == ETIMEDOUT && run_remaining(run) == 0) {
        (void)error_set(error, "connecting to \"%s\"", link->place);
        return SOURCE_TIMEOUT;
    }
    (void)error_set(error, "cannot connect to \"%s\": %s", link->place, strerror(race.why));
    return SOURCE_FAULT;
}

enum source_end socket_open(struct run *run, const char *host, int64_t port, struct socket_link *link,
                            struct error *error)
{
    const char *service = arena_format(run->arena, "%lld", (long long)port);
    bool bare = strchr(host, ':') && host[0] != '[';
    struct addrinfo *list;
    double begun = socket_seconds();
    *link = (struct socket_link){.fd = -1, .address = ""};
    link->place = arena_format(run->arena, bare ? "[%s]:%s" : "%s:%s", host, service);
    enum source_end end = socket_lookup(run, host, service, SOCK_STREAM, &list, error);
    link->lookup = socket_seconds() - begun;
    if (end == SOURCE_READ) {
        end = connect_first(run, list, link, error);
        freeaddrinfo(list);
    }
    return end;
}

enum source_end socket_open_path(struct run *run, const char *path, struct socket_link *link,
                                 struct error *error)
{
    double begun = socket_seconds();
    *link = (struct socket_link){.fd = -1, .place = path, .address = path};
    run_stage(run, "connecting to \"%s\"", path);
    enum source_end end = file_connect(path, run->deadline, &link->fd, error);
    link->connect = socket_seconds() - begun;
    return end;
}

void socket_close(struct socket_link *link)
{
    if (link->fd >= 0)
        (void)close(link->fd);
    link->fd = -1;
}

/* A failure of send or recv that is no reason to wait, or the deadline (errno EAGAIN). */
static enum source_end failed(const struct socket_link *link, const char *doing, struct error *error)
{
    if (errno == EAGAIN) {
        (void)error_set(error, "%s \"%s\"", doing, link->place);
        return SOURCE_TIMEOUT;
    }
    (void)error_set(error, "connection broken by \"%s\": %s", link->place, strerror(errno));
    return SOURCE_FAULT;
}

enum source_end socket_send(struct run *run, const struct socket_link *link, const void *bytes, size_t length,
                            struct error *error)
{
    const char *at = bytes;
    run_stage(run, "writing to \"%s\"", link->place);
    while (length > 0) {
        ssize_t sent = send(link->fd, at, length, MSG_NOSIGNAL);
        if (sent > 0) {
            at += sent;
            length -= (size_t)sent;
        } else if (errno == EAGAIN ? !socket_wait(link->fd, POLLOUT, run->deadline) : errno != EINTR) {
            return failed(link, "writing to", error);
        }
    }
    return SOURCE_READ;
}

enum source_end socket_receive(struct run *run, const struct socket_link *link, struct text *text,
                               bool *closed, struct error *error)
{
    char *end = text_reserve(text, CHUNK);
    ssize_t got;
    run_stage(run, "waiting for an answer from \"%s\"", link->place);
    do { /* a peer that never stops sending is late as well */
        errno = EAGAIN;
        got = run_remaining(run) > 0 ? recv(link->fd, end, CHUNK, 0) : -1;
    } while (got < 0 &&
             (errno == EINTR || (errno == EAGAIN && socket_wait(link->fd, POLLIN, run->deadline))));
    *closed = got == 0;
    if (got < 0)
        return failed(link, "waiting for an answer from", error);
    text->length += (size_t)got;
    text->bytes[text->length] = '\0';
    return SOURCE_READ;
}

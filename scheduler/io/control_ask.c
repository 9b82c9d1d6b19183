/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of the control socket. */
#include "lib/text.h"
#include "scheduler/io/control.h"
#include "scheduler/io/control_address.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, ANSWER_MOST = 512 << 20 };

/* Wait until the socket is ready for ${events}. */
static bool wait_for(int fd, short events, int64_t until, struct error *error)
{
    struct pollfd ready = {.fd = fd, .events = events};
    int64_t left = (until - loop_now() + 999) / 1000;
    int count = left > 0 ? poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left) : 0;
    if (count < 0 && errno == EINTR)
        return true; /* the caller tries, and comes here again */
    if (count < 0)
        return error_set(error, "cannot wait for the scheduler: %s", strerror(errno));
    return count > 0 || error_set(error, "the scheduler did not answer in time");
}

static bool try_again(int code)
{
    return code == EAGAIN || code == EINTR;
}

static bool send_all(int fd, const struct text *line, int64_t until, struct error *error)
{
    size_t done = 0;
    while (done < line->length) {
        ssize_t sent = send(fd, line->bytes + done, line->length - done, MSG_NOSIGNAL);
        if (sent < 0 && !try_again(errno))
            return error_set(error, "cannot send to the scheduler: %s", strerror(errno));
        done += sent > 0 ? (size_t)sent : 0;
        if (sent < 0 && !wait_for(fd, POLLOUT, until, error))
            return false;
    }
    return true;
}

static bool receive_line(int fd, struct text *line, int64_t until, struct error *error)
{
    while (line->length < ANSWER_MOST) {
        char *room = text_reserve(line, CHUNK);
        ssize_t got = recv(fd, room, CHUNK, 0);
        if (got == 0)
            return error_set(error, "the scheduler closed the connection without an answer");
        if (got < 0 && !try_again(errno))
            return error_set(error, "cannot receive from the scheduler: %s", strerror(errno));
        if (got > 0) {
            line->length += (size_t)got;
            line->bytes[line->length] = '\0';
            if (line->bytes[line->length - 1] == '\n')
                return true;
        } else if (!wait_for(fd, POLLIN, until, error)) {
            return false;
        }
    }
    return error_set(error, "the scheduler's answer is longer than %d bytes", ANSWER_MOST);
}

json_t *control_ask(const char *path, const json_t *request, int64_t timeout, struct error *error)
{
    int64_t until = loop_now() + timeout * 1000;
    struct text line = TEXT_INIT;
    json_t *reply = NULL;
    json_error_t place;
    char *written = json_dumps(request, JSON_COMPACT);
    int fd = control_address_connect(path, error);
    if (fd < 0)
        goto done;
    text_add(&line, written ? written : "{}");
    text_add_char(&line, '\n');
    bool sent = send_all(fd, &line, until, error);
    text_clear(&line);
    if (sent && receive_line(fd, &line, until, error)) {
        reply = json_loadb(line.bytes, line.length, JSON_DECODE_ANY, &place);
        if (!reply)
            (void)error_set(error, "the scheduler's answer is not JSON: %s", place.text);
    }
    (void)close(fd);
done:
    text_release(&line);
    free(written);
    return reply;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STOMP 1.0 to 1.2, as a client. Source: the STOMP protocol specification, versions 1.0, 1.1 and 1.2. */
#ifndef WATCHBILL_COLLECTORS_STOMP_H
#define WATCHBILL_COLLECTORS_STOMP_H

#include "collectors/socket.h"
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>

enum { STOMP_PORT = 61613 };
enum { STOMP_HEAD_CAP = 64 << 10, STOMP_HEADERS = 256, STOMP_BODY_CAP = 4 << 20 };
enum { STOMP_SESSION_CAP = 16 << 20, STOMP_SESSION_FRAMES = 10000 };

/* The version that escapes are read and written by. */
enum stomp_version { STOMP_NONE /* of CONNECT and CONNECTED */, STOMP_1_0, STOMP_1_1, STOMP_1_2 };

struct stomp_header {
    const char *name, *value;
};

struct stomp_frame {
    const char *command;
    const struct stomp_header *headers;
    size_t header_count;
    const char *body; /* NUL behind it; it may hold NUL bytes itself */
    size_t body_length;
};

enum stomp_state {
    STOMP_FRAME,  /* a whole frame */
    STOMP_MORE,   /* it goes on behind the bytes that are there */
    STOMP_BROKEN, /* never a frame; the sentence says why */
};

/* stomp_parse(bytes, length, version, arena, frame, used, error): read the first frame; line ends in front of it are
 * skipped. ${*used} bytes belong to it and what was skipped (with STOMP_MORE: to what was skipped). The frame lives
 * in ${arena}; nothing is taken from it before the frame is whole. Refused: a command that is no word of capitals,
 * a header without colon or name, an unknown escape, a NUL in the head, a content-length that no NUL follows, more
 * than the caps. */
enum stomp_state stomp_parse(const char *bytes, size_t length, enum stomp_version version,
                             struct arena *arena, struct stomp_frame *frame, size_t *used,
                             struct error *error);

/* stomp_header(frame, name): the value; the first wins where a name is repeated; NULL: none. */
const char *stomp_header(const struct stomp_frame *frame, const char *name);

/* stomp_write(text, version, frame, error): add the frame. false: a value holds what the version has no escape for. */
bool stomp_write(struct text *text, enum stomp_version version, const struct stomp_frame *frame,
                 struct error *error);

/* A session with a broker. */
struct stomp {
    struct run *run;
    struct socket_link link;
    enum stomp_version version;
    struct text received;
    size_t used;  /* bytes of it that belong to frames already given */
    size_t total; /* bytes that were received in all */
    size_t frames;
};

struct stomp_login {
    const char *host;
    int64_t port;                /* 0: STOMP_PORT */
    const char *user, *password; /* NULL: none */
};

/* stomp_open(stomp, run, login, error): connect and log in. SOURCE_UNREADABLE when the broker refuses the login. On
 * every end stomp_close releases it. */
enum source_end stomp_open(struct stomp *stomp, struct run *run, const struct stomp_login *login,
                           struct error *error);

/* stomp_close(stomp): say goodbye, without waiting, and close. */
void stomp_close(struct stomp *stomp);

/* stomp_send(stomp, frames, count, error): all at once. */
enum source_end stomp_send(struct stomp *stomp, const struct stomp_frame *frames, size_t count,
                           struct error *error);

/* stomp_receive(stomp, frame, error): wait for the next frame; it lives in the run's arena. An ERROR frame is a
 * failure with the broker's own words: SOURCE_UNREADABLE where they speak of a missing right, else SOURCE_FAULT. */
enum source_end stomp_receive(struct stomp *stomp, struct stomp_frame *frame, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames on a stream socket between the daemon and the processes that it started: many in one write, many in
 * one read, nothing waited for. A frame is a kind, a number and bytes; both ends are on one machine and of
 * one build, so integers are in the machine's order. What arrives is still not trusted: lengths are bounded
 * and every field is checked. */
#ifndef WATCHBILL_LIB_WIRE_H
#define WATCHBILL_LIB_WIRE_H

#include "lib/text.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    WIRE_FRAME_MOST = 64 << 20, /* bytes of one frame at most */
    WIRE_ID_AT = 8,             /* where the number of a frame stands in its bytes */
};

struct wire {
    int fd;
    bool waits; /* wire_receive waits for bytes */
    bool broken;
    struct text in;
    size_t taken; /* of `in` */
    struct text out;
    size_t sent; /* of `out` */
};

struct wire_frame {
    uint32_t kind;
    uint32_t id;
    char *bytes; /* in the wire's own room, until the next wire_receive */
    size_t length;
};

/* wire_init(wire, fd, waits): ${fd} becomes the wire's and is closed by wire_release. */
void wire_init(struct wire *wire, int fd, bool waits);
void wire_release(struct wire *wire);

/* wire_receive(wire): read once what is there; false when the other side has ended or the stream is broken.
 */
bool wire_receive(struct wire *wire);

/* wire_next(wire, frame): the next whole frame; false when there is none. A length that cannot be sets
 * `broken`, and nothing more comes. */
bool wire_next(struct wire *wire, struct wire_frame *frame);

/* wire_flush(wire): send what stands in `out` as far as it goes; false when the other side has ended. */
bool wire_flush(struct wire *wire);

/* wire_unsent(wire): bytes that wait in `out`. */
size_t wire_unsent(const struct wire *wire);

/* wire_begin(text, kind, id) starts a frame behind what ${text} holds and returns where; wire_end(text,
 * begun) completes it. Between them stand fields. */
size_t wire_begin(struct text *text, uint32_t kind, uint32_t id);
void wire_end(struct text *text, size_t begun);
void wire_put_whole(struct text *text, int64_t value);
void wire_put_bytes(struct text *text, const void *bytes, size_t length);

/* Fields are taken in the order in which they were put. After one that is not there `bad` is set, and the
 * values are 0 and "". */
struct wire_cursor {
    char *at;
    size_t left;
    bool bad;
};
struct wire_cursor wire_open(const struct wire_frame *frame);
int64_t wire_get_whole(struct wire_cursor *cursor);
/* The bytes have a NUL behind them and may be written to; ${length} may be NULL. */
char *wire_get_bytes(struct wire_cursor *cursor, size_t *length);

#endif

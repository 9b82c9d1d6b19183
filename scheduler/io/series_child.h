/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One watchbill-series process at the other end of a socket: asked one frame at a time, ended when it does not
 * answer in time, started again when it is asked next. Nothing here waits. */
#ifndef WATCHBILL_IO_SERIES_CHILD_H
#define WATCHBILL_IO_SERIES_CHILD_H

#include "lib/error.h"
#include "lib/series_wire.h"
#include "scheduler/io/loop.h"

struct series_child;

struct series_child_calls {
    /* The answer to what was asked; valid during the call. */
    void (*answered)(void *owner, enum series_frame kind, const char *body, size_t length);
    /* It died or hung while it was asked; it may be asked again. */
    void (*failed)(void *owner, const char *sentence);
};

/* series_child_create(loop, argv, timeout, calls, owner, error): starts it; ${argv} is copied; ${timeout} is ms. */
struct series_child *series_child_create(struct loop *loop, const char *const *argv, int64_t timeout,
                                         struct series_child_calls calls, void *owner, struct error *error);
void series_child_free(struct series_child *child);

/* series_child_ask(child, frame, error): takes the bytes of ${frame}. Not while it is busy. false: it could not be
 * started, or died at once a moment ago; ${frame} is untouched then. */
bool series_child_ask(struct series_child *child, struct text *frame, struct error *error);
bool series_child_busy(const struct series_child *child);

/* series_child_wait(child, timeout): serve its socket without the loop, for the end: at most ${timeout} ms. */
void series_child_wait(struct series_child *child, int64_t timeout);

#endif

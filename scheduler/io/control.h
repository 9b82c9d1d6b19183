/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: one JSON object a line in, one a line out. Server on the loop; client for `watchbill`. */
#ifndef WATCHBILL_IO_CONTROL_H
#define WATCHBILL_IO_CONTROL_H

#include "lib/error.h"
#include "scheduler/io/loop.h"

#include <jansson.h>

struct control;
struct control_call;

/* A request came. Answer now or later with control_reply, exactly once. ${request} is borrowed. */
typedef void control_handler(void *owner, struct control_call *call, const json_t *request);

/* control_open(loop, path, handler, owner, error): binds ${path} with mode 0660; a path over 107 bytes goes
 * through /proc/self/fd. A stale socket is replaced. */
struct control *control_open(struct loop *loop, const char *path, control_handler *handler, void *owner,
                             struct error *error);

/* control_close(control): calls that are still to be answered are answered as if their caller had gone. */
void control_close(struct control *control);

/* control_reply(call, reply): steals the reference to ${reply}. The caller may be gone by then. */
void control_reply(struct control_call *call, json_t *reply);
/* {"error": sentence} */
void control_refuse(struct control_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The user id of the caller's process. */
unsigned control_peer(const struct control_call *call);

/* control_ask(path, request, timeout, error): connect, send, wait for the answer, ms; a new reference, or NULL
 * with a sentence. */
json_t *control_ask(const char *path, const json_t *request, int64_t timeout, struct error *error);

#endif

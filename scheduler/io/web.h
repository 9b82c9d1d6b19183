/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP listener. One door to libmicrohttpd. It answers on the loop; handlers must not block. */
#ifndef WATCHBILL_IO_WEB_H
#define WATCHBILL_IO_WEB_H

#include "lib/error.h"
#include "scheduler/io/loop.h"

#include <stddef.h>

struct web;
struct web_call;

typedef void web_handler(void *owner, struct web_call *call, const char *method, const char *path);

/* web_open(loop, listen, handler, owner, error): ${listen} is "ADDRESS:PORT"; port 0 is any free one. */
struct web *web_open(struct loop *loop, const char *listen, web_handler *handler, void *owner,
                     struct error *error);

/* web_close(web): calls that are still to be answered take their answer afterwards all the same. */
void web_close(struct web *web);
unsigned web_port(const struct web *web);

/* web_reply(call, status, type, body, length): once for each call, inside the handler or later. */
void web_reply(struct web_call *call, unsigned status, const char *type, const void *body, size_t length);
/* A query argument, a header; NULL: absent. */
const char *web_argument(const struct web_call *call, const char *name);
const char *web_header(const struct web_call *call, const char *name);
/* web_body(call, length): what was sent, at most 1 MiB, with a NUL behind it; valid until the reply. */
const char *web_body(const struct web_call *call, size_t *length);

#endif

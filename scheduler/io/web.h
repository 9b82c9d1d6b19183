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

struct web_settings {
    const char *listen;            /* "ADDRESS:PORT"; port 0 is any free one */
    const char *certificate, *key; /* PEM files; both NULL: no TLS */
    /* Asked as soon as the head of a request is there, before its body is taken: false: it has replied. */
    bool (*admit)(void *owner, struct web_call *call, const char *method, const char *path);
    web_handler *handler; /* the request is whole */
    void *owner;
};

/* web_open(loop, settings, error): NULL with a sentence. */
struct web *web_open(struct loop *loop, const struct web_settings *settings, struct error *error);

/* web_renew(web, certificate, key, error): connections that are made from now on are shown this certificate. When it
 * cannot be used, the one before stays. */
bool web_renew(struct web *web, const char *certificate, const char *key, struct error *error);
bool web_is_tls(const struct web *web);
/* web_is_loopback(web): only this machine can reach it. */
bool web_is_loopback(const struct web *web);

/* web_close(web): calls that are still to be answered take their answer afterwards all the same. */
void web_close(struct web *web);
unsigned web_port(const struct web *web);

/* web_reply(call, status, type, body, length): once for each call, inside the handler or later. */
void web_reply(struct web_call *call, unsigned status, const char *type, const void *body, size_t length);
/* A query argument, a header; NULL: absent. */
const char *web_argument(const struct web_call *call, const char *name);
const char *web_header(const struct web_call *call, const char *name);
/* web_password(call): that of HTTP Basic, for web_password_free; NULL: there is none. */
char *web_password(const struct web_call *call);
void web_password_free(char *password); /* wipes it */
/* web_challenge(call, value): a WWW-Authenticate header of the reply, which is still to come; ${value} stays the caller's
 * and must outlive the reply. At most WEB_CHALLENGES. */
enum { WEB_CHALLENGES = 2 };
void web_challenge(struct web_call *call, const char *value);
/* web_limit(call, bytes): where it is admitted: of this call no more than so many bytes are taken. */
void web_limit(struct web_call *call, size_t bytes);
/* web_body(call, length): what was sent, at most 1 MiB, with a NUL behind it; valid until the reply. */
const char *web_body(const struct web_call *call, size_t *length);

#endif

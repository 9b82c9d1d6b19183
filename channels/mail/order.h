/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the mail channel is asked to do: one JSON object, and the message composed from it. */
#ifndef WATCHBILL_CHANNELS_MAIL_ORDER_H
#define WATCHBILL_CHANNELS_MAIL_ORDER_H

#include "lib/error.h"
#include "lib/text.h"

#include <jansson.h>

/* The exit codes of a channel. */
enum outcome { OUTCOME_DELIVERED = 0, OUTCOME_AGAIN = 1, OUTCOME_NEVER = 2 };

struct order {
    json_t *root; /* holds the texts */
    const char *id, *from, *to;
    struct text message;        /* the whole letter */
    const char *spool;          /* a directory; NULL: by SMTP to `server` */
    char *server, *host, *port; /* server is "HOST:PORT" */
    bool tls;
    const char *ca_file;              /* NULL: the system's */
    const char *user, *password_file; /* both or neither */
    int64_t timeout;                  /* ms, of everything */
};

/* order_read(order, bytes, length, now, error): OUTCOME_DELIVERED when it can be carried out. A message that
 * can never be sent is OUTCOME_NEVER, a setting that a person can mend OUTCOME_AGAIN. order_release in any
 * case. */
enum outcome order_read(struct order *order, const char *bytes, size_t length, int64_t now,
                        struct error *error);
void order_release(struct order *order);

#endif

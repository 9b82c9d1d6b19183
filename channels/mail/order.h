/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the mail channel is asked to do: one JSON object, and the message composed from it. */
#ifndef WATCHBILL_CHANNELS_MAIL_ORDER_H
#define WATCHBILL_CHANNELS_MAIL_ORDER_H

#include "lib/alert_channel.h"
#include "lib/text.h"

/* Its texts belong to the JSON object. */
struct order {
    const char *id, *from, *to;
    struct text message;        /* the whole letter */
    struct text picture;        /* a part of it; empty: none */
    const char *spool;          /* a directory; NULL: by SMTP to `server` */
    char *server, *host, *port; /* server is "HOST:PORT" */
    bool tls;
    const char *ca_file;              /* NULL: the system's */
    const char *user, *password_file; /* both or neither */
    int64_t timeout;                  /* ms, of everything */
};

/* order_read(order, alert, now, error): ALERT_DELIVERED when it can be carried out. A message that can never
 * be sent is ALERT_NEVER, a setting that a person can mend ALERT_AGAIN. order_release in any case. */
enum alert_end order_read(struct order *order, const json_t *alert, int64_t now, struct error *error);
void order_release(struct order *order);

#endif

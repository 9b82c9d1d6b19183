/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deliveries in a mail server's log: Postfix ("relay=..., status=sent"), Sendmail ("relay=..., stat=Sent") and Exim
 * ("=> address ... H=relay"). */
#ifndef WATCHBILL_COLLECTORS_MAILLOG_H
#define WATCHBILL_COLLECTORS_MAILLOG_H

#include <stdbool.h>
#include <stddef.h>

enum maillog_status { MAILLOG_SENT, MAILLOG_DEFERRED, MAILLOG_BOUNCED, MAILLOG_OTHER };

struct maillog_delivery {
    enum maillog_status status;
    const char *relay; /* bytes of the line: the host without address and port; "local" where there is none */
    size_t relay_length;
};

/* maillog_parse(line, length, delivery): false: the line tells of no delivery. */
bool maillog_parse(const char *line, size_t length, struct maillog_delivery *delivery);

#endif

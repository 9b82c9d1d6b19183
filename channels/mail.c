/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mail channel: one JSON object on standard input, one message out, by SMTP or as a file.
 *
 *   {"id", "from", "to", "subject", "text", "headers": {NAME: VALUE}, "timeout_ms",
 *    "html": the same as hypertext, "picture": a PNG in base64 that it shows; both optional,
 *    "mail": {"spool": DIRECTORY}
 *          | {"server": "HOST:PORT", "tls": "required" | "none", "ca_file", "user", "password_file"}}
 *
 * Exit 0 delivered, 1 try again later, 2 never; one sentence on standard output says why. */
#include "channels/mail/order.h"
#include "channels/mail/smtp.h"
#include "channels/mail/spool.h"

#include <sys/stat.h>

static enum alert_end carry_out(const struct order *order, struct error *said)
{
    if (!order->spool)
        return smtp_deliver(order, said);
    if (!spool_put(order, said))
        return ALERT_AGAIN;
    error_set(said, "written for \"%s\" to \"%s\"", order->to, order->spool);
    return ALERT_DELIVERED;
}

static enum alert_end deliver(const json_t *alert, struct error *said)
{
    struct order order;
    enum alert_end outcome = order_read(&order, alert, (int64_t)time(NULL), said);
    if (outcome == ALERT_DELIVERED)
        outcome = carry_out(&order, said);
    order_release(&order);
    return outcome;
}

int main(int argc, char **argv)
{
    (void)umask(027);
    return alert_channel_main(argc, argv, deliver);
}

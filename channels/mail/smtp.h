/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delivery by SMTP within a time that holds whatever the server, the resolver or the library does. */
#ifndef WATCHBILL_CHANNELS_MAIL_SMTP_H
#define WATCHBILL_CHANNELS_MAIL_SMTP_H

#include "channels/mail/order.h"

/* smtp_deliver(order, said): ${said} is a sentence in every case. */
enum alert_end smtp_deliver(const struct order *order, struct error *said);

#endif

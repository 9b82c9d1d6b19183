/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mail as files: one for each message, named by its id. */
#ifndef WATCHBILL_CHANNELS_MAIL_SPOOL_H
#define WATCHBILL_CHANNELS_MAIL_SPOOL_H

#include "channels/mail/order.h"

/* spool_put(order, error): write the message to DIRECTORY/ID.eml. The file is there whole and durable, or not
 * at all; the same id replaces it. Missing folders are made. */
bool spool_put(const struct order *order, struct error *error);

#endif

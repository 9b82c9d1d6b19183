/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One SMTP session. The only part that knows libesmtp. */
#ifndef WATCHBILL_CHANNELS_MAIL_SESSION_H
#define WATCHBILL_CHANNELS_MAIL_SESSION_H

#include "channels/mail/progress.h"

/* session_run(order, progress): deliver, and leave the result in ${progress}. It may end the process: the
 * caller is a process that exists for this call alone. */
void session_run(const struct order *order, struct progress *progress);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process that talks to the server leaves for the one that watches it, in memory they share. */
#ifndef WATCHBILL_CHANNELS_MAIL_PROGRESS_H
#define WATCHBILL_CHANNELS_MAIL_PROGRESS_H

#include "channels/mail/order.h"

#include <stdatomic.h>

enum stage {
    STAGE_CONNECT,
    STAGE_GREETING,
    STAGE_HELLO,
    STAGE_STARTTLS,
    STAGE_AUTH,
    STAGE_SENDER,
    STAGE_MESSAGE,
    STAGE_QUIT,
    STAGES
};

struct progress {
    _Atomic int stage;
    _Atomic bool finished; /* `outcome` and `said` are set */
    enum alert_end outcome;
    struct error said;
};

#endif

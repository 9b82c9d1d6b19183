/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which queues of a listing are meant, the deepest first. */
#ifndef WATCHBILL_COLLECTORS_RABBITMQ_CHOOSE_H
#define WATCHBILL_COLLECTORS_RABBITMQ_CHOOSE_H

#include "collectors/rabbitmq.h"

struct rabbitmq_wish {
    const char *regex, *ignore; /* as choice_init takes them; NULL: none */
    const char *glob;           /* as fnmatch takes it; NULL: none */
};

/* rabbitmq_choose(queues, wish, error): keep the queues that are meant, those first whose number of messages is not
 * known, then the deepest. false: an expression cannot be read. */
bool rabbitmq_choose(struct rabbitmq_queues *queues, const struct rabbitmq_wish *wish, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queues of Postfix, counted in its queue directory: no command of Postfix is run. */
#ifndef WATCHBILL_COLLECTORS_POSTFIX_H
#define WATCHBILL_COLLECTORS_POSTFIX_H

#include "collectors/spool.h"

#define POSTFIX_DIRECTORY "/var/spool/postfix"

enum postfix_queue {
    POSTFIX_MAILDROP,
    POSTFIX_INCOMING,
    POSTFIX_ACTIVE,
    POSTFIX_DEFERRED,
    POSTFIX_HOLD,
    POSTFIX_CORRUPT,
    POSTFIX_QUEUES,
};

struct postfix {
    struct spool queues[POSTFIX_QUEUES];
    struct spool all; /* of them together */
};

/* postfix_queue_name(queue): its folder: "deferred". */
const char *postfix_queue_name(enum postfix_queue queue);

/* postfix_read(directory, now, deadline, postfix, error): count the messages below ${directory}, through any depth of
 * hash folders. Ages count from when the message came, where the file system tells when a file was made: Postfix
 * sets the modification of a deferred message to the time of its next attempt. ${now} and ${deadline} as in
 * collectors/spool.h. SPOOL_MISSING: there is no such directory, or no queue of Postfix in it. Reading takes root, or
 * the group of the folders. */
enum spool_result postfix_read(const char *directory, int64_t now, int64_t deadline, struct postfix *postfix,
                               struct error *error);

#endif

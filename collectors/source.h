/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How reading a source ended: what a check needs to know beside the sentence. */
#ifndef WATCHBILL_COLLECTORS_SOURCE_H
#define WATCHBILL_COLLECTORS_SOURCE_H

#include "lib/verdict.h"

enum source_end {
    SOURCE_READ,       /* all of it */
    SOURCE_FAULT,      /* the service's own failure: refused, no such host, its own error, bad TLS */
    SOURCE_UNREADABLE, /* no permission, not found, an answer that cannot be parsed, too large */
    SOURCE_TIMEOUT,    /* the deadline passed; the sentence names the stage */
};

/* source_verdict(end): CRITICAL for a fault of the service, UNKNOWN for the rest.
 * Source of the rule: what the established plugins do with the failures of the world. */
static inline enum verdict source_verdict(enum source_end end)
{
    return end == SOURCE_FAULT ? VERDICT_CRITICAL : VERDICT_UNKNOWN;
}

#endif

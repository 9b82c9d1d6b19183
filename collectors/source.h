/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How reading a source ended: what a check needs to know beside the sentence. */
#ifndef WATCHBILL_COLLECTORS_SOURCE_H
#define WATCHBILL_COLLECTORS_SOURCE_H

#include "lib/check.h"

enum source_end {
    SOURCE_READ,       /* all of it */
    SOURCE_FAULT,      /* the service's own failure: refused, no such host, its own error, bad TLS */
    SOURCE_UNREADABLE, /* no permission, not found, an answer that cannot be parsed, too large */
    SOURCE_TIMEOUT,    /* the deadline passed; the sentence is the stage: "waiting for an answer from ..." */
};

/* source_failed(report, end, error, limit): report the failure ${end}: CRITICAL for a fault of the service,
 * UNKNOWN for the rest; a timeout, whose verdict is that of --timeout-state, names ${limit}, the milliseconds there were.
 * Returns false, for measure. */
bool source_failed(struct report *report, enum source_end end, const struct error *error, int64_t limit);

#endif

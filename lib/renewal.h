/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A workaround that is tagged again lives on beyond its TTL, and must say why: else each would live forever, a date at a
 * time. One rule for the scheduler, of what its configuration says, and for the ledger, of the runs that it holds. Pure. */
#ifndef WATCHBILL_LIB_RENEWAL_H
#define WATCHBILL_LIB_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

/* How a workaround was tagged. */
struct tagging {
    int64_t day;          /* days since 1970-01-01 */
    const char *sentence; /* why it was tagged again; NULL or "": it does not say */
};

enum renewal {
    RENEWAL_NONE,    /* the same day */
    RENEWAL_EARLIER, /* an earlier one: no renewal */
    RENEWAL_GIVEN,   /* a later one, with a sentence of its own */
    RENEWAL_MISSING, /* a later one without a sentence, or with that of the time before */
};

/* renewal_judge(known, next): what ${next} is after ${known}, the last that was accepted. */
enum renewal renewal_judge(const struct tagging *known, const struct tagging *next);

/* renewal_day(text, day): "2026-11-01" as days since 1970-01-01; false: it is no such date. */
bool renewal_day(const char *text, int64_t *day);

/* The taggings of the runs that there were of one workaround, folded in the order of the runs. */
struct renewals {
    bool any;
    int64_t day;    /* the latest */
    char *sentence; /* of that day; NULL: none was given */
    int64_t count;
};

/* renewals_take(renewals, tagged, sentence): a run that was tagged ${tagged} (text as above; one that is no date is
 * passed over) has begun. A later day counts, sentence or not: it has happened. An earlier one takes nothing back. */
void renewals_take(struct renewals *renewals, const char *tagged, const char *sentence);
void renewals_release(struct renewals *renewals);

#endif

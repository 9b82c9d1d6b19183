/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Soft and hard states as Nagios means them: CONFORMANCE "Soft and hard states, flapping". Pure. */
#ifndef WATCHBILL_CORE_STATE_H
#define WATCHBILL_CORE_STATE_H

#include "lib/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum state_type { STATE_SOFT, STATE_HARD };
const char *state_type_name(enum state_type type); /* "SOFT", "HARD" */

enum { STATE_HISTORY = 21 };

struct state {
    bool known; /* false: PENDING, no result yet */
    enum verdict verdict;
    enum state_type type;
    int attempt;         /* 1.. */
    enum verdict hard;   /* the last hard verdict */
    int64_t since;       /* epoch ms of the last change of verdict or type; PENDING: it is waited for since */
    int64_t hard_since;  /* of the last change of the hard verdict; 0: it never changed */
    int64_t last_ok;     /* of the last OK result; 0: never */
    int64_t last_result; /* of the newest result; an older one is refused */
    uint64_t problem;    /* id of the open problem; 0: none */
    uint8_t history[STATE_HISTORY]; /* recorded states, oldest first */
    int history_count;
    bool flapping;
    bool stale; /* the newest result was made because none came */
};

struct state_rule {
    int attempts;
    bool volatile_;
    bool flapping;    /* detection is on */
    double low, high; /* percent */
};

enum state_change {
    STATE_CHANGED = 1,      /* verdict or type differs from before */
    STATE_HARD_PROBLEM = 2, /* became hard non-OK, or changed among hard non-OK */
    STATE_SOFT_RECOVERY = 4,
    STATE_HARD_RECOVERY = 8,
    STATE_FLAPPING_STARTED = 16,
    STATE_FLAPPING_STOPPED = 32,
    STATE_PROBLEM_OPENED = 64, /* the caller gives `problem` its id */
    STATE_REFUSED = 128,       /* older than the newest result */
};

/* state_apply(state, rule, verdict, at): take one result of the instant ${at} (epoch ms) into ${state};
 * returns bits of enum state_change. A recovery leaves `problem` as it was; the caller closes it. */
unsigned state_apply(struct state *state, const struct state_rule *rule, enum verdict verdict, int64_t at);

/* state_retries(state): whether the next run comes after `retry` (soft non-OK) rather than `every`. */
bool state_retries(const struct state *state);

/* state_flap_percent(state): the weighted share of changes, 0 to 100. */
double state_flap_percent(const struct state *state);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a run may begin, told from the ledger: whoever starts a remediation meets this rule, in this place. */
#ifndef WATCHBILL_LIB_LEDGER_BEGIN_H
#define WATCHBILL_LIB_LEDGER_BEGIN_H

#include "lib/error.h"
#include "lib/limits.h"

#include <jansson.h>

enum ledger_refusal {
    LEDGER_ALLOWED,
    LEDGER_FAULT,       /* it could not be read or written */
    LEDGER_KNOWN,       /* a run of that id has begun before */
    LEDGER_UNEXPLAINED, /* tagged later than the runs there were, without saying why (lib/renewal.h) */
    LEDGER_LIMITED,
};

struct ledger_answer {
    enum ledger_refusal refusal;
    struct limit_answer limit; /* of LEDGER_LIMITED */
};

/* ledger_begin(path, line, limits, answer, error): write the first line of a run, if what the ledger has allows it; the
 * look and the line are one, under the lock. ${line} has event, run, at, issue, remediation, target and tagged, renewal
 * and service when they were given. ${limits} NULL: none hold; what is over within 2 s holds no more. false: ${answer} says why, and ${error} in words, of a limit
 * also when it may run again. */
bool ledger_begin(const char *path, const json_t *line, const struct limits *limits,
                  struct ledger_answer *answer, struct error *error);

/* ledger_may_begin(path, line, limits, answer, error): the same answer without the line and without the lock; it may be
 * another one a moment later. A missing ledger is not made. */
bool ledger_may_begin(const char *path, const json_t *line, const struct limits *limits,
                      struct ledger_answer *answer, struct error *error);

/* ledger_rearms(limit): the epoch second from which it may run again; 0: when a run under way has ended. */
int64_t ledger_rearms(const struct limit_answer *limit);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of one issue, and what was refused, as the ledger tells them: for the command, the API and the page. Pure. */
#ifndef WATCHBILL_CORE_REVIEW_RUNS_H
#define WATCHBILL_CORE_REVIEW_RUNS_H

#include <jansson.h>
#include <stdint.h>

/* ${runs}: an empty object to begin with; then by the run's id {"run", "remediation", "issue", "target", "subject",
 * "author", "user", "bundle", "at", "outcome", "duration", "text", "verdict", "lasted"}, in the order in which they
 * began or were refused; what is not known is left out. */
struct review_runs {
    const char *issue;
    int64_t since; /* epoch seconds: runs that began before are left out */
    json_t *runs;
};

/* review_runs_words(issue, words): for ledger_read_with, ended by NULL: one of them is in each line that matters. */
enum { REVIEW_RUNS_WORDS = 3 };
void review_runs_words(const char *issue, const char *words[static REVIEW_RUNS_WORDS]);

/* review_runs_take(owner, line): a line of the ledger, for ledger_read_with; ${owner} is a struct review_runs. */
void review_runs_take(void *owner, const json_t *line);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review of remediations: what the ledger counts, beside what the configuration says, worst first. The command and
 * the weekly mail show the same. Pure. */
#ifndef WATCHBILL_CORE_REVIEW_H
#define WATCHBILL_CORE_REVIEW_H

#include "lib/text.h"
#include "scheduler/core/model.h"

#include <jansson.h>

/* review_rows(model, counted, owner, issue, now): ${counted}, the rows of ledger_summary, without those that are no longer
 * configured and in neither span, and a row without runs for each configured remediation that has none; each gets
 * "configured", "expired", "rehearsal_due" (not run, not even dry, within its `rehearse`), and what the configuration says
 * holds. Worst first: not diagnosed, then most frequent. ${owner} NULL: of all, else only of that owner. ${issue} NULL:
 * all. ${now} in epoch seconds. A new reference. */
json_t *review_rows(const struct model *model, const json_t *counted, const char *owner, const char *issue,
                    int64_t now);

/* review_expired(rows): whether a configured remediation has expired. */
bool review_expired(const json_t *rows);

/* review_bad(text, bad): a line on what is not counted because it cannot be read; nothing for 0. */
void review_bad(struct text *text, size_t bad);

/* review_table(text, rows, zone, width): columns with headings; then what was not rehearsed. What is wider than ${width}
 * goes on below, behind the issue and the remediation again; 0: as wide as it is. review_csv: the same by RFC 4180. */
void review_table(struct text *text, const json_t *rows, const struct zone *zone, size_t width);
void review_csv(struct text *text, const json_t *rows, const struct zone *zone);

#endif

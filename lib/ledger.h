/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger: append-only JSON lines, one when a remediation run begins (durable before it acts) and one when
 * it ends. Written only by the remediation frame, and by the helper for a run that died, under a lock. */
#ifndef WATCHBILL_LIB_LEDGER_H
#define WATCHBILL_LIB_LEDGER_H

#include "lib/error.h"

#include <jansson.h>

/* ledger_append(path, line, error): lock, write one line, fdatasync, unlock; makes the file (0640) and its
 * folder. A torn last line (power cut) is closed with a newline first. */
bool ledger_append(const char *path, const json_t *line, struct error *error);

/* ledger_begin(path, line, error): the same for the first line of a run: refused when its "run" id is known.
 * `*known` tells that reason from others. */
bool ledger_begin(const char *path, const json_t *line, bool *known, struct error *error);

/* ledger_read(path, each, owner, error): every line that parses, in order; what does not is counted in ${bad}
 * and skipped. A missing file is empty. */
typedef void ledger_each(void *owner, const json_t *line);
bool ledger_read(const char *path, ledger_each *each, void *owner, size_t *bad, struct error *error);

/* ledger_summary(path, issue, since, now, error): INTERFACE's array of {issue, remediation, runs, fixed,
 * no_effect, failed, refused, last_run, days_left, diagnosed}, one for each issue and remediation;
 * ${issue} NULL: all; runs begun at or after ${since}, epoch seconds. A new reference, or NULL. */
json_t *ledger_summary(const char *path, const char *issue, int64_t since, int64_t now, struct error *error);

#endif

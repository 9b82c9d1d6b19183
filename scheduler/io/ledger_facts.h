/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ledger knows about a remediation, for who decides without a scheduler's memory. */
#ifndef WATCHBILL_IO_LEDGER_FACTS_H
#define WATCHBILL_IO_LEDGER_FACTS_H

#include "lib/error.h"
#include "scheduler/core/remedy.h"

/* ledger_facts_read(path, target, service, model, arena, facts, now, error): fill in what ${facts} lacks for its remediation
 * on ${target}: runs under way, in the span, and the last. ${service} is the target's, or NULL: then each target is
 * counted for the share. A run whose process is no more is not under way. ${now} is in epoch ms. Texts live in
 * ${arena}. A missing ledger is an empty one. */
bool ledger_facts_read(const char *path, const char *target, const struct service *service,
                       const struct model *model, struct arena *arena, struct remedy_facts *facts,
                       int64_t now, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an issue is told of its workarounds, with what the next reader wants to see: how often they ran, whether the cause
 * is known, what the diagnostics found, where to look. */
#ifndef WATCHBILL_ENGINE_TRACKER_WORDS_H
#define WATCHBILL_ENGINE_TRACKER_WORDS_H

#include "scheduler/engine/engine_internal.h"

/* tracker_words_called(text, engine, remediation, subject, problem): added: it was called for on ${subject}, "HOST/CHECK",
 * after the close. */
void tracker_words_called(struct text *text, const struct engine *engine,
                          const struct remediation *remediation, const char *subject, uint64_t problem);

/* tracker_words_week(text, engine, issue, runs): added: so many runs of all that name ${issue} since the last word. */
void tracker_words_week(struct text *text, const struct engine *engine, const char *issue, int64_t runs);

#endif

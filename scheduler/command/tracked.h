/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tracker says of a remediation's issue, asked at once: for who decides without a scheduler that knows it. */
#ifndef WATCHBILL_COMMAND_TRACKED_H
#define WATCHBILL_COMMAND_TRACKED_H

#include "lib/arena.h"
#include "lib/text.h"
#include "scheduler/core/model.h"

/* tracked_fault(remediation, site, arena, complaint): why its issue does not allow the remediation: it is closed, or its
 * tracker does not say within 10 s and `disarm_when_away` is set; NULL: it does. What the tracker did not say and why is
 * added to ${complaint} as a line. The answer is a literal. */
const char *tracked_fault(const struct remediation *remediation, const struct site *site, struct arena *arena,
                          struct text *complaint);

#endif

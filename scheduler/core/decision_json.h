/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A decision as JSON, as `watchbill simulate` prints it and the journal keeps it. */
#ifndef WATCHBILL_CORE_DECISION_JSON_H
#define WATCHBILL_CORE_DECISION_JSON_H

#include "scheduler/core/world.h"

/* decision_json(model, decision): {"type", ...} by the kind of the decision, a new reference: what stands in
 * INTERFACE under `simulate` but when it was decided and of what ("at", "subject", "name"). Texts are UTF-8 whatever
 * the decision held. ${model} names the members of an alert about several checks. */
json_t *decision_json(const struct model *model, const struct decision *decision);

/* decision_state_name(model, decision): the "state" of it: a verdict, or what that is called of a computed check. */
const char *decision_state_name(const struct model *model, const struct decision *decision);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is on watch, as JSON: for the command and for the API. */
#ifndef WATCHBILL_CORE_ROTA_JSON_H
#define WATCHBILL_CORE_ROTA_JSON_H

#include "scheduler/core/rota.h"

#include <jansson.h>

/* rota_json(model, group, urgency, at): {"group", "urgency", "escalate_after", "override": {"from", "until"}, "groups",
 * "users": [{"user", "name", "instead_of", "after", "contacts": [{"channel", "address", "command", "importance"}]}]} in
 * the order in which they are called at ${at}, epoch seconds; those who cannot be reached
 * then with that urgency are left out. Spans are seconds: "after" is when someone is called whom nobody before has
 * acknowledged. What does not apply is left out. A new reference. */
json_t *rota_json(const struct model *model, const struct group *group, enum urgency urgency, int64_t at);

#endif

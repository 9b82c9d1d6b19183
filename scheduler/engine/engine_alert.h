/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WATCHBILL_ENGINE_ALERT_H
#define WATCHBILL_ENGINE_ALERT_H

#include "scheduler/core/world.h"

/* alert_json(model, decision, state, output, author): everything a channel needs, as one object; a new
 * reference. ${output} is valid UTF-8. ${author} of an acknowledgement, else NULL. Of a decision about the site ${state} and ${output} are NULL. */
json_t *alert_json(const struct model *model, const struct decision *decision, const struct state *state,
                   const char *output, const char *author);

/* alert_refresh(alert, site): a mail that waits goes to the server that is configured now. */
void alert_refresh(json_t *alert, const struct site *site);

#endif

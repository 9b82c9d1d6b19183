/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dead-man signal: a ping to a URL for as long as the scheduler does its work, so that its silence is noticed by
 * whoever waits for the ping. It works when
 *
 *   - the journal has committed what this very cycle wrote to it,
 *   - no check is overdue by more than a minute, and none runs a minute longer than its time,
 *   - no alert has waited for ten minutes in which none arrived anywhere.
 *
 * A cycle in which it does not is one without a ping; why is logged once. */
#ifndef WATCHBILL_ENGINE_DEADMAN_H
#define WATCHBILL_ENGINE_DEADMAN_H

#include "scheduler/engine/engine_internal.h"

struct deadman_watch *deadman_create(struct engine *engine);
void deadman_free(struct deadman_watch *watch); /* NULL is allowed; nothing answers any more */

/* deadman_adopt(watch): by the settings of the present generation, from now on. */
void deadman_adopt(struct deadman_watch *watch);

/* deadman_trouble(watch): why the last ping did not arrive or is withheld; NULL: all is well, or none is wanted. */
const char *deadman_trouble(const struct deadman_watch *watch);

#endif

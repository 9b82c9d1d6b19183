/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issues: each is asked for every `poll` of its tracker, in a child or on a thread. What a closed issue still calls
 * for, and once a week how often its workaround ran, is told to the tracker. */
#ifndef WATCHBILL_ENGINE_TRACKER_H
#define WATCHBILL_ENGINE_TRACKER_H

#include "scheduler/engine/engine_internal.h"

struct trackers *trackers_create(struct engine *engine);
void trackers_free(struct trackers *trackers);

/* trackers_adopt(trackers): the engine has another model. Issues that are new are asked for at once. */
void trackers_adopt(struct trackers *trackers);

/* trackers_called(trackers, remediation, subject, problem): a remediation was called for, and its issue is closed. The
 * tracker is told, once a week for an issue. */
void trackers_called(struct trackers *trackers, const struct remediation *remediation, const char *subject,
                     uint64_t problem);

/* trackers_hooked(trackers, tracker, body): its webhook came: the issues that ${body} may concern are asked for, each
 * at most once a second; how many they are. ${body} is NULL when it is no JSON. trackers_refused: one came that is
 * not believed, which is logged once a minute. */
size_t trackers_hooked(struct trackers *trackers, const struct tracker *tracker, const json_t *body);
void trackers_refused(struct trackers *trackers, const struct tracker *tracker, const char *why);

/* trackers_trouble(trackers): of the first tracker that does not answer, or does not take what it is to be told, why; NULL:
 * there is none. */
const char *trackers_trouble(const struct trackers *trackers);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's own history as a timeline (scheduler/core/timeline.h): what happened to the world and mattered is a line
 * of the journal, in the transaction of what was decided. `watchbill journal export` prints it, `simulate` replays it.
 *
 * Timers fire at their own time, ahead of every input and each at its own instant, as in the simulator; only those that
 * are late by more than HISTORY_LATE fire now, and the history says so. */
#ifndef WATCHBILL_ENGINE_HISTORY_H
#define WATCHBILL_ENGINE_HISTORY_H

#include "scheduler/engine/engine_internal.h"
#include "scheduler/io/config.h"

enum { HISTORY_LATE = 2000 }; /* ms */

/* engine_history_start(engine): the scheduler has started with what it knew; engine_history_end: it ends. */
void engine_history_start(struct engine *engine);
void engine_history_end(struct engine *engine);
/* engine_history_keep(engine): a beginning for exports once a day. */
void engine_history_keep(struct engine *engine);

void engine_history_reload(struct engine *engine, uint64_t digest); /* ahead of world_adopt */

/* history_pass_time(batch): every timer that is due fires; the instant of what follows is history.instant. */
void history_pass_time(struct batch *batch);
/* history_clock_set(batch, delta): ahead of world_clock_set at history.instant. */
void history_clock_set(struct batch *batch, int64_t delta);

/* history_deed(batch, deed, format, ...): a line {"do": deed} with the members of ${format}, which is json_pack's. */
void history_deed(struct batch *batch, const char *deed, const char *format, ...);

/* history_request(batch, deed, request, author): the deed with the members of ${request}; who did it, unless that
 * says so. */
void history_request(struct batch *batch, const char *deed, const json_t *request, const char *author);

/* history_channel(batch, ...): world_channel was told. */
void history_channel(struct batch *batch, const char *name, bool works, const char *reason,
                     const char *const *users, size_t count);

/* A result, in three steps: what was known before, the decision, and whether it is worth a line. */
struct history_result {
    uint32_t binding;
    const struct result *result;
    int64_t before; /* the newest result until then */
    uint64_t mark;
    size_t decided;
};
struct history_result history_before(struct batch *batch, uint32_t binding, const struct result *result);
void history_after(struct batch *batch, const struct history_result *before);

/* history_decided(batch, decision): a decision that the present input did not bring by itself rests on newest results
 * that were worth no line of their own until now: they get one. */
void history_decided(struct batch *batch, const struct decision *decision);

#endif

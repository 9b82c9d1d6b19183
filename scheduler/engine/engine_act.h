/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people and programs tell the scheduler: one function does it, whichever door it came by. Each takes one JSON
 * object; what it does not understand it refuses with a sentence. ${author}: who it is from. */
#ifndef WATCHBILL_ENGINE_ACT_H
#define WATCHBILL_ENGINE_ACT_H

#include "scheduler/engine/engine_internal.h"

/* act_find(engine, request, error): the check that "check" names as HOST/CHECK or by the id of its open problem;
 * MODEL_NONE with a sentence. */
int64_t act_find(const struct engine *engine, const json_t *request, struct error *error);

/* A passive result: {"check","exit","text"}. */
bool act_result(struct engine *engine, const json_t *request, const char *author, struct error *error);

/* {"check","comment","until"}: ${problem} gets the id of what is acknowledged. act_unacknowledge: {"check"}. */
bool act_acknowledge(struct engine *engine, const json_t *request, const char *author, uint64_t *problem,
                     struct error *error);
bool act_unacknowledge(struct engine *engine, const json_t *request, uint64_t *problem, struct error *error);

/* An event of scheduler/core/event.h. */
bool act_event(struct engine *engine, const json_t *request, const char *author, struct error *error);

/* What scheduler/core/world_calm.h takes: ${deed} is "downtime", "silence", "comment" or what ends one. {"id", ...},
 * a new reference; NULL with a sentence. */
json_t *act_calm(struct engine *engine, const char *deed, const json_t *request, const char *author,
                 struct error *error);

/* act_then(engine, run, owner): calls ${run} when all that was done before is on disk, so that what is answered then
 * outlives a crash; at once while the journal cannot write, for it may be long until it can. */
void act_then(struct engine *engine, void (*run)(void *owner), void *owner);

#endif

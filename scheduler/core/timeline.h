/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timeline: everything that happens to a world, one JSON object after the other, on a virtual clock. The simulator
 * reads what people write, the replay of the journal what the daemon wrote; both are this code. Pure.
 *
 * A line is a result, {"at","host","check","exit","output"}, or a deed, {"at","do",...}; "at" is in epoch seconds.
 * Timers that are due before a line or at its instant fire first, each at its own time. The deeds stand in
 * timeline_deeds.c, one row each. */
#ifndef WATCHBILL_CORE_TIMELINE_H
#define WATCHBILL_CORE_TIMELINE_H

#include "scheduler/core/world.h"

struct timeline;

/* What becomes of a remediation run. */
enum timeline_runs {
    TIMELINE_RUNS_FIXED, /* it ends as soon as it begins, with the outcome of that name */
    TIMELINE_RUNS_VAIN,
    TIMELINE_RUNS_FAILED,
    TIMELINE_RUNS_REFUSED,
    TIMELINE_RUNS_DIED,
    TIMELINE_RUNS_TOLD, /* the timeline tells its end; one of which it says nothing dies a minute after its timeout */
};

/* timeline_outcome(name, outcome): "fixed", "vain", "failed", "refused", "limited", "died" as world_remedied takes it. */
bool timeline_outcome(const char *name, int *outcome);
const char *timeline_outcome_name(int outcome); /* its inverse */

struct timeline_settings {
    const struct model *model;
    enum timeline_runs runs;
    world_sink *sink; /* takes every decision */
    /* timeline_load: the generation that a reload brings: of the configuration ${conf} as the line names it, which may
     * be NULL. It must outlive the timeline. NULL with a sentence: there is none. */
    const struct model *(*load)(void *owner, const char *conf, struct error *error);
    void *owner; /* of both */
};

struct timeline *timeline_create(const struct timeline_settings *settings);
void timeline_free(struct timeline *timeline);

/* timeline_take(timeline, line, error): let one line happen. false with a sentence: it means nothing, or cannot be;
 * the timers before it have fired, and the timeline goes on from there. */
bool timeline_take(struct timeline *timeline, const json_t *line, struct error *error);

/* timeline_instant(line, at, error): "at" of a line in epoch ms. */
bool timeline_instant(const json_t *line, int64_t *at, struct error *error);

struct world *timeline_world(struct timeline *timeline); /* borrowed; a restart replaces it */

#endif

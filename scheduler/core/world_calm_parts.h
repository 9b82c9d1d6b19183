/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files about silences, downtimes and comments share with those of world. Nobody else includes it. */
#ifndef WATCHBILL_CORE_WORLD_CALM_PARTS_H
#define WATCHBILL_CORE_WORLD_CALM_PARTS_H

#include "scheduler/core/rota.h"
#include "scheduler/core/world_parts.h"

/* world_calm_changed(world): what people said has changed, and is to be saved. world_calm_version: tells whether it has. */
void world_calm_changed(struct world *world);
uint64_t world_calm_version(const struct world *world);

/* world_calm_release(world), world_calm_shift(world, delta): all that people said goes; its instants that happened move
 * with the clock. */
void world_calm_release(struct world *world);
/* world_calm_adopt(world): what the configuration says of it, as it stands now. */
void world_calm_adopt(struct world *world);
void world_calm_shift(struct world *world, int64_t delta);

/* world_calm_reconsider(world, matcher, now, ...): decide anew on every open problem that is meant. */
void world_calm_reconsider(struct world *world, const struct matcher *matcher, int64_t now, world_sink *sink,
                           void *owner);

/* world_calm_names(world, bindings, count): ["HOST/CHECK", ...]; a new reference. */
json_t *world_calm_names(const struct world *world, const uint32_t *bindings, size_t count);

/* The silence that holds the turn's problem back, NULL: none; it is noted that it was of use. */
const struct silence *world_silence_of(const struct turn *turn);
/* world_silence_resolved(turn): the check's problem is over, and with it perhaps a silence. */
void world_silence_resolved(struct turn *turn);
int64_t world_silence_due(const struct world *world);
void world_silence_tick(struct world *world, int64_t now, world_sink *sink, void *owner);

/* world_downtime_facts(turn, facts): the downtime that the turn's check is in, or whose end it has yet to outlive. The
 * first problem within a flexible one begins it. */
void world_downtime_facts(const struct turn *turn, struct quiet_facts *facts);
int64_t world_downtime_due(const struct world *world);
void world_downtime_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
/* world_downtime_adopt(world): the downtimes of the configuration, as they stand there now. */
void world_downtime_adopt(struct world *world);
void world_downtime_shift(struct world *world, int64_t delta);
/* world_downtime_tell.c: to those on call, where the rule asks. */
void world_downtime_tell_begin(struct world *world, struct downtime *downtime,
                               const struct downtime_phase *phase, int64_t now, world_sink *sink,
                               void *owner);
void world_downtime_tell_end(struct world *world, struct downtime *downtime, int64_t over, int64_t now,
                             world_sink *sink, void *owner);

/* world_comment.c: when the first comment ends; those that have ended go, and at a new model those of checks that are
 * gone. */
int64_t world_comment_due(const struct world *world);
void world_comment_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_comment_adopt(struct world *world);

/* world_keep.c. world_keep_result: the acknowledgement that ends with an OK is kept, if it is to be, and the one that was
 * kept is taken back. world_keep_forget: false: none was kept. */
void world_keep_result(const struct turn *turn);
/* world_keep_facts: one that is kept counts while a problem that flaps is OK. */
void world_keep_facts(const struct turn *turn, struct quiet_facts *facts);
bool world_keep_forget(struct world *world, uint32_t binding);
int64_t world_keep_due(const struct world *world);
void world_keep_tick(struct world *world, int64_t now, world_sink *sink, void *owner);
void world_keep_adopt(struct world *world);
void world_keep_shift(struct world *world, int64_t delta);
void world_keep_release(struct world *world);
json_t *world_keep_save(const struct world *world);
bool world_keep_load(struct world *world, const json_t *saved, struct error *error);

/* world_inhibit.c. world_inhibit_facts: what holds the turn's check back by a rule. world_inhibit_told: the state of the
 * turn's check has changed; what it held back is decided on again. */
void world_inhibit_facts(const struct turn *turn, struct quiet_facts *facts);
void world_inhibit_told(struct turn *turn, unsigned changes);

#endif

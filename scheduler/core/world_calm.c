/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What silences, downtimes and comments have in common: problems that are decided on anew, and messages that are about
 * no single check. */
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_calm_parts.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/text.h"

void world_calm_changed(struct world *world)
{
    world->calm.version++;
    world_site_changed(world);
}

uint64_t world_calm_version(const struct world *world)
{
    return world->calm.version;
}

void world_calm_release(struct world *world)
{
    silences_release(&world->calm.silences);
    downtimes_release(&world->calm.downtimes);
    comments_release(&world->calm.comments);
    world_keep_release(world);
}

void world_calm_adopt(struct world *world)
{
    world_downtime_adopt(world);
    world_comment_adopt(world);
    world_keep_adopt(world);
    world_calm_changed(world);
}

void world_calm_shift(struct world *world, int64_t delta)
{
    silences_shift(&world->calm.silences, delta);
    world_downtime_shift(world, delta);
    world_keep_shift(world, delta);
    world_calm_changed(world);
}

void world_calm_reconsider(struct world *world, const struct matcher *matcher, int64_t now, world_sink *sink,
                           void *owner)
{
    for (uint32_t i = 0; i < world->count; i++) {
        struct turn turn = world_turn(world, i, now, sink, owner);
        if (turn.record->problem && matcher_matches(matcher, turn.binding))
            world_settle(&turn, false);
    }
}

json_t *world_calm_names(const struct world *world, const uint32_t *bindings, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct binding *binding = &world->model->bindings[bindings[i]];
        struct text name = TEXT_INIT;
        text_format(&name, "%s/%s", binding->host->name, binding->plan->name);
        json_add(names, json_string(name.bytes));
        text_release(&name);
    }
    return names;
}

/* ---- shown ---- */

static json_t *seconds_or_null(int64_t at)
{
    return at ? json_integer(at / 1000) : json_null();
}

static json_t *downtime_json(const struct world *world, const struct binding *binding, int64_t now)
{
    for (size_t i = 0; i < world->calm.downtimes.count; i++) {
        const struct downtime *downtime = &world->calm.downtimes.items[i];
        if (!downtimes_means(downtime, world->model, binding))
            continue;
        struct downtime_phase phase = downtimes_phase(&world->calm.downtimes, world->model, downtime, now);
        if (phase.on)
            return json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)downtime->id, "author",
                             downtime->author, "comment", downtime->comment, "until",
                             seconds_or_null(phase.until));
    }
    return json_null();
}

void world_calm_json(const struct world *world, uint32_t binding, int64_t now, json_t *row)
{
    const struct binding *bound = &world->model->bindings[binding];
    const struct silence *silence = silences_of(&world->calm.silences, bound, now);
    json_set(row, "downtime", downtime_json(world, bound, now));
    json_set(row, "silence",
             silence
                 ? json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)silence->id, "owner", silence->owner,
                             "comment", silence->comment, "until", seconds_or_null(silence->until))
                 : json_null());
    json_set(row, "comments",
             world->calm.comments.count ? world_comments_json(world, binding) : json_array());
}

size_t world_calm_count(const struct world *world)
{
    return world->calm.downtimes.count + world->calm.silences.count;
}

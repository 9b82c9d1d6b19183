/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Acknowledgements that outlive a brief OK: kept for `keep_ack` after the recovery, and taken back when the problem
 * returns in that time and is no worse. A problem that returns soft in time counts from then. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_calm_parts.h"

#include "lib/memory.h"

enum { KEPT_MOST = SAVED_LIST_MAX };

static void release(struct kept *kept)
{
    free(kept->host);
    free(kept->check);
    free(kept->author);
    free(kept->comment);
}

static void drop(struct world *world, size_t index)
{
    struct calm *calm = &world->calm;
    release(&calm->kept[index]);
    calm->kept_count = memory_remove(calm->kept, calm->kept_count, sizeof *calm->kept, index);
    world_calm_changed(world);
}

/* KEPT_MOST: there is none. */
static size_t find(const struct world *world, uint32_t binding)
{
    const struct binding *bound = &world->model->bindings[binding];
    for (size_t i = 0; i < world->calm.kept_count; i++)
        if (strcmp(world->calm.kept[i].host, bound->host->name) == 0 &&
            strcmp(world->calm.kept[i].check, bound->plan->name) == 0)
            return i;
    return KEPT_MOST;
}

/* The oldest makes room: whoever is paged again can acknowledge again. */
static void keep(const struct turn *turn, const struct acknowledgement *acknowledgement, int64_t span)
{
    struct calm *calm = &turn->world->calm;
    if (calm->kept_count >= KEPT_MOST)
        drop(turn->world, 0);
    calm->kept = memory_grow(calm->kept, calm->kept_count + 1, sizeof *calm->kept);
    calm->kept[calm->kept_count++] = (struct kept){.host = memory_text(turn->binding->host->name),
                                                   .check = memory_text(turn->binding->plan->name),
                                                   .author = memory_text(acknowledgement->author),
                                                   .comment = memory_text(acknowledgement->comment),
                                                   .ends = acknowledgement->until,
                                                   .verdict = acknowledgement->verdict,
                                                   .until = turn->now + span};
    world_calm_changed(turn->world);
}

static void take_back(const struct turn *turn, size_t index)
{
    const struct kept *kept = &turn->world->calm.kept[index];
    struct problem *problem = turn->record->problem;
    bool worse = verdict_rank(turn->record->state.hard) > verdict_rank(kept->verdict);
    bool over = kept->ends != 0 && turn->now >= kept->ends;
    if (!worse && !over && !problem->acknowledgement)
        record_acknowledge(problem, kept->author, kept->comment, kept->ends, kept->verdict);
    drop(turn->world, index);
}

static void look_at_kept(const struct turn *turn, size_t index)
{
    struct kept *kept = &turn->world->calm.kept[index];
    const struct state *state = &turn->record->state;
    bool returned = kept->returned || (state->verdict != VERDICT_OK && turn->now < kept->until);
    if (state->verdict == VERDICT_OK)
        returned = false;
    if (!returned && turn->now >= kept->until) {
        drop(turn->world, index);
    } else if (returned && state->hard != VERDICT_OK && turn->record->problem &&
               !turn->record->problem->soft) {
        take_back(turn, index);
    } else if (kept->returned != returned) {
        kept->returned = returned;
        world_calm_changed(turn->world);
    }
}

void world_keep_result(const struct turn *turn)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    struct problem *problem = turn->record->problem;
    size_t index = turn->world->calm.kept_count ? find(turn->world, turn->index) : KEPT_MOST;
    if (index != KEPT_MOST)
        look_at_kept(turn, index);
    if (!problem || !problem->acknowledgement || turn->record->state.verdict != VERDICT_OK)
        return;
    if (rule && rule->keep_ack)
        keep(turn, problem->acknowledgement, rule->keep_ack);
    record_unacknowledge(problem);
}

void world_keep_facts(const struct turn *turn, struct quiet_facts *facts)
{
    size_t index = turn->world->calm.kept_count ? find(turn->world, turn->index) : KEPT_MOST;
    if (index == KEPT_MOST || turn->now >= turn->world->calm.kept[index].until)
        return;
    facts->acknowledged_by = turn->world->calm.kept[index].author;
    facts->acknowledged_until = turn->world->calm.kept[index].until;
}

bool world_keep_forget(struct world *world, uint32_t binding)
{
    size_t index = find(world, binding);
    if (index != KEPT_MOST)
        drop(world, index);
    return index != KEPT_MOST;
}

/* ---- as a part of the site ---- */

int64_t world_keep_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->calm.kept_count; i++)
        due = world_earlier(due, world->calm.kept[i].returned ? 0 : world->calm.kept[i].until);
    return due;
}

void world_keep_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    (void)sink, (void)owner;
    for (size_t i = world->calm.kept_count; i-- > 0;)
        if (!world->calm.kept[i].returned && world->calm.kept[i].until <= now)
            drop(world, i);
}

void world_keep_adopt(struct world *world)
{
    for (size_t i = world->calm.kept_count; i-- > 0;)
        if (model_binding(world->model, world->calm.kept[i].host, world->calm.kept[i].check) == MODEL_NONE)
            drop(world, i);
}

void world_keep_shift(struct world *world, int64_t delta)
{
    for (size_t i = 0; i < world->calm.kept_count; i++)
        world->calm.kept[i].until += delta;
}

void world_keep_release(struct world *world)
{
    for (size_t i = 0; i < world->calm.kept_count; i++)
        release(&world->calm.kept[i]);
    free(world->calm.kept);
    world->calm.kept = NULL;
    world->calm.kept_count = 0;
}

json_t *world_keep_save(const struct world *world)
{
    json_t *saved = json_object();
    json_t *list = saved_add_list(saved, "kept");
    for (size_t i = 0; i < world->calm.kept_count; i++) {
        const struct kept *kept = &world->calm.kept[i];
        json_t *item = saved_add_item(list);
        saved_add_text(item, "host", kept->host);
        saved_add_text(item, "check", kept->check);
        saved_add_text(item, "author", kept->author);
        saved_add_text(item, "comment", kept->comment);
        saved_add_text(item, "verdict", verdict_name(kept->verdict));
        saved_add_whole(item, "ends", kept->ends);
        saved_add_whole(item, "until", kept->until);
        saved_add_flag(item, "returned", kept->returned);
    }
    return saved;
}

bool world_keep_load(struct world *world, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, json_is_object(saved)};
    world_keep_release(world);
    if (!reader.good)
        return error_set(error, "it is not an object");
    struct saved_reader one;
    struct saved_items items = saved_items(&reader, saved_list(&reader, "kept"));
    while (saved_next(&items, &one)) {
        const struct kept kept = {.host = memory_text(saved_text(&one, "host")),
                                  .check = memory_text(saved_text(&one, "check")),
                                  .author = memory_text(saved_text(&one, "author")),
                                  .comment = memory_text(saved_text(&one, "comment")),
                                  .ends = saved_instant(&one, "ends"),
                                  .verdict = saved_verdict(&one, "verdict"),
                                  .until = saved_instant(&one, "until"),
                                  .returned = saved_flag(&one, "returned")};
        world->calm.kept = memory_grow(world->calm.kept, world->calm.kept_count + 1, sizeof kept);
        world->calm.kept[world->calm.kept_count++] = kept;
    }
    if (!reader.good)
        world_keep_release(world);
    else
        world_keep_adopt(world);
    return reader.good;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Problems of one service that come within `group_wait` of each other are told together; so are their repeats. A
 * repeat is never put off for that: it may go a little early with another, and its clock counts from then. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

static struct gathering *find(const struct world *world, const char *service, const char *group)
{
    for (size_t i = 0; i < world->gathering_count; i++) {
        struct gathering *gathering = &world->gatherings[i];
        if (strcmp(gathering->service, service) == 0 && strcmp(gathering->group, group) == 0)
            return gathering;
    }
    return NULL;
}

static void release(struct gathering *gathering)
{
    free(gathering->service);
    free(gathering->group);
}

static void drop_old(struct world *world, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < world->gathering_count; i++) {
        if (world->gatherings[i].due <= now && world->gatherings[i].repeated != now)
            release(&world->gatherings[i]);
        else
            world->gatherings[kept++] = world->gatherings[i];
    }
    world->gathering_count = kept;
}

static struct gathering *add(struct world *world, const char *service, const char *group)
{
    world->gatherings = memory_grow(world->gatherings, world->gathering_count + 1, sizeof *world->gatherings);
    struct gathering *gathering = &world->gatherings[world->gathering_count++];
    *gathering = (struct gathering){memory_text(service), memory_text(group), INT64_MIN, INT64_MIN};
    return gathering;
}

static struct gathering *make(struct world *world, const char *service, const char *group, int64_t now)
{
    struct gathering *gathering = find(world, service, group);
    if (gathering)
        return gathering;
    drop_old(world, now);
    return add(world, service, group);
}

static struct told_group *told_group(const struct problem *problem, const char *group)
{
    for (size_t i = 0; i < problem->group_count; i++) {
        if (strcmp(problem->groups[i].group, group) == 0)
            return &problem->groups[i];
    }
    return NULL;
}

/* The group's part in the problem of another check of the same service; NULL: none. */
static struct told_group *part_of(const struct turn *turn, uint32_t index, const struct group *group)
{
    const struct world *world = turn->world;
    if (index == turn->index || !world->records[index].problem ||
        strcmp(world->model->bindings[index].host->service->name, turn->binding->host->service->name) != 0)
        return NULL;
    return told_group(world->records[index].problem, group->name);
}

/* One with a shorter wait takes those along that wait already. */
static void hasten(const struct turn *turn, const struct group *group, int64_t due)
{
    for (uint32_t i = 0; i < turn->world->count; i++) {
        struct told_group *part = part_of(turn, i, group);
        if (!part || part->last.wait <= due)
            continue;
        part->last.wait = due;
        if (plan_due(turn->world->timers, i) > due)
            plan_set(turn->world->timers, i, due);
    }
}

int64_t world_gather(const struct turn *turn, const struct group *group)
{
    struct world *world = turn->world;
    int64_t due = turn->now + turn->binding->plan->alert->group_wait;
    struct gathering *gathering = make(world, turn->binding->host->service->name, group->name, turn->now);
    if (gathering->due > turn->now && gathering->due <= due)
        return gathering->due;
    if (gathering->due > due)
        hasten(turn, group, due);
    gathering->due = due;
    world_site_changed(world);
    return due;
}

void world_gather_repeats(const struct turn *turn, const struct group *group)
{
    struct world *world = turn->world;
    if (!turn->binding->plan->alert->group_wait)
        return;
    struct gathering *gathering = make(world, turn->binding->host->service->name, group->name, turn->now);
    if (gathering->repeated == turn->now)
        return;
    gathering->repeated = turn->now;
    for (uint32_t i = 0; i < world->count; i++) {
        const struct alert_rule *rule = world->model->bindings[i].plan->alert;
        struct told_group *part = part_of(turn, i, group);
        if (!part || !rule || !part->last.told || !rule->repeat)
            continue;
        int64_t early = rule->group_wait < rule->repeat / 2 ? rule->group_wait : rule->repeat / 2;
        if (part->last.at + rule->repeat - turn->now <= early) {
            part->last.joins = turn->now;
            plan_set(world->timers, i, turn->now);
        }
    }
}

json_t *world_gather_save(const struct world *world)
{
    json_t *list = json_array();
    for (size_t i = 0; i < world->gathering_count; i++) {
        const struct gathering *gathering = &world->gatherings[i];
        if (gathering->due == INT64_MIN)
            continue;
        json_t *item = saved_add_item(list);
        saved_add_text(item, "service", gathering->service);
        saved_add_text(item, "group", gathering->group);
        saved_add_whole(item, "due", gathering->due);
    }
    return list;
}

bool world_gather_load(struct world *world, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, true};
    if (!json_is_array(saved))
        return error_set(error, "it is not a list");
    world_gather_release(world);
    struct saved_reader one;
    struct saved_items items = saved_items(&reader, saved);
    while (saved_next(&items, &one)) {
        const char *service = saved_text(&one, "service");
        const char *group = saved_text(&one, "group");
        int64_t due = saved_instant(&one, "due");
        if (one.good)
            add(world, service, group)->due = due;
    }
    return reader.good;
}

void world_gather_shift(struct world *world, int64_t delta)
{
    for (size_t i = 0; i < world->gathering_count; i++)
        if (world->gatherings[i].due != INT64_MIN)
            world->gatherings[i].due += delta;
}

void world_gather_release(struct world *world)
{
    for (size_t i = 0; i < world->gathering_count; i++)
        release(&world->gatherings[i]);
    free(world->gatherings);
    world->gatherings = NULL;
    world->gathering_count = 0;
}

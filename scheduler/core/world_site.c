/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the world knows beside the checks. */
#include "lib/hash.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/world_calm_parts.h"

/* ---- problem ids ---- */

static json_t *save_next_problem(const struct world *world)
{
    return json_integer((json_int_t)world->next_problem);
}

static bool load_next_problem(struct world *world, const json_t *saved, struct error *error)
{
    if (!json_is_integer(saved) || json_integer_value(saved) <= 0)
        return error_set(error, "it is not a problem id");
    world_problem_known(world, (uint64_t)json_integer_value(saved) - 1);
    return true;
}

void world_problem_known(struct world *world, uint64_t id)
{
    if (id < world->next_problem)
        return;
    world->next_problem = id + 1;
    world_site_changed(world);
}

/* ---- what people said ---- */

static json_t *save_silences(const struct world *world)
{
    return silences_save(&world->calm.silences);
}

static bool load_silences(struct world *world, const json_t *saved, struct error *error)
{
    silences_release(&world->calm.silences);
    return silences_load(&world->calm.silences, saved, error);
}

static json_t *save_downtimes(const struct world *world)
{
    return downtimes_save(&world->calm.downtimes);
}

static bool load_downtimes(struct world *world, const json_t *saved, struct error *error)
{
    downtimes_release(&world->calm.downtimes);
    bool good = downtimes_load(&world->calm.downtimes, saved, error);
    world_downtime_adopt(world);
    return good;
}

static json_t *save_comments(const struct world *world)
{
    return comments_save(&world->calm.comments);
}

static bool load_comments(struct world *world, const json_t *saved, struct error *error)
{
    comments_release(&world->calm.comments);
    bool good = comments_load(&world->calm.comments, saved, error);
    world_comment_adopt(world);
    return good;
}

/* ---- the parts ---- */

static const struct site_part {
    const char *name;
    json_t *(*save)(const struct world *world); /* a new reference; NULL: nor is it loaded */
    bool (*load)(struct world *world, const json_t *saved, struct error *error);
    int64_t (*due)(const struct world *world); /* 0: nothing. NULL: it knows no time, and has no tick */
    void (*tick)(struct world *world, int64_t now, world_sink *sink, void *owner);
} parts[] = {
    {"next_problem", save_next_problem, load_next_problem, NULL, NULL},
    {"channels", world_channel_save, world_channel_load, NULL, NULL},
    {"owed", NULL, NULL, world_owed_due, world_owed_tick}, /* saved with the checks */
    {"storms", world_storm_save, world_storm_load, world_storm_due, world_storm_tick},
    {"gatherings", world_gather_save, world_gather_load, NULL, NULL},
    {"downtimes", save_downtimes, load_downtimes, world_downtime_due, world_downtime_tick},
    {"comments", save_comments, load_comments, world_comment_due, world_comment_tick},
    {"kept_acknowledgements", world_keep_save, world_keep_load, world_keep_due, world_keep_tick},
    {"silences", save_silences, load_silences, world_silence_due, world_silence_tick},
    {"remediations", world_governed_save, world_governed_load, world_governed_due, world_governed_tick},
    {"issues", world_issue_save, world_issue_load, NULL, NULL},
    {"reviews", world_review_save, world_review_load, world_review_due, world_review_tick},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

json_t *world_save_site(const struct world *world)
{
    json_t *saved = json_object();
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].save)
            (void)json_object_set_new(saved, parts[i].name, parts[i].save(world));
    return saved;
}

/* What people said is much, and changes seldom: it knows its version, and is not made into JSON to be compared. 0: that
 * part knows none. */
static uint64_t version_of(const struct world *world, const struct site_part *part)
{
    bool said = part->save == save_downtimes || part->save == save_comments || part->save == save_silences ||
                part->save == world_keep_save;
    return said ? world_calm_version(world) + 1 : 0;
}

json_t *world_save_part(const struct world *world, size_t index, uint64_t *mark, const char **name)
{
    const struct site_part *part = &parts[index];
    uint64_t now = version_of(world, part);
    *name = part->name;
    if (!part->save || (now && *mark == now))
        return NULL;
    json_t *saved = part->save(world);
    if (now == 0) {
        char *text = json_dumps(saved, JSON_COMPACT | JSON_ENCODE_ANY);
        now = hash_text(HASH_START, text ? text : "") | 1;
        free(text);
    }
    if (*mark == now) {
        json_decref(saved);
        saved = NULL;
    }
    *mark = now;
    return saved;
}

const char *world_part_name(size_t index)
{
    return index < PARTS ? parts[index].name : NULL;
}

bool world_load_site(struct world *world, const json_t *saved, struct error *error)
{
    bool good = json_is_object(saved) || error_set(error, "what was saved of the site is not an object");
    for (size_t i = 0; i < PARTS; i++) {
        const json_t *part = json_object_get(saved, parts[i].name);
        struct error fault = {""};
        if (!part || !parts[i].load || parts[i].load(world, part, &fault))
            continue;
        if (good)
            (void)error_set(error, "\"%s\" is not read: %s", parts[i].name, fault.text);
        good = false;
    }
    world_site_arm(world);
    return good;
}

uint64_t world_site_changes(const struct world *world)
{
    return world->site_changes;
}

void world_site_arm(struct world *world)
{
    int64_t next = 0;
    for (size_t i = 0; i < PARTS; i++)
        next = world_earlier(next, parts[i].due ? parts[i].due(world) : 0);
    if (next)
        plan_set(world->timers, (uint32_t)world->count, next);
    else
        plan_clear(world->timers, (uint32_t)world->count);
}

void world_site_changed(struct world *world)
{
    world->site_changes++;
    world_site_arm(world);
}

void world_site_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].tick)
            parts[i].tick(world, now, sink, owner);
    world_site_arm(world);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The weekly review: every owner of a remediation is told, at the hour that the site has for it, by what can wait. What
 * the ledger says is added by whoever sends the message. */
#include "scheduler/core/rota.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/zone.h"

enum { WEEK_DAYS = 7, FIRST_DAY = 3 /* 1970-01-01 was a Thursday, three days after a Monday */ };

/* The first instant after ${at} (epoch ms) at which the review is due: a civil time, whatever the clocks do. */
static int64_t next_review(const struct world *world, int64_t at)
{
    const struct governance *governance = &world->model->governance;
    const struct zone *zone = rota_zone(world->model, NULL, NULL);
    struct civil civil = zone_civil(zone, world_seconds(at));
    int64_t days = civil_days(civil.year, civil.month, civil.day);
    int today = (int)((days + FIRST_DAY) % WEEK_DAYS) + 1;
    civil.day += (governance->review_day - today + WEEK_DAYS) % WEEK_DAYS;
    civil.hour = governance->review_minute / 60;
    civil.minute = governance->review_minute % 60;
    civil.second = 0;
    int64_t due = zone_instant(zone, civil);
    if (due <= world_seconds(at)) {
        civil.day += WEEK_DAYS;
        due = zone_instant(zone, civil);
    }
    return due * 1000;
}

static struct waiting_review *waiting(const struct world *world, const char *owner)
{
    for (size_t i = 0; i < world->review_count; i++)
        if (strcmp(world->reviews[i].owner, owner) == 0)
            return &world->reviews[i];
    return NULL;
}

static bool is_reviewed(const struct world *world)
{
    return world->model->governance.review_day > 0 && world->model->remediation_count > 0;
}

/* Owners come and go with the configuration; a new one is told from its first review on. */
static void look(struct world *world, int64_t now)
{
    for (size_t i = 0; i < world->model->remediation_count; i++) {
        const char *owner = world->model->remediations[i]->owner;
        if (!owner || waiting(world, owner))
            continue;
        world->reviews = memory_grow(world->reviews, world->review_count + 1, sizeof *world->reviews);
        world->reviews[world->review_count++] =
            (struct waiting_review){memory_text(owner), next_review(world, now), 0};
    }
}

static bool owns_something(const struct world *world, const char *owner)
{
    bool owns = false;
    for (size_t i = 0; i < world->model->remediation_count; i++) {
        const char *other = world->model->remediations[i]->owner;
        owns |= other && strcmp(other, owner) == 0;
    }
    return owns;
}

static void tell(struct world *world, struct waiting_review *review, int64_t now, world_sink *sink,
                 void *owner)
{
    const struct world_message message = {
        .notice = NOTICE_REVIEW, .name = review->owner, .began = review->due, .reason = "the week's review"};
    review->again = world_told_or_when(world, &message, review->owner, now, sink, owner);
    if (review->again == 0 || review->again >= next_review(world, review->due)) {
        review->due = next_review(world, now);
        review->again = 0;
    }
}

int64_t world_review_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->review_count && is_reviewed(world); i++)
        due = world_earlier(due, world->reviews[i].again ? world->reviews[i].again : world->reviews[i].due);
    return due;
}

void world_review_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    for (size_t i = 0; i < world->review_count && is_reviewed(world); i++) {
        struct waiting_review *review = &world->reviews[i];
        int64_t due = review->again ? review->again : review->due;
        if (due > now)
            continue;
        if (owns_something(world, review->owner))
            tell(world, review, now, sink, owner);
        else
            review->due = next_review(world, now);
        world->site_changes++;
    }
}

void world_review_begin(struct world *world, int64_t now)
{
    if (is_reviewed(world))
        look(world, now);
    for (size_t i = 0; i < world->review_count; i++) /* the day may have been changed */
        if (is_reviewed(world) && world->reviews[i].due > next_review(world, now))
            world->reviews[i].due = next_review(world, now);
    world_site_changed(world);
}

void world_review_release(struct world *world)
{
    for (size_t i = 0; i < world->review_count; i++)
        free(world->reviews[i].owner);
    free(world->reviews);
}

json_t *world_review_save(const struct world *world)
{
    json_t *list = json_array();
    for (size_t i = 0; i < world->review_count; i++) {
        json_t *item = saved_add_item(list);
        saved_add_text(item, "owner", world->reviews[i].owner);
        saved_add_whole(item, "due", world->reviews[i].due);
        saved_add_whole(item, "again", world->reviews[i].again);
    }
    return list;
}

bool world_review_load(struct world *world, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, json_is_array(saved)};
    if (!reader.good)
        return error_set(error, "it is not a list");
    struct saved_reader one;
    struct saved_items items = saved_items(&reader, saved);
    while (saved_next(&items, &one)) {
        const char *owner = saved_text(&one, "owner");
        int64_t due = saved_instant(&one, "due"), again = saved_instant(&one, "again");
        if (one.good && !waiting(world, owner)) {
            world->reviews = memory_grow(world->reviews, world->review_count + 1, sizeof *world->reviews);
            world->reviews[world->review_count++] = (struct waiting_review){memory_text(owner), due, again};
        }
    }
    return reader.good;
}

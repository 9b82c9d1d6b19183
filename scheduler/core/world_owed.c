/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recoveries that wait for the window in which their reader wants them. While one waits its reader believes that the
 * problem lasts: when it is back before, and not worse, there is nothing to tell. */
#include "scheduler/core/rota.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <inttypes.h>

/* An instant that has long passed, but is none that means "never". */
enum { AT_ONCE = 1 };

static void release(struct owed *owed)
{
    free(owed->host);
    free(owed->check);
    free(owed->user);
    free(owed->contact);
}

static void drop(struct world *world, size_t index)
{
    release(&world->owed[index]);
    world->owed_count = memory_remove(world->owed, world->owed_count, sizeof *world->owed, index);
}

static struct owed *add(struct world *world, uint32_t binding, const char *user, const char *contact)
{
    const struct binding *bound = &world->model->bindings[binding];
    world->owed = memory_grow(world->owed, world->owed_count + 1, sizeof *world->owed);
    struct owed *owed = &world->owed[world->owed_count++];
    *owed = (struct owed){.binding = binding,
                          .host = memory_text(bound->host->name),
                          .check = memory_text(bound->plan->name),
                          .user = memory_text(user),
                          .contact = memory_text(contact)};
    return owed;
}

/* When the contact may be told: now, or when its window opens; one that never opens holds nothing back. */
static int64_t opening(const struct world *world, const struct user *user, const struct contact *contact,
                       int64_t now)
{
    const struct zone *zone = rota_zone(world->model, NULL, user);
    if (!contact->recovery || window_inside(contact->recovery, zone, world_seconds(now)))
        return now;
    int64_t next = window_ask(contact->recovery, zone, world_seconds(now)).next;
    return next == WINDOW_NEVER ? now : next * 1000;
}

bool world_owed_recovery(const struct turn *turn, const struct told *told, const struct message *message)
{
    struct world *world = turn->world;
    int64_t due = opening(world, message->user, message->contact, turn->now);
    if (due <= turn->now)
        return false;
    struct owed *owed = add(world, turn->index, told->user, told->contact);
    owed->urgency = told->urgency;
    owed->verdict = told->verdict;
    owed->problem = turn->record->state.problem;
    owed->opened = turn->record->problem->opened;
    owed->number = message->number;
    owed->due = due;
    struct text text = TEXT_INIT;
    world_site_arm(world);
    text_format(&text, "RECOVERY: waits for the window \"%s\" of \"%s\"",
                window_name(message->contact->recovery), told->user);
    world_quiet(turn, due, text.bytes);
    text_release(&text);
    return true;
}

bool world_owed_cancel(const struct turn *turn, const struct message *message, struct told *told)
{
    struct world *world = turn->world;
    size_t i = 0;
    while (i < world->owed_count &&
           (world->owed[i].binding != turn->index || strcmp(world->owed[i].contact, message->key) != 0))
        i++;
    if (i == world->owed_count)
        return false;
    const struct owed *owed = &world->owed[i];
    enum verdict verdict = turn->record->state.verdict;
    bool known = owed->verdict == verdict && owed->urgency >= message->urgency;
    struct text text = TEXT_INIT;
    text_format(&text, "the recovery of problem %" PRIu64 " was not told to \"%s\" yet, and it is back%s%s",
                owed->problem, owed->user, known ? ": neither is told" : " as ",
                known ? "" : verdict_name(verdict));
    world_quiet(turn, 0, text.bytes);
    text_release(&text);
    drop(world, i);
    told->of |= TOLD_HEARD; /* of the problem before, whose end is not told */
    return known;
}

void world_owed_closed(const struct turn *turn)
{
    for (size_t i = 0; i < turn->world->owed_count; i++) {
        struct owed *owed = &turn->world->owed[i];
        if (owed->binding != turn->index || owed->due)
            continue;
        owed->due = turn->now > 0 ? turn->now : AT_ONCE;
        world_site_arm(turn->world);
    }
}

/* What is owed of a check that is gone is forgotten with it. */
void world_owed_wake(struct world *world)
{
    size_t kept = 0;
    for (size_t i = 0; i < world->owed_count; i++) {
        struct owed *owed = &world->owed[i];
        int64_t binding = model_binding(world->model, owed->host, owed->check);
        if (binding == MODEL_NONE) {
            release(owed);
            continue;
        }
        owed->binding = (uint32_t)binding;
        owed->due = AT_ONCE;
        world->owed[kept++] = *owed;
    }
    world->owed_count = kept;
    world_site_arm(world);
}

int64_t world_owed_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->owed_count; i++)
        due = world_earlier(due, world->owed[i].due);
    return due;
}

static void say_gone(const struct turn *turn, const struct owed *owed)
{
    struct text text = TEXT_INIT;
    text_format(&text, "RECOVERY: \"%s\", who was told, has no longer that contact", owed->user);
    world_quiet(turn, 0, text.bytes);
    text_release(&text);
}

/* Whether ${owed} is done with: told, or there is nobody to tell. */
static bool settle(const struct turn *turn, struct owed *owed)
{
    const struct user *user = model_user(turn->world->model, owed->user);
    const struct contact *contact = user ? world_find_contact(user, owed->contact, owed->urgency) : NULL;
    if (!contact) {
        say_gone(turn, owed);
        return true;
    }
    int64_t due = opening(turn->world, user, contact, turn->now);
    bool open = turn->record->problem && !turn->record->problem->soft;
    owed->due = open ? 0 : due;
    if (open || due > turn->now)
        return false;
    const struct message message = {.notice = NOTICE_RECOVERY,
                                    .number = owed->number,
                                    .urgency = owed->urgency,
                                    .user = user,
                                    .contact = contact,
                                    .key = owed->contact};
    world_post_recovery(turn, &message, owed->problem, owed->opened);
    return true;
}

static int by_check(const void *a, const void *b)
{
    const struct owed *one = a;
    const struct owed *other = b;
    if (one->binding != other->binding)
        return one->binding < other->binding ? -1 : 1;
    return strcmp(one->contact, other->contact);
}

/* In one pass, because after a bad night there are many; and in an order that no restart changes. */
void world_owed_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    size_t kept = 0;
    int64_t due = world_owed_due(world);
    if (due == 0 || due > now)
        return;
    qsort(world->owed, world->owed_count, sizeof *world->owed, by_check);
    for (size_t i = 0; i < world->owed_count; i++) {
        struct owed *owed = &world->owed[i];
        struct turn turn = world_turn(world, owed->binding, now, sink, owner);
        if (owed->due && owed->due <= now && settle(&turn, owed))
            release(owed);
        else
            world->owed[kept++] = *owed;
    }
    world->owed_count = kept;
}

void world_owed_save(const struct world *world, uint32_t binding, json_t *saved)
{
    json_t *list = NULL;
    for (size_t i = 0; i < world->owed_count; i++) {
        const struct owed *owed = &world->owed[i];
        if (owed->binding != binding)
            continue;
        if (!list)
            list = saved_add_list(saved, "owed");
        json_t *item = saved_add_item(list);
        saved_add_text(item, "user", owed->user);
        saved_add_text(item, "contact", owed->contact);
        saved_add_text(item, "urgency", urgency_name(owed->urgency));
        saved_add_text(item, "verdict", verdict_name(owed->verdict));
        saved_add_whole(item, "problem", (int64_t)owed->problem);
        saved_add_whole(item, "opened", owed->opened);
        saved_add_whole(item, "number", owed->number);
        saved_add_whole(item, "due", owed->due);
    }
}

void world_owed_load(struct saved_reader *reader, struct world *world, uint32_t binding)
{
    struct saved_reader one;
    struct saved_items items = saved_items(reader, saved_list(reader, "owed"));
    while (saved_next(&items, &one)) {
        struct owed *owed = add(world, binding, saved_text(&one, "user"), saved_text(&one, "contact"));
        owed->urgency = saved_urgency(&one, "urgency");
        owed->verdict = saved_verdict(&one, "verdict");
        owed->problem = (uint64_t)saved_whole(&one, "problem", 1, INT64_MAX);
        owed->opened = saved_instant(&one, "opened");
        owed->number = (uint32_t)saved_whole(&one, "number", 1, UINT32_MAX);
        owed->due = saved_instant(&one, "due");
        if (owed->due && plan_due(world->timers, (uint32_t)world->count) > owed->due)
            plan_set(world->timers, (uint32_t)world->count, owed->due);
    }
}

void world_owed_forget(struct world *world, uint32_t binding)
{
    size_t kept = 0;
    for (size_t i = 0; i < world->owed_count; i++) {
        if (world->owed[i].binding == binding)
            release(&world->owed[i]);
        else
            world->owed[kept++] = world->owed[i];
    }
    world->owed_count = kept;
}

void world_owed_release(struct world *world)
{
    for (size_t i = 0; i < world->owed_count; i++)
        release(&world->owed[i]);
    free(world->owed);
    world->owed = NULL;
    world->owed_count = 0;
}

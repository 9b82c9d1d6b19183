/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What silences, downtimes and comments have in common: problems that are decided on anew, and messages that are about
 * no single check. */
#include "scheduler/core/world_calm_parts.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/text.h"

void world_calm_release(struct world *world)
{
    silences_release(&world->calm.silences);
    downtimes_release(&world->calm.downtimes);
    comments_release(&world->calm.comments);
}

void world_calm_adopt(struct world *world)
{
    world_downtime_adopt(world);
    world_comment_adopt(world);
    world_site_arm(world);
}

void world_calm_shift(struct world *world, int64_t delta)
{
    silences_shift(&world->calm.silences, delta);
    world_downtime_shift(world, delta);
    world_site_changed(world);
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

/* ---- messages ---- */

bool world_calm_tell(struct world *world, const struct calm_message *about, const char *name, int64_t now,
                     world_sink *sink, void *owner)
{
    const struct user *user = model_user(world->model, name);
    size_t room = user ? user->contact_count[URGENCY_NOTIFY] : 0;
    size_t count = 0;
    const struct contact **contacts = memory_get(room + 1, sizeof(const struct contact *));
    if (user)
        count = rota_contacts(world->model, NULL, user, URGENCY_NOTIFY, world_seconds(now), contacts, room);
    for (size_t i = 0; i < count && i < room; i++) {
        char *key = record_contact_key(contacts[i]);
        const struct message message = {.notice = about->notice,
                                        .number = about->number,
                                        .urgency = URGENCY_NOTIFY,
                                        .user = user,
                                        .contact = contacts[i],
                                        .key = key,
                                        .reason = about->reason,
                                        .members = about->members,
                                        .member_count = about->member_count};
        world_post_site(&message, about->name, VERDICT_OK, about->began, now, sink, owner);
        free(key);
    }
    free(contacts);
    return count > 0;
}

int64_t world_calm_reachable(const struct world *world, const char *name, int64_t now)
{
    const struct user *user = model_user(world->model, name);
    int64_t first = 0;
    for (size_t i = 0; user && i < user->contact_count[URGENCY_NOTIFY]; i++) {
        const struct window *window = user->contacts[URGENCY_NOTIFY][i].window;
        const struct zone *zone = rota_zone(world->model, NULL, user);
        if (!window || window_inside(window, zone, world_seconds(now)))
            return now;
        struct window_answer answer = window_ask(window, zone, world_seconds(now));
        if (answer.next != WINDOW_NEVER)
            first = world_earlier(first, answer.next * 1000);
    }
    return first;
}

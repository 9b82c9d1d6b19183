/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told to one person about no check: to whoever owns a silence or a remediation. It can wait, so it goes by
 * the contacts of notify, in their windows. */
#include "scheduler/core/rota.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"

/* The person, or who of the group is called first. */
static const struct user *reader_of(const struct world *world, const char *reader, int64_t now)
{
    const struct user *user = model_user(world->model, reader);
    const struct group *group = user ? NULL : model_group(world->model, reader);
    return group ? rota_first(world->model, group, URGENCY_NOTIFY, world_seconds(now), 0) : user;
}

static void post(const struct world_message *about, const struct user *user, const struct contact *contact,
                 int64_t now, world_sink *sink, void *owner)
{
    char *key = record_contact_key(contact);
    const struct message message = {.notice = about->notice,
                                    .number = about->number,
                                    .urgency = URGENCY_NOTIFY,
                                    .user = user,
                                    .contact = contact,
                                    .key = key,
                                    .reason = about->reason,
                                    .members = about->members,
                                    .member_count = about->member_count};
    world_post_site(&message, about->name, VERDICT_OK, about->began, now, sink, owner);
    free(key);
}

bool world_tell(const struct world *world, const struct world_message *message, const char *reader,
                int64_t now, world_sink *sink, void *owner)
{
    const struct user *user = reader_of(world, reader, now);
    size_t room = user ? user->contact_count[URGENCY_NOTIFY] : 0;
    size_t count = 0;
    const struct contact **contacts = memory_get(room + 1, sizeof(const struct contact *));
    if (user)
        count = rota_contacts(world->model, NULL, user, URGENCY_NOTIFY, world_seconds(now), contacts, room);
    for (size_t i = 0; i < count && i < room; i++)
        post(message, user, contacts[i], now, sink, owner);
    free(contacts);
    return count > 0;
}

int64_t world_tell_when(const struct world *world, const char *reader, int64_t now)
{
    const struct user *user = reader_of(world, reader, now);
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

int64_t world_told_or_when(const struct world *world, const struct world_message *message, const char *reader,
                           int64_t now, world_sink *sink, void *owner)
{
    enum { DAY = 86400000 };
    if (world_tell(world, message, reader, now, sink, owner))
        return 0;
    int64_t when = world_tell_when(world, reader, now);
    return when > now && when < now + DAY ? when : now + DAY;
}

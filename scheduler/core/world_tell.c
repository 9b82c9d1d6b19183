/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told to one person about no check: to whoever owns a remediation or a silence. It can wait, so it goes by
 * the contacts of notify, in their windows. */
#include "scheduler/core/rota.h"
#include "scheduler/core/world_parts.h"

#include "lib/hash.h"
#include "lib/memory.h"
#include "lib/text.h"

#include <inttypes.h>

/* The person, or who of the group is called first. */
static const struct user *reader_of(const struct world *world, const char *owner, int64_t at)
{
    const struct user *user = model_user(world->model, owner);
    const struct group *group = user ? NULL : model_group(world->model, owner);
    return group ? rota_first(world->model, group, URGENCY_NOTIFY, at, 0) : user;
}

static void emit(const struct world_message *message, const struct user *user, const struct contact *contact,
                 int64_t now, world_sink *sink, void *owner)
{
    struct text id = TEXT_INIT;
    char *address = record_contact_key(contact);
    uint64_t hash = hash_text(hash_text(hash_text(HASH_START, message->key), user->name), address);
    text_format(&id, "<%s.%016" PRIx64 "@watchbill>", notice_name(message->notice), hash_spread(hash));
    const struct decision decision = {.kind = DECISION_ALERT,
                                      .at = now,
                                      .binding = WORLD_SITE,
                                      .subject = message->subject,
                                      .name = message->name,
                                      .verdict = VERDICT_WARNING,
                                      .notice = message->notice,
                                      .user = user,
                                      .contact = contact,
                                      .urgency = URGENCY_NOTIFY,
                                      .message_id = id.bytes,
                                      .remediation = message->remediation,
                                      .reason = message->reason};
    sink(owner, &decision);
    free(address);
    text_release(&id);
}

static int64_t opening(const struct world *world, const struct user *user, int64_t at)
{
    const struct zone *zone = rota_zone(world->model, NULL, user);
    int64_t next = 0;
    for (size_t i = 0; i < user->contact_count[URGENCY_NOTIFY]; i++) {
        const struct window *window = user->contacts[URGENCY_NOTIFY][i].window;
        struct window_answer answer = {.next = WINDOW_NEVER};
        if (window)
            answer = window_ask(window, zone, at);
        if (answer.next != WINDOW_NEVER)
            next = world_earlier(next, answer.next * 1000);
    }
    return next;
}

int64_t world_tell(const struct world *world, const char *owner, const struct world_message *message,
                   int64_t now, world_sink *sink, void *sink_owner)
{
    enum { LATER = 86400000 };
    int64_t at = now >= 0 ? now / 1000 : -((999 - now) / 1000);
    const struct user *user = reader_of(world, owner, at);
    if (!user)
        return now + LATER;
    size_t room = user->contact_count[URGENCY_NOTIFY];
    const struct contact **contacts = memory_get(room, sizeof(const struct contact *));
    size_t count = rota_contacts(world->model, NULL, user, URGENCY_NOTIFY, at, contacts, room);
    for (size_t i = 0; i < count && i < room; i++)
        emit(message, user, contacts[i], now, sink, sink_owner);
    int64_t next = count > 0 ? 0 : opening(world, user, at);
    free(contacts);
    return count > 0 || next ? next : now + LATER;
}

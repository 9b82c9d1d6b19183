/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/rota_json.h"

#include "lib/json.h"
#include "lib/memory.h"

static json_t *contact_json(const struct contact *contact)
{
    json_t *object =
        json_pack("{s:s, s:s}", "channel", channel_name(contact->channel), "address", contact->address);
    if (contact->channel == CHANNEL_COMMAND) {
        json_t *words = json_array();
        for (size_t i = 0; i < contact->command.count; i++)
            json_add(words, json_string(contact->command.items[i]));
        json_set(object, "command", words);
    }
    return object;
}

/* The user's contacts that are open then; NULL: none is. */
static json_t *contacts_json(const struct model *model, const struct group *group, const struct user *user,
                             enum urgency urgency, int64_t at)
{
    size_t room = user->contact_count[urgency];
    const struct contact **contacts = memory_get(room + 1, sizeof(struct contact *));
    size_t count = rota_contacts(model, group, user, urgency, at, contacts, room);
    json_t *list = count > 0 ? json_array() : NULL;
    for (size_t i = 0; i < count; i++)
        json_add(list, contact_json(contacts[i]));
    free(contacts);
    return list;
}

json_t *rota_json(const struct model *model, const struct group *group, enum urgency urgency, int64_t at)
{
    size_t count = rota_on_call(model, group, at, NULL, 0);
    const struct user **users = memory_get(count + 1, sizeof(struct user *));
    json_t *list = json_array();
    (void)rota_on_call(model, group, at, users, count);
    for (size_t i = 0; i < count; i++) {
        json_t *contacts = contacts_json(model, group, users[i], urgency, at);
        if (contacts)
            json_add(list, json_pack("{s:s, s:s, s:o}", "user", users[i]->name, "name",
                                     users[i]->full_name ? users[i]->full_name : users[i]->name, "contacts",
                                     contacts));
    }
    free(users);
    return json_pack("{s:s, s:s, s:o}", "group", group->name, "urgency", urgency_name(urgency), "users",
                     list);
}

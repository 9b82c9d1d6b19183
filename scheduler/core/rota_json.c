/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/rota_json.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "scheduler/core/notice.h"

static json_t *contact_json(const struct contact *contact)
{
    struct text address = TEXT_INIT; /* without what can be a secret */
    notice_contact(&address, contact);
    json_t *object =
        json_pack("{s:s, s:s}", "channel", channel_name(contact->channel), "address", address.bytes);
    text_release(&address);
    if (contact->channel == CHANNEL_COMMAND) {
        json_t *words = json_array();
        for (size_t i = 0; i < contact->command.count; i++)
            json_add(words, json_string(contact->command.items[i]));
        json_set(object, "command", words);
    }
    if (contact->importance)
        json_set(object, "importance", json_integer(contact->importance));
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

static void add_group(json_t *object, const struct group *group, int64_t at)
{
    const struct override *override = rota_override(group, at);
    if (group->escalate_after)
        json_set(object, "escalate_after", json_integer(group->escalate_after / 1000));
    if (override)
        json_set(object, "override",
                 json_pack("{s:I, s:I}", "from", (json_int_t) override->from, "until",
                           (json_int_t) override->until));
    if (group->group_count == 0)
        return;
    json_t *groups = json_array();
    for (size_t i = 0; i < group->group_count; i++)
        json_add(groups, json_string(group->groups[i]->name));
    json_set(object, "groups", groups);
}

json_t *rota_json(const struct model *model, const struct group *group, enum urgency urgency, int64_t at)
{
    size_t count = rota_on_call(model, group, at, NULL, 0);
    const struct user **users = memory_get(count + 1, sizeof(struct user *));
    json_t *list = json_array();
    (void)rota_on_call(model, group, at, users, count);
    for (size_t i = 0; i < count; i++) {
        json_t *contacts = contacts_json(model, group, users[i], urgency, at);
        const struct user *replaced = rota_replaced(model, group, at, users[i]);
        json_int_t after = (json_int_t)json_array_size(list) * (group->escalate_after / 1000);
        if (!contacts)
            continue;
        json_t *user =
            json_pack("{s:s, s:s, s:o}", "user", users[i]->name, "name",
                      users[i]->full_name ? users[i]->full_name : users[i]->name, "contacts", contacts);
        if (replaced)
            json_set(user, "instead_of", json_string(replaced->name));
        if (after)
            json_set(user, "after", json_integer(after));
        json_add(list, user);
    }
    free(users);
    json_t *object =
        json_pack("{s:s, s:s, s:o}", "group", group->name, "urgency", urgency_name(urgency), "users", list);
    add_group(object, group, at);
    return object;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A channel that fails is itself told, by another channel. */
#include "scheduler/core/rota.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

/* The numbers of the two messages of one failure. */
enum { FAILS = 1, WORKS = 2 };

struct call {
    struct world *world;
    struct channel_trouble *trouble;
    enum channel channel;
    const char *reason;
    int64_t now;
    world_sink *sink;
    void *owner;
};

static void forget(struct channel_trouble *trouble)
{
    for (size_t i = 0; i < trouble->count; i++) {
        free(trouble->told[i].user);
        free(trouble->told[i].contact);
    }
    free(trouble->told);
    *trouble = (struct channel_trouble){.fails = false};
}

enum way { WAY_UNKNOWN, WAY_NONE, WAY_TOLD };

static enum way way_of(const struct channel_trouble *trouble, const char *user)
{
    enum way way = WAY_UNKNOWN;
    for (size_t i = 0; i < trouble->count && way != WAY_TOLD; i++) {
        if (strcmp(trouble->told[i].user, user) == 0)
            way = trouble->told[i].contact[0] ? WAY_TOLD : WAY_NONE;
    }
    return way;
}

static void note(struct channel_trouble *trouble, const char *user, const char *contact, enum urgency urgency)
{
    trouble->told = memory_grow(trouble->told, trouble->count + 1, sizeof *trouble->told);
    trouble->told[trouble->count++] = (struct channel_told){memory_text(user), memory_text(contact), urgency};
}

static void post(const struct call *call, const struct user *user, const struct contact *contact,
                 const char *key, enum urgency urgency, bool works)
{
    const struct message message = {.notice = NOTICE_CHANNEL,
                                    .number = works ? WORKS : FAILS,
                                    .urgency = urgency,
                                    .user = user,
                                    .contact = contact,
                                    .key = key,
                                    .reason = works ? "it delivers again" : call->reason};
    world_post_site(&message, channel_name(call->channel), works ? VERDICT_OK : VERDICT_CRITICAL,
                    call->trouble->since, call->now, call->sink, call->owner);
}

/* By every open contact of that urgency over a channel that works; how many there were. */
static size_t tell_by(const struct call *call, const struct user *user, enum urgency urgency)
{
    size_t room = user->contact_count[urgency];
    const struct contact **contacts = memory_get(room + 1, sizeof(const struct contact *));
    size_t count =
        rota_contacts(call->world->model, NULL, user, urgency, world_seconds(call->now), contacts, room);
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        if (call->world->channels[contacts[i]->channel].fails)
            continue;
        char *key = record_contact_key(contacts[i]);
        post(call, user, contacts[i], key, urgency, false);
        note(call->trouble, user->name, key, urgency);
        free(key);
        told++;
    }
    free(contacts);
    return told;
}

static void tell_user(const struct call *call, const char *name)
{
    const struct user *user = model_user(call->world->model, name);
    enum way way = way_of(call->trouble, name);
    if (!user || way == WAY_TOLD || tell_by(call, user, URGENCY_ALERT) ||
        tell_by(call, user, URGENCY_NOTIFY) || way == WAY_NONE)
        return;
    struct text text = TEXT_INIT;
    text_format(&text, "channel \"%s\" fails, and \"%s\" has no open contact of another: %s",
                channel_name(call->channel), name, call->reason);
    world_site_quiet(channel_name(call->channel), call->now, 0, text.bytes, call->sink, call->owner);
    text_release(&text);
    note(call->trouble, name, "", URGENCY_ALERT);
}

static void tell_end(const struct call *call)
{
    for (size_t i = 0; i < call->trouble->count; i++) {
        const struct channel_told *told = &call->trouble->told[i];
        const struct user *user = model_user(call->world->model, told->user);
        const struct contact *contact = user ? world_find_contact(user, told->contact, told->urgency) : NULL;
        if (contact)
            post(call, user, contact, told->contact, told->urgency, true);
    }
}

void world_channel(struct world *world, enum channel channel, bool works, const char *reason,
                   const char *const *users, size_t count, int64_t now, world_sink *sink, void *owner)
{
    struct channel_trouble *trouble = &world->channels[channel];
    const struct call call = {world, trouble, channel, reason, now, sink, owner};
    size_t told = trouble->count;
    bool failed = trouble->fails;
    if (works && failed) {
        tell_end(&call);
        forget(trouble);
    } else if (!works) {
        if (!failed)
            *trouble = (struct channel_trouble){.fails = true, .since = now};
        for (size_t i = 0; i < count; i++)
            tell_user(&call, users[i]);
    }
    if (failed == works || trouble->count != told)
        world_site_changed(world);
}

json_t *world_channel_save(const struct world *world)
{
    json_t *saved = json_object();
    for (int channel = 0; channel < CHANNEL_COUNT; channel++) {
        const struct channel_trouble *trouble = &world->channels[channel];
        if (!trouble->fails)
            continue;
        json_t *item = json_object();
        (void)json_object_set_new(saved, channel_name((enum channel)channel), item);
        saved_add_whole(item, "since", trouble->since);
        json_t *told = saved_add_list(item, "told");
        for (size_t i = 0; i < trouble->count; i++) {
            json_t *one = saved_add_item(told);
            saved_add_text(one, "user", trouble->told[i].user);
            saved_add_text(one, "contact", trouble->told[i].contact);
            saved_add_text(one, "urgency", urgency_name(trouble->told[i].urgency));
        }
    }
    return saved;
}

static void load_channel(struct saved_reader *reader, struct channel_trouble *trouble)
{
    struct saved_reader one;
    struct saved_items told = saved_items(reader, saved_list(reader, "told"));
    trouble->since = saved_instant(reader, "since");
    while (saved_next(&told, &one)) {
        const char *user = saved_text(&one, "user");
        const char *contact = saved_text(&one, "contact");
        enum urgency urgency = saved_urgency(&one, "urgency");
        if (one.good)
            note(trouble, user, contact, urgency);
    }
    trouble->fails = reader->good;
}

bool world_channel_load(struct world *world, const json_t *saved, struct error *error)
{
    bool good = json_is_object(saved) || error_set(error, "it is not an object");
    world_channel_release(world);
    for (int channel = 0; good && channel < CHANNEL_COUNT; channel++) {
        struct saved_reader reader = {json_object_get(saved, channel_name((enum channel)channel)), error,
                                      true};
        if (!reader.object)
            continue;
        load_channel(&reader, &world->channels[channel]);
        good = reader.good;
    }
    if (!good)
        world_channel_release(world);
    return good;
}

void world_channel_release(struct world *world)
{
    for (int channel = 0; channel < CHANNEL_COUNT; channel++)
        forget(&world->channels[channel]);
}

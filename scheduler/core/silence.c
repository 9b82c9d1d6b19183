/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/silence.h"

#include "lib/memory.h"
#include "scheduler/core/saved.h"

#include <stdlib.h>

struct silence *silences_add(struct silences *list)
{
    list->items = memory_grow(list->items, list->count + 1, sizeof *list->items);
    struct silence *silence = &list->items[list->count++];
    *silence = (struct silence){.id = ++list->last_id};
    return silence;
}

static void release(struct silence *silence)
{
    matcher_free(silence->matcher);
    free(silence->owner);
    free(silence->comment);
}

void silences_remove(struct silences *list, size_t index)
{
    release(&list->items[index]);
    list->count = memory_remove(list->items, list->count, sizeof *list->items, index);
}

void silences_release(struct silences *list)
{
    for (size_t i = 0; i < list->count; i++)
        release(&list->items[i]);
    free(list->items);
    *list = (struct silences){.last_id = list->last_id};
}

size_t silences_find(const struct silences *list, uint64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            return i;
    return SILENCES_MOST;
}

struct silence *silences_of(const struct silences *list, const struct binding *binding, int64_t now)
{
    struct silence *longest = NULL;
    for (size_t i = 0; i < list->count; i++) {
        struct silence *silence = &list->items[i];
        if (now < silence->until && (!longest || silence->until > longest->until) &&
            matcher_matches(silence->matcher, binding))
            longest = silence;
    }
    return longest;
}

bool silences_use(struct silence *silence, int64_t now)
{
    enum { HOUR = 3600000 }; /* finer is of no use and would be saved each time */
    bool worth = !silence->held || now - silence->used >= HOUR;
    if (worth)
        silence->used = now;
    silence->held = true;
    return worth;
}

int64_t silences_due(const struct silences *list)
{
    int64_t due = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct silence *silence = &list->items[i];
        int64_t next = silence->until;
        next = silence->remind < next ? silence->remind : next;
        due = due == 0 || next < due ? next : due;
    }
    return due;
}

void silences_shift(struct silences *list, int64_t delta)
{
    for (size_t i = 0; i < list->count; i++) {
        list->items[i].used += delta;
        list->items[i].remind += delta;
    }
}

/* ---- saved ---- */

json_t *silences_save(const struct silences *list)
{
    json_t *saved = json_object();
    json_t *items = saved_add_list(saved, "silences");
    saved_add_whole(saved, "last_id", (int64_t)list->last_id);
    for (size_t i = 0; i < list->count; i++) {
        const struct silence *silence = &list->items[i];
        json_t *item = saved_add_item(items);
        saved_add_whole(item, "id", (int64_t)silence->id);
        saved_add_text(item, "match", matcher_text(silence->matcher));
        saved_add_text(item, "owner", silence->owner);
        saved_add_text(item, "comment", silence->comment);
        saved_add_whole(item, "since", silence->since);
        saved_add_whole(item, "until", silence->until);
        saved_add_flag(item, "expire_on_resolve", silence->resolve);
        saved_add_flag(item, "held", silence->held);
        saved_add_whole(item, "used", silence->used);
        saved_add_whole(item, "remind", silence->remind);
        saved_add_whole(item, "notices", silence->notices);
    }
    return saved;
}

static void load_one(struct saved_reader *reader, struct silences *list, uint64_t last)
{
    uint64_t before = list->count ? list->items[list->count - 1].id : 0;
    struct error fault = {""};
    struct silence *silence = silences_add(list);
    silence->id = saved_id(reader, before, last);
    silence->matcher = matcher_read(saved_text(reader, "match"), &fault);
    silence->owner = memory_text(saved_text(reader, "owner"));
    silence->comment = memory_text(saved_text(reader, "comment"));
    silence->since = saved_instant(reader, "since");
    silence->until = saved_instant(reader, "until");
    silence->resolve = saved_flag(reader, "expire_on_resolve");
    silence->held = saved_flag(reader, "held");
    silence->used = saved_instant(reader, "used");
    silence->remind = saved_instant(reader, "remind");
    silence->notices = (uint32_t)saved_whole(reader, "notices", 0, UINT32_MAX - 1);
    if (!silence->matcher)
        saved_fault(reader, "match", "not a matcher");
}

bool silences_load(struct silences *list, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, json_is_object(saved)};
    if (!reader.good)
        return error_set(error, "it is not an object");
    uint64_t last = (uint64_t)saved_whole(&reader, "last_id", 0, INT64_MAX - SILENCES_MOST);
    struct saved_reader one;
    struct saved_items silences = saved_items(&reader, saved_list(&reader, "silences"));
    while (saved_next(&silences, &one))
        load_one(&one, list, last);
    list->last_id = last;
    if (!reader.good)
        silences_release(list);
    return reader.good;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/downtime.h"

#include "lib/memory.h"
#include "scheduler/core/saved.h"

static void save_told(json_t *item, const struct downtime *downtime)
{
    if (downtime->told_count == 0)
        return;
    json_t *told = saved_add_list(item, "told");
    for (size_t i = 0; i < downtime->told_count; i++) {
        json_t *one = saved_add_item(told);
        saved_add_text(one, "user", downtime->told[i].user);
        saved_add_text(one, "contact", downtime->told[i].contact);
    }
}

json_t *downtimes_save(const struct downtimes *list)
{
    json_t *saved = json_object();
    json_t *items = saved_add_list(saved, "downtimes");
    saved_add_whole(saved, "last_id", (int64_t)list->last_id);
    for (size_t i = 0; i < list->count; i++) {
        const struct downtime *downtime = &list->items[i];
        json_t *item = saved_add_item(items);
        saved_add_whole(item, "id", (int64_t)downtime->id);
        saved_add_text(item, "match", matcher_text(downtime->matcher));
        saved_add_text(item, "author", downtime->author);
        saved_add_text(item, "comment", downtime->comment);
        saved_add_whole(item, "start", downtime->start);
        saved_add_whole(item, "end", downtime->end);
        saved_add_whole(item, "duration", downtime->duration);
        if (downtime->window)
            saved_add_text(item, "window", downtime->window);
        saved_add_whole(item, "trigger", (int64_t)downtime->trigger);
        saved_add_flag(item, "children", downtime->children);
        saved_add_flag(item, "configured", downtime->configured);
        saved_add_whole(item, "begun", downtime->begun);
        saved_add_whole(item, "ended", downtime->ended);
        saved_add_flag(item, "on", downtime->on);
        saved_add_whole(item, "wake", downtime->wake);
        save_told(item, downtime);
    }
    return saved;
}

static void load_told(struct saved_reader *reader, struct downtime *downtime)
{
    struct saved_reader one;
    struct saved_items told = saved_items(reader, saved_list(reader, "told"));
    while (saved_next(&told, &one)) {
        const char *user = saved_text(&one, "user");
        const char *contact = saved_text(&one, "contact");
        if (one.good)
            downtimes_note_told(downtime, user, contact);
    }
}

static void load_one(struct saved_reader *reader, struct downtimes *list, uint64_t last)
{
    struct error fault = {""};
    uint64_t before = list->count ? list->items[list->count - 1].id : 0;
    struct downtime *downtime = downtimes_add(list);
    downtime->id = saved_id(reader, before, last);
    downtime->matcher = matcher_read(saved_text(reader, "match"), &fault);
    downtime->author = memory_text(saved_text(reader, "author"));
    downtime->comment = memory_text(saved_text(reader, "comment"));
    downtime->start = saved_instant(reader, "start");
    downtime->end = saved_instant(reader, "end");
    downtime->duration = saved_whole(reader, "duration", 0, SAVED_INSTANT_MAX);
    if (json_object_get(reader->object, "window"))
        downtime->window = memory_text(saved_text(reader, "window"));
    downtime->trigger = (uint64_t)saved_whole(reader, "trigger", 0, INT64_MAX);
    downtime->children = saved_flag(reader, "children");
    downtime->configured = saved_flag(reader, "configured");
    downtime->begun = saved_instant(reader, "begun");
    downtime->ended = saved_instant(reader, "ended");
    downtime->on = saved_flag(reader, "on");
    downtime->wake = saved_instant(reader, "wake");
    load_told(reader, downtime);
    if (!downtime->matcher)
        saved_fault(reader, "match", "not a matcher");
    else if (downtime->trigger >= downtime->id)
        saved_fault(reader, "trigger", "not an earlier one");
}

bool downtimes_load(struct downtimes *list, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, json_is_object(saved)};
    if (!reader.good)
        return error_set(error, "it is not an object");
    uint64_t last = (uint64_t)saved_whole(&reader, "last_id", 0, INT64_MAX - DOWNTIMES_MOST);
    struct saved_reader one;
    struct saved_items downtimes = saved_items(&reader, saved_list(&reader, "downtimes"));
    while (saved_next(&downtimes, &one))
        load_one(&one, list, last);
    list->last_id = last;
    if (!reader.good)
        downtimes_release(list);
    return reader.good;
}

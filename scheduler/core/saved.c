/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/saved.h"

#include "lib/lookup.h"
#include "lib/utf8.h"

#include <string.h>

/* ---- out ---- */

void saved_add_whole(json_t *object, const char *name, int64_t value)
{
    if (value != 0)
        (void)json_object_set_new(object, name, json_integer(value));
}

void saved_add_flag(json_t *object, const char *name, bool value)
{
    if (value)
        (void)json_object_set_new(object, name, json_true());
}

/* JSON holds UTF-8 only, and an author or a comment may be anything. */
void saved_add_text(json_t *object, const char *name, const char *value)
{
    struct text clean = TEXT_INIT;
    utf8_add(&clean, value, strlen(value));
    (void)json_object_set_new(object, name, json_string(clean.bytes));
    text_release(&clean);
}

json_t *saved_add_list(json_t *object, const char *name)
{
    json_t *list = json_array();
    (void)json_object_set_new(object, name, list);
    return list;
}

json_t *saved_add_item(json_t *list)
{
    json_t *item = json_object();
    (void)json_array_append_new(list, item);
    return item;
}

/* ---- back ---- */

void saved_fault(struct saved_reader *reader, const char *name, const char *what)
{
    if (reader->good)
        (void)error_set(reader->error, "\"%s\" in the saved state is %s", name, what);
    reader->good = false;
}

int64_t saved_whole(struct saved_reader *reader, const char *name, int64_t low, int64_t high)
{
    const json_t *value = json_object_get(reader->object, name);
    int64_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    if (value && !json_is_integer(value))
        saved_fault(reader, name, "not a whole number");
    else if (number < low || number > high)
        saved_fault(reader, name, "out of range");
    return reader->good ? number : 0;
}

int64_t saved_instant(struct saved_reader *reader, const char *name)
{
    return saved_whole(reader, name, -SAVED_INSTANT_MAX, SAVED_INSTANT_MAX);
}

bool saved_flag(struct saved_reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && !json_is_boolean(value))
        saved_fault(reader, name, "neither true nor false");
    return json_is_true(value);
}

/* Never NULL; a text with a NUL inside is refused. */
const char *saved_text(struct saved_reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);
    const char *string = json_string_value(value);
    if (!string || strlen(string) != json_string_length(value)) {
        saved_fault(reader, name, "not a text");
        return "";
    }
    return string;
}

enum verdict saved_verdict(struct saved_reader *reader, const char *name)
{
    const char *word = saved_text(reader, name);
    enum verdict verdict = VERDICT_OK;
    if (!verdict_read(word, &verdict))
        saved_fault(reader, name, "not a verdict");
    return verdict;
}

enum urgency saved_urgency(struct saved_reader *reader, const char *name)
{
    const char *word = saved_text(reader, name);
    int found = lookup_name(urgency_names, word);
    if (found == URGENCY_NOTIFY || found == URGENCY_ALERT)
        return (enum urgency)found;
    saved_fault(reader, name, "not an urgency");
    return URGENCY_NOTIFY;
}

const json_t *saved_list(struct saved_reader *reader, const char *name)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && (!json_is_array(value) || json_array_size(value) > SAVED_LIST_MAX))
        saved_fault(reader, name, "not a list of a sensible length");
    return reader->good ? value : NULL;
}

struct saved_items saved_items(struct saved_reader *reader, const json_t *list)
{
    return (struct saved_items){reader, list, 0};
}

bool saved_next(struct saved_items *items, struct saved_reader *one)
{
    struct saved_reader *reader = items->reader;
    if (items->next > 0)
        reader->good = one->good;
    if (!reader->good || items->next >= json_array_size(items->list))
        return false;
    *one = (struct saved_reader){json_array_get(items->list, items->next++), reader->error, true};
    if (!json_is_object(one->object))
        saved_fault(reader, "list", "not a list of objects");
    return reader->good;
}

uint64_t saved_id(struct saved_reader *reader, uint64_t before, uint64_t last)
{
    uint64_t id = (uint64_t)saved_whole(reader, "id", 1, INT64_MAX);
    if (id <= before || id > last)
        saved_fault(reader, "id", "out of order");
    return id;
}

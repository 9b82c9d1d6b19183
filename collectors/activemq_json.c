/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map as Jettison writes it: {"map":{"entry":[{"string":"size","long":5},{"string":["brokerName","web3"]}]}}:
 * a text with a text becomes an array; one entry alone is no array; an empty map is a text. */
#include "collectors/activemq.h"

#include "lib/json.h"
#include "lib/number.h"

#include <math.h>

static bool misshapen(struct error *error)
{
    return error_set(error, "the statistics are no map");
}

static const char *copy_of(const json_t *text, struct arena *arena)
{
    return arena_text_of(arena, json_string_value(text), json_string_length(text));
}

static void read_value(const json_t *value, struct arena *arena, struct activemq_entry *entry)
{
    struct text written = TEXT_INIT;
    entry->number = (double)NAN;
    if (json_is_number(value)) {
        entry->type = ACTIVEMQ_NUMBER;
        entry->number = json_number_value(value);
        number_write(&written, entry->number);
    } else if (json_is_boolean(value)) {
        entry->type = ACTIVEMQ_FLAG;
        text_add(&written, json_is_true(value) ? "true" : "false");
    } else if (json_is_string(value)) {
        entry->type = ACTIVEMQ_TEXT;
        text_add(&written, json_string_value(value));
    } else {
        entry->type = ACTIVEMQ_NULL;
    }
    entry->value = arena_text_of(arena, written.bytes, written.length);
    text_release(&written);
}

/* The member that is not the key. */
static const json_t *other_member(json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
        if (strcmp(name, "string") != 0)
            return value;
    return NULL;
}

static bool read_entry(json_t *object, struct arena *arena, struct activemq_entry *entry, struct error *error)
{
    const json_t *key = json_object_get(object, "string");
    const json_t *value = other_member(object);
    if (json_is_array(key) && json_array_size(key) == 2 && !value) {
        value = json_array_get(key, 1);
        key = json_array_get(key, 0);
    }
    if (!json_is_string(key) || !value || json_object_size(object) > 2)
        return misshapen(error);
    entry->key = copy_of(key, arena);
    read_value(value, arena, entry);
    return true;
}

static bool read_entries(json_t *list, struct arena *arena, struct activemq_entry *entries, size_t *count,
                         struct error *error)
{
    json_t *object;
    size_t i;
    if (json_is_object(list)) {
        *count = 1;
        return read_entry(list, arena, entries, error);
    }
    if (json_array_size(list) > ACTIVEMQ_ENTRIES)
        return error_set(error, "the map has more than %d entries", ACTIVEMQ_ENTRIES);
    json_array_foreach(list, i, object)
        if (!read_entry(object, arena, &entries[(*count)++], error))
            return false;
    return json_is_array(list) || misshapen(error);
}

bool activemq_parse_json(const char *body, size_t length, struct arena *arena, struct activemq_entry *entries,
                         size_t *count, struct error *error)
{
    json_error_t fault;
    json_t *document = json_loadb(body, length, JSON_REJECT_DUPLICATES, &fault);
    if (!document)
        return error_set(error, "the statistics are no JSON: %s at line %d", fault.text, fault.line);
    json_t *map = json_object_get(document, "map");
    bool done = json_is_string(map) && json_string_length(map) == 0; /* the empty map */
    if (!done)
        done = json_is_object(map) ? read_entries(json_object_get(map, "entry"), arena, entries, count, error)
                                   : misshapen(error);
    json_decref(document);
    return done;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/snmp_objects.h"

#include <math.h>

static bool read_unit(const char *unit, const char *text, struct error *error)
{
    if (strpbrk(unit, "0123456789_ =;'\"|,"))
        return error_set(error, "\"%s\": not a unit: \"%s\"", text, unit);
    return true;
}

static bool read_object(const char *text, struct arena *arena, struct snmp_object *object,
                        struct error *error)
{
    const char *equals = strrchr(text, '=');
    const char *number = equals ? equals + 1 : text;
    const char *comma = strchr(number, ',');
    const char *bare = comma ? arena_text_of(arena, number, (size_t)(comma - number)) : number;
    object->label = arena_text(arena, bare);
    if (equals)
        object->label = arena_text_of(arena, text, (size_t)(equals - text));
    object->unit = comma ? arena_text(arena, comma + 1) : "";
    if (*object->label == '\0' && equals)
        return error_set(error, "\"%s\": the label is empty", text);
    return snmp_name_read(bare, &object->name, error) && read_unit(object->unit, text, error);
}

static struct snmp_object *add(struct snmp_objects *objects)
{
    if (objects->count == objects->room) {
        size_t room = objects->room ? 2 * objects->room : 8;
        struct snmp_object *grown = arena_get(objects->arena, room, sizeof *grown);
        if (objects->count > 0)
            memcpy(grown, objects->items, objects->count * sizeof *grown);
        objects->items = grown;
        objects->room = room;
    }
    return &objects->items[objects->count++];
}

bool snmp_objects_parse(const struct option_list *list, struct arena *arena, struct snmp_objects *objects,
                        struct error *error)
{
    *objects = (struct snmp_objects){.arena = arena};
    for (size_t i = 0; i < list->count; i++) {
        struct snmp_object *object = add(objects);
        if (!read_object(list->items[i], arena, object, error))
            return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(objects->items[k].label, object->label) == 0)
                return error_set(error, "two objects are called \"%s\"", object->label);
    }
    return true;
}

enum source_end snmp_objects_get(struct snmp_link *link, struct snmp_objects *objects, struct error *error)
{
    size_t count = objects->count;
    if (count == 0)
        return SOURCE_READ;
    struct snmp_name *names = arena_get(objects->arena, count, sizeof *names);
    struct snmp_value *values = arena_get(objects->arena, count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        names[i] = objects->items[i].name;
    enum source_end end = snmp_link_get(link, names, count, values, error);
    for (size_t i = 0; i < count; i++)
        objects->items[i].value = values[i];
    return end;
}

/* A walk below one root. */
struct walk {
    const struct snmp_object *root;
    struct snmp_objects *found;
};

static void take_cell(void *owner, size_t column, const struct snmp_name *index,
                      const struct snmp_value *value)
{
    struct walk *walk = owner;
    struct text label = TEXT_INIT;
    struct snmp_object *object = add(walk->found);
    (void)column;
    *object = (struct snmp_object){.unit = walk->root->unit, .name = walk->root->name, .value = *value};
    memcpy(object->name.parts + object->name.length, index->parts, index->length * sizeof index->parts[0]);
    object->name.length += index->length;
    text_add(&label, walk->root->label);
    snmp_name_write(&label, index);
    object->label = arena_text_of(walk->found->arena, label.bytes, label.length);
    text_release(&label);
}

enum source_end snmp_objects_walk(struct snmp_link *link, const struct snmp_objects *roots,
                                  struct snmp_objects *found, struct error *error)
{
    enum source_end end = SOURCE_READ;
    for (size_t i = 0; end == SOURCE_READ && i < roots->count; i++) {
        struct walk walk = {&roots->items[i], found};
        size_t before = found->count;
        end = snmp_link_table(link, &roots->items[i].name, 1, take_cell, &walk, error);
        if (end == SOURCE_READ && found->count == before) {
            struct snmp_object *none = add(found);
            *none = roots->items[i];
            none->value = (struct snmp_value){SNMP_ABSENT, (double)NAN, 0, "nothing is there"};
        }
    }
    return end;
}

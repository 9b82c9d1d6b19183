/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The maps of ActiveMQ's statistics plugin: pure. Asking for them is in activemq_read.c. */
#include "collectors/activemq.h"

#include "lib/memory.h"

#include <math.h>

static bool has_key(const struct activemq_entry *entries, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].key, key) == 0)
            return true;
    return false;
}

static bool check_entries(const struct activemq_entry *entries, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (*entries[i].key == '\0')
            return error_set(error, "a key of the map is empty");
        if (has_key(entries, i, entries[i].key))
            return error_set(error, "the map has \"%s\" twice", entries[i].key);
    }
    return true;
}

/* Only as many as there are: there may be thousands of maps. */
static void keep(struct activemq_map *map, const struct activemq_entry *entries, size_t count,
                 struct arena *arena)
{
    struct activemq_entry *kept = arena_get(arena, count ? count : 1, sizeof *kept);
    memcpy(kept, entries, count * sizeof *kept);
    *map = (struct activemq_map){kept, count};
}

bool activemq_parse(const char *body, size_t length, struct arena *arena, struct activemq_map *map,
                    struct error *error)
{
    size_t blank = 0;
    *map = (struct activemq_map){.entries = NULL};
    while (blank < length && strchr(" \t\r\n", body[blank]) && body[blank] != '\0')
        blank++;
    if (blank == length)
        return error_set(error, "the statistics are empty");
    size_t count = 0;
    struct activemq_entry *entries = memory_get(ACTIVEMQ_ENTRIES, sizeof *entries);
    bool done = body[blank] == '{' ? activemq_parse_json(body, length, arena, entries, &count, error)
                                   : activemq_parse_xml(body, length, arena, entries, &count, error);
    done = done && check_entries(entries, count, error);
    if (done)
        keep(map, entries, count, arena);
    free(entries);
    return done;
}

static const struct activemq_entry *find(const struct activemq_map *map, const char *key)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->entries[i].key, key) == 0)
            return &map->entries[i];
    return NULL;
}

const char *activemq_text(const struct activemq_map *map, const char *key)
{
    const struct activemq_entry *entry = find(map, key);
    return entry ? entry->value : NULL;
}

double activemq_number(const struct activemq_map *map, const char *key)
{
    const struct activemq_entry *entry = find(map, key);
    return entry ? entry->number : (double)NAN;
}

const char *activemq_queue_name(const struct activemq_map *map)
{
    static const char prefix[] = "queue://";
    const char *name = activemq_text(map, "destinationName");
    if (name && strncmp(name, prefix, sizeof prefix - 1) == 0)
        name += sizeof prefix - 1;
    return name;
}

bool activemq_is_queue(const char *name, struct error *error)
{
    if (*name == '\0')
        return error_set(error, "the name of the queue is empty");
    if (strpbrk(name, ",\r\n"))
        return error_set(error, "not the name of one queue: \"%s\"", name);
    return true;
}

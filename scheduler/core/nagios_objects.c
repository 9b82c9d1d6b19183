/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_objects.h"

#include "lib/text.h"

#include <ctype.h>

/* ---- lists ---- */

void nagios_split(struct arena *arena, const char *list, struct words *words)
{
    size_t most = 1;
    *words = (struct words){0};
    if (!list)
        return;
    for (const char *at = list; *at; at++)
        most += *at == ',';
    words->items = arena_get(arena, most + 1, sizeof *words->items);
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ",");
        const char *end = at + length;
        while (at < end && (isspace((unsigned char)*at) || *at == '+'))
            at++;
        size_t kept = (size_t)(end - at);
        while (kept && isspace((unsigned char)at[kept - 1]))
            kept--;
        if (kept)
            words->items[words->count++] = arena_text_of(arena, at, kept);
        at = *end ? end + 1 : end;
    }
}

static int compare_named(const void *one, const void *other)
{
    const struct nagios_named *a = one, *b = other;
    return strcmp(a->name, b->name);
}

static int compare_ordered(const void *one, const void *other)
{
    const struct nagios_named *a = one, *b = other;
    int order = strcmp(a->name, b->name);
    return order ? order : a->order < b->order ? -1 : 1;
}

size_t nagios_index_at(const struct nagios_index *index, const char *name)
{
    const struct nagios_named wanted = {.name = name};
    const struct nagios_named *found =
        index->count ? bsearch(&wanted, index->items, index->count, sizeof wanted, compare_named) : NULL;
    return found ? (size_t)(found - index->items) : index->count;
}

struct nagios_definition *nagios_index_find(const struct nagios_index *index, const char *name)
{
    size_t at = nagios_index_at(index, name);
    return at < index->count ? index->items[at].definition : NULL;
}

/* ---- templates ---- */

static const struct nagios_line *own_line(const struct nagios_definition *definition, const char *name)
{
    const struct nagios_line *found = NULL;
    for (size_t i = 0; i < definition->count; i++)
        if (strcmp(definition->lines[i].name, name) == 0)
            found = &definition->lines[i];
    return found;
}

bool nagios_is_object(const struct nagios_definition *definition)
{
    const struct nagios_line *line = own_line(definition, "register");
    return !line || strcmp(line->value, "0") != 0;
}

static struct nagios_definition *find_template(const struct nagios_objects *objects,
                                               const struct nagios_definition *definition, const char *name)
{
    struct text key = TEXT_INIT;
    text_format(&key, "%s %s", definition->type, name);
    struct nagios_definition *found = nagios_index_find(&objects->templates, key.bytes);
    text_release(&key);
    return found;
}

/* Nothing that belongs to one definition alone is inherited. */
static bool is_inherited(const char *name)
{
    return strcmp(name, "name") != 0 && strcmp(name, "register") != 0 && strcmp(name, "use") != 0;
}

struct found {
    struct text value;
    struct place place;
    bool given, closed; /* closed: nothing is added any more */
    const struct nagios_definition *path[NAGIOS_DEEPEST];
};

static void take_value(struct found *found, const struct nagios_line *line)
{
    bool more = line->value[0] == '+';
    if (!found->given)
        found->place = line->place;
    if (strcmp(line->value, "null") != 0)
        text_format(&found->value, "%s%s", found->value.length ? "," : "", line->value + more);
    found->given = true;
    found->closed = !more;
}

static void search(const struct nagios_objects *objects, const struct nagios_definition *definition,
                   const char *name, struct found *found, size_t depth)
{
    const struct nagios_line *line = own_line(definition, name);
    const struct nagios_line *use = own_line(definition, "use");
    struct words templates;
    if (line && (depth == 0 || is_inherited(name)))
        take_value(found, line);
    if (!use || depth + 1 >= NAGIOS_DEEPEST || found->closed)
        return;
    found->path[depth] = definition;
    nagios_split(objects->arena, use->value, &templates);
    for (size_t i = 0; i < templates.count && !found->closed; i++) {
        struct nagios_definition *other = find_template(objects, definition, templates.items[i]);
        bool circle = false;
        for (size_t at = 0; at <= depth; at++)
            circle = circle || found->path[at] == other;
        if (other && !circle)
            search(objects, other, name, found, depth + 1);
    }
}

const char *nagios_get(const struct nagios_objects *objects, struct nagios_definition *definition,
                       const char *name, struct place *place)
{
    struct found found = {.value = TEXT_INIT, .place = definition->place};
    search(objects, definition, name, &found, 0);
    const char *value = found.value.length ? arena_text(objects->arena, found.value.bytes) : NULL;
    if (place)
        *place = found.place;
    text_release(&found.value);
    return value;
}

struct names {
    const char **items;
    size_t count, room;
};

static bool is_new(struct arena *arena, struct names *names, const char *name, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (strcmp(names->items[i], name) == 0)
            return false;
    if (names->count == names->room) {
        size_t room = names->room ? 2 * names->room : 16;
        const char **items = arena_get(arena, room, sizeof *items);
        if (names->count)
            memcpy(items, names->items, names->count * sizeof *items);
        names->items = items;
        names->room = room;
    }
    names->items[names->count++] = name;
    return true;
}

struct walk {
    nagios_each_line *each;
    void *owner;
    struct names names;
    size_t steps;
};

static void walk_lines(const struct nagios_objects *objects, struct nagios_definition *definition,
                       struct walk *walk, size_t depth)
{
    enum { STEPS_MAX = 4096 };
    const struct nagios_line *use = own_line(definition, "use");
    size_t before = walk->names.count;
    struct words templates;
    for (size_t i = 0; i < definition->count; i++) {
        const struct nagios_line *line = &definition->lines[i];
        if ((depth == 0 || is_inherited(line->name)) &&
            is_new(objects->arena, &walk->names, line->name, before))
            walk->each(walk->owner, line);
    }
    if (!use || definition->visits || depth + 1 >= NAGIOS_DEEPEST || walk->steps++ > STEPS_MAX)
        return;
    definition->visits++;
    nagios_split(objects->arena, use->value, &templates);
    for (size_t i = 0; i < templates.count; i++) {
        struct nagios_definition *other = find_template(objects, definition, templates.items[i]);
        if (other)
            walk_lines(objects, other, walk, depth + 1);
    }
    definition->visits--;
}

void nagios_lines(const struct nagios_objects *objects, struct nagios_definition *definition,
                  nagios_each_line *each, void *owner)
{
    struct walk walk = {.each = each, .owner = owner};
    walk_lines(objects, definition, &walk, 0);
}

/* ---- indices ---- */

static void index_add(const struct nagios_objects *objects, struct nagios_index *index, const char *name,
                      struct nagios_definition *definition)
{
    if (!index->items)
        index->items = arena_get(objects->arena, objects->source->count, sizeof *index->items);
    index->items[index->count] = (struct nagios_named){name, definition, index->count};
    index->count++;
}

/* Sorted, each name once: Nagios refuses a second one or lets it win; here the first counts. */
static void index_finish(const struct nagios_objects *objects, struct nagios_index *index)
{
    size_t kept = 0;
    if (index->count)
        qsort(index->items, index->count, sizeof *index->items, compare_ordered);
    for (size_t i = 0; i < index->count; i++) {
        if (kept && strcmp(index->items[kept - 1].name, index->items[i].name) == 0)
            nagios_find(objects->source->findings, index->items[i].definition->place,
                        "%s \"%s\" is defined twice", index->items[i].definition->type, index->items[i].name);
        else
            index->items[kept++] = index->items[i];
    }
    index->count = kept;
}

static void index_type(const struct nagios_objects *objects, struct nagios_index *index, const char *type,
                       const char *key)
{
    for (size_t i = 0; i < objects->source->count; i++) {
        struct nagios_definition *definition = objects->source->definitions[i];
        if (strcmp(definition->type, type) != 0 || !nagios_is_object(definition))
            continue;
        const char *name = nagios_get(objects, definition, key, NULL);
        if (name)
            index_add(objects, index, name, definition);
        else
            nagios_find(objects->source->findings, definition->place, "%s without \"%s\"", type, key);
    }
    index_finish(objects, index);
}

static void index_templates(struct nagios_objects *objects)
{
    for (size_t i = 0; i < objects->source->count; i++) {
        struct nagios_definition *definition = objects->source->definitions[i];
        const struct nagios_line *name = own_line(definition, "name");
        if (name)
            index_add(objects, &objects->templates,
                      arena_format(objects->arena, "%s %s", definition->type, name->value), definition);
    }
    index_finish(objects, &objects->templates);
    for (size_t i = 0; i < objects->source->count; i++) {
        struct nagios_definition *definition = objects->source->definitions[i];
        const struct nagios_line *use = own_line(definition, "use");
        struct words words;
        nagios_split(objects->arena, use ? use->value : NULL, &words);
        for (size_t w = 0; use && w < words.count; w++)
            if (!find_template(objects, definition, words.items[w]))
                nagios_find(objects->source->findings, use->place, "no %s template \"%s\"", definition->type,
                            words.items[w]);
    }
}

/* ---- groups of hosts ---- */

static struct nagios_set set_create(const struct nagios_objects *objects)
{
    return (struct nagios_set){.has = arena_get(objects->arena, objects->hosts.count + 1, 1)};
}

static void set_put(struct nagios_set *set, size_t host, bool has)
{
    set->count = set->count + (size_t)(has && !set->has[host]) - (size_t)(!has && set->has[host]);
    set->has[host] = has;
}

static struct nagios_group *find_group(const struct nagios_objects *objects, const char *name)
{
    for (size_t i = 0; i < objects->hostgroup_count; i++)
        if (strcmp(objects->hostgroups[i].name, name) == 0)
            return &objects->hostgroups[i];
    return NULL;
}

static void put_host(const struct nagios_objects *objects, const char *name, struct place place, bool has,
                     struct nagios_set *set)
{
    size_t at = nagios_index_at(&objects->hosts, name);
    if (strcmp(name, "*") == 0)
        for (size_t i = 0; i < objects->hosts.count; i++)
            set_put(set, i, has);
    else if (at < objects->hosts.count)
        set_put(set, at, has);
    else
        nagios_find(objects->source->findings, place, "no host \"%s\"", name);
}

static void put_group(const struct nagios_objects *objects, const char *name, struct place place, bool has,
                      struct nagios_set *set)
{
    const struct nagios_group *group = find_group(objects, name);
    if (!group && strcmp(name, "*") != 0)
        nagios_find(objects->source->findings, place, "no hostgroup \"%s\"", name);
    for (size_t g = 0; g < objects->hostgroup_count; g++)
        for (size_t i = 0; i < objects->hosts.count; i++)
            if ((&objects->hostgroups[g] == group || strcmp(name, "*") == 0) &&
                objects->hostgroups[g].members.has[i])
                set_put(set, i, has);
}

void nagios_hosts(const struct nagios_objects *objects, const char *hosts, const char *groups,
                  struct place place, struct nagios_set *set)
{
    struct words host_words, group_words;
    *set = set_create(objects);
    nagios_split(objects->arena, hosts, &host_words);
    nagios_split(objects->arena, groups, &group_words);
    /* What is refused in either list is refused from both. */
    for (int refused = 0; refused <= 1; refused++) {
        for (size_t i = 0; i < group_words.count; i++)
            if ((group_words.items[i][0] == '!') == refused)
                put_group(objects, group_words.items[i] + refused, place, !refused, set);
        for (size_t i = 0; i < host_words.count; i++)
            if ((host_words.items[i][0] == '!') == refused)
                put_host(objects, host_words.items[i] + refused, place, !refused, set);
    }
}

static void set_join(const struct nagios_objects *objects, struct nagios_set *set,
                     const struct nagios_set *other)
{
    for (size_t h = 0; h < objects->hosts.count; h++)
        if (other->has[h])
            set_put(set, h, true);
}

static void resolve_group(struct nagios_objects *objects, struct nagios_group *group)
{
    struct place place;
    struct nagios_set own;
    struct words nested;
    if (group->visit != NAGIOS_FRESH)
        return;
    group->visit = NAGIOS_VISITING;
    const char *members = nagios_get(objects, group->definition, "members", &place);
    nagios_hosts(objects, members, NULL, place, &own);
    set_join(objects, &group->members, &own);
    nagios_split(objects->arena, nagios_get(objects, group->definition, "hostgroup_members", &place),
                 &nested);
    for (size_t i = 0; i < nested.count; i++) {
        struct nagios_group *other = find_group(objects, nested.items[i]);
        if (!other) {
            nagios_find(objects->source->findings, place, "no hostgroup \"%s\"", nested.items[i]);
            continue;
        }
        resolve_group(objects, other);
        set_join(objects, &group->members, &other->members);
    }
    group->visit = NAGIOS_DONE;
}

/* What hosts say of their groups. */
static void join_groups(const struct nagios_objects *objects, size_t host)
{
    struct place place;
    struct words words;
    nagios_split(objects->arena,
                 nagios_get(objects, objects->hosts.items[host].definition, "hostgroups", &place), &words);
    for (size_t w = 0; w < words.count; w++) {
        struct nagios_group *group = find_group(objects, words.items[w]);
        if (group)
            set_put(&group->members, host, true);
        else
            nagios_find(objects->source->findings, place, "no hostgroup \"%s\"", words.items[w]);
    }
}

static void make_groups(struct nagios_objects *objects)
{
    struct nagios_index index = {0};
    index_type(objects, &index, "hostgroup", "hostgroup_name");
    objects->hostgroups = arena_get(objects->arena, index.count + 1, sizeof *objects->hostgroups);
    objects->hostgroup_count = index.count;
    for (size_t i = 0; i < index.count; i++)
        objects->hostgroups[i] = (struct nagios_group){.name = index.items[i].name,
                                                       .definition = index.items[i].definition,
                                                       .members = set_create(objects)};
    for (size_t h = 0; h < objects->hosts.count; h++)
        join_groups(objects, h);
    for (size_t i = 0; i < index.count; i++)
        resolve_group(objects, &objects->hostgroups[i]);
}

/* ---- services ---- */

static int compare_checks(const void *one, const void *other)
{
    const struct nagios_check *a = one, *b = other;
    int order = a->host < b->host ? -1 : a->host > b->host;
    if (order == 0)
        order = strcmp(a->description, b->description);
    if (order == 0)
        order = (int)b->direct - (int)a->direct;
    return order ? order : a->order < b->order ? -1 : 1;
}

static void add_check(struct nagios_objects *objects, size_t *room, struct nagios_check check)
{
    if (objects->check_count == *room) {
        *room = *room ? 2 * *room : 64;
        struct nagios_check *grown = arena_get(objects->arena, *room, sizeof *grown);
        if (objects->check_count)
            memcpy(grown, objects->checks, objects->check_count * sizeof *grown);
        objects->checks = grown;
    }
    objects->checks[objects->check_count++] = check;
}

static void add_service(struct nagios_objects *objects, struct nagios_definition *definition, size_t *room)
{
    struct place place;
    const char *hosts = nagios_get(objects, definition, "host_name", &place);
    const char *groups = nagios_get(objects, definition, "hostgroup_name", NULL);
    const char *description = nagios_get(objects, definition, "service_description", NULL);
    struct nagios_set all, direct;
    if (!description || (!hosts && !groups)) {
        nagios_find(objects->source->findings, definition->place, "service without %s",
                    description ? "a host" : "\"service_description\"");
        return;
    }
    nagios_hosts(objects, hosts, groups, place, &all);
    nagios_hosts(objects, hosts, NULL, place, &direct);
    for (size_t h = 0; h < objects->hosts.count; h++)
        if (all.has[h])
            add_check(objects, room,
                      (struct nagios_check){h, description, definition, direct.has[h], objects->check_count});
}

static void make_checks(struct nagios_objects *objects)
{
    size_t room = 0;
    size_t kept = 0;
    for (size_t i = 0; i < objects->source->count; i++) {
        struct nagios_definition *definition = objects->source->definitions[i];
        if (strcmp(definition->type, "service") == 0 && nagios_is_object(definition))
            add_service(objects, definition, &room);
    }
    if (objects->check_count)
        qsort(objects->checks, objects->check_count, sizeof *objects->checks, compare_checks);
    for (size_t i = 0; i < objects->check_count; i++) {
        const struct nagios_check *check = &objects->checks[i];
        const struct nagios_check *last = kept ? &objects->checks[kept - 1] : NULL;
        if (!last || last->host != check->host || strcmp(last->description, check->description) != 0)
            objects->checks[kept++] = *check;
        else if (last->direct == check->direct)
            nagios_find(objects->source->findings, check->definition->place,
                        "service \"%s\" is defined twice for host \"%s\"", check->description,
                        objects->hosts.items[check->host].name);
    }
    objects->check_count = kept;
}

struct nagios_objects *nagios_objects_make(struct nagios_source *source)
{
    struct nagios_objects *objects = arena_get(source->arena, 1, sizeof *objects);
    objects->source = source;
    objects->arena = source->arena;
    index_templates(objects);
    index_type(objects, &objects->hosts, "host", "host_name");
    index_type(objects, &objects->commands, "command", "command_name");
    index_type(objects, &objects->contacts, "contact", "contact_name");
    index_type(objects, &objects->contactgroups, "contactgroup", "contactgroup_name");
    index_type(objects, &objects->timeperiods, "timeperiod", "timeperiod_name");
    make_groups(objects);
    make_checks(objects);
    return objects;
}

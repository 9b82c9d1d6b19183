/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_merge.h"

#include "lib/memory.h"

static const char base_name[] = "__base__";
static const char inherit_name[] = "inherit";
static const char post_prefix[] = "post_";

/* Siblings that may inherit from each other; positions in `map` stand for them. */
struct family {
    const struct node *map;
    struct arena *scratch;
    struct findings_draft *draft;
    const struct entry **sorted; /* by name */
    size_t values;               /* that joining has made */
    bool told_too_large;
    size_t base;       /* position of `__base__`, or map->count */
    size_t *taken_for; /* by position: the heir, counted from 1, whose ancestor it is already */
    bool *open;        /* by position: on the way from the heir */
    size_t ancestors[MERGE_ANCESTORS];
    size_t count;
};

static int compare_entries(const void *one, const void *other)
{
    const struct entry *const *a = one;
    const struct entry *const *b = other;
    int order = strcmp((*a)->name, (*b)->name);
    return order ? order : (*a > *b) - (*a < *b);
}

static int compare_with_name(const void *name, const void *slot)
{
    const struct entry *const *entry = slot;
    return strcmp(name, (*entry)->name);
}

static const struct entry **sort_entries(const struct node *map)
{
    const struct entry **sorted = memory_get(map->count + 1, sizeof(struct entry *));
    for (size_t i = 0; i < map->count; i++)
        sorted[i] = &map->entries[i];
    qsort(sorted, map->count, sizeof(struct entry *), compare_entries);
    return sorted;
}

static const struct entry *find_sorted(const struct entry **sorted, size_t count, const char *name)
{
    const struct entry **slot = bsearch(name, sorted, count, sizeof(struct entry *), compare_with_name);
    return slot ? *slot : NULL;
}

static bool is_template(const char *name)
{
    return strncmp(name, "__", 2) == 0;
}

static bool is_post(const struct entry *entry)
{
    return strncmp(entry->name, post_prefix, sizeof post_prefix - 1) == 0;
}

static void check_templates(const struct node *map, struct findings_draft *draft)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        if (is_template(entry->name) && entry->value->kind != NODE_MAP &&
            !config_document_empty(entry->value))
            findings_error(draft, entry->value->place, "\"%s\" must be a map", entry->name);
    }
}

static void family_init(struct family *family, const struct node *map, struct arena *scratch,
                        struct findings_draft *draft)
{
    *family = (struct family){.map = map, .scratch = scratch, .draft = draft, .base = map->count};
    family->sorted = sort_entries(map);
    family->taken_for = memory_get(map->count + 1, sizeof *family->taken_for);
    family->open = memory_get(map->count + 1, sizeof *family->open);
    const struct entry *base = find_sorted(family->sorted, map->count, base_name);
    if (base)
        family->base = (size_t)(base - map->entries);
    check_templates(map, draft);
}

static void family_release(struct family *family)
{
    free(family->open);
    free(family->taken_for);
    free(family->sorted);
}

static void report_unknown(struct family *family, const struct node *name)
{
    struct nearest nearest = {.wanted = name->text};
    for (size_t i = 0; i < family->map->count; i++)
        if (family->map->entries[i].value->kind == NODE_MAP)
            nearest_try(&nearest, family->map->entries[i].name);
    findings_unknown(family->draft, name->place, "name to inherit from", &nearest);
}

static void take_ancestor(struct family *family, size_t position, size_t heir, struct place place);

/* The ancestors that `inherit: [...]` of ${value} names. */
static void take_named(struct family *family, const struct node *value, size_t heir)
{
    const struct entry *inherit = config_document_find(value, inherit_name);
    if (!inherit)
        return;
    if (inherit->value->kind != NODE_LIST) {
        if (!config_document_empty(inherit->value))
            findings_error(family->draft, inherit->value->place,
                           "\"inherit\": write a list of names in brackets");
        return;
    }
    for (size_t i = 0; i < inherit->value->count; i++) {
        const struct node *name = inherit->value->entries[i].value;
        const struct entry *found =
            name->kind == NODE_TEXT ? find_sorted(family->sorted, family->map->count, name->text) : NULL;
        if (found && found->value->kind == NODE_MAP)
            take_ancestor(family, (size_t)(found - family->map->entries), heir, name->place);
        else if (name->kind != NODE_TEXT)
            findings_error(family->draft, name->place, "\"inherit\": a name must be a text");
        else if (strcmp(name->text, base_name) != 0)
            report_unknown(family, name);
    }
}

static void take_ancestor(struct family *family, size_t position, size_t heir, struct place place)
{
    const struct entry *entry = &family->map->entries[position];
    if (family->open[position]) {
        findings_error(family->draft, place, "\"%s\" inherits from itself", entry->name);
        return;
    }
    if (family->taken_for[position] == heir + 1)
        return;
    if (family->count == MERGE_ANCESTORS) {
        findings_error(family->draft, place, "inherits from more than %d others", MERGE_ANCESTORS);
        return;
    }
    family->taken_for[position] = heir + 1;
    /* The place is kept while its own ancestors are taken, so that the depth is bounded with the number. */
    family->count++;
    family->open[position] = true;
    size_t before = family->count - 1;
    take_named(family, entry->value, heir);
    family->open[position] = false;
    memmove(&family->ancestors[before], &family->ancestors[before + 1],
            (family->count - 1 - before) * sizeof *family->ancestors);
    family->ancestors[family->count - 1] = position;
}

/* All that ${value} inherits from, in the order of joining. ${self} is its position, or map->count. */
static void find_ancestors(struct family *family, const struct node *value, size_t self)
{
    family->count = 0;
    family->open[self] = true;
    if (family->base < family->map->count && family->base != self &&
        family->map->entries[family->base].value->kind == NODE_MAP)
        take_ancestor(family, family->base, self, family->map->entries[family->base].place);
    take_named(family, value, self);
    family->open[self] = false;
}

static bool afford(struct family *family, size_t more, struct place place)
{
    if (more > MERGE_VALUES - family->values) {
        if (!family->told_too_large)
            findings_error(family->draft, place, "inheritance makes more than %d values", MERGE_VALUES);
        family->told_too_large = true;
        return false;
    }
    family->values += more;
    return true;
}

static struct node *new_node(struct family *family, const struct node *like, size_t room)
{
    struct node *node = arena_get(family->scratch, 1, sizeof *node);
    *node = *like;
    node->entries = arena_get(family->scratch, room, sizeof *node->entries);
    node->count = 0;
    return node;
}

static void append(struct node *node, const struct node *more)
{
    if (more->count)
        memcpy(&node->entries[node->count], more->entries, more->count * sizeof *more->entries);
    node->count += more->count;
}

static const struct node *join_lists(struct family *family, const struct node *first,
                                     const struct node *second)
{
    if (first->count == 0)
        return second;
    if (!afford(family, first->count + second->count, second->place))
        return second;
    struct node *joined = new_node(family, second, first->count + second->count);
    append(joined, first);
    append(joined, second);
    return joined;
}

static const struct node *join_maps(struct family *family, const struct node *first,
                                    const struct node *second, bool deep);

static const struct node *join_values(struct family *family, const struct node *first,
                                      const struct node *second)
{
    if (first->kind == NODE_LIST && second->kind == NODE_LIST)
        return join_lists(family, first, second);
    if (first->kind == NODE_MAP && second->kind == NODE_MAP)
        return join_maps(family, first, second, false);
    return second;
}

/* ${deep}: a key of both is joined; else it is the second's. */
static const struct node *join_maps(struct family *family, const struct node *first,
                                    const struct node *second, bool deep)
{
    if (!afford(family, first->count + second->count, second->place))
        return second;
    struct node *joined = new_node(family, second, first->count + second->count);
    append(joined, first);
    const struct entry **sorted = sort_entries(first);
    for (size_t i = 0; i < second->count; i++) {
        const struct entry *entry = &second->entries[i];
        const struct entry *same = find_sorted(sorted, first->count, entry->name);
        if (!same) {
            joined->entries[joined->count++] = *entry;
            continue;
        }
        struct entry *slot = &joined->entries[same - first->entries];
        const struct node *value = deep ? join_values(family, slot->value, entry->value) : entry->value;
        *slot = *entry;
        slot->value = value;
    }
    free(sorted);
    return joined;
}

static bool needs_finish(const struct node *map)
{
    for (size_t i = 0; i < map->count; i++)
        if (is_post(&map->entries[i]) || strcmp(map->entries[i].name, inherit_name) == 0)
            return true;
    return false;
}

static void append_post(struct family *family, struct node *map, const struct entry *post)
{
    const char *name = post->name + sizeof post_prefix - 1;
    if (post->value->kind != NODE_LIST) {
        findings_error(family->draft, post->value->place, "\"%s\": write a list in brackets", post->name);
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        struct entry *entry = &map->entries[i];
        if (strcmp(entry->name, name) != 0)
            continue;
        if (entry->value->kind == NODE_LIST)
            entry->value = join_lists(family, entry->value, post->value);
        else
            findings_error(family->draft, post->place, "\"%s\" is no list to append to", name);
        return;
    }
    map->entries[map->count++] = (struct entry){.name = name, .place = post->place, .value = post->value};
}

/* The keys of inheritance itself have done their work. */
static const struct node *finish(struct family *family, const struct node *map)
{
    if (!needs_finish(map) || !afford(family, map->count, map->place))
        return map;
    struct node *finished = new_node(family, map, map->count);
    for (size_t i = 0; i < map->count; i++)
        if (!is_post(&map->entries[i]) && strcmp(map->entries[i].name, inherit_name) != 0)
            finished->entries[finished->count++] = map->entries[i];
    for (size_t i = 0; i < map->count; i++)
        if (is_post(&map->entries[i]))
            append_post(family, finished, &map->entries[i]);
    return finished;
}

static const struct node *join_ancestors(struct family *family, const struct node *value)
{
    const struct node *joined = NULL;
    for (size_t i = 0; i < family->count; i++) {
        const struct node *next = family->map->entries[family->ancestors[i]].value;
        joined = joined ? join_maps(family, joined, next, true) : next;
    }
    return joined ? join_maps(family, joined, value, true) : value;
}

/* An empty value inherits as an empty map does (`web02:`). */
static const struct node *as_map(struct family *family, const struct node *value)
{
    if (!config_document_empty(value))
        return value;
    struct node *map = new_node(family, value, 0);
    map->kind = NODE_MAP;
    return map;
}

const struct node *config_merge_siblings(const struct node *map, struct arena *scratch,
                                         struct findings_draft *draft)
{
    struct family family;
    family_init(&family, map, scratch, draft);
    struct node *merged = new_node(&family, map, map->count);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        if (is_template(entry->name))
            continue;
        const struct node *value = as_map(&family, entry->value);
        struct entry *slot = &merged->entries[merged->count++];
        *slot = *entry;
        slot->value = value;
        if (value->kind != NODE_MAP)
            continue;
        find_ancestors(&family, value, i);
        slot->value = finish(&family, join_ancestors(&family, value));
    }
    family_release(&family);
    return merged;
}

const struct node *config_merge_document(const struct node *map, struct arena *scratch,
                                         struct findings_draft *draft)
{
    struct family family;
    if (map->kind != NODE_MAP)
        return map;
    family_init(&family, map, scratch, draft);
    find_ancestors(&family, map, map->count);
    struct node *own = new_node(&family, map, map->count);
    for (size_t i = 0; i < map->count; i++)
        if (!is_template(map->entries[i].name) && family.taken_for[i] != map->count + 1)
            own->entries[own->count++] = map->entries[i];
    const struct node *merged = finish(&family, join_ancestors(&family, own));
    family_release(&family);
    return merged;
}

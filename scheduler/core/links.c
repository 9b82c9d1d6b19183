/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/links.h"

#include "lib/memory.h"
#include "scheduler/core/matcher.h"

struct links {
    uint32_t *first; /* by binding, and one more: where its dependents begin; NULL: there are none at all */
    uint32_t *items;
    struct links_list *inhibitors; /* by rule */
    size_t inhibit_count;
};

void links_list_release(struct links_list *list)
{
    free(list->items);
    *list = (struct links_list){.items = NULL};
}

int64_t links_named(const struct model *model, uint32_t binding, const char *name)
{
    return strchr(name, '/') ? model_binding_named(model, name)
                             : model_binding(model, model->bindings[binding].host->name, name);
}

static void push(struct links_list *list, uint32_t item)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 16;
        list->items = memory_grow(list->items, list->room, sizeof *list->items);
    }
    list->items[list->count++] = item;
}

bool links_add(struct links_list *list, uint32_t item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return false;
    push(list, item);
    return true;
}

static void add(struct links_list *list, uint32_t self, int64_t found)
{
    if (found != MODEL_NONE && found != (int64_t)self)
        (void)links_add(list, (uint32_t)found);
}

static void add_parents(const struct model *model, const struct host *host, uint32_t self,
                        struct links_list *list, int depth);

static void add_host(const struct model *model, const struct host *host, uint32_t self,
                     struct links_list *list, int depth)
{
    if (host->alive)
        add(list, self, model_binding(model, host->name, host->alive));
    else
        add_parents(model, host, self, list, depth + 1);
}

static void add_parents(const struct model *model, const struct host *host, uint32_t self,
                        struct links_list *list, int depth)
{
    for (size_t i = 0; i < host->parents.count && depth < LINKS_DEPTH; i++) {
        const struct host *parent = model_host(model, host->parents.items[i]);
        if (parent)
            add_host(model, parent, self, list, depth);
    }
}

void links_sources(const struct model *model, uint32_t binding, struct links_list *list)
{
    const struct binding *bound = &model->bindings[binding];
    const struct check_plan *plan = bound->plan;
    list->count = 0;
    for (size_t i = 0; i < plan->depends_all.count; i++)
        add(list, binding, links_named(model, binding, plan->depends_all.items[i]));
    for (size_t i = 0; i < plan->depends_any.count; i++)
        add(list, binding, links_named(model, binding, plan->depends_any.items[i]));
    if (bound->host->alive && strcmp(bound->host->alive, plan->name) == 0)
        add_parents(model, bound->host, binding, list, 0);
    else
        add_host(model, bound->host, binding, list, 0);
}

/* Pairs of a source and what rests on it, sorted by counting. */
static void sort(struct links *links, const struct links_list *pairs, size_t bindings)
{
    links->first = memory_get(bindings + 1, sizeof *links->first);
    links->items = memory_get(pairs->count / 2, sizeof *links->items);
    for (size_t i = 0; i < pairs->count; i += 2)
        links->first[pairs->items[i] + 1]++;
    for (size_t i = 0; i < bindings; i++)
        links->first[i + 1] += links->first[i];
    uint32_t *next = memory_get(bindings + 1, sizeof *next);
    memcpy(next, links->first, (bindings + 1) * sizeof *next);
    for (size_t i = 0; i < pairs->count; i += 2)
        links->items[next[pairs->items[i]]++] = pairs->items[i + 1];
    free(next);
}

/* A site has many checks and few rules, and each problem asks: which checks a rule means is found out once. */
static void find_inhibitors(struct links *links, const struct model *model)
{
    links->inhibit_count = model->inhibit_count;
    links->inhibitors = memory_get(model->inhibit_count, sizeof *links->inhibitors);
    for (size_t r = 0; r < model->inhibit_count; r++)
        for (size_t i = 0; i < model->binding_count; i++)
            if (matcher_matches(model->inhibits[r].source, &model->bindings[i]))
                push(&links->inhibitors[r], (uint32_t)i);
}

struct links *links_create(const struct model *model)
{
    struct links *links = memory_get(1, sizeof *links);
    struct links_list pairs = {.items = NULL};
    struct links_list sources = {.items = NULL};
    for (size_t i = 0; i < model->binding_count; i++) {
        links_sources(model, (uint32_t)i, &sources);
        for (size_t s = 0; s < sources.count; s++) {
            push(&pairs, sources.items[s]);
            push(&pairs, (uint32_t)i);
        }
    }
    if (pairs.count)
        sort(links, &pairs, model->binding_count);
    find_inhibitors(links, model);
    links_list_release(&sources);
    links_list_release(&pairs);
    return links;
}

void links_free(struct links *links)
{
    if (!links)
        return;
    for (size_t i = 0; i < links->inhibit_count; i++)
        links_list_release(&links->inhibitors[i]);
    free(links->inhibitors);
    free(links->items);
    free(links->first);
    free(links);
}

const uint32_t *links_dependents(const struct links *links, uint32_t binding, size_t *count)
{
    *count = 0;
    if (!links->first)
        return NULL;
    *count = links->first[binding + 1] - links->first[binding];
    return links->items + links->first[binding];
}

const uint32_t *links_inhibitors(const struct links *links, size_t rule, size_t *count)
{
    *count = links->inhibitors[rule].count;
    return links->inhibitors[rule].items;
}

bool links_inhibits(const struct links *links, uint32_t binding)
{
    for (size_t r = 0; r < links->inhibit_count; r++) {
        const struct links_list *list = &links->inhibitors[r];
        size_t low = 0;
        for (size_t high = list->count; low < high;) {
            size_t middle = low + (high - low) / 2;
            if (list->items[middle] < binding)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < list->count && list->items[low] == binding)
            return true;
    }
    return false;
}

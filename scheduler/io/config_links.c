/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of hosts and checks may stand before what they name, in any file, and are looked up at the end. */
#include "lib/memory.h"
#include "scheduler/io/config_parts.h"

struct config_link {
    struct config_link *next;
    const struct service *service;
    const char *text;
    struct place place;
    enum config_link_kind kind;
};

void config_links_add(struct config_loader *loader, enum config_link_kind kind, const char *text,
                      struct place place)
{
    struct config_link *link = arena_get(loader->scratch, 1, sizeof *link);
    *link = (struct config_link){
        .next = loader->links, .service = loader->service, .text = text, .place = place, .kind = kind};
    loader->links = link;
}

static bool has_check(const struct service *service, const char *name)
{
    for (size_t i = 0; i < service->check_count; i++)
        if (strcmp(service->checks[i].name, name) == 0)
            return true;
    return false;
}

/* Each look for the nearest name goes through all hosts; beyond so many errors nobody reads the proposals. */
enum { PROPOSALS = 100 };

static void report_host(const struct config_loader *loader, const struct config_link *link, const char *name)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < loader->model->host_count && loader->draft->errors < PROPOSALS; i++)
        nearest_try(&nearest, loader->model->hosts[i]->name);
    findings_unknown(loader->draft, link->place, "host", &nearest);
}

static void report_check(const struct config_loader *loader, const struct config_link *link,
                         const struct service *service, const char *name)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < service->check_count; i++)
        nearest_try(&nearest, service->checks[i].name);
    findings_unknown(loader->draft, link->place, "check", &nearest);
}

static void resolve_binding(const struct config_loader *loader, const struct config_link *link)
{
    if (model_binding_named(loader->model, link->text) != MODEL_NONE)
        return;
    const char *slash = strchr(link->text, '/');
    char *name = memory_text_of(link->text, (size_t)(slash - link->text));
    const struct host *host = model_host(loader->model, name);
    if (!host)
        report_host(loader, link, name);
    else
        report_check(loader, link, host->service, slash + 1);
    free(name);
}

static void report_window(const struct config_loader *loader, const struct config_link *link)
{
    struct nearest nearest = {.wanted = link->text};
    for (size_t i = 0; i < window_count(loader->model->windows); i++)
        nearest_try(&nearest, window_name(window_at(loader->model->windows, i)));
    findings_unknown(loader->draft, link->place, "window", &nearest);
}

static void resolve(const struct config_loader *loader, const struct config_link *link)
{
    if (link->kind == CONFIG_LINK_BINDING)
        resolve_binding(loader, link);
    else if (link->kind == CONFIG_LINK_CHECK && !has_check(link->service, link->text))
        report_check(loader, link, link->service, link->text);
    else if (link->kind == CONFIG_LINK_WINDOW && !window_find(loader->model->windows, link->text))
        report_window(loader, link);
    else if (link->kind == CONFIG_LINK_HOST && !model_host(loader->model, link->text))
        report_host(loader, link, link->text);
}

/* ---- circles ---- */

enum { NO_MORE = -2 };

/* A graph over the model: the ${k}th node after ${node}, MODEL_NONE for an unknown one, NO_MORE at the end. */
struct graph {
    const struct model *model;
    size_t count;
    int64_t (*next)(const struct model *model, size_t node, size_t k);
    void (*report)(const struct config_loader *loader, size_t node);
};

static int64_t next_binding(const struct model *model, size_t node, size_t k)
{
    const struct binding *binding = &model->bindings[node];
    const struct check_plan *plan = binding->plan;
    if (k >= plan->depends_all.count + plan->depends_any.count)
        return NO_MORE;
    const char *text = k < plan->depends_all.count ? plan->depends_all.items[k]
                                                   : plan->depends_any.items[k - plan->depends_all.count];
    return strchr(text, '/') ? model_binding_named(model, text)
                             : model_binding(model, binding->host->name, text);
}

static void report_binding(const struct config_loader *loader, size_t node)
{
    const struct binding *binding = &loader->model->bindings[node];
    findings_error(loader->draft, binding->plan->place, "\"%s/%s\" depends on itself", binding->host->name,
                   binding->plan->name);
}

static int64_t next_host(const struct model *model, size_t node, size_t k)
{
    const struct words *parents = &model->hosts[node]->parents;
    if (k >= parents->count)
        return NO_MORE;
    return model_host_index(model, parents->items[k]);
}

static void report_parent(const struct config_loader *loader, size_t node)
{
    const struct host *host = loader->model->hosts[node];
    findings_error(loader->draft, host->place, "\"%s\" is a parent of itself", host->name);
}

struct step {
    size_t node;
    size_t k;
};

enum { UNSEEN, OPEN, DONE };

/* Depth first with a stack of its own: a chain may be as long as there are checks. */
static void walk(const struct config_loader *loader, const struct graph *graph, size_t root,
                 unsigned char *seen, struct step *stack)
{
    size_t depth = 1;
    stack[0] = (struct step){.node = root, .k = 0};
    seen[root] = OPEN;
    while (depth > 0) {
        struct step *top = &stack[depth - 1];
        int64_t next = graph->next(graph->model, top->node, top->k++);
        if (next == NO_MORE) {
            seen[top->node] = DONE;
            depth--;
        } else if (next != MODEL_NONE && seen[next] == OPEN) {
            graph->report(loader, (size_t)next);
        } else if (next != MODEL_NONE && seen[next] == UNSEEN) {
            seen[next] = OPEN;
            stack[depth++] = (struct step){.node = (size_t)next, .k = 0};
        }
    }
}

static void find_circles(const struct config_loader *loader, const struct graph *graph)
{
    unsigned char *seen = memory_get(graph->count + 1, sizeof *seen);
    struct step *stack = memory_get(graph->count + 1, sizeof *stack);
    for (size_t i = 0; i < graph->count; i++)
        if (seen[i] == UNSEEN)
            walk(loader, graph, i, seen, stack);
    free(stack);
    free(seen);
}

void config_links_resolve(struct config_loader *loader)
{
    const struct model *model = loader->model;
    if (!loader->links)
        return;
    for (const struct config_link *link = loader->links; link; link = link->next)
        resolve(loader, link);
    find_circles(loader, &(struct graph){model, model->binding_count, next_binding, report_binding});
    find_circles(loader, &(struct graph){model, model->host_count, next_host, report_parent});
}

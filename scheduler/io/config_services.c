/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_merge.h"
#include "scheduler/io/config_parts.h"

enum { COUNTED_HOSTS = 100000 };

static void read_host_name(struct config_loader *loader, const struct config_row *row,
                           const struct node *node, void *target)
{
    struct error error;
    const char *format = config_rows_text(loader, row, node);
    if (format && config_hosts_format(loader->scratch, format, "service", 0, 0, &error))
        *(const char **)target = format;
    else if (format)
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
}

static void read_tags(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    (void)target;
    config_read_pairs(loader, row, node, &loader->service->tags);
}

static const struct config_row bounds_rows[] = {
    {"concurrency", CONFIG_WHOLE(struct bounds, concurrency), .without = "no limit", .low = 1, .high = 10000,
     .help = "runs at once of all remediations on its hosts"},
    {"max", CONFIG_MEMBER(config_read_max, "N per DURATION", struct max, struct bounds, max),
     .without = "no limit", .help = "how many runs of all remediations on its hosts in a span of time"},
    {0},
};

static void read_bounds(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    (void)target;
    config_rows_read(loader, row->rows, node, node->place, &loader->service->bounds);
}

/* Checks before the graphs that name them. */
const struct config_row config_services_rows[] = {
    {"service", CONFIG_NAME(struct service_draft, name), .without = "the name of the file",
     .help = "the name of this class of hosts"},
    {"host_count", CONFIG_WHOLE(struct service_draft, host_count), .standard = "0", .low = 0,
     .high = COUNTED_HOSTS, .help = "how many hosts there are, named by number"},
    {"host_start", CONFIG_WHOLE(struct service_draft, host_start), .standard = "0", .low = 0,
     .high = 1000000000, .help = "the number of the first of them"},
    {"shard_count", CONFIG_WHOLE(struct service_draft, shard_count), .standard = "1", .low = 1,
     .high = COUNTED_HOSTS, .help = "a host's shard is its number modulo this"},
    {"host_name", CONFIG_MEMBER(read_host_name, "format", const char *, struct service_draft, host_name),
     .standard = "%(name)s_%02(instance)d", .help = "how they are named: %(name)s, %(instance)d, %(shard)d"},
    {"tags", CONFIG_BY(read_tags, "map of texts"), .help = "ride on every event of its hosts"},
    {"hosts", CONFIG_BY(config_hosts_read, "map of hosts"), .rows = config_hosts_rows, .shape = CONFIG_NAMED,
     .help = "hosts by name, or the details of numbered ones"},
    {"checks", CONFIG_BY(config_checks_read, "map of checks"), .rows = config_checks_rows,
     .shape = CONFIG_NAMED, .help = "what each of its hosts is asked"},
    {"serving", CONFIG_BY(config_serving_read, "map"), .rows = config_serving_rows, .without = "not counted",
     .help = "how many of its hosts must serve"},
    {"collect", CONFIG_BY(config_collects_read, "map of collects"), .rows = config_collects_rows,
     .shape = CONFIG_NAMED, .help = "dictionaries that are stored without a verdict"},
    {"graphs", CONFIG_BY(config_graphs_read, "map of graphs"), .rows = config_graphs_rows,
     .shape = CONFIG_NAMED, .help = "pictures of several metrics"},
    {"limits", CONFIG_BY(read_bounds, "map"), .rows = bounds_rows,
     .help = "what binds the remediations on its hosts together"},
    {"verify", CONFIG_BY(config_verify_read, "map"), .rows = config_verify_rows, .without = "not verified",
     .help = "what is expected of hosts that were configured: the check verify of each"},
    {0},
};

static void add_service(struct config_loader *loader, struct service_list *list)
{
    const struct service *service = loader->service;
    for (size_t i = 0; i < list->service_count; i++)
        if (strcmp(list->services[i]->name, service->name) == 0) {
            findings_error(loader->draft, service->place, "service \"%s\" stands in %s already",
                           service->name, list->services[i]->place.file);
            return;
        }
    if (list->service_count == list->service_room) {
        size_t room = list->service_room ? list->service_room * 2 : 16;
        const struct service **grown = arena_get(loader->scratch, room, sizeof(struct service *));
        if (list->service_count)
            memcpy(grown, list->services, list->service_count * sizeof(struct service *));
        list->services = grown;
        list->service_room = room;
    }
    list->services[list->service_count++] = service;
}

void config_services_read(struct config_loader *loader, const struct node *root, const char *name,
                          struct service_list *list)
{
    struct service *service = arena_get(loader->arena, 1, sizeof *service);
    struct service_draft draft = {.name = name, .place = root->place};
    const struct entry *named = root->kind == NODE_MAP ? config_document_find(root, "service") : NULL;
    size_t before = list->host_count;
    size_t errors = loader->draft->errors;
    if (named)
        draft.place = named->value->place;
    loader->service = service;
    config_rows_read(loader, config_services_rows, root, root->place, &draft);
    service->name = draft.name;
    service->place = draft.place;
    if (!config_rows_name_fits(service->name))
        findings_error(loader->draft, draft.place,
                       "a name is 1 to 64 letters, digits or any of \"_.:-\": \"%s\"", service->name);
    add_service(loader, list);
    if (draft.host_name)
        config_hosts_make(loader, &draft, list);
    if (service->serving)
        config_hosts_add(loader, list, config_serving_host(loader, service));
    if (list->host_count == before && loader->draft->errors == errors)
        findings_warning(loader->draft, draft.place, "service \"%s\" has no hosts", service->name);
    loader->service = NULL;
}

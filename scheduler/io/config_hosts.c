/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/number.h"
#include "scheduler/io/config_parts.h"

#include <ctype.h>

/* ---- the names of counted hosts ---- */

struct conversion {
    const char *name;
    size_t name_length;
    int width;
    char kind; /* 'd', 's' or '%' */
};

/* "%(NAME)WIDTHd", with the width before or behind the name; returns the end, or NULL. */
static const char *read_conversion(const char *at, struct conversion *conversion)
{
    *conversion = (struct conversion){.width = 0};
    if (*at == '%') {
        conversion->kind = '%';
        return at + 1;
    }
    for (int part = 0; part < 3; part++) {
        if (*at == '(' && !conversion->name) {
            conversion->name = at + 1;
            conversion->name_length = strcspn(at + 1, ")");
            at += conversion->name_length + 1;
            if (*at++ != ')')
                return NULL;
        } else if (*at == '0' && at[1] >= '1' && at[1] <= '9' && conversion->width == 0) {
            conversion->width = at[1] - '0';
            at += 2;
        }
    }
    conversion->kind = *at;
    return conversion->name && (*at == 'd' || *at == 's') ? at + 1 : NULL;
}

static bool is_named(const struct conversion *conversion, const char *name, char kind)
{
    return conversion->kind == kind && conversion->name_length == strlen(name) &&
           strncmp(conversion->name, name, conversion->name_length) == 0;
}

const char *config_hosts_format(struct arena *arena, const char *format, const char *service,
                                int64_t instance, int64_t shard, struct error *error)
{
    struct text text = TEXT_INIT;
    bool known = true;
    for (const char *at = format; *at && known;) {
        struct conversion conversion;
        size_t plain = strcspn(at, "%");
        text_add_bytes(&text, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        at = read_conversion(at + 1, &conversion);
        known = at != NULL;
        if (!known)
            break;
        if (conversion.kind == '%')
            text_add_char(&text, '%');
        else if (is_named(&conversion, "name", 's'))
            text_add(&text, service);
        else if (is_named(&conversion, "instance", 'd'))
            text_format(&text, "%0*lld", conversion.width, (long long)instance);
        else if (is_named(&conversion, "shard", 'd'))
            text_format(&text, "%0*lld", conversion.width, (long long)shard);
        else
            known = false;
    }
    const char *name = known ? arena_text(arena, text.bytes) : NULL;
    text_release(&text);
    if (!known)
        (void)error_set(
            error, "only %%(name)s, %%(instance)d, %%(shard)d and widths such as %%02(instance)d: \"%s\"",
            format);
    return name;
}

/* ---- hosts: ---- */

static void read_parents(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    config_read_words(loader, row, node, target);
    for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
        if (node->entries[i].value->kind == NODE_TEXT)
            config_links_add(loader, CONFIG_LINK_HOST, node->entries[i].value->text,
                             node->entries[i].value->place);
}

static int compare_pairs(const void *one, const void *other)
{
    const struct pair *a = one;
    const struct pair *b = other;
    return strcmp(a->name, b->name);
}

/* A macro knows them in upper case: $_HOSTSTATS_PORT$. */
static void read_vars(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    struct pairs *pairs = target;
    config_read_pairs(loader, row, node, pairs);
    for (size_t i = 0; i < pairs->count; i++) {
        char *upper = arena_text_of(loader->arena, pairs->items[i].name, strlen(pairs->items[i].name));
        for (char *at = upper; *at; at++)
            *at = (char)toupper((unsigned char)*at);
        pairs->items[i].name = upper;
        if (upper[strspn(upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] != '\0')
            findings_error(loader->draft, node->place,
                           "the name of a variable is of letters, digits and \"_\": \"%s\"", upper);
    }
    if (pairs->count)
        qsort(pairs->items, pairs->count, sizeof *pairs->items, compare_pairs);
    for (size_t i = 1; i < pairs->count; i++)
        if (strcmp(pairs->items[i - 1].name, pairs->items[i].name) == 0)
            findings_error(loader->draft, node->place, "the variable \"%s\" stands here twice",
                           pairs->items[i].name);
}

static void read_alive(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    const char *check = config_rows_text(loader, row, node);
    if (check)
        config_links_add(loader, CONFIG_LINK_CHECK, check, node->place);
    *(const char **)target = check;
}

const struct config_row config_hosts_rows[] = {
    {"address", CONFIG_WORD(struct host, address), .without = "its name", .help = "what $HOSTADDRESS$ gives"},
    {"status", CONFIG_CHOICE(struct host, status, status_names), .standard = "active",
     .help = "where it stands in its life"},
    {"parents", CONFIG_MEMBER(read_parents, "list of hosts", struct words, struct host, parents),
     .help = "hosts through which it is reached"},
    {"vars", CONFIG_MEMBER(read_vars, "map of texts", struct pairs, struct host, vars),
     .help = "what $_HOSTNAME_OF_VAR$ gives"},
    {"tags", CONFIG_PAIRS(struct host, tags), .help = "ride on every event of it"},
    {"importance", CONFIG_COUNT(struct host, importance), .standard = "0", .low = 0, .high = 1000000,
     .help = "that of each of its checks, unless the check has a higher one"},
    {"alive", CONFIG_MEMBER(read_alive, "check", const char *, struct host, alive), .without = "always up",
     .help = "the check that tells whether it is up"},
    {0},
};

static void complete(struct config_loader *loader, struct host *host, const char *name)
{
    host->name = name;
    host->service = loader->service;
    if (!host->address)
        host->address = name;
}

void config_hosts_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    struct service_draft *draft = target;
    const struct node *map = config_rows_named(loader, row, node);
    draft->hosts = arena_get(loader->arena, map->count, sizeof *draft->hosts);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct host *host = &draft->hosts[draft->listed++];
        config_rows_read(loader, row->rows, entry->value, entry->place, host);
        host->place = entry->place;
        complete(loader, host, entry->name);
    }
}

void config_hosts_add(struct config_loader *loader, struct service_list *list, const struct host *host)
{
    if (list->host_count == list->host_room) {
        size_t room = list->host_room ? list->host_room * 2 : 64;
        const struct host **grown = arena_get(loader->scratch, room, sizeof(struct host *));
        if (list->host_count)
            memcpy(grown, list->hosts, list->host_count * sizeof(struct host *));
        list->hosts = grown;
        list->host_room = room;
    }
    list->hosts[list->host_count++] = host;
}

static int compare_hosts(const void *one, const void *other)
{
    const struct host *a = one;
    const struct host *b = other;
    return strcmp(a->name, b->name);
}

static struct host *find_listed(const struct service_draft *draft, const char *name)
{
    struct host wanted = {.name = name};
    return draft->listed ? bsearch(&wanted, draft->hosts, draft->listed, sizeof wanted, compare_hosts) : NULL;
}

/* One host of ${count}; a host of the same name in `hosts:` gives its details. */
static struct host *make_host(struct config_loader *loader, const struct service_draft *draft,
                              int64_t instance)
{
    struct error error;
    int64_t shard = draft->shard_count > 0 ? instance % draft->shard_count : 0;
    const char *name =
        config_hosts_format(loader->arena, draft->host_name, draft->name, instance, shard, &error);
    if (!name)
        return NULL;
    if (!config_rows_name_fits(name)) {
        findings_error(loader->draft, draft->place,
                       "a name is 1 to 64 letters, digits or any of \"_.:-\": \"%s\"", name);
        return NULL;
    }
    struct host *host = find_listed(draft, name);
    if (!host) {
        host = arena_get(loader->arena, 1, sizeof *host);
        host->status = STATUS_ACTIVE;
        host->place = draft->place;
        complete(loader, host, name);
    }
    host->instance = (int)instance;
    host->shard = (int)shard;
    return host;
}

void config_hosts_make(struct config_loader *loader, struct service_draft *draft, struct service_list *list)
{
    size_t first = list->host_count;
    size_t details = 0;
    if (draft->listed)
        qsort(draft->hosts, draft->listed, sizeof *draft->hosts, compare_hosts);
    bool *counted = arena_get(loader->scratch, draft->listed, sizeof *counted);
    for (int64_t i = 0; i < draft->host_count; i++) {
        struct host *host = make_host(loader, draft, draft->host_start + i);
        if (!host)
            break;
        const struct host *listed = find_listed(draft, host->name);
        if (listed) {
            counted[listed - draft->hosts] = true;
            details++;
        }
        config_hosts_add(loader, list, host);
    }
    for (size_t i = 0; i < draft->listed; i++)
        if (draft->host_count == 0)
            config_hosts_add(loader, list, &draft->hosts[i]);
        else if (details < draft->listed && !counted[i]) {
            struct nearest nearest = {.wanted = draft->hosts[i].name};
            for (size_t h = first; h < list->host_count; h++)
                nearest_try(&nearest, list->hosts[h]->name);
            findings_unknown(loader->draft, draft->hosts[i].place, "name among the counted hosts", &nearest);
        }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serving: how many hosts of a service must serve. It becomes a check of its own, of a host that stands for the
 * service. */
#include "lib/number.h"
#include "scheduler/io/config_parts.h"

/* Beside the whole for a moment: what becomes the check. */
struct serving_draft {
    const char *check;
    struct serving *serving;
    const struct alert_rule *alert;
};

static void read_check(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    const char *check = config_rows_text(loader, row, node);
    if (check)
        config_links_add(loader, CONFIG_LINK_CHECK, check, node->place);
    *(const char **)target = check;
}

/* "60%" of the hosts, or how many. */
static void read_at_least(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct serving_draft *draft = target;
    const char *text = config_rows_text(loader, row, node);
    if (!text)
        return;
    const struct config_row bounds = {.key = row->key, .low = 1, .high = 100000};
    if (strchr(text, '%')) {
        size_t errors = loader->draft->errors;
        config_read_percent(loader, row, node, &draft->serving->share);
        if (draft->serving->share <= 0 && loader->draft->errors == errors)
            findings_error(loader->draft, node->place, "\"%s\" is a share above 0%%: \"%s\"", row->key, text);
    } else {
        config_read_whole(loader, &bounds, node, &draft->serving->count);
    }
}

const struct config_row config_serving_rows[] = {
    {"check", CONFIG_MEMBER(read_check, "check", const char *, struct serving_draft, check), .required = true,
     .help = "a host serves while this check of it is OK or WARNING, and the host is up"},
    {"at_least", CONFIG_BY(read_at_least, "percent or number"), .required = true,
     .help = "fewer active hosts than this are CRITICAL; fewer than all are REDUNDANCY, a WARNING"},
    {"alert",
     CONFIG_MEMBER(config_checks_alert, "map", const struct alert_rule *, struct serving_draft, alert),
     .rows = config_alert_rows, .without = "nobody is told", .help = "who is told, and how"},
    {0},
};

void config_serving_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    (void)target;
    struct serving *serving = arena_get(loader->arena, 1, sizeof *serving);
    struct serving_draft draft = {.serving = serving};
    config_rows_read(loader, row->rows, node, node->place, &draft);
    serving->check = draft.check;
    serving->alert = draft.alert;
    serving->place = node->place;
    if (draft.check)
        loader->service->serving = serving;
}

const struct host *config_serving_host(struct config_loader *loader, const struct service *service)
{
    const struct serving *serving = service->serving;
    struct host *host = arena_get(loader->arena, 1, sizeof *host);
    struct service *stand_in = arena_get(loader->arena, 1, sizeof *stand_in);
    struct check_plan *plan = arena_get(loader->arena, 1, sizeof *plan);
    *plan = (struct check_plan){.name = "serving",
                                .every = 60000,
                                .retry = 60000,
                                .attempts = 1,
                                .when = 1U << STATUS_ACTIVE,
                                .serving = serving,
                                .alert = serving->alert,
                                .place = serving->place};
    *stand_in = (struct service){.name = service->name,
                                 .checks = plan,
                                 .check_count = 1,
                                 .tags = service->tags,
                                 .place = serving->place};
    *host = (struct host){.name = arena_format(loader->arena, "service:%s", service->name),
                          .status = STATUS_ACTIVE,
                          .service = stand_in,
                          .computed = true,
                          .place = serving->place};
    host->address = host->name;
    if (!config_rows_name_fits(host->name))
        findings_error(loader->draft, serving->place,
                       "the name of the service is too long for \"serving\": \"%s\"", service->name);
    return host;
}

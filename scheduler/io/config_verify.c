/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify: what is expected of a host that was configured. It becomes a check of each such host. */
#include "scheduler/io/config_parts.h"

struct verify_draft {
    struct verify *verify;
    int64_t timeout;
    const struct alert_rule *alert;
};

const struct config_row config_verify_rows[] = {
    {"timeout", CONFIG_DURATION(struct verify_draft, timeout), .standard = "30m", .low = 1000,
     .help = "how long the checks of a host that is configured may take until all of them are OK at once"},
    {"alert",
     CONFIG_MEMBER(config_checks_alert, "map", const struct alert_rule *, struct verify_draft, alert),
     .rows = config_alert_rows, .without = "nobody is told", .help = "who is told when it takes longer"},
    {0},
};

/* While it lasts it is WARNING, of which nobody is told. */
static const struct alert_rule *rule_of(struct config_loader *loader, const struct alert_rule *given)
{
    struct alert_rule *rule = given ? arena_get(loader->arena, 1, sizeof *rule) : NULL;
    if (!given)
        return NULL;
    *rule = *given;
    rule->urgency[VERDICT_WARNING] = URGENCY_NONE;
    return rule;
}

void config_verify_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    (void)target;
    struct service *service = loader->service;
    struct verify *verify = arena_get(loader->arena, 1, sizeof *verify);
    struct check_plan *plan = arena_get(loader->arena, 1, sizeof *plan);
    struct verify_draft draft = {.verify = verify};
    bool any = false;
    config_rows_read(loader, row->rows, node, node->place, &draft);
    verify->timeout = draft.timeout;
    *plan = (struct check_plan){.name = "verify",
                                .every = 60000,
                                .retry = 60000,
                                .attempts = 1,
                                .when = 1U << STATUS_CONFIGURED,
                                .verify = verify,
                                .alert = rule_of(loader, draft.alert),
                                .place = node->place};
    service->verify = plan;
    for (size_t i = 0; i < service->check_count; i++) {
        any |= service->checks[i].when & 1U << STATUS_CONFIGURED;
        if (strcmp(service->checks[i].name, plan->name) == 0)
            findings_error(loader->draft, service->checks[i].place,
                           "the check \"verify\" is the one that \"verify\" makes");
    }
    if (!any)
        findings_warning(loader->draft, node->place,
                         "no check runs on a host that is configured, so that none can be verified");
}

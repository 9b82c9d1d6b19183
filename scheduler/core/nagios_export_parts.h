/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the nagios_export*.c files share; nobody else includes it. */
#ifndef WATCHBILL_CORE_NAGIOS_EXPORT_PARTS_H
#define WATCHBILL_CORE_NAGIOS_EXPORT_PARTS_H

#include "scheduler/core/nagios_export.h"

struct nagios_export {
    const struct model *model;
    const struct nagios_export_options *options;
    struct arena *arena;
    struct nagios_findings *findings;
    struct text periods, commands, contacts, groups, hosts, services;
    struct nagios_written {
        struct nagios_written *next;
        const char *name;
    } * written; /* "contact anna": each is written once */
};

/* nagios_export_first(export, kind, name): whether it is written for the first time. */
bool nagios_export_first(struct nagios_export *export, const char *kind, const char *name);

/* nagios_export_periods(export): every window. */
void nagios_export_periods(struct nagios_export *export);

/* nagios_export_period(export, one, other): the timeperiod of what is inside both; NULL is always. */
const char *nagios_export_period(struct nagios_export *export, const struct window *one,
                                 const struct window *other);

/* nagios_export_groups(export, rule): the contactgroups that a rule tells, as a list. */
const char *nagios_export_groups(struct nagios_export *export, const struct alert_rule *rule);

/* nagios_export_services(export): services and their dependencies. */
void nagios_export_services(struct nagios_export *export);

/* nagios_export_shared(export, service, plan, host, text): the directives of the check ${plan} of ${service} that a
 * definition of a service has and, as ${host}, one of a host. */
void nagios_export_shared(struct nagios_export *export, const struct service *service,
                          const struct check_plan *plan, bool host, struct text *text);

/* nagios_export_escalations(export, plan, hosts, host): the steps of its rule: for the service on those hosts, or for the
 * host itself. */
void nagios_export_escalations(struct nagios_export *export, const struct check_plan *plan, const char *hosts,
                               bool host);

/* nagios_export_host_importance(export, host, alive, text): `importance` of a host whose check is ${alive}. */
void nagios_export_host_importance(struct nagios_export *export, const struct host *host,
                                   const struct check_plan *alive, struct text *text);

/* nagios_export_tags(export, tags, place, group, text): custom variables; the tag ${group} is left out. */
void nagios_export_tags(struct nagios_export *export, const struct pairs *tags, struct place place,
                        const char *group, struct text *text);

/* nagios_export_runs(host, plan): whether the check runs on that host. */
bool nagios_export_runs(const struct host *host, const struct check_plan *plan);

/* nagios_export_has(host): whether the host is written at all. */
bool nagios_export_has(const struct host *host);

#endif

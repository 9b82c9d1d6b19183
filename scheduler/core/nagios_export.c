/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_export_parts.h"

#include "lib/names.h"
#include "scheduler/core/nagios_import.h"

static const char head[] = "# Made from a configuration of watchbill: change that, not this file.\n";
static const char notify[] =
    "define command {\n    command_name watchbill_notify\n"
    "    command_line /usr/bin/printf '%b' '$NOTIFICATIONTYPE$: $HOSTNAME$/$SERVICEDESC$ is $SERVICESTATE$\\n"
    "$SERVICEOUTPUT$\\n$LONGDATETIME$\\n' | /usr/bin/mail -s '$NOTIFICATIONTYPE$: $HOSTNAME$/$SERVICEDESC$ "
    "is "
    "$SERVICESTATE$' '$CONTACTEMAIL$'\n}\n"
    "define command {\n    command_name watchbill_notify_host\n"
    "    command_line /usr/bin/printf '%b' '$NOTIFICATIONTYPE$: $HOSTNAME$ is $HOSTSTATE$\\n$HOSTOUTPUT$\\n"
    "$LONGDATETIME$\\n' | /usr/bin/mail -s '$NOTIFICATIONTYPE$: $HOSTNAME$ is $HOSTSTATE$' "
    "'$CONTACTEMAIL$'\n}\n"
    "define command {\n    command_name watchbill_nobody\n    command_line /bin/true\n}\n"
    "define command {\n    command_name watchbill_nobody_host\n    command_line /bin/true\n}\n";

static const char *tag_of(const struct host *host, const char *name)
{
    for (size_t i = 0; i < host->tags.count; i++)
        if (strcmp(host->tags.items[i].name, name) == 0)
            return host->tags.items[i].value;
    return "";
}

/* ---- hostgroups: the service, and what an import has kept as a tag ---- */

static bool in_group(const struct host *host, const char *group)
{
    const char *tag = tag_of(host, "hostgroups");
    size_t length = strlen(group);
    if (strcmp(host->service->name, group) == 0)
        return true;
    for (; *tag; tag += strcspn(tag, " "), tag += strspn(tag, " "))
        if (strcspn(tag, " ") == length && strncmp(tag, group, length) == 0)
            return true;
    return false;
}

static void write_hostgroup(struct nagios_export *export, const char *group)
{
    struct text members = TEXT_INIT;
    if (!nagios_export_first(export, "hostgroup", group))
        return;
    for (size_t i = 0; i < export->model->host_count; i++) {
        const struct host *host = export->model->hosts[i];
        if (nagios_export_has(host) && in_group(host, group))
            text_format(&members, "%s%s", members.length ? "," : "", host->name);
    }
    if (members.length)
        text_format(&export->hosts,
                    "define hostgroup {\n    hostgroup_name %s\n    alias %s\n    members %s\n}\n", group,
                    group, members.bytes);
    text_release(&members);
}

static void write_hostgroups(struct nagios_export *export)
{
    const struct model *model = export->model;
    for (size_t i = 0; i < model->service_count; i++)
        write_hostgroup(export, model->services[i]->name);
    for (size_t i = 0; i < model->host_count; i++)
        for (const char *tag = tag_of(model->hosts[i], "hostgroups"); *tag;
             tag += strcspn(tag, " "), tag += strspn(tag, " "))
            write_hostgroup(export, arena_text_of(export->arena, tag, strcspn(tag, " ")));
}

/* ---- hosts ---- */

static void write_host(struct nagios_export *export, const struct host *host)
{
    struct text *text = &export->hosts;
    const char *alias = host->name;
    const char *parents = "    parents ";
    const struct check_plan *alive = NULL;
    for (size_t i = 0; i < host->vars.count; i++)
        if (strcmp(host->vars.items[i].name, "ALIAS") == 0)
            alias = host->vars.items[i].value;
    text_format(text, "define host {\n    host_name %s\n    alias %s\n    address %s\n", host->name, alias,
                host->address);
    for (size_t i = 0; i < host->parents.count; i++) {
        const struct host *parent = model_host(export->model, host->parents.items[i]);
        if (!parent || !nagios_export_has(parent))
            continue;
        text_format(text, "%s%s", parents, parent->name);
        parents = ",";
    }
    text_add(text, *parents == ',' ? "\n" : "");
    for (size_t i = 0; i < host->vars.count; i++)
        text_format(text, "    _%s %s\n", host->vars.items[i].name, host->vars.items[i].value);
    nagios_export_tags(export, &host->tags, host->place, "hostgroups", text);
    for (size_t i = 0; host->alive && i < host->service->check_count; i++)
        if (strcmp(host->service->checks[i].name, host->alive) == 0)
            alive = &host->service->checks[i];
    if (alive && nagios_export_runs(host, alive)) {
        nagios_export_shared(export, host->service, alive, true, text);
        nagios_export_host_importance(export, host, alive, text);
    } else
        text_add(text, "    max_check_attempts 1\n    active_checks_enabled 0\n    check_period always\n"
                       "    notifications_enabled 0\n");
    text_add(text, "}\n");
    if (alive && nagios_export_runs(host, alive))
        nagios_export_escalations(export, alive, host->name, true);
}

static void write_hosts(struct nagios_export *export)
{
    write_hostgroups(export);
    for (size_t i = 0; i < export->model->host_count; i++)
        if (nagios_export_has(export->model->hosts[i]))
            write_host(export, export->model->hosts[i]);
}

static void judge_users(struct nagios_export *export)
{
    for (size_t i = 0; i < export->model->user_count; i++)
        if (export->model->users[i]->timezone)
            nagios_find(export->findings, export->model->users[i]->place,
                        "user \"%s\": Nagios has one time zone", export->model->users[i]->name);
}

void nagios_export(const struct model *model, const struct nagios_export_options *options,
                   struct arena *arena, struct text *text, struct nagios_findings *findings)
{
    struct nagios_export export = {.model = model,
                                   .options = options,
                                   .arena = arena,
                                   .findings = findings,
                                   .periods = TEXT_INIT,
                                   .commands = TEXT_INIT,
                                   .contacts = TEXT_INIT,
                                   .groups = TEXT_INIT,
                                   .hosts = TEXT_INIT,
                                   .services = TEXT_INIT};
    text_add(&export.commands, notify);
    nagios_export_periods(&export);
    judge_users(&export);
    write_hosts(&export);
    nagios_export_services(&export);
    text_add(text, head);
    text_format(text, "# Its main file needs interval_length=%lld and use_timezone=%s.\n",
                (long long)(options->interval / 1000), model->site.timezone);
    struct text *const parts[] = {&export.periods, &export.commands, &export.contacts,
                                  &export.groups,  &export.hosts,    &export.services};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        text_add_bytes(text, parts[i]->bytes, parts[i]->length);
        text_release(parts[i]);
    }
}

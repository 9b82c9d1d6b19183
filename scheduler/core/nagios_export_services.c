/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is checked: services, and what they depend on. */
#include "scheduler/core/nagios_export_parts.h"

#include "lib/number.h"
#include "scheduler/core/nagios_command.h"
#include "scheduler/core/nagios_import.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static const char illegal[] = "`~!$%^&*|'\"<>?,()=;\\";

bool nagios_export_runs(const struct host *host, const struct check_plan *plan)
{
    return (plan->when & 1U << host->status) != 0;
}

bool nagios_export_has(const struct host *host)
{
    if (host->computed)
        return false;
    bool runs = host->status == STATUS_ACTIVE;
    for (size_t i = 0; i < host->service->check_count; i++)
        runs = runs || nagios_export_runs(host, &host->service->checks[i]);
    return runs;
}

/* What its service is called. */
static const char *description(const struct check_plan *plan)
{
    return plan->title && !strpbrk(plan->title, illegal) ? plan->title : plan->name;
}

/* Our host has no alias but its name, our check no description but its own: macros that say so are written out. */
static const char *rewrite(struct nagios_export *export, const struct check_plan *plan, const char *word)
{
    static const struct {
        const char *ours, *theirs;
    } macros[] = {{"$HOSTALIAS$", "$HOSTNAME$"},
                  {"$HOSTDISPLAYNAME$", "$HOSTNAME$"},
                  {"$SERVICEDESC$", NULL},
                  {"$SERVICEDISPLAYNAME$", NULL}};
    struct text text = TEXT_INIT;
    while (*word) {
        size_t taken = 0;
        for (size_t i = 0; i < sizeof macros / sizeof macros[0] && !taken; i++) {
            size_t length = strlen(macros[i].ours);
            if (strncmp(word, macros[i].ours, length) != 0)
                continue;
            text_add(&text, macros[i].theirs ? macros[i].theirs : plan->name);
            taken = length;
        }
        if (!taken)
            text_add_char(&text, *word);
        word += taken ? taken : 1;
    }
    const char *kept = arena_text(export->arena, text.bytes);
    text_release(&text);
    return kept;
}

static const char *write_command(struct nagios_export *export, const struct service *service,
                                 const struct check_plan *plan)
{
    const char *name = arena_format(export->arena, "%s.%s", service->name, plan->name);
    struct words words = {arena_get(export->arena, plan->command.count + 1, sizeof(char *)),
                          plan->command.count};
    struct text line = TEXT_INIT;
    if (!nagios_export_first(export, "command", name))
        return name;
    for (size_t i = 0; i < words.count; i++)
        words.items[i] = rewrite(export, plan, plan->command.items[i]);
    if (strchr(words.items[0], '/') && words.items[0][0] != '/')
        words.items[0] = arena_format(export->arena, "%s/%s", export->model->site.directory, words.items[0]);
    nagios_command_line(&words, &line);
    text_format(&export->commands, "define command {\n    command_name %s\n    command_line %s\n}\n", name,
                line.bytes);
    text_release(&line);
    return name;
}

static void write_intervals(const struct nagios_export *export, const char *name, int64_t span,
                            struct text *text)
{
    text_format(text, "    %s ", name);
    number_write(text, (double)span / (double)export->options->interval);
    text_add(text, "\n");
}

static void write_alert(struct nagios_export *export, const struct check_plan *plan, bool host,
                        struct text *text)
{
    const struct alert_rule *rule = plan->alert;
    if (!rule) {
        text_add(text, "    notifications_enabled 0\n");
        return;
    }
    text_format(text, "    contact_groups %s\n    notification_options ", nagios_export_groups(export, rule));
    if (host)
        text_add(text, rule->urgency[VERDICT_CRITICAL] != URGENCY_NONE ? "d," : "");
    for (int verdict = VERDICT_WARNING; !host && verdict < VERDICTS; verdict++)
        if (rule->urgency[verdict] != URGENCY_NONE)
            text_format(text, "%c,", "owcu"[verdict]);
    text_add(text, "r,f,s\n");
    write_intervals(export, "notification_interval", rule->repeat, text);
    if (rule->delay)
        write_intervals(export, "first_notification_delay", rule->delay, text);
    text_format(text, "    notification_period %s\n", nagios_export_period(export, rule->window, NULL));
    if (rule->info)
        text_format(text, "    notes %s\n", rule->info);
    if (rule->group_wait)
        nagios_find(export->findings, plan->place, "\"group_wait\" is not carried over");
    if (rule->template_text)
        nagios_find(export->findings, plan->place, "\"template\" is not carried over");
}

/* Nagios counts notifications: step by step those of before and the new ones, from the first that comes not before the
 * step. */
void nagios_export_escalations(struct nagios_export *export, const struct check_plan *plan, const char *hosts,
                               bool host)
{
    const struct alert_rule *rule = plan->alert;
    const char *who = rule && rule->step_count ? nagios_export_groups(export, rule) : "";
    if (rule && rule->step_count && rule->repeat == 0)
        nagios_find(export->findings, plan->place,
                    "\"escalate\" is not carried over: without \"repeat\" Nagios tells once");
    for (size_t i = 0; rule && rule->repeat > 0 && i < rule->step_count; i++) {
        const struct escalation *step = &rule->steps[i];
        struct alert_rule further = *rule;
        further.groups = step->groups;
        further.group_count = step->group_count;
        for (int verdict = VERDICT_WARNING; step->urgency != URGENCY_NONE && verdict < VERDICTS; verdict++)
            if (rule->urgency[verdict] != URGENCY_NONE)
                further.urgency[verdict] = step->urgency;
        int64_t first = (step->after + rule->repeat - 1) / rule->repeat + 1;
        who = arena_format(export->arena, "%s,%s", who, nagios_export_groups(export, &further));
        text_format(&export->services, "define %sescalation {\n    host_name %s\n", host ? "host" : "service",
                    hosts);
        if (!host)
            text_format(&export->services, "    service_description %s\n", description(plan));
        text_format(&export->services, "    first_notification %lld\n    last_notification 0\n",
                    (long long)first);
        write_intervals(export, "notification_interval", rule->repeat, &export->services);
        text_format(&export->services, "    contact_groups %s\n}\n", who);
        if (step->after % rule->repeat)
            nagios_find(export->findings, plan->place, "Nagios escalates with a repeat, so somewhat later");
    }
}

static void write_freshness(struct nagios_export *export, const struct check_plan *plan, struct text *text)
{
    if (plan->freshness == 0)
        return;
    text_format(text, "    check_freshness 1\n    freshness_threshold %lld\n",
                (long long)((plan->freshness + 999) / 1000));
    if (plan->command.count == 0 && nagios_export_first(export, "command", "watchbill_stale"))
        text_add(&export->commands,
                 "define command {\n    command_name watchbill_stale\n    command_line "
                 "/usr/lib/nagios/plugins/check_dummy '$ARG1$' 'no result came in time'\n}\n");
}

/* Tags are custom variables, by which an import knows them again. */
void nagios_export_tags(struct nagios_export *export, const struct pairs *tags, struct place place,
                        const char *group, struct text *text)
{
    for (size_t i = 0; i < tags->count; i++) {
        const struct pair *tag = &tags->items[i];
        if (strcmp(tag->name, group) == 0)
            continue;
        if (strcspn(tag->name, " ABCDEFGHIJKLMNOPQRSTUVWXYZ;") != strlen(tag->name) ||
            strpbrk(tag->value, ";\n"))
            nagios_find(export->findings, place, "the tag \"%s\" is not carried over", tag->name);
        else
            text_format(text, "    _TAG_%s %s\n", tag->name, tag->value);
    }
}

/* What an import has kept of servicegroups. */
static void write_servicegroups(struct nagios_export *export, const struct check_plan *plan,
                                struct text *text)
{
    const char *tag = "", *comma = "    servicegroups ";
    for (size_t i = 0; i < plan->tags.count; i++)
        if (strcmp(plan->tags.items[i].name, "servicegroups") == 0)
            tag = plan->tags.items[i].value;
    for (; *tag; tag += strcspn(tag, " "), tag += strspn(tag, " ")) {
        const char *name = arena_text_of(export->arena, tag, strcspn(tag, " "));
        if (nagios_export_first(export, "servicegroup", name))
            text_format(&export->services,
                        "define servicegroup {\n    servicegroup_name %s\n    alias %s\n}\n", name, name);
        text_format(text, "%s%s", comma, name);
        comma = ",";
    }
    text_add(text, *comma == ',' ? "\n" : "");
}

static void write_handler(struct nagios_export *export, const struct check_plan *plan, struct text *text)
{
    if (plan->remediate_count == 0)
        return;
    text_format(text, "    event_handler watchbill_site_remediate!%s\n", plan->remediate[0]->name);
    if (plan->remediate_count > 1)
        nagios_find(export->findings, plan->place, "only the first of \"remediate\" is an event handler");
    if (nagios_export_first(export, "command", "watchbill_site_remediate"))
        text_format(
            &export->commands,
            "define command {\n    command_name watchbill_site_remediate\n    command_line %s '$ARG1$' "
            "--conf '%s' --host '$HOSTNAME$' --address '$HOSTADDRESS$' --check '$SERVICEDESC$' --state "
            "'$SERVICESTATE$' --type '$SERVICESTATETYPE$' --attempt '$SERVICEATTEMPT$'\n}\n",
            export->options->remediate, export->model->site.directory);
}

void nagios_export_shared(struct nagios_export *export, const struct service *service,
                          const struct check_plan *plan, bool host, struct text *text)
{
    bool active = plan->command.count > 0;
    text_format(text, "    check_command %s\n",
                active            ? write_command(export, service, plan)
                : plan->freshness ? arena_format(export->arena, "watchbill_stale!%d", (int)plan->stale)
                                  : "watchbill_nobody");
    if (!active)
        text_add(text, "    active_checks_enabled 0\n");
    text_format(text, "    check_period %s\n", nagios_export_period(export, plan->window, NULL));
    write_intervals(export, "check_interval", plan->schedule ? DAY_MS : plan->every, text);
    if (plan->schedule)
        nagios_find(export->findings, plan->place, "Nagios has no \"schedule\": it runs once in 24 hours");
    if (plan->serving)
        nagios_find(export->findings, plan->place,
                    "Nagios does not count hosts that serve: results are submitted");
    write_intervals(export, "retry_interval", plan->retry, text);
    text_format(text, "    max_check_attempts %d\n    process_perf_data %d\n    flap_detection_enabled %d\n",
                plan->attempts, plan->store, plan->flapping);
    if (plan->flapping) {
        text_add(text, "    low_flap_threshold ");
        number_write(text, plan->flapping_low);
        text_add(text, "\n    high_flap_threshold ");
        number_write(text, plan->flapping_high);
        text_add(text, "\n");
    }
    write_freshness(export, plan, text);
    write_alert(export, plan, host, text);
    if (plan->outcomes.timeout_given || plan->outcomes.signal_given || plan->outcomes.code_count)
        nagios_find(export->findings, plan->place, "\"outcomes\" is not carried over");
    if (plan->timeout != export->model->site.worker_timeout)
        nagios_find(export->findings, plan->place, "\"timeout\" is service_check_timeout of all in Nagios");
}

static int importance_of(const struct host *host, const struct check_plan *plan)
{
    return model_importance(&(struct binding){.host = host, .plan = plan});
}

/* The hosts of a service on which the check runs, as a list: with that importance, or with any (-1). */
static const char *hosts_of(struct nagios_export *export, const struct service *service,
                            const struct check_plan *plan, int importance)
{
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < export->model->host_count; i++) {
        const struct host *host = export->model->hosts[i];
        bool is_alive =
            strcmp(plan->name, nagios_alive) == 0 && host->alive && strcmp(host->alive, plan->name) == 0;
        bool meant = importance < 0 || importance_of(host, plan) == importance;
        if (host->service == service && !is_alive && meant && nagios_export_runs(host, plan))
            text_format(&text, "%s%s", text.length ? "," : "", host->name);
    }
    const char *kept = text.length ? arena_text(export->arena, text.bytes) : NULL;
    text_release(&text);
    return kept;
}

static void write_service(struct nagios_export *export, const struct service *service,
                          const struct check_plan *plan, const char *hosts, int importance)
{
    struct text body = TEXT_INIT;
    nagios_export_shared(export, service, plan, false, &body);
    write_handler(export, plan, &body);
    write_servicegroups(export, plan, &body);
    nagios_export_tags(export, &plan->tags, plan->place, "servicegroups", &body);
    if (importance > 0)
        text_format(&body, "    importance %d\n", importance);
    text_format(&export->services, "define service {\n    host_name %s\n    service_description %s\n%s%s}\n",
                hosts, description(plan), body.bytes, plan->volatile_ ? "    is_volatile 1\n" : "");
    nagios_export_escalations(export, plan, hosts, false);
    text_release(&body);
}

/* A host may be more important than its checks: a definition for each importance. */
static void write_by_importance(struct nagios_export *export, const struct service *service,
                                const struct check_plan *plan)
{
    const struct model *model = export->model;
    for (int importance = plan->importance, next; importance >= 0; importance = next) {
        const char *hosts = hosts_of(export, service, plan, importance);
        if (hosts)
            write_service(export, service, plan, hosts, importance);
        next = -1;
        for (size_t i = 0; i < model->host_count; i++) {
            int other = importance_of(model->hosts[i], plan);
            if (model->hosts[i]->service == service && other > importance && (next < 0 || other < next))
                next = other;
        }
    }
}

/* To Nagios a host is as important as it and its services together. */
void nagios_export_host_importance(struct nagios_export *export, const struct host *host,
                                   const struct check_plan *alive, struct text *text)
{
    int wanted = importance_of(host, alive), services = 0;
    for (size_t i = 0; i < host->service->check_count; i++) {
        const struct check_plan *plan = &host->service->checks[i];
        bool is_alive = plan == alive && strcmp(plan->name, nagios_alive) == 0;
        if (!is_alive && nagios_export_runs(host, plan))
            services += importance_of(host, plan);
    }
    if (wanted > services)
        text_format(text, "    importance %d\n", wanted - services);
    else if (wanted < services)
        nagios_find(export->findings, host->place,
                    "host \"%s\" is as important as its checks together in Nagios: %d", host->name, services);
}

/* ---- dependencies ---- */

static const char criteria[] = "    notification_failure_criteria w,u,c\n    execution_failure_criteria n\n";

static const struct check_plan *find_plan(const struct service *service, const char *name)
{
    for (size_t i = 0; i < service->check_count; i++)
        if (strcmp(service->checks[i].name, name) == 0)
            return &service->checks[i];
    return NULL;
}

static void write_host_dependency(struct nagios_export *export, const struct service *service,
                                  const struct check_plan *plan, const char *master)
{
    for (size_t i = 0; i < export->model->host_count; i++) {
        const struct host *host = export->model->hosts[i];
        if (host->service != service || !nagios_export_runs(host, plan) || strcmp(host->name, master) == 0)
            continue;
        text_format(&export->services,
                    "define hostdependency {\n    host_name %s\n    dependent_host_name %s\n"
                    "    notification_failure_criteria d,u\n    execution_failure_criteria n\n}\n",
                    master, host->name);
    }
}

static void write_dependency(struct nagios_export *export, const struct service *service,
                             const struct check_plan *plan, const char *hosts, const char *name)
{
    const char *slash = strchr(name, '/');
    const char *check = slash ? slash + 1 : name;
    const char *master = slash ? arena_text_of(export->arena, name, (size_t)(slash - name)) : NULL;
    const struct host *host = master ? model_host(export->model, master) : NULL;
    const struct check_plan *other = find_plan(host ? host->service : service, check);
    bool alive = strcmp(check, nagios_alive) == 0;
    if (alive && master && strcmp(plan->name, nagios_alive) == 0) {
        write_host_dependency(export, service, plan, master);
    } else if (alive || !hosts || !other || (host && !nagios_export_runs(host, other))) {
        nagios_find(export->findings, plan->place, "the dependency on \"%s\" is not carried over", name);
    } else {
        text_format(&export->services,
                    "define servicedependency {\n    host_name %s\n    service_description %s\n",
                    master ? master : hosts, description(other));
        if (master)
            text_format(&export->services, "    dependent_host_name %s\n", hosts);
        text_format(&export->services, "    dependent_service_description %s\n%s}\n", description(plan),
                    criteria);
    }
}

static void write_dependencies(struct nagios_export *export, const struct service *service,
                               const struct check_plan *plan, const char *hosts)
{
    for (size_t i = 0; i < plan->depends_all.count; i++)
        write_dependency(export, service, plan, hosts, plan->depends_all.items[i]);
    if (plan->depends_any.count == 1)
        write_dependency(export, service, plan, hosts, plan->depends_any.items[0]);
    else if (plan->depends_any.count)
        nagios_find(export->findings, plan->place, "a dependency on any of several is not carried over");
}

void nagios_export_services(struct nagios_export *export)
{
    const struct model *model = export->model;
    for (size_t s = 0; s < model->service_count; s++) {
        const struct service *service = model->services[s];
        for (size_t c = 0; c < service->check_count; c++) {
            const struct check_plan *plan = &service->checks[c];
            const char *hosts = hosts_of(export, service, plan, -1);
            write_by_importance(export, service, plan);
            write_dependencies(export, service, plan, hosts);
        }
        if (service->tags.count)
            nagios_find(export->findings, service->place, "the tags of all its hosts are not carried over");
        if (service->collect_count)
            nagios_find(export->findings, service->place, "\"collect\" is not carried over");
    }
}

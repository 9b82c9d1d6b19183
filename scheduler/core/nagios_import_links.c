/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dependencies of services and hosts, and what else no part reads. */
#include "scheduler/core/nagios_import_parts.h"

enum { LINKS_MAX = 1000000 };

static void add_link(struct nagios_import *import, struct nagios_links *links, size_t dependent,
                     size_t master)
{
    if (dependent == master || links->count >= LINKS_MAX)
        return;
    for (size_t i = links->count; i > 0 && links->count - i < 256; i--)
        if (links->items[i - 1].dependent == dependent && links->items[i - 1].master == master)
            return;
    if (links->count == links->room) {
        size_t room = links->room ? 2 * links->room : 16;
        struct nagios_link *grown = arena_get(import->arena, room, sizeof *grown);
        if (links->count)
            memcpy(grown, links->items, links->count * sizeof *grown);
        links->items = grown;
        links->room = room;
    }
    links->items[links->count++] = (struct nagios_link){dependent, master};
}

/* One dependency definition, resolved as far as hosts go. */
struct dependency {
    struct nagios_definition *definition;
    struct place place;
    struct nagios_set masters, dependents;
    bool same_host; /* names no dependent host: each master's own */
    struct words master_names, dependent_names;
};

static bool names_check(const struct words *names, const char *description)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], "*") == 0 || strcmp(names->items[i], description) == 0)
            return true;
    return false;
}

static bool read_dependency(struct nagios_import *import, struct nagios_definition *definition,
                            struct dependency *dependency)
{
    const struct nagios_objects *objects = import->objects;
    const char *hosts = nagios_get(objects, definition, "host_name", &dependency->place);
    const char *groups = nagios_get(objects, definition, "hostgroup_name", NULL);
    const char *other_hosts = nagios_get(objects, definition, "dependent_host_name", NULL);
    const char *other_groups = nagios_get(objects, definition, "dependent_hostgroup_name", NULL);
    const char *criteria = nagios_get(objects, definition, "notification_failure_criteria", NULL);
    dependency->definition = definition;
    nagios_hosts(objects, hosts, groups, dependency->place, &dependency->masters);
    nagios_hosts(objects, other_hosts, other_groups, dependency->place, &dependency->dependents);
    dependency->same_host = !other_hosts && !other_groups;
    nagios_split(import->arena, nagios_get(objects, definition, "service_description", NULL),
                 &dependency->master_names);
    nagios_split(import->arena, nagios_get(objects, definition, "dependent_service_description", NULL),
                 &dependency->dependent_names);
    if (criteria && criteria[0] != 'n')
        return true;
    nagios_find(import->findings, definition->place,
                "a dependency that keeps only checks from running is not carried over");
    return false;
}

static void link_services(struct nagios_import *import, const struct dependency *dependency)
{
    const struct nagios_objects *objects = import->objects;
    size_t before = import->service_links.count;
    for (size_t m = 0; m < objects->check_count; m++) {
        const struct nagios_check *master = &objects->checks[m];
        if (!dependency->masters.has[master->host] ||
            !names_check(&dependency->master_names, master->description))
            continue;
        for (size_t d = 0; d < objects->check_count; d++) {
            const struct nagios_check *dependent = &objects->checks[d];
            bool meant = dependency->same_host ? dependent->host == master->host
                                               : dependency->dependents.has[dependent->host] != 0;
            if (meant && names_check(&dependency->dependent_names, dependent->description))
                add_link(import, &import->service_links, d, m);
        }
    }
    if (import->service_links.count == before)
        nagios_find(import->findings, dependency->definition->place, "a dependency that matches no services");
}

static void link_hosts(struct nagios_import *import, const struct dependency *dependency)
{
    for (size_t m = 0; m < import->objects->hosts.count; m++)
        for (size_t d = 0; dependency->masters.has[m] && d < import->objects->hosts.count; d++)
            if (dependency->dependents.has[d])
                add_link(import, &import->host_links, d, m);
}

void nagios_import_links(struct nagios_import *import)
{
    const struct nagios_source *source = import->objects->source;
    for (size_t i = 0; i < source->count; i++) {
        struct nagios_definition *definition = source->definitions[i];
        bool services = strcmp(definition->type, "servicedependency") == 0;
        struct dependency dependency = {0};
        if ((!services && strcmp(definition->type, "hostdependency") != 0) || !nagios_is_object(definition) ||
            !read_dependency(import, definition, &dependency))
            continue;
        if (services)
            link_services(import, &dependency);
        else
            link_hosts(import, &dependency);
    }
}

/* ---- the rest ---- */

/* Read by some part, or true of every check here. */
static const char *const carried[] = {"use",
                                      "name",
                                      "register",
                                      "host_name",
                                      "alias",
                                      "address",
                                      "parents",
                                      "hostgroups",
                                      "hostgroup_name",
                                      "members",
                                      "hostgroup_members",
                                      "service_description",
                                      "servicegroups",
                                      "servicegroup_name",
                                      "servicegroup_members",
                                      "check_command",
                                      "check_interval",
                                      "retry_interval",
                                      "max_check_attempts",
                                      "check_period",
                                      "active_checks_enabled",
                                      "passive_checks_enabled",
                                      "is_volatile",
                                      "process_perf_data",
                                      "flap_detection_enabled",
                                      "low_flap_threshold",
                                      "high_flap_threshold",
                                      "notifications_enabled",
                                      "notification_options",
                                      "notification_interval",
                                      "notification_period",
                                      "first_notification_delay",
                                      "contacts",
                                      "contact_groups",
                                      "contact_name",
                                      "contactgroup_name",
                                      "contactgroups",
                                      "contactgroup_members",
                                      "email",
                                      "pager",
                                      "host_notifications_enabled",
                                      "service_notifications_enabled",
                                      "host_notification_period",
                                      "service_notification_period",
                                      "host_notification_options",
                                      "service_notification_options",
                                      "host_notification_commands",
                                      "service_notification_commands",
                                      "command_name",
                                      "command_line",
                                      "dependent_host_name",
                                      "dependent_hostgroup_name",
                                      "dependent_service_description",
                                      "notification_failure_criteria",
                                      "first_notification",
                                      "last_notification",
                                      "escalation_period",
                                      "escalation_options",
                                      "check_freshness",
                                      "freshness_threshold",
                                      "event_handler",
                                      "importance",
                                      "hourly_value",
                                      "minimum_importance",
                                      "minimum_value",
                                      "exclude",
                                      "timeperiod_name",
                                      "parallelize_check",
                                      "retain_status_information",
                                      "retain_nonstatus_information",
                                      "event_handler_enabled",
                                      "can_submit_commands",
                                      "failure_prediction_enabled"};

/* Said only when they ask for something. */
static const char *const asked[] = {"obsess",           "obsess_over_host",   "obsess_over_service",
                                    "stalking_options", "minimum_importance", "hourly_value",
                                    "importance",       "inherits_parent",    "execution_failure_criteria"};

static bool listed(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool find_taken(const struct nagios_import *import, const char *variable)
{
    const struct nagios_index *commands = &import->objects->commands;
    const char *macro = arena_format(import->arena, "$_SERVICE%s$", variable + 1);
    bool taken = false;
    for (size_t i = 0; !taken && i < commands->count; i++) {
        const char *line = nagios_get(import->objects, commands->items[i].definition, "command_line", NULL);
        taken = line && strstr(line, macro);
    }
    for (size_t i = 0; !taken && i < import->objects->check_count; i++) {
        const char *call =
            nagios_get(import->objects, import->objects->checks[i].definition, "check_command", NULL);
        taken = call && strstr(call, macro);
    }
    return taken;
}

/* A service's own variables are written into its command; one that no command takes is lost. Many services have the
 * same few: what was found is kept. */
static bool is_taken(struct nagios_import *import, const char *variable)
{
    struct nagios_variable *at = import->variables;
    if (strncmp(variable, "_TAG_", 5) == 0)
        return true;
    while (at && strcmp(at->name, variable) != 0)
        at = at->next;
    if (!at) {
        at = arena_get(import->arena, 1, sizeof *at);
        *at = (struct nagios_variable){import->variables, variable, find_taken(import, variable)};
        import->variables = at;
    }
    return at->taken;
}

static void judge_line(struct nagios_import *import, const char *type, const struct nagios_line *line)
{
    bool idle =
        strcmp(line->value, "0") == 0 || strcmp(line->value, "n") == 0 || strcmp(line->value, "null") == 0;
    bool custom = line->name[0] == '_';
    if (custom && strcmp(type, "host") != 0 && strcmp(type, "service") != 0)
        nagios_find(import->findings, line->place, "the variable \"%s\" of a %s has no equivalent",
                    line->name, type);
    else if (custom && strcmp(type, "service") == 0 && !is_taken(import, line->name))
        nagios_find(import->findings, line->place,
                    "no command takes the variable \"%s\": it is not carried over", line->name);
    else if (!custom && !listed(carried, sizeof carried / sizeof carried[0], line->name) &&
             !(idle && listed(asked, sizeof asked / sizeof asked[0], line->name)))
        nagios_find(import->findings, line->place, "\"%s\" of a %s has no equivalent", line->name, type);
}

static void judge_settings(struct nagios_import *import)
{
    static const struct {
        const char *name, *harmless, *why;
    } settings[] = {
        {"use_regexp_matching", "0", "names are not matched as patterns"},
        {"use_true_regexp_matching", "0", "names are not matched as patterns"},
        {"enable_notifications", "1", "alerts are sent here"},
        {"execute_service_checks", "1", "checks are run here"},
        {"execute_host_checks", "1", "checks are run here"},
        {"global_host_event_handler", "", "name a remediation at the checks instead"},
        {"global_service_event_handler", "", "name a remediation at the checks instead"},
        {"broker_module", "", "there are no broker modules here"},
    };
    const struct nagios_source *source = import->objects->source;
    for (size_t i = 0; i < source->setting_count; i++)
        for (size_t s = 0; s < sizeof settings / sizeof settings[0]; s++)
            if (strcmp(source->settings[i].name, settings[s].name) == 0 &&
                strcmp(source->settings[i].value, settings[s].harmless) != 0)
                nagios_find(import->findings, source->settings[i].place, "\"%s=%s\": %s", settings[s].name,
                            source->settings[i].value, settings[s].why);
}

void nagios_import_rest(struct nagios_import *import)
{
    static const char *const known[] = {
        "host",           "service",           "command",        "contact",
        "contactgroup",   "hostgroup",         "servicegroup",   "timeperiod",
        "hostdependency", "servicedependency", "hostescalation", "serviceescalation"};
    const struct nagios_source *source = import->objects->source;
    judge_settings(import);
    for (size_t i = 0; i < source->count; i++) {
        const struct nagios_definition *definition = source->definitions[i];
        if (listed(known, sizeof known / sizeof known[0], definition->type))
            for (size_t l = 0; strcmp(definition->type, "timeperiod") != 0 && l < definition->count; l++)
                judge_line(import, definition->type, &definition->lines[l]);
        else
            nagios_find(import->findings, definition->place, "a %s is not carried over", definition->type);
    }
}

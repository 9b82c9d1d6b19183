/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config names */
#include "lib/json.h"
#include "lib/nearest.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

enum kind { CHECKS, HOSTS, SERVICES, USERS, GROUPS, WINDOWS, REMEDIATIONS, ISSUES, OBJECTS, KINDS };

static const char *const kinds[KINDS] = {
    [CHECKS] = "checks", [HOSTS] = "hosts",     [SERVICES] = "services",
    [USERS] = "users",   [GROUPS] = "groups",   [WINDOWS] = "windows",
    [ISSUES] = "issues", [OBJECTS] = "objects", [REMEDIATIONS] = "remediations",
};

static void add_name(json_t *names, const char *section, const char *name)
{
    char whole[512];
    (void)snprintf(whole, sizeof whole, "%s%s", section, name);
    json_add(names, json_string(whole));
}

/* A list of the model: pointers to structs that begin with their name. */
static void add_list(json_t *names, const char *section, const void *list, size_t count)
{
    const char *const *const *items = list;
    for (size_t i = 0; i < count; i++)
        add_name(names, section, *items[i]);
}

static void add_checks(json_t *names, const struct model *model)
{
    for (size_t i = 0; i < model->binding_count; i++) {
        const struct binding *binding = &model->bindings[i];
        json_add(names, json_sprintf("%s/%s", binding->host->name, binding->plan->name));
    }
}

/* With those that are built in, or only what users.yaml holds. */
static void add_windows(json_t *names, const char *section, const struct model *model)
{
    for (size_t i = 0; i < window_count(model->windows); i++) {
        const char *name = window_name(window_at(model->windows, i));
        bool built_in = strcmp(name, "always") == 0 || strcmp(name, "never") == 0;
        if (!built_in || !*section)
            add_name(names, section, name);
    }
}

static void add_issues(json_t *names, const struct model *model)
{
    for (size_t i = 0; i < model->remediation_count; i++) {
        const char *issue = model->remediations[i]->issue;
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || strcmp(issue, model->remediations[j]->issue) == 0;
        if (!seen)
            add_name(names, "", issue);
    }
}

/* What config show takes. */
static void add_objects(json_t *names, const struct model *model)
{
    add_list(names, "services/", model->services, model->service_count);
    add_list(names, "hosts/", model->hosts, model->host_count);
    add_checks(names, model);
    add_list(names, "users/", model->users, model->user_count);
    add_list(names, "groups/", model->groups, model->group_count);
    add_windows(names, "windows/", model);
    add_list(names, "remediations/", model->remediations, model->remediation_count);
    add_list(names, "trackers/", model->trackers, model->tracker_count);
}

static void add_names(json_t *names, enum kind kind, const struct model *model)
{
    if (kind == CHECKS)
        add_checks(names, model);
    else if (kind == HOSTS)
        add_list(names, "", model->hosts, model->host_count);
    else if (kind == SERVICES)
        add_list(names, "", model->services, model->service_count);
    else if (kind == USERS)
        add_list(names, "", model->users, model->user_count);
    else if (kind == GROUPS)
        add_list(names, "", model->groups, model->group_count);
    else if (kind == WINDOWS)
        add_windows(names, "", model);
    else if (kind == REMEDIATIONS)
        add_list(names, "", model->remediations, model->remediation_count);
    else if (kind == ISSUES)
        add_issues(names, model);
    else
        add_objects(names, model);
}

static enum kind find_kind(struct command_call *call, const char *wanted)
{
    struct nearest nearest = {.wanted = wanted};
    enum kind kind = 0;
    while (kind < KINDS && strcmp(kinds[kind], wanted) != 0)
        nearest_try(&nearest, kinds[kind++]);
    if (kind == KINDS && nearest.name)
        (void)command_refuse(call, "no such kind as \"%s\"; did you mean \"%s\"", wanted, nearest.name);
    else if (kind == KINDS)
        (void)command_refuse(call, "no such kind as \"%s\"; --help lists them", wanted);
    return kind;
}

static void print(struct command_call *call, const json_t *names)
{
    size_t index;
    const json_t *name;
    if (call->json)
        json_write(call->out, names);
    else
        json_array_foreach(names, index, name)
            text_format(call->out, "%s\n", json_string_value(name));
}

static int run(const void *arguments, struct command_call *call)
{
    (void)arguments;
    enum kind kind = find_kind(call, call->words.items[0]);
    struct model *model = kind < KINDS ? site_load(call) : NULL;
    if (!model)
        return COMMAND_REFUSED;
    json_t *names = json_array();
    add_names(names, kind, model);
    print(call, names);
    json_decref(names);
    model_free(model);
    return COMMAND_YES;
}

const struct command command_config_names = {
    .name = "config names",
    .usage = "KIND",
    .summary = "lists the names that the configuration gives",
    .notes =
        "One a line, for scripts and for the completion of shells. KIND is checks (as HOST/CHECK), hosts, "
        "services, "
        "users, groups, windows, remediations, issues, or objects, which are what config show takes.",
    .least = 1,
    .most = 1,
    .run = run,
};

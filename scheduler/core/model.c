/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/model.h"

#include "lib/lookup.h"
#include "scheduler/core/matcher.h"

#include <regex.h>

const char *const urgency_names[] = {[URGENCY_NONE] = "none",
                                     [URGENCY_NOTIFY] = "notify",
                                     [URGENCY_ALERT] = "alert",
                                     [URGENCY_ALERT + 1] = NULL};

static const char *const channel_names[] = {[CHANNEL_MAIL] = "mail",
                                            [CHANNEL_WEBHOOK] = "webhook",
                                            [CHANNEL_COMMAND] = "command",
                                            [CHANNEL_COUNT] = NULL};

const char *const status_names[] = {
    [STATUS_PROVISIONED] = "provisioned", [STATUS_CONFIGURED] = "configured", [STATUS_VERIFIED] = "verified",
    [STATUS_ACTIVE] = "active",           [STATUS_RETIRED] = "retired",       [STATUSES] = NULL};

const char *const mode_names[] = {
    [MODE_ACT] = "act", [MODE_DRY_RUN] = "dry_run", [MODE_ASK] = "ask", [MODE_ASK + 1] = NULL};

const char *urgency_name(enum urgency urgency)
{
    return urgency_names[urgency];
}

const char *channel_name(enum channel channel)
{
    return channel_names[channel];
}

bool channel_read(const char *text, enum channel *channel)
{
    int found = lookup_name(channel_names, text);
    if (found != LOOKUP_NONE)
        *channel = (enum channel)found;
    return found != LOOKUP_NONE;
}

const char *status_name(enum status status)
{
    return status_names[status];
}

size_t model_machines(const struct model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < model->host_count; i++)
        count += !model->hosts[i]->computed;
    return count;
}

bool model_is_counted(const struct check_plan *plan)
{
    return plan->serving || plan->verify;
}

const char *model_state_name(const struct check_plan *plan, enum verdict verdict)
{
    if (plan->verify && verdict == VERDICT_WARNING)
        return "VERIFYING";
    return plan->serving && verdict == VERDICT_WARNING ? "REDUNDANCY" : verdict_name(verdict);
}

void model_free(struct model *model)
{
    if (!model)
        return;
    for (size_t i = 0; i < model->site.retention_count; i++)
        if (model->site.retentions[i].pattern)
            regfree(model->site.retentions[i].pattern);
    for (size_t i = 0; i < model->downtime_count; i++)
        matcher_free(model->downtimes[i].matcher);
    for (size_t i = 0; i < model->inhibit_count; i++) {
        matcher_free(model->inhibits[i].source);
        matcher_free(model->inhibits[i].target);
    }
    arena_free(model->arena);
}

bool model_retention_compile(struct arena *arena, struct retention *retention, struct error *error)
{
    regex_t *pattern = arena_get(arena, 1, sizeof *pattern);
    int code = regcomp(pattern, retention->match, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        char reason[128];
        (void)regerror(code, pattern, reason, sizeof reason);
        return error_set(error, "not a regular expression: %s: \"%s\"", reason, retention->match);
    }
    retention->pattern = pattern;
    return true;
}

/* Every named object begins with its name, so that one comparison serves all lists. */
_Static_assert(offsetof(struct user, name) == 0, "name comes first");
_Static_assert(offsetof(struct group, name) == 0, "name comes first");
_Static_assert(offsetof(struct service, name) == 0, "name comes first");
_Static_assert(offsetof(struct host, name) == 0, "name comes first");
_Static_assert(offsetof(struct remediation, name) == 0, "name comes first");
_Static_assert(offsetof(struct tracker, name) == 0, "name comes first");

static int compare_name(const void *name, const void *slot)
{
    const char *const *const *object = slot;
    return strcmp(name, **object);
}

static const void *const *find_slot(const void *list, size_t count, const char *name)
{
    return count ? bsearch(name, list, count, sizeof(void *), compare_name) : NULL;
}

static const void *find(const void *list, size_t count, const char *name)
{
    const void *const *slot = find_slot(list, count, name);
    return slot ? *slot : NULL;
}

int model_importance(const struct binding *binding)
{
    int host = binding->host->importance;
    int check = binding->plan->importance;
    return host > check ? host : check;
}

const struct user *model_user(const struct model *model, const char *name)
{
    return find(model->users, model->user_count, name);
}

const struct group *model_group(const struct model *model, const char *name)
{
    return find(model->groups, model->group_count, name);
}

const struct host *model_host(const struct model *model, const char *name)
{
    return find(model->hosts, model->host_count, name);
}

const struct remediation *model_remediation(const struct model *model, const char *name)
{
    return find(model->remediations, model->remediation_count, name);
}

const struct tracker *model_tracker(const struct model *model, const char *name)
{
    return find(model->trackers, model->tracker_count, name);
}

int64_t model_host_index(const struct model *model, const char *name)
{
    const void *const *hosts = (const void *const *)model->hosts;
    const void *const *slot = find_slot(hosts, model->host_count, name);
    return slot ? slot - hosts : MODEL_NONE;
}

/* The first ${length} bytes of a subject are its host: no copy is made of either part. */
static int64_t find_binding(const struct model *model, const char *host, size_t length, const char *check)
{
    size_t low = 0;
    size_t high = model->binding_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct binding *binding = &model->bindings[middle];
        int order = strncmp(host, binding->host->name, length);
        if (order == 0 && binding->host->name[length] != '\0')
            order = -1;
        if (order == 0)
            order = strcmp(check, binding->plan->name);
        if (order == 0)
            return (int64_t)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return MODEL_NONE;
}

int64_t model_binding(const struct model *model, const char *host, const char *check)
{
    return find_binding(model, host, strlen(host), check);
}

int64_t model_binding_named(const struct model *model, const char *subject)
{
    const char *slash = strchr(subject, '/');
    return slash ? find_binding(model, subject, (size_t)(slash - subject), slash + 1) : MODEL_NONE;
}

enum { SUBJECT_BYTES = 160 }; /* two names of at most 64 bytes and the slash */

const struct archives *model_archives(const struct model *model, const char *host, const char *check)
{
    char subject[SUBJECT_BYTES];
    (void)snprintf(subject, sizeof subject, "%s/%s", host, check);
    for (size_t i = 0; i < model->site.retention_count; i++) {
        const struct retention *retention = &model->site.retentions[i];
        if (retention->pattern && regexec(retention->pattern, subject, 0, NULL, 0) == 0)
            return &retention->archives;
    }
    return &model->site.archives;
}

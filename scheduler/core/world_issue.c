/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trackers say of the issues: a closed issue disarms its remediations; a tracker that is away leaves what was
 * known in force for a time. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/lookup.h"

#define WEEK (7 * INT64_C(86400000))

static const char *const names[] = {
    [ISSUE_UNKNOWN] = "unknown", [ISSUE_OPEN] = "open", [ISSUE_CLOSED] = "closed", [ISSUE_CLOSED + 1] = NULL};

const char *issue_state_name(enum issue_state state)
{
    return names[state];
}

bool issue_state_read(const char *name, enum issue_state *state)
{
    int found = lookup_name(names, name);
    if (found != LOOKUP_NONE)
        *state = (enum issue_state)found;
    return found != LOOKUP_NONE;
}

static struct tracked *find(const struct world *world, const char *issue)
{
    for (size_t i = 0; i < world->tracked_count; i++)
        if (strcmp(world->tracked[i].issue, issue) == 0)
            return &world->tracked[i];
    return NULL;
}

static struct tracked *add(struct world *world, const char *issue)
{
    world->tracked = memory_grow(world->tracked, world->tracked_count + 1, sizeof *world->tracked);
    world->tracked[world->tracked_count] = (struct tracked){.issue = memory_text(issue)};
    return &world->tracked[world->tracked_count++];
}

void world_issue_release(struct world *world)
{
    for (size_t i = 0; i < world->tracked_count; i++)
        free(world->tracked[i].issue);
    free(world->tracked);
}

/* Until the tracker has answered for the first time, it counts from the start. */
void world_issue_begin(struct world *world, int64_t now)
{
    for (size_t i = 0; i < world->model->remediation_count; i++) {
        const char *issue = world->model->remediations[i]->issue;
        struct tracked *tracked = find(world, issue);
        if (!tracked)
            tracked = add(world, issue);
        if (tracked->known == 0)
            tracked->known = now;
    }
    world_site_changed(world);
}

const char *world_issue_fault(const struct world *world, const struct remediation *remediation, int64_t now)
{
    const struct tracked *tracked = find(world, remediation->issue);
    const struct tracker *tracker = remediation->tracker;
    if (!tracked)
        return NULL;
    if (tracked->state == ISSUE_CLOSED)
        return "the issue is closed";
    if (tracker && tracker->disarm_when_away && now - tracked->known > tracker->hold)
        return "the tracker has not said for too long whether the issue is open";
    return NULL;
}

bool world_issue_state(const struct world *world, const char *issue, enum issue_state *state, int64_t *known)
{
    const struct tracked *tracked = find(world, issue);
    if (!tracked)
        return false;
    *state = tracked->state;
    *known = tracked->known;
    return true;
}

static int64_t runs_of(const struct world *world, const char *issue)
{
    int64_t runs = 0;
    for (size_t i = 0; i < world->model->remediation_count; i++)
        if (strcmp(world->model->remediations[i]->issue, issue) == 0)
            runs += world_runs(world, world->model->remediations[i]->name);
    return runs;
}

bool world_issue_owes(const struct world *world, const char *issue, int64_t *runs, int64_t now)
{
    const struct tracked *tracked = find(world, issue);
    if (!tracked || (!tracked->unheard && tracked->told && now - tracked->told < WEEK))
        return false;
    int64_t total = runs_of(world, issue);
    *runs = total > tracked->runs ? total - tracked->runs : 0;
    return true;
}

void world_issue_told(struct world *world, const char *issue, int64_t runs, int64_t now)
{
    struct tracked *tracked = find(world, issue);
    if (!tracked)
        return;
    int64_t total = runs_of(world, issue); /* of a remediation that is configured no more, nothing */
    tracked->told = now;
    tracked->unheard = false;
    tracked->runs = tracked->runs + runs < total ? tracked->runs + runs : total;
    world_site_changed(world);
}

static bool is_for(const struct binding *binding, const char *issue)
{
    bool named = false;
    for (size_t i = 0; i < binding->plan->remediate_count; i++)
        named |= strcmp(binding->plan->remediate[i]->issue, issue) == 0;
    return named;
}

/* Those with a problem decide again. */
static void settle(struct world *world, const char *issue, int64_t now, world_sink *sink, void *owner)
{
    for (uint32_t i = 0; i < world->count; i++) {
        if (!world->records[i].problem || !is_for(&world->model->bindings[i], issue))
            continue;
        struct turn turn = world_turn(world, i, now, sink, owner);
        world_settle(&turn, false);
    }
    world_post_deliver(world, sink, owner);
}

static bool is_disarmed(const struct world *world, const char *issue, int64_t now)
{
    bool disarmed = false;
    for (size_t i = 0; i < world->model->remediation_count; i++) {
        const struct remediation *remediation = world->model->remediations[i];
        disarmed |= strcmp(remediation->issue, issue) == 0 && world_issue_fault(world, remediation, now);
    }
    return disarmed;
}

void world_issue(struct world *world, const char *issue, enum issue_state state, int64_t now,
                 world_sink *sink, void *owner)
{
    struct tracked *tracked = find(world, issue);
    if (state == ISSUE_UNKNOWN)
        return;
    if (!tracked)
        tracked = add(world, issue);
    /* A tracker that is back with the same word arms again what it disarmed by its silence. */
    bool changed = tracked->state != state || (state == ISSUE_OPEN && is_disarmed(world, issue, now));
    tracked->unheard = state == ISSUE_CLOSED && (tracked->unheard || tracked->state != state);
    tracked->state = state;
    tracked->known = now;
    world_site_changed(world);
    if (changed)
        settle(world, issue, now, sink, owner);
}

json_t *world_issue_save(const struct world *world)
{
    json_t *list = json_array();
    for (size_t i = 0; i < world->tracked_count; i++) {
        json_t *item = saved_add_item(list);
        saved_add_text(item, "issue", world->tracked[i].issue);
        saved_add_text(item, "state", names[world->tracked[i].state]);
        saved_add_whole(item, "known", world->tracked[i].known);
        saved_add_whole(item, "told", world->tracked[i].told);
        saved_add_whole(item, "runs", world->tracked[i].runs);
        saved_add_flag(item, "unheard", world->tracked[i].unheard);
    }
    return list;
}

bool world_issue_load(struct world *world, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, true};
    if (!json_is_array(saved))
        return error_set(error, "it is not a list");
    struct saved_reader one;
    struct saved_items items = saved_items(&reader, saved);
    while (saved_next(&items, &one)) {
        const char *issue = saved_text(&one, "issue");
        enum issue_state state = ISSUE_UNKNOWN;
        int64_t known = saved_instant(&one, "known"), told = saved_instant(&one, "told");
        int64_t runs = saved_whole(&one, "runs", 0, INT64_MAX);
        bool unheard = saved_flag(&one, "unheard");
        if (!issue_state_read(saved_text(&one, "state"), &state))
            saved_fault(&one, "state", "not a state of an issue");
        if (one.good) {
            struct tracked *tracked = find(world, issue);
            if (!tracked)
                tracked = add(world, issue);
            tracked->state = state;
            tracked->known = known;
            tracked->told = told;
            tracked->runs = runs;
            tracked->unheard = unheard;
        }
    }
    return reader.good;
}

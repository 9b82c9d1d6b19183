/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of each remediation beside its runs: the day it was tagged that was accepted, how often it was
 * renewed, and whether its owner knows that its end is near. A later day arms it again only with a sentence that says
 * why: else every workaround would live forever, a date at a time. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/hash.h"
#include "lib/memory.h"
#include "lib/renewal.h"
#include "lib/text.h"
#include "lib/zone.h"

#include <inttypes.h>

#define DAY  INT64_C(86400000)
#define WEEK (7 * DAY)

enum { LASTED_MOST = 31 };

struct governed {
    char *name;
    char *issue;
    char *renewal;  /* the sentence of the last renewal; "" */
    int64_t tagged; /* days since 1970-01-01: the last that was accepted */
    unsigned renewals;
    int64_t warned; /* the expiry of which the owner was told; 0: of none */
    int64_t again;  /* when to try that again; 0: when it is due */
    int64_t runs;   /* in the ledger */
    char *last;     /* the id of the last that began here; NULL: none did */
    char *died;     /* what the owner is to be told of a run that was interrupted; NULL: nothing */
    int64_t died_at, died_again;  /* since when, and when to try it next */
    int64_t without[LASTED_MOST]; /* ms: how long the newest problems lasted without a run */
    size_t lasted;                /* how many there were */
};

static const char *text_or_none(const char *text)
{
    return text ? text : "";
}

static struct governed *find(const struct world *world, const char *name)
{
    for (size_t i = 0; i < world->governed_count; i++)
        if (strcmp(world->governed[i].name, name) == 0)
            return &world->governed[i];
    return NULL;
}

static struct governed *add(struct world *world, const char *name)
{
    world->governed = memory_grow(world->governed, world->governed_count + 1, sizeof *world->governed);
    struct governed *made = &world->governed[world->governed_count++];
    *made =
        (struct governed){.name = memory_text(name), .issue = memory_text(""), .renewal = memory_text("")};
    return made;
}

static void replace(char **text, const char *with)
{
    char *copy = memory_text(text_or_none(with));
    free(*text);
    *text = copy;
}

static void release(struct governed *governed)
{
    free(governed->died);
    free(governed->last);
    free(governed->renewal);
    free(governed->issue);
    free(governed->name);
}

void world_governed_release(struct world *world)
{
    for (size_t i = 0; i < world->governed_count; i++)
        release(&world->governed[i]);
    free(world->governed);
}

/* ---- the days that were accepted ---- */

static void accept(struct governed *governed, const struct remediation *remediation)
{
    governed->tagged = remediation->tagged;
    governed->again = 0;
    replace(&governed->renewal, remediation->renewal);
}

static enum renewal judge(const struct governed *governed, const struct remediation *remediation)
{
    const struct tagging known = {governed->tagged, governed->renewal};
    const struct tagging next = {remediation->tagged, remediation->renewal};
    return renewal_judge(&known, &next);
}

static void look_at(struct world *world, const struct remediation *remediation)
{
    struct governed *governed = find(world, remediation->name);
    if (!governed)
        governed = add(world, remediation->name);
    if (strcmp(governed->issue, remediation->issue) != 0) { /* another workaround by the same name */
        replace(&governed->issue, remediation->issue);
        governed->renewals = 0;
        governed->warned = 0;
        accept(governed, remediation);
        return;
    }
    enum renewal renewal = judge(governed, remediation);
    governed->renewals += renewal == RENEWAL_GIVEN;
    if (renewal == RENEWAL_GIVEN || renewal == RENEWAL_EARLIER)
        accept(governed, remediation);
}

void world_governed_look(struct world *world)
{
    for (size_t i = 0; i < world->model->remediation_count; i++)
        look_at(world, world->model->remediations[i]);
    world_site_changed(world);
}

void world_governed_facts(const struct world *world, const struct remediation *remediation,
                          struct remedy_facts *facts)
{
    const struct governed *governed = find(world, remediation->name);
    facts->unexplained = governed && judge(governed, remediation) == RENEWAL_MISSING;
    facts->runs = governed ? governed->runs : 0;
}

void world_governed_ran(struct world *world, const char *remediation)
{
    struct governed *governed = find(world, remediation);
    if (!governed)
        governed = add(world, remediation);
    governed->runs++;
}

void world_governed_ran_not(struct world *world, const char *remediation)
{
    struct governed *governed = find(world, remediation);
    if (governed && governed->runs > 0)
        governed->runs--;
}

void world_governed_began(struct world *world, const char *remediation, const char *run)
{
    struct governed *governed = find(world, remediation);
    if (governed)
        replace(&governed->last, run);
}

int64_t world_runs(const struct world *world, const char *remediation)
{
    const struct governed *governed = find(world, remediation);
    return governed ? governed->runs : 0;
}

const char *world_last_run(const struct world *world, const char *remediation)
{
    const struct governed *governed = find(world, remediation);
    return governed ? governed->last : NULL;
}

unsigned world_renewals(const struct world *world, const char *remediation)
{
    const struct governed *governed = find(world, remediation);
    return governed ? governed->renewals : 0;
}

/* ---- how long it lasts without ---- */

void world_governed_lasted(struct world *world, const char *remediation, int64_t span)
{
    struct governed *governed = find(world, remediation);
    if (!governed)
        return;
    governed->without[governed->lasted++ % LASTED_MOST] = span;
    world_site_changed(world);
}

static int by_length(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

int64_t world_governed_without(const struct world *world, const char *remediation)
{
    const struct governed *governed = find(world, remediation);
    int64_t sorted[LASTED_MOST];
    size_t count = governed && governed->lasted < LASTED_MOST ? governed->lasted : LASTED_MOST;
    if (!governed || count == 0)
        return 0;
    memcpy(sorted, governed->without, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_length);
    int64_t low = sorted[(count - 1) / 2], high = sorted[count / 2];
    return low + (high - low) / 2;
}

/* ---- the end that is near ---- */

/* When the owner is to be told of the end; 0: the owner was told. */
static int64_t warning_due(const struct world *world, const struct remediation *remediation)
{
    const struct governed *governed = find(world, remediation->name);
    int64_t expiry = remedy_expiry(remediation);
    if (!governed || !remediation->owner || governed->warned == expiry)
        return 0;
    return governed->again > expiry - WEEK ? governed->again : expiry - WEEK;
}

/* When the owner is to be told of a run that was interrupted; 0: of none. */
static int64_t death_due(const struct governed *governed, const struct remediation *remediation)
{
    return governed && governed->died && remediation->owner ? governed->died_again : 0;
}

int64_t world_governed_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->model->remediation_count; i++) {
        const struct remediation *remediation = world->model->remediations[i];
        due = world_earlier(due, warning_due(world, remediation));
        due = world_earlier(due, death_due(find(world, remediation->name), remediation));
    }
    return due;
}

void world_governed_died(struct world *world, const char *remediation, const char *sentence, int64_t now)
{
    struct governed *governed = find(world, remediation);
    if (!governed)
        return;
    replace(&governed->died, sentence);
    governed->died_at = governed->died_again = now;
    world_site_changed(world);
}

static void write_warning(struct text *text, const struct remediation *remediation,
                          const struct governed *governed, int64_t now)
{
    int64_t year = 0;
    int month = 0, day = 0;
    int64_t expiry = remedy_expiry(remediation);
    civil_from_days(expiry / DAY - 1, &year, &month, &day);
    text_format(text,
                "the workaround of %s %s on %04" PRId64 "-%02d-%02d; it ran %" PRId64
                " times, was renewed %u times, "
                "and its cause (%s) is %s",
                remediation->issue, now < expiry ? "expires" : "expired", year, month, day, governed->runs,
                governed->renewals, text_or_none(remediation->cause),
                remediation->diagnosed ? "diagnosed" : "not diagnosed");
}

/* ${instant} makes the message another than those before about the same remediation. When to try it again; 0: told. */
static int64_t tell_owner(struct world *world, const struct remediation *remediation, int64_t instant,
                          const char *reason, int64_t now, world_sink *sink, void *owner)
{
    const struct world_message message = {.notice = NOTICE_REMEDIATION,
                                          .name = remediation->name,
                                          .began = (int64_t)(hash_text(HASH_START, remediation->name) >> 1) ^
                                                   instant,
                                          .reason = reason};
    world->site_changes++;
    return world_told_or_when(world, &message, remediation->owner, now, sink, owner);
}

static void tell_death(struct world *world, const struct remediation *remediation, struct governed *governed,
                       int64_t now, world_sink *sink, void *owner)
{
    governed->died_again =
        tell_owner(world, remediation, governed->died_at, governed->died, now, sink, owner);
    if (governed->died_again != 0)
        return;
    free(governed->died);
    governed->died = NULL;
}

static void warn(struct world *world, const struct remediation *remediation, int64_t now, world_sink *sink,
                 void *owner)
{
    struct governed *governed = find(world, remediation->name);
    struct text reason = TEXT_INIT;
    int64_t expiry = remedy_expiry(remediation);
    write_warning(&reason, remediation, governed, now);
    governed->again = tell_owner(world, remediation, expiry, reason.bytes, now, sink, owner);
    if (governed->again == 0)
        governed->warned = expiry;
    text_release(&reason);
}

void world_governed_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    for (size_t i = 0; i < world->model->remediation_count; i++) {
        const struct remediation *remediation = world->model->remediations[i];
        struct governed *governed = find(world, remediation->name);
        int64_t due = warning_due(world, remediation);
        int64_t death = death_due(governed, remediation);
        if (due && due <= now)
            warn(world, remediation, now, sink, owner);
        if (governed && death && death <= now)
            tell_death(world, remediation, governed, now, sink, owner);
    }
}

/* ---- saved ---- */

static void save_lasted(json_t *item, const struct governed *governed)
{
    json_t *list = saved_add_list(item, "without");
    size_t first = governed->lasted > LASTED_MOST ? governed->lasted - LASTED_MOST : 0;
    for (size_t i = first; i < governed->lasted; i++)
        json_array_append_new(list, json_integer(governed->without[i % LASTED_MOST]));
}

static void load_lasted(const json_t *list, struct governed *governed)
{
    governed->lasted = 0;
    for (size_t i = 0; i < json_array_size(list) && governed->lasted < LASTED_MOST; i++) {
        const json_t *span = json_array_get(list, i);
        if (json_is_integer(span) && json_integer_value(span) >= 0)
            governed->without[governed->lasted++] = json_integer_value(span);
    }
}

json_t *world_governed_save(const struct world *world)
{
    json_t *list = json_array();
    for (size_t i = 0; i < world->governed_count; i++) {
        const struct governed *governed = &world->governed[i];
        json_t *item = saved_add_item(list);
        saved_add_text(item, "name", governed->name);
        saved_add_text(item, "issue", governed->issue);
        saved_add_text(item, "renewal", governed->renewal);
        saved_add_whole(item, "tagged", governed->tagged);
        saved_add_whole(item, "renewals", governed->renewals);
        saved_add_whole(item, "warned", governed->warned);
        saved_add_whole(item, "again", governed->again);
        if (governed->last)
            saved_add_text(item, "last", governed->last);
        if (governed->died) {
            saved_add_text(item, "died", governed->died);
            saved_add_whole(item, "died_at", governed->died_at);
            saved_add_whole(item, "died_again", governed->died_again);
        }
        save_lasted(item, governed);
    }
    return list;
}

static void load_death(struct saved_reader *one, struct governed *governed)
{
    if (!json_object_get(one->object, "died"))
        return;
    const char *died = saved_text(one, "died");
    int64_t died_at = saved_instant(one, "died_at");
    int64_t died_again = saved_instant(one, "died_again");
    if (!one->good)
        return;
    replace(&governed->died, died);
    governed->died_at = died_at;
    governed->died_again = died_again;
}

static void load_one(struct saved_reader *one, struct world *world)
{
    const char *name = saved_text(one, "name");
    const char *issue = saved_text(one, "issue");
    const char *renewal = saved_text(one, "renewal");
    int64_t tagged = saved_whole(one, "tagged", -SAVED_INSTANT_MAX / DAY, SAVED_INSTANT_MAX / DAY);
    unsigned renewals = (unsigned)saved_whole(one, "renewals", 0, INT32_MAX);
    int64_t warned = saved_instant(one, "warned");
    int64_t again = saved_instant(one, "again");
    if (!one->good)
        return;
    struct governed *governed = find(world, name);
    if (!governed)
        governed = add(world, name);
    replace(&governed->issue, issue);
    replace(&governed->renewal, renewal);
    governed->tagged = tagged;
    governed->renewals = renewals;
    governed->warned = warned;
    governed->again = again;
    if (json_object_get(one->object, "last"))
        replace(&governed->last, saved_text(one, "last"));
    load_lasted(json_object_get(one->object, "without"), governed);
    load_death(one, governed);
}

bool world_governed_load(struct world *world, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, true};
    if (!json_is_array(saved))
        return error_set(error, "it is not a list");
    struct saved_reader one;
    struct saved_items items = saved_items(&reader, saved);
    while (saved_next(&items, &one))
        load_one(&one, world);
    world_governed_look(world);
    return reader.good;
}

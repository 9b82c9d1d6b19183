/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model made from a few short lines, for the tests of the core, which know no YAML:
 *
 *   zone Europe/Berlin
 *   storm 10 10m                                  the cap of every contact
 *   window NAME DAYS START END                    window night mon-sun 22:00 06:00
 *   user NAME URGENCY=ADDRESS[@WINDOW[@RECOVERY[@IMPORTANCE]]] ...        an address with "://" is a webhook, one with "/" in front a command
 *   group NAME [after=15m] WINDOW:USER,USER ...   shifts in order; after: escalate_after
 *              [override=FROM/UNTIL/USER+USER] [swap=FROM/UNTIL/USER/INSTEAD_OF]    2026-11-20T1700, in UTC
 *   review DAY HOUR                               the weekly review; 1 is Monday; without it there is none
 *   limits site|service KEY=VALUE ...             max=N/SPAN concurrency; of all remediations
 *   remediation NAME KEY=VALUE ...                issue tagged ttl owner renewal approval approve=GROUP
 *                                                 by_hand=GROUP after cooldown
 *                                                 max=N/SPAN total=N/SPAN
 *                                                 concurrency share verify mode on=CRITICAL,WARNING soft=yes
 *                                                 away=SPAN, for which the last word of its tracker holds
 *   alerting KEY=VALUE ...                        hold grace; 0s unless given; silence_max
 *   inhibit SOURCE TARGET [state=CRITICAL,UNKNOWN] [equal=host,tag.K]      matchers of one word
 *   downtime MATCHER WINDOW [children=yes]        one word
 *   check NAME KEY=VALUE ...                      attempts alert=GROUP,GROUP warning critical unknown repeat delay
 *                                                 importance escalate=AFTER:GROUP+GROUP[:URGENCY],...
 *                                                 group_wait downtime=notify keep_ack window flapping=LOW,HIGH volatile=yes
 *                                                 when=STATUS,STATUS depends any remediate passive=yes
 *                                                 freshness stale retry runs=WINDOW
 *   serving CHECK KEY=VALUE ...                   at_least=N or N%, and what a check has of alert; the check
 *                                                 service:www/serving
 *   verify timeout=30m KEY=VALUE ...              what a check has of alert; the check verify of each host behind it
 *                                                 that is configured
 *   host NAME CHECK,CHECK [KEY=VALUE ...]         status alive parents=HOST,HOST
 *
 * What a line names must stand above it. Everything lives in the arena. */
#ifndef WATCHBILL_TESTS_SITE_H
#define WATCHBILL_TESTS_SITE_H

#include "lib/lookup.h"
#include "lib/number.h"
#include "scheduler/core/matcher.h"
#include "scheduler/core/model.h"

#include <assert.h>
#include <inttypes.h>

enum { SITE_MOST = 64 };

struct site_builder {
    struct model *model;
    struct check_plan *checks;
    size_t check_count;
    struct service *service;
};

/* Split at any of ${marks}, into the arena; ended by NULL. */
static inline struct words site_split(struct arena *arena, const char *line, const char *marks)
{
    struct words words = {arena_get(arena, SITE_MOST + 1, sizeof(char *)), 0};
    for (const char *at = line + strspn(line, marks); *at; at += strspn(at, marks)) {
        size_t length = strcspn(at, marks);
        assert(words.count < SITE_MOST);
        words.items[words.count++] = arena_text_of(arena, at, length);
        at += length;
    }
    return words;
}

/* The value of KEY=VALUE among the words from ${first} on; NULL: not given. */
static inline const char *site_value(const struct words *words, size_t first, const char *key)
{
    size_t length = strlen(key);
    for (size_t i = first; i < words->count; i++) {
        if (strncmp(words->items[i], key, length) == 0 && words->items[i][length] == '=')
            return words->items[i] + length + 1;
    }
    return NULL;
}

static inline int64_t site_duration(const char *text)
{
    int64_t value = 0;
    struct error error;
    if (text && !duration_read(text, &value, &error)) {
        (void)fprintf(stderr, "%s\n", error.text);
        abort();
    }
    return value;
}

static inline int64_t site_number(const char *text, int64_t otherwise)
{
    int64_t value = otherwise;
    if (text && !number_read_whole(text, 0, INT32_MAX, &value))
        abort();
    return value;
}

static inline struct site_builder site_begin(void)
{
    struct arena *arena = arena_create();
    struct model *model = arena_get(arena, 1, sizeof *model);
    model->arena = arena;
    model->site.timezone = "UTC";
    model->site.alerting.silence_max = 30 * INT64_C(86400000);
    model->site.alerting.downtime_max = 365 * INT64_C(86400000);
    model->inhibits = arena_get(arena, SITE_MOST, sizeof *model->inhibits);
    model->downtimes = arena_get(arena, SITE_MOST, sizeof *model->downtimes);
    model->windows = window_set_create(arena);
    model->users = arena_get(arena, SITE_MOST, sizeof *model->users);
    model->groups = arena_get(arena, SITE_MOST, sizeof *model->groups);
    model->hosts = arena_get(arena, SITE_MOST, sizeof *model->hosts);
    model->remediations = arena_get(arena, SITE_MOST, sizeof *model->remediations);
    model->bindings = arena_get(arena, (size_t)SITE_MOST * 8, sizeof *model->bindings);
    struct check_plan *checks = arena_get(arena, SITE_MOST, sizeof *checks);
    struct service *service = arena_get(arena, 1, sizeof *service);
    service->name = "www";
    return (struct site_builder){model, checks, 0, service};
}

static inline void site_zone(struct site_builder *site, const struct words *words)
{
    site->model->site.timezone = words->items[1];
}

static inline void site_storm(struct site_builder *site, const struct words *words)
{
    site->model->site.alerting.storm =
        (struct max){site_number(words->items[1], 0), site_duration(words->items[2])};
}

static inline void site_window(struct site_builder *site, const struct words *words)
{
    struct window *window = window_add(site->model->windows, words->items[1], NULL);
    struct words days = site_split(site->model->arena, words->items[2], ",");
    struct error error;
    if (!window || !window_add_days(window, (const char *const *)days.items, days.count, words->items[3],
                                    words->items[4], &error))
        abort();
}

static inline struct contact site_contact(struct arena *arena, struct window_set *windows, const char *text)
{
    struct words parts = site_split(arena, text, "@");
    struct contact contact = {.channel = CHANNEL_MAIL, .address = parts.items[0]};
    if (strstr(contact.address, "://"))
        contact.channel = CHANNEL_WEBHOOK;
    if (contact.address[0] == '/') {
        contact.channel = CHANNEL_COMMAND;
        contact.command = site_split(arena, contact.address, "+");
        contact.address = contact.command.items[0];
    }
    if (parts.count > 1)
        contact.window = window_find(windows, parts.items[1]);
    if (parts.count > 2)
        contact.recovery = window_find(windows, parts.items[2]);
    if (parts.count > 3)
        contact.importance = (int)site_number(parts.items[3], 0);
    return contact;
}

static inline void site_user(struct site_builder *site, const struct words *words)
{
    struct arena *arena = site->model->arena;
    struct user *user = arena_get(arena, 1, sizeof *user);
    user->name = words->items[1];
    for (enum urgency urgency = URGENCY_NOTIFY; urgency <= URGENCY_ALERT; urgency++) {
        user->contacts[urgency] = arena_get(arena, SITE_MOST, sizeof(struct contact));
        for (size_t i = 2; i < words->count; i++) {
            const struct words one = {&words->items[i], 1};
            const char *value = site_value(&one, 0, urgency_name(urgency));
            if (value)
                user->contacts[urgency][user->contact_count[urgency]++] =
                    site_contact(arena, site->model->windows, value);
        }
    }
    site->model->users[site->model->user_count++] = user;
}

static inline const struct user *site_find_user(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->user_count; i++) {
        if (strcmp(model->users[i]->name, name) == 0)
            return model->users[i];
    }
    abort();
}

static inline int64_t site_instant(const char *text)
{
    struct civil civil = {0};
    if (sscanf(text, "%" SCNd64 "-%d-%dT%2d%2d", &civil.year, &civil.month, &civil.day, &civil.hour,
               &civil.minute) != 5)
        abort();
    return zone_instant(zone_open("UTC", NULL), civil);
}

static inline void site_override(struct site_builder *site, struct group *group, const char *word)
{
    struct arena *arena = site->model->arena;
    bool swap = strncmp(word, "swap=", 5) == 0;
    if (!swap && strncmp(word, "override=", 9) != 0)
        return;
    struct words parts = site_split(arena, strchr(word, '=') + 1, "/");
    struct override *override = &group->overrides[group->override_count++];
    override->from = site_instant(parts.items[0]);
    override->until = site_instant(parts.items[1]);
    if (swap) {
        override->user = site_find_user(site->model, parts.items[2]);
        override->instead_of = site_find_user(site->model, parts.items[3]);
        return;
    }
    struct words names = site_split(arena, parts.items[2], "+");
    override->users = arena_get(arena, names.count, sizeof(struct user *));
    for (; override->user_count < names.count; override->user_count++)
        override->users[override->user_count] =
            site_find_user(site->model, names.items[override->user_count]);
}

static inline void site_group(struct site_builder *site, const struct words *words)
{
    struct arena *arena = site->model->arena;
    struct group *group = arena_get(arena, 1, sizeof *group);
    group->name = words->items[1];
    group->shifts = arena_get(arena, SITE_MOST, sizeof *group->shifts);
    group->overrides = arena_get(arena, SITE_MOST, sizeof *group->overrides);
    for (size_t i = 2; i < words->count; i++)
        site_override(site, group, words->items[i]);
    group->escalate_after = site_duration(site_value(words, 2, "after"));
    for (size_t i = 2; i < words->count; i++) {
        if (strchr(words->items[i], '='))
            continue;
        struct words parts = site_split(arena, words->items[i], ":,");
        struct shift *shift = &group->shifts[group->shift_count++];
        shift->window = window_find(site->model->windows, parts.items[0]);
        assert(shift->window);
        shift->users = arena_get(arena, SITE_MOST, sizeof *shift->users);
        for (size_t j = 1; j < parts.count; j++)
            shift->users[shift->user_count++] = site_find_user(site->model, parts.items[j]);
    }
    site->model->groups[site->model->group_count++] = group;
}

static inline unsigned site_verdicts(struct arena *arena, const char *text)
{
    struct words words = site_split(arena, text ? text : "CRITICAL", ",");
    unsigned bits = 0;
    for (size_t i = 0; i < words.count; i++) {
        enum verdict verdict;
        if (!verdict_read(words.items[i], &verdict))
            abort();
        bits |= 1U << verdict;
    }
    return bits;
}

static inline int64_t site_date(const char *text)
{
    int64_t year = 2026;
    int month = 11;
    int day = 1;
    if (text && sscanf(text, "%" SCNd64 "-%d-%d", &year, &month, &day) != 3)
        abort();
    return civil_days(year, month, day);
}

static inline struct max site_max(struct site_builder *site, const char *text)
{
    struct max max = {0, 0};
    if (text) {
        struct words parts = site_split(site->model->arena, text, "/");
        max = (struct max){site_number(parts.items[0], 0), site_duration(parts.items[1])};
    }
    return max;
}

/* review DAY HH:MM: DAY is 1 for Monday */
static inline void site_review(struct site_builder *site, const struct words *words)
{
    struct governance *governance = &site->model->governance;
    governance->review_day = (int)site_number(words->items[1], 0);
    governance->review_minute = (int)site_number(words->items[2], 0) * 60;
}

/* limits site|service [max=N/SPAN] [concurrency=N] */
static inline void site_limits(struct site_builder *site, const struct words *words)
{
    struct bounds *bounds =
        strcmp(words->items[1], "site") == 0 ? &site->model->governance.bounds : &site->service->bounds;
    bounds->max = site_max(site, site_value(words, 2, "max"));
    bounds->concurrency = site_number(site_value(words, 2, "concurrency"), 0);
}

static inline void site_remediation(struct site_builder *site, const struct words *words)
{
    struct remediation *remediation = arena_get(site->model->arena, 1, sizeof *remediation);
    const char *mode = site_value(words, 2, "mode");
    remediation->name = words->items[1];
    remediation->approval =
        site_duration(site_value(words, 2, "approval") ? site_value(words, 2, "approval") : "30m");
    if (site_value(words, 2, "approve"))
        remediation->may_approve = site_split(site->model->arena, site_value(words, 2, "approve"), ",");
    if (site_value(words, 2, "by_hand"))
        remediation->may_run = site_split(site->model->arena, site_value(words, 2, "by_hand"), ",");
    if (site_value(words, 2, "away")) {
        struct tracker *tracker = arena_get(site->model->arena, 1, sizeof *tracker);
        *tracker =
            (struct tracker){.disarm_when_away = true, .hold = site_duration(site_value(words, 2, "away"))};
        remediation->tracker = tracker;
    }
    remediation->despite_redundancy = site_value(words, 2, "despite_redundancy") != NULL;
    remediation->owner = site_value(words, 2, "owner");
    remediation->renewal = site_value(words, 2, "renewal");
    remediation->issue = site_value(words, 2, "issue") ? site_value(words, 2, "issue") : "OPS-1";
    remediation->tagged = site_date(site_value(words, 2, "tagged"));
    remediation->ttl = site_duration(site_value(words, 2, "ttl") ? site_value(words, 2, "ttl") : "90d");
    remediation->on_states = site_verdicts(site->model->arena, site_value(words, 2, "on"));
    remediation->on_hard = !site_value(words, 2, "soft");
    remediation->after = site_duration(site_value(words, 2, "after"));
    remediation->cooldown = site_duration(site_value(words, 2, "cooldown"));
    remediation->max = site_max(site, site_value(words, 2, "max"));
    remediation->max_total = site_max(site, site_value(words, 2, "total"));
    remediation->concurrency = site_number(site_value(words, 2, "concurrency"), 0);
    remediation->share = (double)site_number(site_value(words, 2, "share"), 0);
    remediation->verify_within = site_duration(site_value(words, 2, "verify"));
    if (mode)
        remediation->mode = strcmp(mode, "ask") == 0       ? MODE_ASK
                            : strcmp(mode, "dry_run") == 0 ? MODE_DRY_RUN
                                                           : MODE_ACT;
    site->model->remediations[site->model->remediation_count++] = remediation;
}

static inline enum urgency site_urgency(const char *text, enum urgency otherwise)
{
    for (enum urgency urgency = URGENCY_NONE; text && urgency <= URGENCY_ALERT; urgency++) {
        if (strcmp(text, urgency_name(urgency)) == 0)
            return urgency;
    }
    return otherwise;
}

static inline const struct group *site_find_group(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->group_count; i++) {
        if (strcmp(model->groups[i]->name, name) == 0)
            return model->groups[i];
    }
    abort();
}

static inline void site_escalate(struct site_builder *site, const char *text, struct alert_rule *rule)
{
    struct arena *arena = site->model->arena;
    struct words steps = site_split(arena, text, ",");
    rule->steps = arena_get(arena, SITE_MOST, sizeof *rule->steps);
    for (size_t i = 0; i < steps.count; i++) {
        struct escalation *step = &rule->steps[rule->step_count++];
        struct words parts = site_split(arena, steps.items[i], ":");
        struct words names = site_split(arena, parts.items[1], "+");
        step->after = site_duration(parts.items[0]);
        step->urgency = parts.count > 2 ? site_urgency(parts.items[2], URGENCY_NONE) : URGENCY_NONE;
        step->groups = arena_get(arena, SITE_MOST, sizeof *step->groups);
        for (size_t j = 0; j < names.count; j++)
            step->groups[step->group_count++] = site_find_group(site->model, names.items[j]);
    }
}

static inline const struct alert_rule *site_rule(struct site_builder *site, const struct words *words)
{
    struct arena *arena = site->model->arena;
    const char *groups = site_value(words, 2, "alert");
    const char *window = site_value(words, 2, "window");
    if (!groups)
        return NULL;
    struct alert_rule *rule = arena_get(arena, 1, sizeof *rule);
    struct words names = site_split(arena, groups, ",");
    rule->groups = arena_get(arena, SITE_MOST, sizeof *rule->groups);
    for (size_t i = 0; i < names.count; i++)
        rule->groups[rule->group_count++] = site_find_group(site->model, names.items[i]);
    rule->urgency[VERDICT_WARNING] = site_urgency(site_value(words, 2, "warning"), URGENCY_NOTIFY);
    rule->urgency[VERDICT_CRITICAL] = site_urgency(site_value(words, 2, "critical"), URGENCY_ALERT);
    rule->urgency[VERDICT_UNKNOWN] = site_urgency(site_value(words, 2, "unknown"), URGENCY_ALERT);
    rule->repeat = site_duration(site_value(words, 2, "repeat"));
    rule->keep_ack = site_duration(site_value(words, 2, "keep_ack"));
    rule->downtime = site_urgency(site_value(words, 2, "downtime"), URGENCY_NONE);
    rule->delay = site_duration(site_value(words, 2, "delay"));
    rule->group_wait = site_duration(site_value(words, 2, "group_wait"));
    site_escalate(site, site_value(words, 2, "escalate") ? site_value(words, 2, "escalate") : "", rule);
    if (window)
        rule->window = window_find(site->model->windows, window);
    return rule;
}

static inline unsigned site_statuses(struct arena *arena, const char *text)
{
    struct words words = site_split(arena, text ? text : "active", ",");
    unsigned bits = 0;
    for (size_t i = 0; i < words.count; i++) {
        int status = lookup_name(status_names, words.items[i]);
        assert(status != LOOKUP_NONE);
        bits |= 1U << status;
    }
    return bits;
}

static inline void site_check(struct site_builder *site, const struct words *words)
{
    struct arena *arena = site->model->arena;
    struct check_plan *check = &site->checks[site->check_count++];
    const char *flapping = site_value(words, 2, "flapping");
    const char *depends = site_value(words, 2, "depends");
    const char *any = site_value(words, 2, "any");
    const char *remediate = site_value(words, 2, "remediate");
    check->name = words->items[1];
    if (!site_value(words, 2, "passive"))
        check->command = site_split(arena, check->name, " ");
    check->retry = site_duration(site_value(words, 2, "retry") ? site_value(words, 2, "retry") : "60s");
    if (site_value(words, 2, "runs"))
        check->window = window_find(site->model->windows, site_value(words, 2, "runs"));
    check->freshness = site_duration(site_value(words, 2, "freshness"));
    check->stale = VERDICT_UNKNOWN;
    if (site_value(words, 2, "stale") && !verdict_read(site_value(words, 2, "stale"), &check->stale))
        abort();
    check->attempts = (int)site_number(site_value(words, 2, "attempts"), 3);
    check->when = site_statuses(arena, site_value(words, 2, "when"));
    check->volatile_ = site_value(words, 2, "volatile") != NULL;
    check->alert = site_rule(site, words);
    check->importance = (int)site_number(site_value(words, 2, "importance"), 0);
    if (flapping) {
        struct words parts = site_split(arena, flapping, ",");
        check->flapping = true;
        check->flapping_low = (double)site_number(parts.items[0], 0);
        check->flapping_high = (double)site_number(parts.items[1], 0);
    }
    if (depends)
        check->depends_all = site_split(arena, depends, ",");
    if (any)
        check->depends_any = site_split(arena, any, ",");
    struct words names = site_split(arena, remediate ? remediate : "", ",");
    check->remediate = arena_get(arena, SITE_MOST, sizeof *check->remediate);
    for (size_t i = 0; i < names.count; i++) {
        for (size_t j = 0; j < site->model->remediation_count; j++) {
            if (strcmp(site->model->remediations[j]->name, names.items[i]) == 0)
                check->remediate[check->remediate_count++] = site->model->remediations[j];
        }
    }
    assert(check->remediate_count == names.count);
}

static inline void site_host(struct site_builder *site, const struct words *words)
{
    struct model *model = site->model;
    struct host *host = arena_get(model->arena, 1, sizeof *host);
    const char *status = site_value(words, 3, "status");
    host->name = words->items[1];
    host->address = host->name;
    host->service = site->service;
    host->status = STATUS_ACTIVE;
    host->alive = site_value(words, 3, "alive");
    host->importance = (int)site_number(site_value(words, 3, "importance"), 0);
    if (site_value(words, 3, "parents"))
        host->parents = site_split(model->arena, site_value(words, 3, "parents"), ",");
    if (status) {
        int found = lookup_name(status_names, status);
        assert(found != LOOKUP_NONE);
        host->status = (enum status)found;
    }
    model->hosts[model->host_count++] = host;
    struct words names = site_split(model->arena, words->items[2], ",");
    for (size_t i = 0; i < names.count; i++) {
        for (size_t j = 0; j < site->check_count; j++) {
            if (strcmp(site->checks[j].name, names.items[i]) == 0)
                model->bindings[model->binding_count++] = (struct binding){host, &site->checks[j]};
        }
    }
    if (site->service->verify && host->status == STATUS_CONFIGURED)
        model->bindings[model->binding_count++] = (struct binding){host, site->service->verify};
}

static inline void site_inhibit(struct site_builder *site, const struct words *words)
{
    struct model *model = site->model;
    struct error error;
    const char *equal = site_value(words, 3, "equal");
    const char *state = site_value(words, 3, "state");
    struct inhibit_rule *rule = &model->inhibits[model->inhibit_count++];
    *rule = (struct inhibit_rule){.source = matcher_read(words->items[1], &error),
                                  .target = matcher_read(words->items[2], &error),
                                  .states = site_verdicts(model->arena, state),
                                  .equal = site_split(model->arena, equal ? equal : "", ",")};
    assert(rule->source && rule->target);
}

static inline void site_downtime(struct site_builder *site, const struct words *words)
{
    struct model *model = site->model;
    struct error error;
    model->downtimes[model->downtime_count++] =
        (struct downtime_rule){.matcher = matcher_read(words->items[1], &error),
                               .window = words->items[2],
                               .comment = "",
                               .children = site_value(words, 3, "children") != NULL};
    assert(model->downtimes[model->downtime_count - 1].matcher);
}

static inline void site_serving(struct site_builder *site, const struct words *words)
{
    struct arena *arena = site->model->arena;
    struct serving *serving = arena_get(arena, 1, sizeof *serving);
    struct check_plan *plan = arena_get(arena, 1, sizeof *plan);
    struct service *service = arena_get(arena, 1, sizeof *service);
    struct host *host = arena_get(arena, 1, sizeof *host);
    const char *least = site_value(words, 2, "at_least");
    bool share = strchr(least, '%') != NULL;
    int64_t number = strtoll(least, NULL, 10);
    *serving = (struct serving){
        .check = words->items[1], .share = share ? (double)number : 0, .count = share ? 0 : number};
    *plan = (struct check_plan){.name = "serving",
                                .attempts = 1,
                                .when = 1U << STATUS_ACTIVE,
                                .serving = serving,
                                .alert = site_rule(site, words)};
    *service = (struct service){.name = site->service->name, .checks = plan, .check_count = 1};
    *host = (struct host){.name = "service:www",
                          .address = "service:www",
                          .service = service,
                          .status = STATUS_ACTIVE,
                          .computed = true};
    site->service->serving = serving;
    site->model->hosts[site->model->host_count++] = host;
    site->model->bindings[site->model->binding_count++] = (struct binding){host, plan};
}

static inline void site_verify(struct site_builder *site, const struct words *words)
{
    struct arena *arena = site->model->arena;
    struct verify *verify = arena_get(arena, 1, sizeof *verify);
    struct check_plan *plan = arena_get(arena, 1, sizeof *plan);
    verify->timeout = site_duration(site_value(words, 1, "timeout"));
    struct alert_rule *rule = arena_get(arena, 1, sizeof *rule);
    *rule = *site_rule(site, words);
    rule->urgency[VERDICT_WARNING] = URGENCY_NONE;
    *plan = (struct check_plan){
        .name = "verify", .attempts = 1, .when = 1U << STATUS_CONFIGURED, .verify = verify, .alert = rule};
    site->service->verify = plan;
}

static inline void site_alerting(struct site_builder *site, const struct words *words)
{
    site->model->site.alerting.hold = site_duration(site_value(words, 1, "hold"));
    site->model->site.alerting.grace = site_duration(site_value(words, 1, "grace"));
    if (site_value(words, 1, "silence_max"))
        site->model->site.alerting.silence_max = site_duration(site_value(words, 1, "silence_max"));
}

static const struct {
    const char *word;
    size_t least; /* words on the line */
    void (*take)(struct site_builder *site, const struct words *words);
} site_rows[] = {
    {"zone", 2, site_zone},         {"window", 5, site_window},   {"user", 2, site_user},
    {"group", 2, site_group},       {"check", 2, site_check},     {"remediation", 2, site_remediation},
    {"host", 3, site_host},         {"limits", 3, site_limits},   {"alerting", 2, site_alerting},
    {"downtime", 3, site_downtime}, {"inhibit", 3, site_inhibit}, {"serving", 3, site_serving},
    {"verify", 3, site_verify},     {"storm", 3, site_storm},     {"review", 3, site_review},
};

/* site_knows(word): whether it begins a line of the above. */
static inline bool site_knows(const char *word)
{
    for (size_t i = 0; i < sizeof site_rows / sizeof *site_rows; i++) {
        if (strcmp(word, site_rows[i].word) == 0)
            return true;
    }
    return false;
}

/* site_line(site, line): take one line; false when it is none of the above. */
static inline bool site_line(struct site_builder *site, const char *line)
{
    struct words words = site_split(site->model->arena, line, " ");
    for (size_t i = 0; i < sizeof site_rows / sizeof *site_rows; i++) {
        if (words.count >= site_rows[i].least && strcmp(words.items[0], site_rows[i].word) == 0) {
            site_rows[i].take(site, &words);
            return true;
        }
    }
    return false;
}

/* site_lines(site, lines): take those up to NULL, each of which is one of the above. */
static inline void site_lines(struct site_builder *site, const char *const *lines)
{
    for (size_t i = 0; lines[i]; i++) {
        bool known = site_line(site, lines[i]);
        assert(known);
    }
}

static inline int site_by_name(const void *a, const void *b)
{
    const struct named {
        const char *name;
    } *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static inline int site_by_identity(const void *a, const void *b)
{
    const struct binding *left = a;
    const struct binding *right = b;
    int order = strcmp(left->host->name, right->host->name);
    return order ? order : strcmp(left->plan->name, right->plan->name);
}

/* site_end(site): sort, bind the windows; the model is whole. */
static inline struct model *site_end(struct site_builder *site)
{
    struct model *model = site->model;
    struct error error;
    const char *blamed = NULL;
    if (!window_set_resolve(model->windows, &error, &blamed))
        abort();
    qsort(model->users, model->user_count, sizeof *model->users, site_by_name);
    qsort(model->groups, model->group_count, sizeof *model->groups, site_by_name);
    qsort(model->hosts, model->host_count, sizeof *model->hosts, site_by_name);
    qsort(model->remediations, model->remediation_count, sizeof *model->remediations, site_by_name);
    qsort(model->bindings, model->binding_count, sizeof *model->bindings, site_by_identity);
    return model;
}

/* site_model(lines): the model of those lines alone, up to NULL. */
static inline struct model *site_model(const char *const *lines)
{
    struct site_builder site = site_begin();
    site_lines(&site, lines);
    return site_end(&site);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/noise.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/number.h"
#include "scheduler/command/history.h"
#include "scheduler/command/site.h"
#include "scheduler/core/timeline.h"

enum {
    BY_ITSELF = 5 * 60000, /* ms: a problem that ended before somebody could have looked */
    ATTEMPTS_MOST = 15,    /* a history holds some twenty results of a steady problem */
    FLAP_LEAST = 4,        /* problems of a check that might be called flapping */
};

/* What became of one check in one run over the history. */
struct tally {
    unsigned pages; /* messages that were sent, but for recoveries and acknowledgements */
    unsigned problems, alone, acknowledged, flaps;
    int64_t until_acknowledged; /* ms, the sum */
    int64_t longest_alone;      /* ms */
    int64_t opened;             /* epoch ms; 0: no problem is open */
    bool taken;                 /* it was acknowledged */
};

enum proposal { PROPOSE_ATTEMPTS, PROPOSE_DELAY, PROPOSE_FLAPPING, PROPOSALS };
static const char *const proposal_names[PROPOSALS] = {"attempts", "delay", "flapping"};

struct noise {
    struct command_call *call;
    int64_t since; /* epoch ms */
    char **lines;
    size_t count, room;
};

struct pass {
    const struct noise *noise;
    struct timeline *timeline;
    struct tally *tallies; /* by binding */
};

/* ---- one run over the history ---- */

static bool is_page(enum notice notice)
{
    return notice == NOTICE_PROBLEM || notice == NOTICE_FLAPPING_START || notice == NOTICE_REMEDIATION;
}

static void close_problem(struct tally *tally, int64_t at)
{
    if (tally->opened && !tally->taken && at - tally->opened <= BY_ITSELF) {
        tally->alone++;
        if (at - tally->opened > tally->longest_alone)
            tally->longest_alone = at - tally->opened;
    }
    tally->opened = 0;
    tally->taken = false;
}

static void take_state(struct tally *tally, const struct decision *decision)
{
    if (decision->changes & STATE_FLAPPING_STARTED)
        tally->flaps++;
    if (decision->changes & STATE_HARD_RECOVERY) {
        close_problem(tally, decision->at);
    } else if (decision->changes & STATE_HARD_PROBLEM && !tally->opened) {
        tally->opened = decision->at;
        tally->problems++;
    }
}

static void take(void *owner, const struct decision *decision)
{
    const struct pass *pass = owner;
    if (decision->binding == WORLD_SITE || decision->at < pass->noise->since)
        return;
    struct tally *tally = &pass->tallies[decision->binding];
    if (decision->kind == DECISION_STATE)
        take_state(tally, decision);
    else if (decision->kind == DECISION_ALERT && is_page(decision->notice))
        tally->pages++;
}

static void note_acknowledgement(const struct pass *pass, const struct model *model, const json_t *line)
{
    const char *deed = json_string_value(json_object_get(line, "do"));
    int64_t at, binding;
    if (!deed || strcmp(deed, "acknowledge") != 0 || !timeline_instant(line, &at, NULL))
        return;
    binding = model_binding(model, site_text(line, "host"), site_text(line, "check"));
    struct tally *tally = binding == MODEL_NONE ? NULL : &pass->tallies[binding];
    if (!tally || !tally->opened || tally->taken)
        return;
    tally->taken = true;
    tally->acknowledged++;
    tally->until_acknowledged += at - tally->opened;
}

/* What no longer is configured is passed over. */
static struct tally *run_over(const struct noise *noise, const struct model *model)
{
    struct pass pass = {.noise = noise,
                        .tallies = memory_get(model->binding_count + 1, sizeof(struct tally))};
    const struct timeline_settings settings = {
        .model = model, .runs = TIMELINE_RUNS_TOLD, .sink = take, .owner = &pass};
    pass.timeline = timeline_create(&settings);
    for (size_t i = 0; i < noise->count; i++) {
        json_t *line = json_loads(noise->lines[i], 0, NULL);
        (void)timeline_take(pass.timeline, line, NULL);
        note_acknowledgement(&pass, model, line);
        json_decref(line);
    }
    timeline_free(pass.timeline);
    return pass.tallies;
}

/* ---- what to propose ---- */

static int64_t attempts_for(const struct check_plan *plan, const struct tally *tally)
{
    int64_t more = plan->retry > 0 ? (tally->longest_alone + plan->retry) / plan->retry : 0;
    int64_t attempts = plan->attempts + more;
    return attempts > ATTEMPTS_MOST ? ATTEMPTS_MOST : attempts;
}

static int64_t delay_for(const struct tally *tally)
{
    static const int64_t steps[] = {60000, 120000, 180000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (tally->longest_alone < steps[i])
            return steps[i];
    return BY_ITSELF + 60000;
}

/* The value that is proposed, ms of a duration; 0: none makes sense. */
static int64_t value_of(enum proposal proposal, const struct check_plan *plan, const struct tally *tally)
{
    switch (proposal) {
    case PROPOSE_ATTEMPTS:
        return tally->alone && attempts_for(plan, tally) > plan->attempts ? attempts_for(plan, tally) : 0;
    case PROPOSE_DELAY:
        return tally->alone && plan->alert && delay_for(tally) > plan->alert->delay ? delay_for(tally) : 0;
    case PROPOSE_FLAPPING:
        return !plan->flapping && tally->problems >= FLAP_LEAST;
    case PROPOSALS:
        break;
    }
    return 0;
}

static void change(struct model *model, size_t index, enum proposal proposal, int64_t value)
{
    struct check_plan *plan = arena_get(model->arena, 1, sizeof *plan);
    *plan = *model->bindings[index].plan;
    if (proposal == PROPOSE_ATTEMPTS) {
        plan->attempts = (int)value;
    } else if (proposal == PROPOSE_DELAY) {
        struct alert_rule *rule = arena_get(model->arena, 1, sizeof *rule);
        *rule = *plan->alert;
        rule->delay = value;
        plan->alert = rule;
    } else {
        plan->flapping = true;
        plan->flapping_low = 20;
        plan->flapping_high = 30;
    }
    model->bindings[index].plan = plan;
}

/* All checks with their proposals at once: what one check sends hardly depends on the others. */
static struct tally *run_proposal(const struct noise *noise, enum proposal proposal, const struct tally *now)
{
    struct model *model = site_load(noise->call);
    if (!model)
        return NULL;
    for (size_t i = 0; i < model->binding_count; i++) {
        int64_t value = value_of(proposal, model->bindings[i].plan, &now[i]);
        if (value)
            change(model, i, proposal, value);
    }
    struct tally *tallies = run_over(noise, model);
    model_free(model);
    return tallies;
}

/* ---- out ---- */

static json_t *proposal_json(enum proposal proposal, int64_t value, unsigned saved)
{
    json_t *object = json_pack("{s:s, s:i}", "key", proposal_names[proposal], "saved", (int)saved);
    if (proposal == PROPOSE_ATTEMPTS)
        json_set(object, "value", json_integer(value));
    else if (proposal == PROPOSE_DELAY)
        json_set(object, "value", json_number_of((double)value / 1000));
    else
        json_set(object, "value", json_pack("{s:i, s:i}", "low", 20, "high", 30));
    return object;
}

static json_t *check_json(const struct model *model, size_t index, struct tally *const tallies[PROPOSALS + 1])
{
    const struct binding *binding = &model->bindings[index];
    const struct tally *now = &tallies[PROPOSALS][index];
    json_t *proposals = json_array();
    for (enum proposal each = 0; each < PROPOSALS; each++) {
        int64_t value = value_of(each, binding->plan, now);
        if (value && tallies[each][index].pages < now->pages)
            json_add(proposals, proposal_json(each, value, now->pages - tallies[each][index].pages));
    }
    json_t *object = json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:o}", "subject", binding->host->name,
                               "name", binding->plan->name, "pages", (int)now->pages, "problems",
                               (int)now->problems, "alone", (int)now->alone, "acknowledged",
                               (int)now->acknowledged, "flaps", (int)now->flaps, "proposals", proposals);
    json_set(object, "acknowledged_after",
             now->acknowledged ? json_number_of((double)now->until_acknowledged / now->acknowledged / 1000)
                               : json_null());
    return object;
}

static void write_proposal(struct text *out, const json_t *proposal, int64_t pages)
{
    const char *key = site_text(proposal, "key");
    const json_t *value = json_object_get(proposal, "value");
    text_format(out, "    %s: ", key);
    if (strcmp(key, "delay") == 0)
        duration_write(out, (int64_t)(json_number_value(value) * 1000));
    else if (json_is_object(value))
        text_add(out, "{low: 20, high: 30}");
    else
        text_format(out, "%lld", (long long)json_integer_value(value));
    text_format(out, " would have saved %lld of %lld pages\n", (long long)site_whole(proposal, "saved"),
                (long long)pages);
}

static void write_check(struct text *out, const json_t *check)
{
    size_t index;
    const json_t *proposal;
    text_format(out, "%s/%s: %lld pages of %lld problems, %lld ended by themselves within 5m, %lld flaps",
                site_text(check, "subject"), site_text(check, "name"), (long long)site_whole(check, "pages"),
                (long long)site_whole(check, "problems"), (long long)site_whole(check, "alone"),
                (long long)site_whole(check, "flaps"));
    if (site_whole(check, "acknowledged")) {
        text_format(out, ", %lld acknowledged after ", (long long)site_whole(check, "acknowledged"));
        duration_write(out, (int64_t)json_number_value(json_object_get(check, "acknowledged_after")) * 1000);
    }
    text_add_char(out, '\n');
    json_array_foreach(json_object_get(check, "proposals"), index, proposal)
        write_proposal(out, proposal, site_whole(check, "pages"));
}

struct ranked {
    size_t index;
    unsigned pages;
};

static int by_pages(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    if (left->pages != right->pages)
        return left->pages < right->pages ? 1 : -1;
    return (left->index > right->index) - (left->index < right->index);
}

static json_t *rank(const struct model *model, struct tally *const tallies[PROPOSALS + 1], int64_t limit)
{
    struct ranked *order = memory_get(model->binding_count + 1, sizeof *order);
    json_t *checks = json_array();
    for (size_t i = 0; i < model->binding_count; i++)
        order[i] = (struct ranked){i, tallies[PROPOSALS][i].pages};
    qsort(order, model->binding_count, sizeof *order, by_pages);
    for (size_t i = 0; i < model->binding_count && i < (size_t)limit && order[i].pages; i++)
        json_add(checks, check_json(model, order[i].index, tallies));
    free(order);
    return checks;
}

static void write_all(const struct noise *noise, json_t *checks)
{
    size_t index;
    const json_t *check;
    if (noise->call->json) {
        json_t *answer =
            json_pack("{s:I, s:O}", "since", (json_int_t)(noise->since / 1000), "checks", checks);
        json_write(noise->call->out, answer);
        json_decref(answer);
        return;
    }
    json_array_foreach(checks, index, check)
        write_check(noise->call->out, check);
    if (json_array_size(checks) == 0)
        text_add(noise->call->out, "no check has sent a page\n");
}

/* ---- all of it ---- */

static bool read_all(struct noise *noise)
{
    struct error error = {""};
    struct history *history = history_open(noise->call, noise->since, INT64_MAX);
    const char *line;
    if (!history)
        return false;
    while ((line = history_next(history, &error))) {
        if (noise->count == noise->room) {
            noise->room = noise->room ? noise->room * 2 : 1024;
            noise->lines = memory_grow(noise->lines, noise->room, sizeof(char *));
        }
        noise->lines[noise->count++] = memory_text(line);
    }
    history_close(history);
    if (error.text[0])
        (void)command_refuse(noise->call, "the history cannot be read: %s", error.text);
    return !error.text[0];
}

static bool judge(const struct noise *noise, const struct model *model, int64_t limit)
{
    struct tally *tallies[PROPOSALS + 1] = {NULL};
    bool good = true;
    tallies[PROPOSALS] = run_over(noise, model);
    for (enum proposal each = 0; each < PROPOSALS && good; each++) {
        tallies[each] = run_proposal(noise, each, tallies[PROPOSALS]);
        good = tallies[each] != NULL;
    }
    if (good) {
        json_t *checks = rank(model, tallies, limit);
        write_all(noise, checks);
        json_decref(checks);
    }
    for (size_t i = 0; i <= PROPOSALS; i++)
        free(tallies[i]);
    return good;
}

int noise_run(struct command_call *call, int64_t since, int64_t limit)
{
    struct noise noise = {.call = call, .since = since};
    struct model *model = site_load(call);
    bool good = model && read_all(&noise) && judge(&noise, model, limit);
    for (size_t i = 0; i < noise.count; i++)
        free(noise.lines[i]);
    free(noise.lines);
    model_free(model);
    return good ? COMMAND_YES : COMMAND_REFUSED;
}

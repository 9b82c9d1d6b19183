/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world's decisions of one input form a batch: one transaction of the journal. Only when it is durable
 * are alerts handed to the outbox and remediations to the helper, so that a crash repeats nothing and loses
 * nothing: what is in the journal is taken up at the next start. */
#include "scheduler/engine/engine_alert.h"
#include "scheduler/engine/engine_history.h"
#include "scheduler/engine/engine_internal.h"
#include "scheduler/engine/engine_tracker.h"
#include "scheduler/engine/engine_tally.h"

#include "lib/memory.h"
#include "scheduler/core/decision_json.h"

#include <assert.h>
#include <math.h>

struct request {
    struct request *next;
    char *remediation, *subject, *run, *author; /* author: NULL when nobody decided it */
    bool dry_run;
};

struct batch {
    struct engine *engine;
    struct entry *entries;
    struct owned {
        json_t *object;
        char *key;
    } * owned; /* what each entry refers to */
    size_t count, room;
    json_t *alerts; /* for the outbox, after the commit */
    struct request *requests;
    json_t *verdicts; /* for the ledger, after the commit */
    uint32_t *checks; /* to be run now */
    size_t check_count;
    size_t decided;
    int64_t last_binding; /* whose state is saved with the batch; several possible: each is added once */
};

void engine_watch_clock(struct engine *engine)
{
    enum { STEP = 2000 }; /* ms; less is the clock being slewed */
    int64_t clock = loop_wall() - loop_now() / 1000;
    int64_t delta = clock - engine->clock;
    engine->clock = clock;
    if (delta > -STEP && delta < STEP)
        return;
    log_say(engine->settings.log, LOG_LEVEL_WARNING, "the clock was set %s by %lld s",
            delta < 0 ? "back" : "forward", (long long)llabs(delta) / 1000);
    struct batch *batch = batch_begin(engine);
    history_clock_set(batch, delta);
    world_clock_set(engine->world, delta, batch_now(batch));
    history_pass_time(batch);
    batch_close(batch);
    engine_schedule_anew(engine);
}

struct batch *batch_begin(struct engine *engine)
{
    struct batch *batch = memory_get(1, sizeof *batch);
    batch->engine = engine;
    batch->last_binding = MODEL_NONE;
    return batch;
}

struct batch *batch_open(struct engine *engine)
{
    /* Ahead of whatever is decided at an instant of the new time. */
    engine_watch_clock(engine);
    struct batch *batch = batch_begin(engine);
    history_pass_time(batch);
    return batch;
}

struct engine *batch_engine(const struct batch *batch)
{
    return batch->engine;
}

int64_t batch_now(const struct batch *batch)
{
    return batch->engine->history.instant;
}

size_t batch_decided(const struct batch *batch)
{
    return batch->decided;
}

/* Takes the references to ${data} and ${key}. */
static struct entry *add_entry(struct batch *batch, enum entry_kind kind, int64_t at, char *key, json_t *data)
{
    if (batch->count == batch->room) {
        batch->room = batch->room ? batch->room * 2 : 8;
        batch->entries = memory_grow(batch->entries, batch->room, sizeof *batch->entries);
        batch->owned = memory_grow(batch->owned, batch->room, sizeof *batch->owned);
    }
    struct entry *entry = &batch->entries[batch->count];
    *entry = (struct entry){.kind = kind, .at = at, .key = key, .data = data};
    batch->owned[batch->count++] = (struct owned){data, key};
    return entry;
}

void batch_input(struct batch *batch, const char *type, int64_t at, json_t *line)
{
    struct entry *entry = add_entry(batch, ENTRY_INPUT, at, NULL, line);
    entry->type = type;
    entry->part = batch->engine->history.part;
}

static char *subject_of(const struct binding *binding)
{
    struct text subject = TEXT_INIT;
    text_format(&subject, "%s/%s", binding->host->name, binding->plan->name);
    return text_take(&subject);
}

void batch_event(struct batch *batch, const char *subject, const char *name, const char *type, int severity,
                 json_t *data)
{
    struct entry *entry = add_entry(batch, ENTRY_EVENT, loop_wall(), NULL, data);
    entry->subject = subject;
    entry->name = name;
    entry->type = type;
    entry->severity = severity;
}

void batch_note(struct batch *batch, uint32_t binding, const char *format, ...)
{
    const struct binding *bound = &batch->engine->model->bindings[binding];
    struct text note = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&note, format, arguments);
    va_end(arguments);
    struct entry *entry = add_entry(batch, ENTRY_DECISION, loop_wall(), NULL,
                                    json_pack("{s:s, s:s}", "type", "note", "note", note.bytes));
    entry->subject = bound->host->name;
    entry->name = bound->plan->name;
    text_release(&note);
}

static json_t *saved_state(const struct engine *engine, uint32_t binding)
{
    json_t *saved = json_pack("{s:o}", "world", world_save(engine->world, binding));
    const char *output = engine->slots[binding].output;
    if (output)
        json_object_set_new(saved, "output", json_string(output));
    return saved;
}

static void add_state(struct batch *batch, uint32_t binding)
{
    struct engine *engine = batch->engine;
    add_entry(batch, ENTRY_STATE, loop_wall(), subject_of(&engine->model->bindings[binding]),
              saved_state(engine, binding));
    engine->slots[binding].dirty = false;
}

/* What `why` tells. */
static json_t *kept(const struct model *model, const struct decision *decision)
{
    json_t *data = decision_json(model, decision);
    if (decision->next)
        json_object_set_new(data, "next", json_integer(decision->next));
    return data;
}

static struct notice_known known_of(void *owner, uint32_t binding)
{
    const struct engine *engine = owner;
    return (struct notice_known){world_state(engine->world, binding), engine->slots[binding].output};
}

static void add_alert(struct batch *batch, const struct decision *decision)
{
    struct engine *engine = batch->engine;
    int64_t until;
    struct notice_source source = {
        .model = engine->model, .decision = decision, .known = known_of, .owner = engine};
    if (decision->notice == NOTICE_ACKNOWLEDGEMENT)
        (void)world_acknowledged(engine->world, decision->binding, &source.author, &until);
    json_t *alert = alert_json(&source);
    struct entry *entry =
        add_entry(batch, ENTRY_ALERT, decision->at, memory_text(decision->message_id), json_incref(alert));
    entry->subject = decision->subject;
    entry->name = decision->name;
    entry->type = notice_name(decision->notice);
    if (!batch->alerts)
        batch->alerts = json_array();
    json_array_append_new(batch->alerts, alert);
}

static void add_request(struct batch *batch, const struct decision *decision)
{
    struct request *request = memory_get(1, sizeof *request);
    request->remediation = memory_text(decision->remediation->name);
    request->subject = subject_of(&batch->engine->model->bindings[decision->binding]);
    request->run = memory_text(decision->run);
    request->author = decision->author ? memory_text(decision->author) : NULL;
    request->dry_run = decision->act == ACT_DRY_RUN;
    request->next = batch->requests;
    batch->requests = request;
}

static void add_check(struct batch *batch, uint32_t binding)
{
    batch->checks = memory_grow(batch->checks, batch->check_count + 1, sizeof *batch->checks);
    batch->checks[batch->check_count++] = binding;
}

static void add_verdict(struct batch *batch, const struct decision *decision)
{
    const struct verdict_facts *facts = decision->facts;
    json_t *line = json_pack("{s:s, s:s, s:I, s:b}", "run", decision->run, "verdict", act_name(decision->act),
                             "lasted", (json_int_t)(facts->lasted / 1000), "paged", facts->paged);
    if (facts->without)
        json_object_set_new(line, "without", json_integer(facts->without / 1000));
    if (!batch->verdicts)
        batch->verdicts = json_array();
    json_array_append_new(batch->verdicts, line);
}

/* What is called for in spite of the close is news for whoever closed it. */
static void tell_tracker(const struct batch *batch, const struct decision *decision)
{
    struct engine *engine = batch->engine;
    enum issue_state state;
    int64_t known;
    if (!world_issue_state(engine->world, decision->remediation->issue, &state, &known) ||
        state != ISSUE_CLOSED)
        return;
    char *subject = subject_of(&engine->model->bindings[decision->binding]);
    trackers_called(engine->trackers, decision->remediation, subject, decision->problem);
    free(subject);
}

static void say_state(const struct engine *engine, const struct decision *decision)
{
    const struct binding *binding = &engine->model->bindings[decision->binding];
    const char *output = engine->slots[decision->binding].output;
    int first = (int)strcspn(output ? output : "", "\n");
    log_say(engine->settings.log, LOG_LEVEL_INFO, "%s/%s is %s %s (attempt %d of %d): %.*s",
            decision->subject, decision->name, model_state_name(binding->plan, decision->verdict),
            state_type_name(decision->type), decision->attempt, binding->plan->attempts, first,
            output ? output : "");
}

static void say_remediation(const struct engine *engine, const struct decision *decision)
{
    log_say(engine->settings.log, LOG_LEVEL_INFO, "remediation \"%s\" (%s) of %s/%s: %s%s%s",
            decision->remediation->name, decision->remediation->issue, decision->subject, decision->name,
            act_name(decision->act), decision->reason ? ": " : "", decision->reason ? decision->reason : "");
}

/* A status event for each change of state, as the correlation of events wants it. */
static void add_status_event(struct batch *batch, const struct decision *decision)
{
    if (decision->changes & STATE_CHANGED)
        batch_event(batch, decision->subject, decision->name, "status", (int)decision->verdict,
                    kept(batch->engine->model, decision));
}

/* The state of a check is saved once, with the last of its decisions. */
void batch_state(struct batch *batch, uint32_t binding)
{
    batch->engine->slots[binding].dirty = true;
    if (batch->last_binding == binding)
        return;
    if (batch->last_binding != MODEL_NONE)
        add_state(batch, (uint32_t)batch->last_binding);
    batch->last_binding = binding;
}

/* Told in one message with others: it is in the story of each. */
static void add_member(struct batch *batch, const struct decision *decision, uint32_t member)
{
    struct engine *engine = batch->engine;
    if (member == decision->binding)
        return;
    struct decision one = *decision;
    const struct state *state = world_state(engine->world, member);
    one.verdict = state->verdict;
    one.type = state->type;
    one.attempt = state->attempt;
    one.problem = state->problem;
    json_t *data = kept(engine->model, &one);
    json_object_set_new(data, "with", json_string(decision->subject));
    struct entry *entry = add_entry(batch, ENTRY_DECISION, decision->at, NULL, data);
    entry->subject = engine->model->bindings[member].host->name;
    entry->name = engine->model->bindings[member].plan->name;
}

static void count_noise(struct engine *engine, const struct decision *decision)
{
    enum { BY_ITSELF = 5 * 60000 };
    struct slot *slot = &engine->slots[decision->binding];
    if (decision->changes & STATE_FLAPPING_STARTED)
        engine->noise.flaps++;
    if (decision->changes & STATE_PROBLEM_OPENED) {
        engine->noise.problems++;
        slot->opened = decision->at;
    } else if (decision->changes & STATE_HARD_RECOVERY) {
        engine->noise.alone += slot->opened && decision->at - slot->opened <= BY_ITSELF;
        slot->opened = 0;
    }
}

void batch_decision(void *owner, const struct decision *decision)
{
    struct batch *batch = owner;
    batch->decided++;
    history_decided(batch, decision);
    if (decision->kind == DECISION_STATE && decision->reason) {
        engine_keep_text(batch->engine, decision->binding, decision->reason);
        batch->engine->slots[decision->binding].dirty = true;
    }
    if (decision->kind == DECISION_STATE && !(decision->changes & ~(unsigned)STATE_REFUSED))
        return; /* nothing new: results are not journaled, transitions are */
    struct entry *entry =
        add_entry(batch, ENTRY_DECISION, decision->at, NULL, kept(batch->engine->model, decision));
    entry->subject = decision->subject;
    entry->name = decision->name;
    for (size_t i = 0; i < decision->member_count; i++)
        add_member(batch, decision, decision->members[i]);
    switch (decision->kind) {
    case DECISION_STATE:
        count_noise(batch->engine, decision);
        say_state(batch->engine, decision);
        add_status_event(batch, decision);
        break;
    case DECISION_ALERT:
        add_alert(batch, decision);
        break;
    case DECISION_QUIET:
    case DECISIONS:
        break;
    case DECISION_CHECK:
        add_check(batch, decision->binding);
        return;
    case DECISION_REMEDIATION:
        say_remediation(batch->engine, decision);
        if (decision->act == ACT_RUN || decision->act == ACT_DRY_RUN)
            add_request(batch, decision);
        if (decision->facts)
            add_verdict(batch, decision);
        if (decision->act == ACT_REFUSE)
            tell_tracker(batch, decision);
        break;
    }
    if (decision->binding != WORLD_SITE)
        batch_state(batch, decision->binding);
    for (size_t i = 0; i < decision->member_count; i++)
        batch_state(batch, decision->members[i]);
}

static void free_batch(struct batch *batch)
{
    for (struct request *request = batch->requests, *next; request; request = next) {
        next = request->next;
        free(request->remediation);
        free(request->subject);
        free(request->run);
        free(request->author);
        free(request);
    }
    json_decref(batch->verdicts);
    json_decref(batch->alerts);
    free(batch);
}

static void carry_out(const struct batch *batch)
{
    size_t index;
    json_t *alert;
    json_array_foreach(batch->alerts, index, alert) {
        tally_alert(batch->engine->tally, alert);
        outbox_add(batch->engine->outbox, alert);
    }
    for (const struct request *request = batch->requests; request; request = request->next)
        engine_remedy_request(batch->engine, request->remediation, request->subject, request->run,
                              request->author, request->dry_run);
    json_array_foreach(batch->verdicts, index, alert)
        engine_remedy_verdict(batch->engine, json_incref(alert));
}

/* The decisions are durable: now they may act. What became durable by the end itself acts after the next start. */
static void durable(void *owner)
{
    struct batch *batch = owner;
    if (!batch->engine->ending)
        carry_out(batch);
    free_batch(batch);
}

char *engine_part_key(const char *name)
{
    struct text key = TEXT_INIT;
    text_format(&key, "world.%s", name);
    return text_take(&key);
}

static void add_site(struct batch *batch)
{
    struct engine *engine = batch->engine;
    uint64_t changes = world_site_changes(engine->world);
    if (changes == engine->site_saved)
        return;
    for (size_t i = 0; world_part_name(i); i++) {
        const char *name;
        assert(i < ENGINE_PARTS);
        json_t *saved = world_save_part(engine->world, i, &engine->site_marks[i], &name);
        if (saved)
            add_entry(batch, ENTRY_SETTING, loop_wall(), engine_part_key(name), saved);
    }
    engine->site_saved = changes;
}

void batch_close(struct batch *batch)
{
    struct engine *engine = batch->engine;
    if (batch->last_binding != MODEL_NONE)
        add_state(batch, (uint32_t)batch->last_binding);
    add_site(batch);
    for (size_t i = 0; i < batch->check_count; i++)
        engine_run_soon(engine, batch->checks[i]);
    free(batch->checks);
    if (batch->count > 0)
        journal_write(engine->journal, batch->entries, batch->count, durable, batch);
    for (size_t i = 0; i < batch->count; i++) {
        json_decref(batch->owned[i].object);
        free(batch->owned[i].key);
    }
    free(batch->entries);
    free(batch->owned);
    if (batch->count == 0)
        free_batch(batch);
    engine_arm(engine);
}

void engine_tick(void *owner)
{
    struct engine *engine = owner;
    batch_close(batch_open(engine));
}

void engine_save_binding(struct engine *engine, uint32_t binding)
{
    char *key = subject_of(&engine->model->bindings[binding]);
    json_t *data = saved_state(engine, binding);
    struct entry entry = {.kind = ENTRY_STATE, .at = loop_wall(), .key = key, .data = data};
    journal_write(engine->journal, &entry, 1, NULL, NULL);
    engine->slots[binding].dirty = false;
    json_decref(data);
    free(key);
}

/* Transitions are in the journal already. What the snapshot adds is the time and text of the newest result,
 * so its work is bounded: a few hundred rows each time, round and round. */
void engine_snapshot(void *owner)
{
    enum { ROWS = 500, PERIOD = 10 * 1000000 };
    struct engine *engine = owner;
    size_t count = engine->model->binding_count;
    size_t saved = 0;
    for (size_t seen = 0; seen < count && saved < ROWS; seen++) {
        size_t i = engine->snapshot_next++ % count;
        if (engine->slots[i].dirty) {
            engine_save_binding(engine, (uint32_t)i);
            saved++;
        }
    }
    engine_log_trouble(engine);
    engine_history_keep(engine);
    loop_timer_at(engine->snapshot_timer, loop_now() + PERIOD);
}

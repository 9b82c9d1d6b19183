/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_history.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/utf8.h"
#include "scheduler/core/links.h"
#include "scheduler/core/world_history.h"

#include <inttypes.h>

enum { NOBODY = UINT32_MAX, DEPTH = 4, KEEP_EVERY = 86400000 };

static void add_line(struct batch *batch, const char *type, int64_t at, json_t *line)
{
    json_t *whole = json_object();
    json_set(whole, "at", json_number_of((double)at / 1000));
    if (json_object_update(whole, line) != 0)
        abort();
    json_decref(line);
    batch_input(batch, type, at, whole);
}

void history_deed(struct batch *batch, const char *deed, const char *format, ...)
{
    json_error_t mistake;
    va_list arguments;
    va_start(arguments, format);
    json_t *members = json_vpack_ex(&mistake, 0, format, arguments);
    va_end(arguments);
    if (!members)
        abort();
    json_t *line = json_pack("{s:s}", "do", deed);
    if (json_object_update(line, members) != 0)
        abort();
    json_decref(members);
    add_line(batch, INPUT_LINE, batch_engine(batch)->history.instant, line);
}

void history_request(struct batch *batch, const char *deed, const json_t *request, const char *author)
{
    json_t *line = json_deep_copy(request);
    if (author && !json_object_get(line, "author"))
        json_set(line, "author", json_string(author));
    (void)json_object_del(line, "command");
    (void)json_object_del(line, "at");
    json_set(line, "do", json_string(deed));
    add_line(batch, INPUT_LINE, batch_engine(batch)->history.instant, line);
}

void history_channel(struct batch *batch, const char *name, bool works, const char *reason,
                     const char *const *users, size_t count)
{
    struct text text = TEXT_INIT;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_add(list, json_string(users[i]));
    utf8_add(&text, reason ? reason : "", reason ? strlen(reason) : 0);
    history_deed(batch, "channel", "{s:s, s:b, s:s, s:o}", "channel", name, "works", (int)works, "reason",
                 text.bytes, "users", list);
    text_release(&text);
}

/* ---- time ---- */

void history_pass_time(struct batch *batch)
{
    struct engine *engine = batch_engine(batch);
    struct history *history = &engine->history;
    int64_t wall = loop_wall();
    int64_t now = wall > history->instant ? wall : history->instant;
    for (int64_t due = world_due(engine->world); due <= now; due = world_due(engine->world)) {
        int64_t at = due > history->instant ? due : history->instant;
        int64_t since = history->instant;
        bool late = now - at > HISTORY_LATE;
        history->instant = late ? now : at;
        if (late)
            history_deed(batch, "tick", "{s:f}", "since", (double)since / 1000);
        world_tick(engine->world, history->instant, batch_decision, batch);
    }
    history->instant = now;
}

void history_clock_set(struct batch *batch, int64_t delta)
{
    struct engine *engine = batch_engine(batch);
    struct history *history = &engine->history;
    history->instant = history->part_from = loop_wall();
    history->part++;
    history->started += delta;
    history->begun += delta;
    for (size_t i = 0; i < engine->model->binding_count; i++) {
        engine->slots[i].newest += delta;
        engine->slots[i].told_of += delta;
    }
    history_deed(batch, "clock_set", "{s:f}", "by", (double)delta / 1000);
}

/* ---- results ---- */

static void add_result(struct batch *batch, uint32_t index, const struct result *result, int64_t at)
{
    const struct binding *binding = &batch_engine(batch)->model->bindings[index];
    json_t *line = json_pack("{s:s, s:s, s:i}", "host", binding->host->name, "check", binding->plan->name,
                             "exit", (int)result->verdict);
    if (result->text && *result->text)
        json_object_set_new(line, "output", json_stringn(result->text, strcspn(result->text, "\n")));
    if (result->at != at)
        json_set(line, "ran", json_number_of((double)result->at / 1000));
    if (result->passive)
        json_set(line, "passive", json_true());
    add_line(batch, INPUT_LINE, at, line);
    batch_state(batch, index); /* after a crash no less is known than the history tells */
}

/* The newest result of a check, when it was worth no line. */
static void catch_up(struct batch *batch, uint32_t binding)
{
    struct engine *engine = batch_engine(batch);
    struct slot *slot = &engine->slots[binding];
    if (slot->newest <= slot->told_of || engine->history.current == binding)
        return;
    int64_t at = slot->newest > engine->history.part_from ? slot->newest : engine->history.part_from;
    const struct result result = {.verdict = slot->newest_verdict, .at = slot->newest};
    add_result(batch, binding, &result, at);
    slot->told_of = slot->newest;
}

static void catch_up_with_sources(struct batch *batch, uint32_t binding, int depth)
{
    struct links_list sources = {0};
    catch_up(batch, binding);
    if (depth < DEPTH)
        links_sources(batch_engine(batch)->model, binding, &sources);
    for (size_t i = 0; i < sources.count; i++)
        catch_up_with_sources(batch, sources.items[i], depth + 1);
    links_list_release(&sources);
}

void history_decided(struct batch *batch, const struct decision *decision)
{
    if (decision->binding != WORLD_SITE)
        catch_up_with_sources(batch, decision->binding, 0);
    for (size_t i = 0; i < decision->member_count; i++)
        catch_up_with_sources(batch, decision->members[i], 0);
}

struct history_result history_before(struct batch *batch, uint32_t binding, const struct result *result)
{
    struct engine *engine = batch_engine(batch);
    engine->history.current = binding;
    return (struct history_result){.binding = binding,
                                   .result = result,
                                   .before = world_state(engine->world, binding)->last_result,
                                   .mark = world_mark(engine->world, binding),
                                   .decided = batch_decided(batch)};
}

/* A check whose silence means something is told of in time, so that a replay does not miss it. */
static bool silence_nears(const struct engine *engine, uint32_t binding, int64_t at)
{
    int64_t freshness = engine->model->bindings[binding].plan->freshness;
    return freshness > 0 && at >= engine->slots[binding].told_of + freshness / 2;
}

void history_after(struct batch *batch, const struct history_result *before)
{
    struct engine *engine = batch_engine(batch);
    uint32_t binding = before->binding;
    struct slot *slot = &engine->slots[binding];
    bool refused = before->result->passive && before->result->at < before->before;
    engine->history.current = NOBODY;
    bool matters =
        batch_decided(batch) != before->decided || world_mark(engine->world, binding) != before->mark;
    if (refused && matters)
        catch_up(batch, binding);
    if (!refused) {
        slot->newest = world_state(engine->world, binding)->last_result;
        slot->newest_verdict = before->result->verdict;
    }
    if (!matters && !silence_nears(engine, binding, engine->history.instant))
        return;
    add_result(batch, binding, before->result, engine->history.instant);
    if (!refused)
        slot->told_of = slot->newest;
}

/* ---- beginnings ---- */

/* What is plain then leaves out when a check became OK, which an open problem that waits for a result from after that
 * rests on. */
static int64_t oldest_open(const struct engine *engine)
{
    int64_t oldest = INT64_MAX;
    for (uint32_t i = 0; i < engine->model->binding_count; i++) {
        const struct state *state = world_state(engine->world, i);
        if (state->known && state->verdict != VERDICT_OK && state->last_result < oldest)
            oldest = state->last_result;
    }
    return oldest;
}

static bool is_plain(const struct engine *engine, uint32_t binding, int64_t oldest)
{
    const struct state *state = world_state(engine->world, binding);
    const struct history *history = &engine->history;
    return world_plain(engine->world, binding) && state->hard_since <= oldest &&
           (history->begun == history->instant || state->last_result >= history->begun);
}

static void add_state(struct batch *batch, uint32_t index)
{
    const struct engine *engine = batch_engine(batch);
    const struct binding *binding = &engine->model->bindings[index];
    add_line(batch, INPUT_STATE, engine->history.instant,
             json_pack("{s:s, s:s, s:s, s:o}", "do", "state", "host", binding->host->name, "check",
                       binding->plan->name, "saved", world_save(engine->world, index)));
}

static void add_beginning(struct batch *batch)
{
    struct engine *engine = batch_engine(batch);
    size_t count = engine->model->binding_count;
    int64_t oldest = oldest_open(engine);
    bool *plain = memory_get(count + 1, sizeof *plain);
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        plain[i] = is_plain(engine, i, oldest);
        any |= plain[i];
    }
    add_line(batch, INPUT_BEGIN, engine->history.instant,
             json_pack("{s:s, s:s, s:s, s:f, s:f, s:o, s:o}", "do", "begin", "generation",
                       engine->history.generation, "others", any ? "OK" : "PENDING", "started",
                       (double)engine->history.started / 1000, "begun", (double)engine->history.begun / 1000,
                       "site", world_save_site(engine->world), "past", world_save_past(engine->world)));
    for (uint32_t i = 0; i < count; i++)
        if (plain[i] ? !any : any || world_state(engine->world, i)->known)
            add_state(batch, i);
    free(plain);
    engine->history.noted = engine->history.instant;
}

void engine_history_start(struct engine *engine)
{
    struct history *history = &engine->history;
    int64_t newest = journal_newest(engine->journal, &history->part);
    bool first = history->part == 0;
    history->part++;
    history->part_from = history->started = history->begun = history->instant;
    history->current = NOBODY;
    (void)snprintf(history->generation, sizeof history->generation, "%016" PRIx64,
                   config_digest(engine->settings.conf));
    for (size_t i = 0; i < engine->model->binding_count; i++)
        engine->slots[i].newest = engine->slots[i].told_of = history->instant;
    struct batch *batch = batch_begin(engine);
    if (!first)
        history_deed(batch, "restart", "{s:f, s:s, s:o}", "since", (double)newest / 1000, "generation",
                     history->generation, "past", world_save_past(engine->world));
    add_beginning(batch);
    batch_close(batch);
}

void engine_history_reload(struct engine *engine, uint64_t digest)
{
    struct history *history = &engine->history;
    struct batch *batch = batch_open(engine);
    (void)snprintf(history->generation, sizeof history->generation, "%016" PRIx64, digest);
    history_deed(batch, "reload", "{s:s}", "generation", history->generation);
    history->begun = history->instant;
    batch_close(batch);
}

void engine_history_keep(struct engine *engine)
{
    if (loop_wall() - engine->history.noted < KEEP_EVERY)
        return;
    struct batch *batch = batch_open(engine);
    add_beginning(batch);
    batch_close(batch);
}

/* So that the next start knows until when time passed here. */
void engine_history_end(struct engine *engine)
{
    if (engine->history.part == 0)
        return;
    json_t *line =
        json_pack("{s:o, s:s}", "at", json_number_of((double)engine->history.instant / 1000), "do", "tick");
    const struct entry entry = {.kind = ENTRY_INPUT,
                                .at = engine->history.instant,
                                .part = engine->history.part,
                                .type = INPUT_LINE,
                                .data = line};
    journal_write(engine->journal, &entry, 1, NULL, NULL);
    json_decref(line);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger_runs.h"

#include "lib/ledger.h"
#include "lib/memory.h"
#include "lib/text.h"

#include <string.h>

/* Some 30,000 years from 1970: no sum of instants and spans overflows. */
#define LATEST INT64_C(1000000000000000)

/* Of what the program asks, does and verifies, nothing takes longer than a day. */
#define LONGEST_RUN INT64_C(259200000)

/* Lines are stamped before they wait for the lock, for 10 s at most: so much disorder is no step of the clock. */
enum { DISORDER = 15000, LEAD_MOST = 3600000 };

struct ledger_instant {
    int64_t at;
    int64_t lead; /* of a begin: how long before it the run was asked for */
    int64_t next; /* the earliest of the lines after it, up to the next instant */
    size_t run;
    bool is_end;
};

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static bool is_instant(double milliseconds)
{
    return milliseconds > 0 && milliseconds < (double)LATEST;
}

static int64_t instant_of(const json_t *line)
{
    double seconds = json_number_value(json_object_get(line, "at"));
    double exact = json_number_value(json_object_get(line, "at_ms"));
    if (is_instant(exact))
        return (int64_t)exact;
    return is_instant(seconds * 1000) ? (int64_t)(seconds * 1000) : 0;
}

void ledger_runs_init(struct ledger_runs *runs, const struct ledger_aim *aim)
{
    struct text named = TEXT_INIT;
    text_format(&named, "\"%s\"", aim->remediation);
    *runs = (struct ledger_runs){.aim = *aim,
                                 .named = text_take(&named),
                                 .since = aim->now - limits_span(aim->limits) - LONGEST_RUN,
                                 .open = json_object()};
}

/* ---- unparsed ---- */

static bool has(const char *line, size_t length, const char *word)
{
    return memmem(line, length, word, strlen(word)) != NULL;
}

static void note_instant(struct ledger_runs *runs, int64_t at)
{
    if (at > 0 && runs->instant_count > 0 && at < runs->instants[runs->instant_count - 1].next)
        runs->instants[runs->instant_count - 1].next = at;
}

bool ledger_runs_wants(struct ledger_runs *runs, const char *line, size_t length)
{
    int64_t at = ledger_raw_at(line, length);
    if (at >= runs->since && (!runs->aim.only || has(line, length, runs->named)) &&
        (has(line, length, "\"begin\"") || has(line, length, "\"end\"")))
        return true;
    note_instant(runs, at);
    return false;
}

/* ---- parsed ---- */

/* A limit counts from when a run was asked for, as who asked does: diagnostics take their time before it begins. */
static int64_t lead_of(const json_t *line, int64_t at)
{
    int64_t asked = json_integer_value(json_object_get(line, "asked_ms"));
    return asked > 0 && asked < at && asked > at - LEAD_MOST ? at - asked : 0;
}

static void add_instant(struct ledger_runs *runs, const struct ledger_instant *instant)
{
    runs->instants = memory_grow(runs->instants, runs->instant_count + 1, sizeof *runs->instants);
    runs->instants[runs->instant_count++] = *instant;
}

static void begin(struct ledger_runs *runs, const json_t *line, int64_t at)
{
    static const char *const kept[] = {"pid", "at", "remediation", "target"};
    const struct ledger_aim *aim = &runs->aim;
    json_t *open = json_object();
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        (void)json_object_set(open, kept[i], json_object_get(line, kept[i]));
    json_object_set_new(open, "index", json_integer((json_int_t)runs->count));
    json_object_set_new(runs->open, text_of(line, "run"), open);
    const struct ledger_instant instant = {
        .at = at, .lead = lead_of(line, at), .next = LATEST, .run = runs->count};
    add_instant(runs, &instant);
    runs->runs = memory_grow(runs->runs, runs->count + 1, sizeof *runs->runs);
    runs->runs[runs->count++] = (struct limit_run){
        .same_remediation = strcmp(text_of(line, "remediation"), aim->remediation) == 0,
        .same_target = strcmp(text_of(line, "target"), aim->target) == 0,
        .same_service = aim->beside(aim->owner, line),
    };
}

static void end(struct ledger_runs *runs, const json_t *line, int64_t at)
{
    const char *run = text_of(line, "run");
    const json_t *index = json_object_get(json_object_get(runs->open, run), "index");
    if (!index)
        return;
    const struct ledger_instant instant = {
        .at = at, .next = LATEST, .run = (size_t)json_integer_value(index), .is_end = true};
    add_instant(runs, &instant);
    (void)json_object_del(runs->open, run);
}

void ledger_runs_take(struct ledger_runs *runs, const json_t *line)
{
    const char *event = text_of(line, "event");
    int64_t at = instant_of(line);
    if (strcmp(event, "begin") == 0 && at >= runs->since)
        begin(runs, line, at);
    else if (strcmp(event, "end") == 0 && at >= runs->since)
        end(runs, line, at);
    else
        note_instant(runs, at);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void set_instants(struct ledger_runs *runs)
{
    int64_t next = runs->aim.now;
    for (size_t i = runs->instant_count; i > 0; i--) {
        const struct ledger_instant *instant = &runs->instants[i - 1];
        struct limit_run *run = &runs->runs[instant->run];
        next = earlier(next, instant->next);
        int64_t at = instant->at > next + DISORDER ? next : instant->at;
        next = earlier(next, at);
        if (instant->is_end)
            run->ended = at;
        else
            run->started = at - instant->lead;
    }
}

void ledger_runs_finish(struct ledger_runs *runs)
{
    const char *id;
    json_t *open;
    void *rest;
    set_instants(runs);
    json_object_foreach_safe(runs->open, rest, id, open)
    {
        if (ledger_is_dead(open))
            (void)json_object_del(runs->open, id);
        else
            runs->runs[json_integer_value(json_object_get(open, "index"))].running = true;
    }
}

void ledger_runs_release(struct ledger_runs *runs)
{
    json_decref(runs->open);
    free(runs->instants);
    free(runs->runs);
    free(runs->named);
    *runs = (struct ledger_runs){0};
}

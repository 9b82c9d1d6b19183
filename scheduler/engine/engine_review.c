/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read from the ledger and from bundles of diagnostics: files, so a thread reads them. */
#include "scheduler/engine/engine_answer.h"

#include "lib/bundle_read.h"
#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "scheduler/core/review.h"
#include "scheduler/core/review_runs.h"

enum { RUNS_AT_MOST = 500 };

struct reading {
    struct engine *engine;
    struct door door;
    char *path;    /* of the ledger, or of the folder of all bundles */
    char *name;    /* the issue, or the run; NULL: all issues */
    int64_t limit; /* of runs */
    json_t *found; /* by the thread; NULL: it failed */
    json_t *runs;
    struct error error;
};

static struct reading *reading_new(struct engine *engine, const struct door *door, const char *name)
{
    struct reading *reading = memory_get(1, sizeof *reading);
    *reading = (struct reading){.engine = engine, .door = *door, .name = memory_text(name)};
    return reading;
}

static void reading_free(struct reading *reading)
{
    json_decref(reading->runs);
    json_decref(reading->found);
    free(reading->name);
    free(reading->path);
    free(reading);
}

static json_t *rows_of(const struct reading *reading)
{
    return review_rows(reading->engine->model, reading->found, NULL, reading->name, loop_wall() / 1000);
}

/* ---- the review ---- */

static void count_runs(void *owner)
{
    struct reading *reading = owner;
    reading->found =
        ledger_summary(reading->path, reading->name, 0, loop_wall() / 1000, NULL, &reading->error);
}

static void runs_counted(void *owner)
{
    struct reading *reading = owner;
    if (reading->found)
        reading->door.reply(reading->door.call, rows_of(reading));
    else
        door_refuse(&reading->door, "%s", reading->error.text);
    reading_free(reading);
}

void answer_remediations(struct engine *engine, const struct door *door)
{
    struct reading *reading = reading_new(engine, door, NULL);
    reading->path = memory_text(engine->ledger);
    loop_work(engine->loop, count_runs, runs_counted, reading);
}

/* ---- one issue ---- */

static void read_runs(void *owner)
{
    struct reading *reading = owner;
    reading->runs = json_object();
    struct review_runs runs = {.issue = reading->name, .runs = reading->runs};
    const char *words[REVIEW_RUNS_WORDS];
    review_runs_words(reading->name, words);
    count_runs(reading);
    if (reading->found && !ledger_read_with(reading->path, words, review_runs_take, &runs, &reading->error)) {
        json_decref(reading->found);
        reading->found = NULL;
    }
}

/* The last ${limit} of them, the newest first. */
static json_t *newest_runs(const struct reading *reading)
{
    json_t *list = json_array(), *newest = json_array();
    const char *id;
    json_t *run;
    json_object_foreach(reading->runs, id, run)
        json_array_append(list, run);
    for (size_t i = json_array_size(list); i > 0 && (int64_t)json_array_size(newest) < reading->limit; i--)
        json_array_append(newest, json_array_get(list, i - 1));
    json_decref(list);
    return newest;
}

static void runs_read(void *owner)
{
    struct reading *reading = owner;
    json_t *rows = reading->found ? rows_of(reading) : NULL;
    if (json_array_size(rows) > 0)
        reading->door.reply(reading->door.call, json_pack("{s:s, s:O, s:o, s:I}", "issue", reading->name,
                                                          "rows", rows, "runs", newest_runs(reading), "total",
                                                          (json_int_t)json_object_size(reading->runs)));
    else
        door_refuse(&reading->door, "%s",
                    rows ? "the issue has no remediation, and none has run for it" : reading->error.text);
    json_decref(rows);
    reading_free(reading);
}

void answer_runs(struct engine *engine, const struct door *door, const char *issue, int64_t limit)
{
    struct reading *reading = reading_new(engine, door, issue);
    reading->path = memory_text(engine->ledger);
    reading->limit = limit ? limit : RUNS_AT_MOST;
    loop_work(engine->loop, read_runs, runs_read, reading);
}

/* ---- diagnostics ---- */

static void read_bundle(void *owner)
{
    struct reading *reading = owner;
    reading->found = bundle_read(reading->path, reading->name, &reading->error);
}

static void bundle_done(void *owner)
{
    struct reading *reading = owner;
    if (reading->found)
        reading->door.reply(reading->door.call, json_incref(reading->found));
    else
        door_refuse(&reading->door, "%s", reading->error.text);
    reading_free(reading);
}

void answer_diagnostics(struct engine *engine, const struct door *door, const char *run)
{
    struct reading *reading = reading_new(engine, door, run);
    struct text path = TEXT_INIT;
    text_format(&path, "%s/diagnostics", engine->model->site.state);
    reading->path = text_take(&path);
    loop_work(engine->loop, read_bundle, bundle_done, reading);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remediations: the review */
#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/instant.h"
#include "lib/utf8.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/core/review.h"
#include "scheduler/core/review_runs.h"
#include "scheduler/core/rota.h"

struct arguments {
    const char *issue;
    int64_t since;
    bool csv, fail_on_expired;
};

static const struct option_row options[] = {
    {"issue", 0, TEXT(struct arguments, issue), .value = "ID",
     .help = "Only this issue, and each of its runs with its diagnostics, or why it was refused."},
    {"since", 0, DURATION(struct arguments, since), .value = "DURATION",
     .help = "Only runs that began within that time, such as 30d; all unless given."},
    {"csv", 0, FLAG(struct arguments, csv), .help = "Comma-separated values with a line of headings."},
    {"fail-on-expired", 0, FLAG(struct arguments, fail_on_expired),
     .help = "Exit 1 when a configured remediation has expired."},
    {0},
};

/* ---- the runs of one issue, and what was refused ---- */

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static const char *word_of(const json_t *run)
{
    const char *verdict = text_of(run, "verdict"), *outcome = text_of(run, "outcome");
    bool died = strcmp(outcome, "interrupted") == 0 && strcmp(verdict, "fixed") != 0;
    const char *word = *verdict && !died ? verdict : outcome;
    return !*word ? "not ended" : strcmp(word, "no_effect") == 0 ? "no effect" : word;
}

static void print_run(struct text *out, const json_t *run, const struct zone *zone)
{
    struct text line = TEXT_INIT;
    text_add(&line, "  ");
    instant_write(&line, zone, json_integer_value(json_object_get(run, "at")));
    text_format(&line, "  %s on %s: %s", text_of(run, "run"), text_of(run, "target"), word_of(run));
    if (*text_of(run, "author"))
        text_format(&line, ", by %s", text_of(run, "author"));
    if (*text_of(run, "text"))
        text_format(&line, ": %.*s", (int)strcspn(text_of(run, "text"), "\r\n"), text_of(run, "text"));
    utf8_add_line(out, line.bytes);
    text_add_char(out, '\n');
    if (*text_of(run, "bundle")) {
        text_add(out, "    diagnostics: ");
        utf8_add_line(out, text_of(run, "bundle"));
        text_add_char(out, '\n');
    }
    text_release(&line);
}

/* Of each row with --json, below the table without. */
static void add_history(struct command_call *call, const struct review_runs *history, json_t *rows,
                        const struct zone *zone, bool print)
{
    const char *id;
    json_t *run, *row;
    size_t index;
    json_array_foreach(rows, index, row)
        json_object_set_new(row, "history", json_array());
    json_object_foreach(history->runs, id, run) {
        json_array_foreach(rows, index, row)
            if (strcmp(text_of(row, "remediation"), text_of(run, "remediation")) == 0)
                json_array_append(json_object_get(row, "history"), run);
        if (print)
            print_run(call->out, run, zone);
    }
}

/* ---- the review ---- */

static int print(struct command_call *call, const struct arguments *arguments, const struct model *model,
                 json_t *rows, const struct review_runs *history)
{
    const struct zone *zone = rota_zone(model, NULL, NULL);
    bool unknown = arguments->issue && json_array_size(rows) == 0;
    if (!call->json && unknown && !arguments->csv)
        text_format(call->out, "no remediation of the issue \"%s\" is configured, and none has run\n",
                    arguments->issue);
    else if (!call->json && arguments->csv)
        review_csv(call->out, rows, zone);
    else if (!call->json)
        review_table(call->out, rows, zone, call->width);
    if (arguments->issue)
        add_history(call, history, rows, zone, !call->json && !arguments->csv);
    if (call->json)
        json_write(call->out, rows);
    return arguments->fail_on_expired && review_expired(rows) ? COMMAND_NO : COMMAND_YES;
}

static int review(struct command_call *call, const struct arguments *arguments, const struct model *model)
{
    struct text path = TEXT_INIT;
    struct error error = {""};
    int64_t since = arguments->since > 0 ? call->now - arguments->since / 1000 : 0;
    struct review_runs history = {.issue = arguments->issue, .since = since, .runs = json_object()};
    const char *words[REVIEW_RUNS_WORDS];
    size_t bad;
    int code = COMMAND_REFUSED;
    text_format(&path, "%s/ledger.jsonl", model->site.state);
    review_runs_words(arguments->issue, words);
    json_t *counted = ledger_summary(path.bytes, arguments->issue, since, call->now, &bad, &error);
    if (counted &&
        (!arguments->issue || ledger_read_with(path.bytes, words, review_runs_take, &history, &error))) {
        json_t *rows = review_rows(model, counted, NULL, arguments->issue, call->now);
        code = print(call, arguments, model, rows, &history);
        review_bad(call->complaint, bad);
        json_decref(rows);
    } else {
        code = command_refuse(call, "%s", error.text);
    }
    json_decref(counted);
    json_decref(history.runs);
    text_release(&path);
    return code;
}

static int run(const void *given, struct command_call *call)
{
    struct model *model = site_load(call);
    if (!model)
        return COMMAND_REFUSED;
    int code = review(call, given, model);
    model_free(model);
    return code;
}

const struct command command_remediations = {
    .name = "remediations",
    .usage = "[--issue ID] [--since 30d] [--csv] [--fail-on-expired]",
    .summary = "reviews remediations by issue: runs, what they did, when they end",
    .notes = "Read from the configuration and the ledger of the state directory; needs no scheduler. Worst "
             "first: not "
             "diagnosed and most frequent. On a terminal that is too narrow the columns go on below.\n"
             "BEFORE counts the runs of the span of the same length before --since. MINUTES AVOIDED go by "
             "the median of "
             "what such problems last without a run; PAGES SAVED are the runs that helped before people were "
             "told, of "
             "those that a check judged. FIRST and LAST RUN are those of the whole ledger. What was not "
             "rehearsed in "
             "time stands below.",
    .options = options,
    .size = sizeof(struct arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/review_runs.h"

#include <stdbool.h>
#include <string.h>

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static void add_members(json_t *run, const json_t *line, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(line, names[i]);
        if (value)
            json_object_set(run, names[i], value);
    }
}

void review_runs_words(const char *issue, const char *words[static REVIEW_RUNS_WORDS])
{
    words[0] = issue;
    words[1] = "\"verdict\""; /* a line that has no issue */
    words[2] = NULL;
}

void review_runs_take(void *owner, const json_t *line)
{
    static const char *const begins[] = {"run",    "remediation", "issue",  "target", "subject",
                                         "author", "user",        "bundle", "at"};
    static const char *const ends[] = {"outcome", "duration", "text", "verdict", "lasted"};
    struct review_runs *history = owner;
    const char *id = text_of(line, "run"), *event = text_of(line, "event");
    json_t *run = json_object_get(history->runs, id);
    bool refused = strcmp(event, "refused") == 0;
    bool first = strcmp(event, "begin") == 0 || (refused && !run);
    if (first && strcmp(text_of(line, "issue"), history->issue) == 0 &&
        json_integer_value(json_object_get(line, "at")) >= history->since) {
        run = json_object();
        add_members(run, line, begins, sizeof begins / sizeof begins[0]);
        if (refused) {
            json_object_set(run, "outcome", json_object_get(line, "event"));
            json_object_set(run, "text", json_object_get(line, "text"));
        }
        json_object_set_new(history->runs, id, run);
    } else if (run && !first && !refused) {
        add_members(run, line, ends, sizeof ends / sizeof ends[0]);
    }
}

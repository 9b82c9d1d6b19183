/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"

#include "lib/memory.h"
#include "lib/text.h"

enum { DAY_SECONDS = 86400 };

struct summary {
    const char *issue; /* NULL: all */
    int64_t since;
    json_t *rows; /* by "ISSUE REMEDIATION": the finished row, and what only the reading needs behind it */
    json_t *open; /* by run: the key of its row, until it ends */
};

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static json_t *new_row(const json_t *line)
{
    static const char *const counts[] = {"runs", "fixed", "no_effect", "failed", "refused"};
    json_t *row = json_object();
    json_object_set_new(row, "issue", json_string(text_of(line, "issue")));
    json_object_set_new(row, "remediation", json_string(text_of(line, "remediation")));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        json_object_set_new(row, counts[i], json_integer(0));
    json_object_set_new(row, "last_run", json_null());
    json_object_set_new(row, "days_left", json_null());
    json_object_set_new(row, "diagnosed", json_false());
    return row;
}

static void count(json_t *row, const char *key)
{
    json_t *number = json_object_get(row, key);
    (void)json_integer_set(number, json_integer_value(number) + 1);
}

/* What the newest line says holds, whoever ran it. `expires` becomes days_left at the end. */
static void take_governance(json_t *row, const json_t *line)
{
    const json_t *expires = json_object_get(line, "expires");
    if (json_is_integer(expires))
        json_object_set_new(row, "days_left", json_integer(json_integer_value(expires)));
    json_object_set_new(row, "diagnosed", json_boolean(json_is_true(json_object_get(line, "diagnosed"))));
}

static void take_begin(struct summary *summary, json_t *row, const char *key, const json_t *line, int64_t at)
{
    const json_t *last = json_object_get(row, "last_run");
    count(row, "runs");
    if (!json_is_integer(last) || json_integer_value(last) < at)
        json_object_set_new(row, "last_run", json_integer(at));
    json_object_set_new(summary->open, text_of(line, "run"), json_string(key));
}

static void take_end(struct summary *summary, const json_t *line)
{
    static const char *const outcomes[][2] = {
        {"fixed", "fixed"}, {"no_effect", "no_effect"}, {"failed", "failed"}, {"interrupted", "failed"}};
    const char *key = json_string_value(json_object_get(summary->open, text_of(line, "run")));
    json_t *row = key ? json_object_get(summary->rows, key) : NULL;
    if (!row)
        return;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        if (strcmp(text_of(line, "outcome"), outcomes[i][0]) == 0)
            count(row, outcomes[i][1]);
    (void)json_object_del(summary->open, text_of(line, "run"));
}

static void take_line(void *owner, const json_t *line)
{
    struct summary *summary = owner;
    const char *event = text_of(line, "event");
    int64_t at = json_integer_value(json_object_get(line, "at"));
    if (strcmp(event, "end") == 0)
        take_end(summary, line);
    if (at < summary->since || (summary->issue && strcmp(text_of(line, "issue"), summary->issue) != 0))
        return;
    bool begin = strcmp(event, "begin") == 0;
    if (!begin && strcmp(event, "refused") != 0)
        return;
    struct text key = TEXT_INIT;
    text_format(&key, "%s %s", text_of(line, "issue"), text_of(line, "remediation"));
    json_t *row = json_object_get(summary->rows, key.bytes);
    if (!row) {
        row = new_row(line);
        json_object_set_new(summary->rows, key.bytes, row);
    }
    take_governance(row, line);
    if (begin)
        take_begin(summary, row, key.bytes, line, at);
    else
        count(row, "refused");
    text_release(&key);
}

static int by_name(const void *a, const void *b)
{
    const json_t *const *left = a;
    const json_t *const *right = b;
    int order = strcmp(text_of(*left, "issue"), text_of(*right, "issue"));
    return order ? order : strcmp(text_of(*left, "remediation"), text_of(*right, "remediation"));
}

/* Rounded down, so that the last day is 0 and the day after it -1. */
static int64_t days_between(int64_t from, int64_t to)
{
    int64_t seconds;
    if (__builtin_sub_overflow(to, from, &seconds))
        return 0;
    return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
}

static json_t *sorted(json_t *rows, int64_t now)
{
    json_t *array = json_array();
    size_t found = 0;
    json_t **list = memory_get(json_object_size(rows) + 1, sizeof(json_t *));
    const char *key;
    json_t *row;
    json_object_foreach(rows, key, row) {
        json_t *expires = json_object_get(row, "days_left");
        if (json_is_integer(expires))
            (void)json_integer_set(expires, days_between(now, json_integer_value(expires)));
        list[found++] = row;
    }
    qsort(list, found, sizeof(json_t *), by_name);
    for (size_t i = 0; i < found; i++)
        json_array_append(array, list[i]);
    free(list);
    return array;
}

json_t *ledger_summary(const char *path, const char *issue, int64_t since, int64_t now, struct error *error)
{
    struct summary summary = {.issue = issue, .since = since, .rows = json_object(), .open = json_object()};
    json_t *array = NULL;
    if (ledger_read(path, take_line, &summary, NULL, error))
        array = sorted(summary.rows, now);
    json_decref(summary.open);
    json_decref(summary.rows);
    return array;
}

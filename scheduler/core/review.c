/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/review.h"

#include "lib/memory.h"
#include "lib/renewal.h"
#include "lib/utf8.h"
#include "scheduler/core/remedy.h"

#define DAY INT64_C(86400)

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

/* ---- the rows ---- */

static bool is_row_of(const json_t *row, const struct remediation *remediation)
{
    return strcmp(text_of(row, "remediation"), remediation->name) == 0 &&
           strcmp(text_of(row, "issue"), remediation->issue) == 0;
}

static json_t *empty_row(const struct remediation *remediation)
{
    static const char *const counts[] = {"runs",    "fixed",  "no_effect", "worse",           "failed",
                                         "refused", "before", "renewals",  "avoided_minutes", "dry_runs"};
    static const char *const nothing[] = {"pages_saved", "first_run", "last_run", "rehearsed"};
    json_t *row = json_object();
    json_object_set_new(row, "issue", json_string(remediation->issue));
    json_object_set_new(row, "remediation", json_string(remediation->name));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        json_object_set_new(row, counts[i], json_integer(0));
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        json_object_set_new(row, nothing[i], json_null());
    return row;
}

static int64_t days_left(const struct remediation *remediation, int64_t now)
{
    int64_t left = remedy_expiry(remediation) / 1000 - now;
    return left / DAY - (left % DAY < 0);
}

/* The ledger knows of a renewal by the first run after it; the configuration may have one more. */
static int64_t renewals_of(const json_t *row, const struct remediation *remediation)
{
    const char *renewal = text_of(row, "renewal");
    struct tagging known = {.sentence = renewal};
    const struct tagging now = {remediation->tagged, remediation->renewal};
    if (!renewal_day(text_of(row, "tagged"), &known.day))
        return remediation->renewal && *remediation->renewal ? 1 : 0;
    return json_integer_value(json_object_get(row, "renewals")) +
           (renewal_judge(&known, &now) == RENEWAL_GIVEN);
}

/* What is configured now holds, whatever the last run was told. */
static void add_configuration(json_t *row, const struct remediation *remediation, int64_t now)
{
    const json_t *rehearsed = json_object_get(row, "rehearsed");
    int64_t last = remediation->tagged * DAY; /* until then nobody could */
    if (json_is_integer(rehearsed) && json_integer_value(rehearsed) > last)
        last = json_integer_value(rehearsed);
    bool due = now - last > remediation->rehearse / 1000;
    json_object_set_new(row, "days_left", json_integer(days_left(remediation, now)));
    json_object_set_new(row, "diagnosed", json_boolean(remediation->diagnosed));
    json_object_set_new(row, "cause", json_string(remediation->cause ? remediation->cause : ""));
    json_object_set_new(row, "owner", json_string(remediation->owner ? remediation->owner : ""));
    json_object_set_new(row, "configured", json_true());
    json_object_set_new(row, "renewals", json_integer(renewals_of(row, remediation)));
    json_object_set_new(row, "expired", json_boolean(now >= remedy_expiry(remediation) / 1000));
    json_object_set_new(row, "rehearsal_due", json_boolean(due));
}

static json_t *row_for(json_t *rows, const struct remediation *remediation)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
        if (is_row_of(row, remediation))
            return row;
    row = empty_row(remediation);
    json_array_append_new(rows, row);
    return row;
}

static int64_t whole_of(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static int by_badness(const void *a, const void *b)
{
    const json_t *const *left = a, *const *right = b;
    int diagnosed = json_is_true(json_object_get(*left, "diagnosed")) -
                    json_is_true(json_object_get(*right, "diagnosed"));
    int64_t runs = whole_of(*right, "runs") - whole_of(*left, "runs");
    int name = strcmp(text_of(*left, "remediation"), text_of(*right, "remediation"));
    if (diagnosed)
        return diagnosed;
    return runs ? (runs < 0 ? -1 : 1) : name;
}

/* What is neither configured nor ran in the two spans is the past's. */
static bool is_of_now(const json_t *row)
{
    return json_is_true(json_object_get(row, "configured")) || whole_of(row, "runs") ||
           whole_of(row, "before") || whole_of(row, "refused");
}

static bool is_wanted(const json_t *row, const char *owner, const char *issue)
{
    return is_of_now(row) && (!owner || strcmp(text_of(row, "owner"), owner) == 0) &&
           (!issue || strcmp(text_of(row, "issue"), issue) == 0);
}

json_t *review_rows(const struct model *model, const json_t *counted, const char *owner, const char *issue,
                    int64_t now)
{
    json_t *rows = json_deep_copy(counted);
    json_t *chosen = json_array();
    size_t count = 0, index;
    json_t *row;
    for (size_t i = 0; i < model->remediation_count; i++)
        add_configuration(row_for(rows, model->remediations[i]), model->remediations[i], now);
    json_t **list = memory_get(json_array_size(rows) + 1, sizeof(json_t *));
    json_array_foreach(rows, index, row)
        if (is_wanted(row, owner, issue))
            list[count++] = row;
    if (count)
        qsort(list, count, sizeof(json_t *), by_badness);
    for (size_t i = 0; i < count; i++)
        json_array_append(chosen, list[i]);
    free(list);
    json_decref(rows);
    return chosen;
}

bool review_expired(const json_t *rows)
{
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        if (json_is_true(json_object_get(row, "expired")))
            return true;
    return false;
}

/* ---- how it is shown ---- */

static const struct {
    const char *key, *heading;
} columns[] = {
    {"issue", "ISSUE"},
    {"remediation", "REMEDIATION"},
    {"runs", "RUNS"},
    {"before", "BEFORE"},
    {"fixed", "FIXED"},
    {"no_effect", "NO EFFECT"},
    {"worse", "WORSE"},
    {"failed", "FAILED"},
    {"refused", "REFUSED"},
    {"dry_runs", "DRY RUNS"},
    {"avoided_minutes", "MINUTES AVOIDED"},
    {"pages_saved", "PAGES SAVED %"},
    {"first_run", "FIRST RUN"},
    {"last_run", "LAST RUN"},
    {"days_left", "DAYS LEFT"},
    {"renewals", "RENEWALS"},
    {"diagnosed", "DIAGNOSED"},
    {"cause", "CAUSE"},
    {"owner", "OWNER"},
};
enum { COLUMNS = sizeof columns / sizeof columns[0], NAMES = 2 /* at the head of each line */, GAP = 2 };

static bool is_instant(const char *key)
{
    return strcmp(key, "first_run") == 0 || strcmp(key, "last_run") == 0;
}

static void write_instant(struct text *text, const struct zone *zone, int64_t at)
{
    struct civil civil = zone_civil(zone, at);
    text_format(text, "%04lld-%02d-%02d %02d:%02d", (long long)civil.year, civil.month, civil.day, civil.hour,
                civil.minute);
}

static void write_cell(struct text *text, const json_t *row, const char *key, const struct zone *zone)
{
    const json_t *value = json_object_get(row, key);
    if (json_is_string(value) && *json_string_value(value))
        utf8_add_line(text, json_string_value(value)); /* a ledger may hold anything */
    else if (json_is_boolean(value))
        text_add(text, json_is_true(value) ? "yes" : "no");
    else if (json_is_integer(value) && is_instant(key))
        write_instant(text, zone, json_integer_value(value));
    else if (json_is_integer(value))
        text_format(text, "%lld", (long long)json_integer_value(value));
    else
        text_add(text, "-");
}

static void write_csv_cell(struct text *out, const char *cell)
{
    if (!strpbrk(cell, ",\"\r\n")) {
        text_add(out, cell);
        return;
    }
    text_add_char(out, '"');
    for (; *cell; cell++) {
        if (*cell == '"')
            text_add_char(out, '"');
        text_add_char(out, *cell);
    }
    text_add_char(out, '"');
}

void review_csv(struct text *text, const json_t *rows, const struct zone *zone)
{
    size_t index;
    const json_t *row;
    for (size_t i = 0; i < COLUMNS; i++)
        text_format(text, "%s%s", i ? "," : "", columns[i].key);
    text_add_char(text, '\n');
    json_array_foreach(rows, index, row) {
        for (size_t i = 0; i < COLUMNS; i++) {
            struct text cell = TEXT_INIT;
            write_cell(&cell, row, columns[i].key, zone);
            text_add(text, i ? "," : "");
            write_csv_cell(text, cell.bytes);
            text_release(&cell);
        }
        text_add_char(text, '\n');
    }
}

static void write_column_cell(struct text *cell, const json_t *row, size_t column, const struct zone *zone)
{
    text_clear(cell);
    if (row)
        write_cell(cell, row, columns[column].key, zone);
    else
        text_add(cell, columns[column].heading);
}

static void write_rehearsals(struct text *text, const json_t *rows)
{
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        if (json_is_true(json_object_get(row, "rehearsal_due")))
            text_format(text, "not rehearsed in time: %s (%s)\n", text_of(row, "remediation"),
                        text_of(row, "issue"));
}

/* ${row} of ${rows}, 0 the headings: the names, and the columns from ${first} to before ${end}. */
static void write_row(struct text *text, const json_t *rows, size_t row, size_t first, size_t end,
                      const size_t *widths, const struct zone *zone)
{
    struct text cell = TEXT_INIT;
    for (size_t i = 0; i < end; i++) {
        if (i >= NAMES && i < first)
            continue;
        write_column_cell(&cell, row ? json_array_get(rows, row - 1) : NULL, i, zone);
        text_format(text, "%-*s", i + 1 < end ? (int)widths[i] + GAP : 0, cell.bytes);
    }
    text_add_char(text, '\n');
    text_release(&cell);
}

/* The column behind the last one that has room beside the names; one at least. */
static size_t end_of_band(size_t first, const size_t *widths, size_t width)
{
    size_t used = widths[0] + GAP + widths[1], end = first;
    while (end < COLUMNS && (end == first || width == 0 || used + GAP + widths[end] <= width))
        used += GAP + widths[end++];
    return end;
}

void review_table(struct text *text, const json_t *rows, const struct zone *zone, size_t width)
{
    size_t count = json_array_size(rows), widths[COLUMNS] = {0};
    struct text cell = TEXT_INIT;
    if (count == 0) {
        text_add(text, "no remediation is configured, and none has run\n");
        return;
    }
    for (size_t i = 0; i < COLUMNS; i++)
        for (size_t row = 0; row <= count; row++) {
            write_column_cell(&cell, row ? json_array_get(rows, row - 1) : NULL, i, zone);
            widths[i] = cell.length > widths[i] ? cell.length : widths[i];
        }
    text_release(&cell);
    for (size_t first = NAMES, end; first < COLUMNS; first = end) {
        end = end_of_band(first, widths, width);
        text_add(text, first > NAMES ? "\n" : "");
        for (size_t row = 0; row <= count; row++)
            write_row(text, rows, row, first, end, widths, zone);
    }
    write_rehearsals(text, rows);
}

void review_bad(struct text *text, size_t bad)
{
    if (bad)
        text_format(text, "%zu line%s of the ledger cannot be read, and %s not counted\n", bad,
                    bad == 1 ? "" : "s", bad == 1 ? "is" : "are");
}

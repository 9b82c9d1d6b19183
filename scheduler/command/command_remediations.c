/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remediations */
#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/core/rota.h"

struct arguments {
    const char *issue;
    int64_t since;
    bool csv;
};

static const struct option_row options[] = {
    {"issue", 0, TEXT(struct arguments, issue), .value = "ID", .help = "Only the runs for this issue."},
    {"since", 0, DURATION(struct arguments, since), .value = "DURATION",
     .help = "Only runs that began within that time, such as 30d; all unless given."},
    {"csv", 0, FLAG(struct arguments, csv), .help = "Comma-separated values with a line of headings."},
    {0},
};

static const struct {
    const char *key, *heading;
} columns[] = {
    {"issue", "ISSUE"},         {"remediation", "REMEDIATION"}, {"runs", "RUNS"},
    {"fixed", "FIXED"},         {"no_effect", "NO EFFECT"},     {"failed", "FAILED"},
    {"refused", "REFUSED"},     {"last_run", "LAST RUN"},       {"days_left", "DAYS LEFT"},
    {"diagnosed", "DIAGNOSED"},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void write_cell(struct text *text, const char *key, const json_t *value, const struct zone *zone)
{
    if (json_is_string(value))
        text_add(text, json_string_value(value));
    else if (json_is_boolean(value))
        text_add(text, json_is_true(value) ? "yes" : "no");
    else if (json_is_integer(value) && strcmp(key, "last_run") == 0)
        instant_write(text, zone, json_integer_value(value));
    else if (json_is_number(value))
        text_format(text, "%.0f", json_number_value(value));
    else
        text_add(text, "-");
}

/* Source of the form: RFC 4180. */
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

static void write_csv(struct text *out, const json_t *rows, const struct zone *zone)
{
    size_t index;
    const json_t *row;
    for (size_t i = 0; i < COLUMNS; i++)
        text_format(out, "%s%s", i ? "," : "", columns[i].key);
    text_add_char(out, '\n');
    json_array_foreach(rows, index, row) {
        for (size_t i = 0; i < COLUMNS; i++) {
            struct text cell = TEXT_INIT;
            write_cell(&cell, columns[i].key, json_object_get(row, columns[i].key), zone);
            text_add(out, i ? "," : "");
            write_csv_cell(out, cell.bytes);
            text_release(&cell);
        }
        text_add_char(out, '\n');
    }
}

static void write_table(struct text *out, const json_t *rows, const struct zone *zone)
{
    size_t count = json_array_size(rows), widths[COLUMNS];
    struct text cell = TEXT_INIT;
    if (count == 0) {
        text_add(out, "no remediation has run\n");
        return;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        widths[i] = strlen(columns[i].heading);
        for (size_t row = 0; row < count; row++) {
            text_clear(&cell);
            write_cell(&cell, columns[i].key, json_object_get(json_array_get(rows, row), columns[i].key),
                       zone);
            widths[i] = cell.length > widths[i] ? cell.length : widths[i];
        }
    }
    for (size_t row = 0; row <= count; row++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            text_clear(&cell);
            if (row == 0)
                text_add(&cell, columns[i].heading);
            else
                write_cell(&cell, columns[i].key,
                           json_object_get(json_array_get(rows, row - 1), columns[i].key), zone);
            text_format(out, "%-*s%s", i + 1 < COLUMNS ? (int)widths[i] : 0, cell.bytes,
                        i + 1 < COLUMNS ? "  " : "\n");
        }
    }
    text_release(&cell);
}

static int print_summary(struct command_call *call, const struct arguments *arguments,
                         const struct model *model)
{
    struct text path = TEXT_INIT;
    struct error error = {""};
    int64_t since = arguments->since > 0 ? call->now - arguments->since / 1000 : 0;
    text_format(&path, "%s/ledger.jsonl", model->site.state);
    json_t *rows = ledger_summary(path.bytes, arguments->issue, since, call->now, &error);
    const struct zone *zone = rota_zone(model, NULL, NULL);
    int code = COMMAND_YES;
    if (!rows)
        code = command_refuse(call, "%s", error.text);
    else if (call->json)
        json_write(call->out, rows);
    else if (arguments->csv)
        write_csv(call->out, rows, zone);
    else
        write_table(call->out, rows, zone);
    json_decref(rows);
    text_release(&path);
    return code;
}

static int run(const void *given, struct command_call *call)
{
    struct model *model = site_load(call);
    if (!model)
        return COMMAND_REFUSED;
    int code = print_summary(call, given, model);
    model_free(model);
    return code;
}

const struct command command_remediations = {
    .name = "remediations",
    .usage = "[--issue ID] [--since 30d] [--csv]",
    .summary = "counts the runs of remediations by issue",
    .notes = "Read from the ledger of the state directory; needs no scheduler.",
    .options = options,
    .size = sizeof(struct arguments),
    .run = run,
};

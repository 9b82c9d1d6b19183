/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal export: the scheduler's own history as a timeline. */
#include "lib/json.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/io/control.h"
#include "scheduler/io/journal_reader.h"

struct arguments {
    const char *since, *until;
};

static const struct option_row options[] = {
    {"since", 0, TEXT(struct arguments, since), .value = "TIME",
     .help = "From then on; what was known at a time before it comes first. All that is kept unless given."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME", .help = "Up to then; now unless given."},
    {0},
};

struct export
{
    struct command_call *call;
    struct journal_reader *reader; /* NULL: the scheduler is asked */
    char *socket;
    int64_t since, until; /* epoch ms */
    bool begun;           /* the lines that tell what was known have been printed */
    size_t lines;
    json_t *after;
};

/* Where no scheduler runs, the file of the state directory is read. */
static json_t *ask(struct export *export, struct error *error)
{
    json_t *filter = export->after ? json_pack("{s:O}", "after", export->after)
                                   : json_pack("{s:I}", "since", (json_int_t) export->since);
    json_t *rows = NULL;
    if (export->reader) {
        rows = journal_reader_query(export->reader, QUERY_INPUTS, filter);
    } else {
        json_t *request = json_pack("{s:s, s:o}", "command", "journal_export", "filter", json_incref(filter));
        json_t *answer = control_ask(export->socket, request, SITE_TIMEOUT, error);
        rows = json_incref(json_object_get(answer, "rows"));
        if (answer && !rows)
            (void)error_set(error, "%s", site_text(answer, "error"));
        json_decref(answer);
        json_decref(request);
    }
    json_decref(filter);
    return rows;
}

/* One beginning is enough: the others say what follows from the lines before them. */
static bool wanted(struct export *export, const char *type)
{
    bool line = strcmp(type, INPUT_LINE) == 0;
    bool begin = strcmp(type, INPUT_BEGIN) == 0;
    if (line || (begin && export->lines > 0))
        export->begun = true;
    return line || !export->begun;
}

/* false: what is wanted has been printed. */
static bool print_rows(struct export *export, const json_t *rows)
{
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row) {
        if (site_whole(row, "at") > export->until || !command_pass_on(export->call))
            return false;
        if (wanted(export, site_text(row, "type"))) {
            text_format(export->call->out, "%s\n", site_text(row, "line"));
            export->lines++;
        }
        json_decref(export->after);
        export->after =
            json_pack("[I, I, I]", site_whole(row, "part"), site_whole(row, "at"), site_whole(row, "id"));
    }
    return json_array_size(rows) > 0;
}

static int print_all(struct export *export)
{
    struct error error = {""};
    bool more = true;
    while (more) {
        json_t *rows = ask(export, &error);
        if (!rows)
            return command_refuse(export->call, "the history cannot be read: %s", error.text);
        more = print_rows(export, rows);
        json_decref(rows);
    }
    return COMMAND_YES;
}

static bool read_instant(struct command_call *call, const char *text, int64_t otherwise, int64_t *at)
{
    struct error error = {""};
    *at = otherwise;
    if (!text)
        return true;
    if (!instant_read(text, call->now, at, &error)) {
        (void)command_refuse(call, "%s", error.text);
        return false;
    }
    *at *= 1000;
    return true;
}

/* The scheduler, when one answers; else the file. */
static bool open_source(struct export *export, const char *state)
{
    struct error error = {""};
    struct text path = TEXT_INIT;
    json_t *question = json_pack("{s:s, s:s}", "command", "status", "match", "");
    text_format(&path, "%s/control.sock", state);
    export->socket = text_take(&path);
    json_t *answer = control_ask(export->socket, question, SITE_TIMEOUT, &error);
    bool open = answer != NULL;
    json_decref(answer);
    json_decref(question);
    if (!open) {
        text_format(&path, "%s/journal.db", state);
        export->reader = journal_reader_open_closed(path.bytes, &error);
        open = export->reader != NULL;
        if (!open)
            (void)command_refuse(export->call, "no scheduler answers, and %s", error.text);
    }
    text_release(&path);
    return open;
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct export export = {.call = call};
    int code = COMMAND_REFUSED;
    if (!read_instant(call, arguments->since, 0, &export.since) ||
        !read_instant(call, arguments->until, INT64_MAX, &export.until))
        return COMMAND_REFUSED;
    char *state = site_state(call);
    if (state && open_source(&export, state))
        code = print_all(&export);
    journal_reader_close(export.reader);
    json_decref(export.after);
    free(export.socket);
    free(state);
    return code;
}

const struct command command_journal_export = {
    .name = "journal export",
    .usage = "[--since TIME] [--until TIME]",
    .summary = "prints the scheduler's own history as a timeline",
    .notes =
        "One line for everything that happened and mattered for a decision. \"watchbill simulate\" makes "
        "the\n"
        "decisions again from it; with --diff of another configuration it shows what that would have "
        "changed.\n"
        "Where no scheduler runs, the state directory is read. How long a history is kept: journal.keep.",
    .options = options,
    .size = sizeof(struct arguments),
    .run = run,
};

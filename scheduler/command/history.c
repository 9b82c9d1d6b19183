/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/history.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "scheduler/command/site.h"
#include "scheduler/io/control.h"
#include "scheduler/io/journal_reader.h"

struct history {
    struct journal_reader *reader; /* NULL: the scheduler is asked */
    char *socket;
    int64_t since, until; /* epoch ms */
    bool begun;           /* the lines that tell what was known have been given */
    bool any;
    json_t *after; /* NULL: nothing was read yet */
    json_t *rows;
    size_t next; /* of the rows */
};

static json_t *ask_scheduler(const struct history *history, json_t *filter, struct error *error)
{
    json_t *request = json_pack("{s:s, s:O}", "command", "journal_export", "filter", filter);
    json_t *answer = control_ask(history->socket, request, SITE_TIMEOUT, error);
    json_t *rows = json_incref(json_object_get(answer, "rows"));
    if (answer && !rows)
        (void)error_set(error, "%s", site_text(answer, "error"));
    json_decref(answer);
    json_decref(request);
    return rows;
}

static bool read_rows(struct history *history, struct error *error)
{
    json_t *filter = history->after ? json_pack("{s:O}", "after", history->after)
                                    : json_pack("{s:I}", "since", (json_int_t)history->since);
    json_decref(history->rows);
    history->next = 0;
    history->rows = history->reader ? journal_reader_query(history->reader, QUERY_INPUTS, filter)
                                    : ask_scheduler(history, filter, error);
    json_decref(filter);
    return json_array_size(history->rows) > 0;
}

/* One beginning is enough: the others say what follows from the lines before them. */
static bool is_wanted(struct history *history, const char *type)
{
    bool line = strcmp(type, INPUT_LINE) == 0;
    bool begin = strcmp(type, INPUT_BEGIN) == 0;
    if (line || (begin && history->any))
        history->begun = true;
    history->any = true;
    return line || !history->begun;
}

static void note_place(struct history *history, const json_t *row)
{
    json_decref(history->after);
    history->after =
        json_pack("[I, I, I]", site_whole(row, "part"), site_whole(row, "at"), site_whole(row, "id"));
}

const char *history_next(struct history *history, struct error *error)
{
    for (;;) {
        if (history->next >= json_array_size(history->rows) && !read_rows(history, error))
            return NULL;
        const json_t *row = json_array_get(history->rows, history->next++);
        note_place(history, row);
        if (site_whole(row, "at") > history->until)
            return NULL;
        if (is_wanted(history, site_text(row, "type")))
            return site_text(row, "line");
    }
}

static bool scheduler_answers(const char *path)
{
    struct error error = {""};
    json_t *question = json_pack("{s:s, s:s}", "command", "status", "match", "");
    json_t *answer = control_ask(path, question, SITE_TIMEOUT, &error);
    bool answers = answer != NULL;
    json_decref(answer);
    json_decref(question);
    return answers;
}

struct history *history_open(struct command_call *call, int64_t since, int64_t until)
{
    struct error error = {""};
    struct text path = TEXT_INIT;
    char *state = site_state(call);
    if (!state)
        return NULL;
    struct history *history = memory_get(1, sizeof *history);
    history->since = since;
    history->until = until;
    text_format(&path, "%s/control.sock", state);
    history->socket = text_take(&path);
    text_format(&path, "%s/journal.db", state);
    if (!scheduler_answers(history->socket)) {
        history->reader = journal_reader_open_closed(path.bytes, &error);
        if (!history->reader) {
            (void)command_refuse(call, "no scheduler answers, and %s", error.text);
            history_close(history);
            history = NULL;
        }
    }
    text_release(&path);
    free(state);
    return history;
}

void history_close(struct history *history)
{
    if (!history)
        return;
    journal_reader_close(history->reader);
    json_decref(history->rows);
    json_decref(history->after);
    free(history->socket);
    free(history);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/wire_run.h"

#include "lib/memory.h"

#include <limits.h>

enum { WORDS_MOST = 1 << 20 };

static const int64_t TIMEOUT_MOST = INT64_C(1) << 40;

static char clean_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static char clean_locale[] = "LC_ALL=C";

static void put_words(struct text *text, const char *const *words)
{
    int64_t count = 0;
    while (words && words[count])
        count++;
    wire_put_whole(text, count);
    for (int64_t i = 0; i < count; i++)
        wire_put_bytes(text, words[i], strlen(words[i]));
}

void wire_run_put(struct text *text, const struct wire_job *job)
{
    size_t begun = wire_begin(text, WIRE_RUN, 0);
    wire_put_whole(text, job->timeout);
    wire_put_whole(text, (int64_t)job->cap);
    put_words(text, job->argv);
    put_words(text, job->env);
    wire_put_whole(text, job->input != NULL);
    wire_put_bytes(text, job->input, job->input_length);
    wire_end(text, begun);
}

/* Room for ${more} words behind ${used}. */
static void reserve(struct wire_run *run, size_t used, size_t more)
{
    if (used + more <= run->room)
        return;
    run->room = (used + more) * 2;
    run->words = memory_grow(run->words, run->room, sizeof *run->words);
}

/* Read a list of words behind ${used}; returns how many there are. */
static size_t get_words(struct wire_run *run, struct wire_cursor *cursor, size_t used)
{
    int64_t count = wire_get_whole(cursor);
    if (count < 0 || count > WORDS_MOST || (uint64_t)count > cursor->left) {
        cursor->bad = true;
        return 0;
    }
    reserve(run, used, (size_t)count + 4);
    for (size_t i = 0; i < (size_t)count; i++) {
        size_t length;
        run->words[used + i] = wire_get_bytes(cursor, &length);
        cursor->bad |= strlen(run->words[used + i]) != length;
    }
    return (size_t)count;
}

static bool names(char *const *env, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(env[i], name, strlen(name)) == 0)
            return true;
    return false;
}

bool wire_run_get(struct wire_run *run, const struct wire_frame *frame)
{
    struct wire_cursor cursor = wire_open(frame);
    run->timeout = wire_get_whole(&cursor);
    int64_t cap = wire_get_whole(&cursor);
    size_t argc = get_words(run, &cursor, 0);
    size_t envc = cursor.bad ? 0 : get_words(run, &cursor, argc + 1);
    bool input = wire_get_whole(&cursor) != 0;
    run->input = wire_get_bytes(&cursor, &run->input_length);
    if (cursor.bad || cursor.left || frame->kind != WIRE_RUN || argc == 0 || cap < 0 || run->timeout < 0 ||
        run->timeout > TIMEOUT_MOST)
        return false;
    run->cap = (size_t)cap;
    run->argc = (int)argc;
    run->argv = run->words;
    run->argv[argc] = NULL;
    run->env = run->words + argc + 1;
    if (!names(run->env, envc, "PATH="))
        run->env[envc++] = clean_path;
    if (!names(run->env, envc, "LC_ALL="))
        run->env[envc++] = clean_locale;
    run->env[envc] = NULL;
    if (!input)
        run->input = NULL;
    return true;
}

void wire_run_release(struct wire_run *run)
{
    free(run->words);
    *run = (struct wire_run){0};
}

void wire_outcome_put(struct text *text, uint32_t id, const struct wire_outcome *outcome)
{
    size_t begun = wire_begin(text, WIRE_OUTCOME, id);
    wire_put_whole(text, outcome->kind);
    wire_put_whole(text, outcome->code);
    wire_put_whole(text, outcome->truncated);
    wire_put_whole(text, outcome->started);
    wire_put_whole(text, outcome->ended);
    wire_put_bytes(text, outcome->output, outcome->length);
    wire_end(text, begun);
}

static int get_int(struct wire_cursor *cursor)
{
    int64_t value = wire_get_whole(cursor);
    cursor->bad |= value < INT_MIN || value > INT_MAX;
    return cursor->bad ? 0 : (int)value;
}

bool wire_outcome_get(struct wire_outcome *outcome, const struct wire_frame *frame)
{
    struct wire_cursor cursor = wire_open(frame);
    outcome->kind = get_int(&cursor);
    outcome->code = get_int(&cursor);
    outcome->truncated = wire_get_whole(&cursor) != 0;
    outcome->started = wire_get_whole(&cursor);
    outcome->ended = wire_get_whole(&cursor);
    outcome->output = wire_get_bytes(&cursor, &outcome->length);
    return !cursor.bad && cursor.left == 0 && frame->kind == WIRE_OUTCOME;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How Munin calls a plugin. */
#include "lib/munin.h"

#include "lib/clean.h"

bool munin_is_link(const struct check *check, const char *program)
{
    size_t length = check->name ? strlen(check->name) : 0;
    return length > 0 && strncmp(program, check->name, length) == 0 &&
           (program[length] == '\0' || program[length] == '_');
}

static bool is_for_environment(const struct option_row *row)
{
    static const char *const others[] = {"help", "version", "describe", "format", "verbose"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(row->name, others[i]) == 0)
            return false;
    return true;
}

static const char *variable_of(const struct option_row *row, struct arena *arena)
{
    char *name = arena_text_of(arena, row->name, strlen(row->name));
    for (char *at = name; *at; at++)
        if (*at == '-')
            *at = '_';
    return getenv(name);
}

static char *word_of(const struct option_row *row, const char *value, struct arena *arena)
{
    struct text word = TEXT_INIT;
    text_format(&word, "--%s", row->name);
    if (option_takes_value(row))
        text_format(&word, "=%s", value);
    char *copy = arena_text_of(arena, word.bytes, word.length);
    text_release(&word);
    return copy;
}

static size_t count_rows(const struct option_set *sets, size_t count)
{
    size_t rows = 0;
    for (size_t set = 0; set < count; set++)
        for (const struct option_row *row = sets[set].rows; row->target.kind != OPTION_NONE; row++)
            rows++;
    return rows;
}

void munin_environment(const struct option_set *sets, size_t count, int *argc, char ***argv,
                       struct arena *arena)
{
    char **words = arena_get(arena, count_rows(sets, count) + (size_t)*argc + 1, sizeof *words);
    int used = 0;
    if (*argc > 0)
        words[used++] = (*argv)[0];
    for (size_t set = 0; set < count; set++) {
        for (const struct option_row *row = sets[set].rows; row->target.kind != OPTION_NONE; row++) {
            const char *value = is_for_environment(row) ? variable_of(row, arena) : NULL;
            if (value && *value)
                words[used++] = word_of(row, value, arena);
        }
    }
    for (int i = 1; i < *argc; i++)
        words[used++] = (*argv)[i];
    *argc = used;
    *argv = words;
}

int munin_refuse(const struct output *output, const char *sentence)
{
    bool asked = strcmp(output->munin_word, "autoconf") == 0;
    struct text *text = asked ? output->text : output->complaint;
    if (asked)
        text_add(text, "no (");
    else
        text_format(text, "%s: ", output->munin_program);
    clean_line(text, sentence);
    text_add(text, asked ? ")\n" : "\n");
    return asked ? 0 : VERDICT_UNKNOWN;
}

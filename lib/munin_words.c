/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a call: what the link's row gives, what plugin-conf.d gives, then what Munin said. */
#include "lib/munin.h"

struct words {
    struct arena *arena;
    char **items;
    size_t count, room;
};

/* The words of the command line stay where they are: a secret among them is wiped there. */
static void add_own(struct words *words, char *word)
{
    if (words->count + 1 >= words->room) {
        char **larger = arena_get(words->arena, words->room * 2 + 16, sizeof *larger);
        if (words->count)
            memcpy(larger, words->items, words->count * sizeof *larger);
        words->items = larger;
        words->room = words->room * 2 + 16;
    }
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

static void add(struct words *words, const char *word)
{
    add_own(words, arena_text_of(words->arena, word, strlen(word)));
}

/* An option that is nothing but its instance is left out when there is none. */
static void add_option(struct words *words, const char *option, size_t length, const char *instance)
{
    const char *percent = memchr(option, '%', length);
    size_t head = percent ? (size_t)(percent - option) : length;
    if (percent && *instance == '\0' && head > 0 && option[head - 1] == '=')
        return;
    add(words, arena_format(words->arena, "%.*s%s%.*s", (int)head, option, percent ? instance : "",
                            percent ? (int)(length - head - 1) : 0, percent ? percent + 1 : ""));
}

static void add_link(struct words *words, const struct munin_call *call)
{
    const char *at = call->link ? call->link->options : "";
    while (*at) {
        size_t length = strcspn(at, " ");
        if (length > 0)
            add_option(words, at, length, call->instance);
        at += length + (at[length] == ' ');
    }
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

static const char *variable(const char *option, struct arena *arena)
{
    char *name = arena_text_of(arena, option, strlen(option));
    for (char *at = name; *at; at++)
        if (*at == '-')
            *at = '_';
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The first metric of what the link shows: a bare range is for that. */
static const char *first_metric(const struct check *check, const struct munin_call *call)
{
    for (const struct metric_row *row = check->metrics; row && row->name; row++)
        if (munin_wants(call, munin_graph_of(check, row)))
            return row->name;
    return NULL;
}

static void add_items(struct words *words, const struct option_row *row, const char *value,
                      const char *metric)
{
    for (const char *at = value; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        const char *item = arena_text_of(words->arena, at, length);
        bool bare = metric && !strchr(item, '=');
        if (length > 0)
            add(words, arena_format(words->arena, "--%s=%s%s%s", row->name, bare ? metric : "",
                                    bare ? "=" : "", item));
        at += length;
    }
}

static void add_row(struct words *words, const struct option_row *row, const char *value, const char *metric)
{
    static const char *const off[] = {"0", "no", "off", "false", NULL};
    bool is_range = strcmp(row->name, "warning") == 0 || strcmp(row->name, "critical") == 0;
    if (row->target.kind == OPTION_LIST)
        add_items(words, row, value, is_range ? metric : NULL);
    else if (option_takes_value(row))
        add(words, arena_format(words->arena, "--%s=%s", row->name, value));
    else if (!is_one_of(value, off))
        add(words, arena_format(words->arena, "--%s", row->name));
}

static void add_environment(struct words *words, const struct option_row *rows, const char *metric)
{
    static const char *const others[] = {"help", "version", "describe", "format", "verbose", NULL};
    for (const struct option_row *row = rows; row->target.kind != OPTION_NONE; row++) {
        if (is_one_of(row->name, others))
            continue;
        const char *value = variable(row->name, words->arena);
        if (!value && row->alias)
            value = variable(row->alias, words->arena);
        if (value)
            add_row(words, row, value, metric);
    }
}

void munin_words(const struct check *check, const struct munin_call *call, const struct option_set *sets,
                 size_t count, int *argc, char ***argv, struct arena *arena)
{
    struct words words = {.arena = arena};
    const char *metric = first_metric(check, call);
    if (*argc > 0)
        add_own(&words, (*argv)[0]);
    add_link(&words, call);
    for (size_t set = 0; set < count; set++)
        add_environment(&words, sets[set].rows, metric);
    for (int i = 1; i < *argc; i++)
        add_own(&words, (*argv)[i]);
    *argc = (int)words.count;
    *argv = words.items;
}

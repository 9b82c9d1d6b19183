/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line, in getopt_long's manners. A mistake does not stop the reading: --help behind it is still
 * seen, and every secret is wiped; the first mistake is the one that is told. */
#include "lib/option.h"

#include "lib/nearest.h"
#include "lib/text.h"

struct parser {
    const struct option_set *sets;
    size_t count;
    struct arena *arena;
    struct error *error;
    bool failed;
    bool **given; /* one for each row of each set */
    int argc;
    char **argv;
    int at; /* the word being read */
};

struct found {
    const struct option_row *row;
    void *arguments;
    bool *given;
};

static size_t count_rows(const struct option_row *rows)
{
    size_t count = 0;
    while (rows[count].target.kind != OPTION_NONE)
        count++;
    return count;
}

static void fail(struct parser *parser, const struct error *error)
{
    if (!parser->failed && parser->error)
        *parser->error = *error;
    parser->failed = true;
}

static struct found row_at(const struct parser *parser, size_t set, size_t row)
{
    return (struct found){&parser->sets[set].rows[row], parser->sets[set].arguments,
                          &parser->given[set][row]};
}

static struct found find_letter(const struct parser *parser, char letter)
{
    for (size_t set = 0; set < parser->count; set++)
        for (size_t row = 0; parser->sets[set].rows[row].target.kind != OPTION_NONE; row++)
            if (letter && parser->sets[set].rows[row].letter == letter)
                return row_at(parser, set, row);
    return (struct found){0};
}

static bool begins(const char *name, const char *beginning, size_t length)
{
    return name && strncmp(name, beginning, length) == 0;
}

static bool equals(const char *name, const char *text, size_t length)
{
    return begins(name, text, length) && name[length] == '\0';
}

/* The row of that name, or the only one whose name begins so. */
static struct found find_name(const struct parser *parser, const char *name, size_t length, bool *ambiguous)
{
    struct found found = {0};
    *ambiguous = false;
    for (size_t set = 0; set < parser->count; set++) {
        const struct option_row *rows = parser->sets[set].rows;
        for (size_t row = 0; rows[row].target.kind != OPTION_NONE; row++) {
            if (equals(rows[row].name, name, length) || equals(rows[row].alias, name, length)) {
                *ambiguous = false;
                return row_at(parser, set, row);
            }
            if (length == 0 ||
                !(begins(rows[row].name, name, length) || begins(rows[row].alias, name, length)))
                continue;
            *ambiguous = *ambiguous || found.row;
            found = row_at(parser, set, row);
        }
    }
    return found;
}

static void refuse_name(struct parser *parser, const char *name, size_t length, bool ambiguous)
{
    const char *wanted = arena_text_of(parser->arena, name, length);
    struct nearest nearest = {.wanted = wanted};
    struct error error;
    for (size_t set = 0; set < parser->count; set++) {
        for (const struct option_row *row = parser->sets[set].rows; row->target.kind != OPTION_NONE; row++) {
            nearest_try(&nearest, row->name);
            nearest_try(&nearest, row->alias);
        }
    }
    if (ambiguous)
        (void)error_set(&error, "more than one option begins with \"--%s\"", wanted);
    else if (nearest.name)
        (void)error_set(&error, "unknown option \"--%s\", the nearest is \"--%s\"", wanted, nearest.name);
    else
        (void)error_set(&error, "unknown option \"--%s\"", wanted);
    fail(parser, &error);
}

static void take(struct parser *parser, const struct found *found, char *value)
{
    struct error error;
    *found->given = true;
    if (!option_assign(found->row, found->arguments, value, parser->arena, &error))
        fail(parser, &error);
    if (found->row->target.kind == OPTION_SECRET && value)
        explicit_bzero(value, strlen(value));
}

/* The value of an option: what is joined to it, or the next word. */
static void take_value(struct parser *parser, const struct found *found, char *joined)
{
    if (joined) {
        take(parser, found, joined);
    } else if (parser->at + 1 < parser->argc) {
        take(parser, found, parser->argv[++parser->at]);
    } else {
        struct error error;
        (void)error_set(&error, "option \"--%s\" needs a value", found->row->name);
        fail(parser, &error);
    }
}

static void read_name(struct parser *parser, char *word)
{
    char *equal = strchr(word, '=');
    size_t length = equal ? (size_t)(equal - word) : strlen(word);
    bool ambiguous;
    struct found found = find_name(parser, word, length, &ambiguous);
    struct error error;
    if (!found.row || ambiguous) {
        refuse_name(parser, word, length, ambiguous);
    } else if (option_takes_value(found.row)) {
        take_value(parser, &found, equal ? equal + 1 : NULL);
    } else if (equal) {
        (void)error_set(&error, "option \"--%s\" takes no value: \"%s\"", found.row->name, equal + 1);
        fail(parser, &error);
    } else {
        take(parser, &found, NULL);
    }
}

static void read_letters(struct parser *parser, char *letters)
{
    for (; *letters; letters++) {
        struct found found = find_letter(parser, *letters);
        if (!found.row) {
            struct error error;
            (void)error_set(&error, "unknown option \"-%c\"", *letters);
            fail(parser, &error);
            return;
        }
        if (option_takes_value(found.row)) {
            take_value(parser, &found, letters[1] ? letters + 1 : NULL);
            return;
        }
        take(parser, &found, NULL);
    }
}

static void read_rest(struct parser *parser, struct option_list *rest, const char *word)
{
    struct error error;
    if (!rest) {
        (void)error_set(&error, "unexpected word \"%s\"", word);
        fail(parser, &error);
        return;
    }
    const char **items = arena_get(parser->arena, rest->count + 1, sizeof *items);
    if (rest->count)
        memcpy(items, rest->items, rest->count * sizeof *items);
    items[rest->count++] = arena_text(parser->arena, word);
    rest->items = items;
}

static void read_words(struct parser *parser, struct option_list *rest)
{
    bool ended = false;
    for (parser->at = 1; parser->at < parser->argc; parser->at++) {
        char *word = parser->argv[parser->at];
        if (ended || word[0] != '-' || word[1] == '\0')
            read_rest(parser, rest, word);
        else if (strcmp(word, "--") == 0)
            ended = true;
        else if (word[1] == '-')
            read_name(parser, word + 2);
        else
            read_letters(parser, word + 1);
    }
}

bool option_read(const struct option_set *sets, size_t count, int argc, char **argv, struct arena *arena,
                 struct option_list *rest, const bool *const **given, struct error *error)
{
    struct parser parser = {
        .sets = sets, .count = count, .arena = arena, .error = error, .argc = argc, .argv = argv};
    parser.given = arena_get(arena, count, sizeof *parser.given);
    for (size_t set = 0; set < count; set++)
        parser.given[set] = arena_get(arena, count_rows(sets[set].rows) + 1, sizeof **parser.given);
    read_words(&parser, rest);
    *given = (const bool *const *)parser.given;
    return !parser.failed;
}

bool option_require(const struct option_set *sets, size_t count, const bool *const *given,
                    struct error *error)
{
    for (size_t set = 0; set < count; set++) {
        const struct option_row *rows = sets[set].rows;
        for (size_t row = 0; rows[row].target.kind != OPTION_NONE; row++)
            if (rows[row].required && !given[set][row])
                return error_set(error, "option \"--%s %s\" is missing", rows[row].name, rows[row].value);
    }
    return true;
}

bool option_parse(const struct option_set *sets, size_t count, int argc, char **argv, struct arena *arena,
                  struct option_list *rest, struct error *error)
{
    const bool *const *given;
    return option_read(sets, count, argc, argv, arena, rest, &given, error) &&
           option_require(sets, count, given, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Option tables: one row is the only description of an option. Parsing, validation, --help, the manual page,
 * completion and --describe are made from it. A row's target is a typed member of a struct of arguments: a
 * wrong type does not compile. The caller owns the struct; the tables and the reader have no state. */
#ifndef WATCHBILL_LIB_OPTION_H
#define WATCHBILL_LIB_OPTION_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_NONE, /* the row that ends a table */
    OPTION_FLAG,
    OPTION_COUNT, /* a flag that may be given again: how often it was */
    OPTION_TEXT,
    OPTION_SECRET, /* text that is wiped from argv as soon as it is read, and never printed */
    OPTION_NUMBER,
    OPTION_WHOLE,
    OPTION_DURATION, /* milliseconds; a bare number is seconds, and so are .low and .high */
    OPTION_CHOICE,   /* an int: the index in .choices */
    OPTION_LIST,     /* may be given again; each adds one text */
};

struct text;

struct option_list {
    const char **items;
    size_t count;
};

struct option_target {
    enum option_kind kind;
    size_t offset;
};

/* Compiles only if MEMBER of TYPE has the C type that the kind needs. */
#define OPTION_TARGET(kind_, ctype, type, member)                                                            \
    {                                                                                                        \
        .kind = (kind_), .offset = _Generic((((type *)0)->member), ctype : offsetof(type, member))           \
    }
#define FLAG(type, member)     OPTION_TARGET(OPTION_FLAG, bool, type, member)
#define COUNT(type, member)    OPTION_TARGET(OPTION_COUNT, int, type, member)
#define TEXT(type, member)     OPTION_TARGET(OPTION_TEXT, const char *, type, member)
#define SECRET(type, member)   OPTION_TARGET(OPTION_SECRET, const char *, type, member)
#define NUMBER(type, member)   OPTION_TARGET(OPTION_NUMBER, double, type, member)
#define WHOLE(type, member)    OPTION_TARGET(OPTION_WHOLE, int64_t, type, member)
#define DURATION(type, member) OPTION_TARGET(OPTION_DURATION, int64_t, type, member)
#define CHOICE(type, member)   OPTION_TARGET(OPTION_CHOICE, int, type, member)
#define LIST(type, member)     OPTION_TARGET(OPTION_LIST, struct option_list, type, member)

struct option_row {
    const char *name; /* without the dashes: "socket" */
    char letter;      /* 0: none */
    struct option_target target;
    const char *value; /* the placeholder in the help: "PATH"; NULL for a flag */
    const char *help;  /* at most three sentences */
    const char *const
        *choices; /* ended by NULL; OPTION_CHOICE: the names; OPTION_TEXT: words that are proposed, no rule */
    double low, high; /* bounds of a number; both 0: none */
    bool required;
    const char *alias; /* a second long name that is taken as well (an established command line) */
};

/* option_assign(row, arguments, value, arena, error): read ${value} into the member of ${arguments} that the row
 * names; texts are kept in ${arena}. The sentence names the option and the value (never a secret's). A flag takes
 * "on", "yes", "true", "off", "no", "false" or NULL for on; a count adds one. */
bool option_assign(const struct option_row *row, void *arguments, const char *value, struct arena *arena,
                   struct error *error);

/* Rows and the struct that they fill; several tables are read together (a program's own and the standard ones). */
struct option_set {
    const struct option_row *rows; /* ended by a row of OPTION_NONE */
    void *arguments;
};

/* option_parse(sets, count, argc, argv, arena, rest, error): read a command line (getopt_long's manners: -x V,
 * -xV, -xy for flags, --name V, --name=V, unambiguous beginnings of names, "--" ends). What is no option goes to
 * ${rest}; NULL: that is an error. A secret in argv is overwritten at once. A bad value is reported before a
 * missing option; the nearest name is proposed for an unknown one. */
bool option_parse(const struct option_set *sets, size_t count, int argc, char **argv, struct arena *arena,
                  struct option_list *rest, struct error *error);

/* option_takes_value(row): whether a value follows it. */
bool option_takes_value(const struct option_row *row);

/* option_value(row, arguments, text): add the value that the member has now, as a person would give it; lists are
 * joined by commas. false, and nothing added, when it holds none (NULL, "", 0, NaN, false, an empty list); a secret
 * is never added. */
bool option_value(const struct option_row *row, const void *arguments, struct text *text);

/* Its two halves, for a program with values that only it can read (ranges): read the words, then look for what is
 * missing. ${given} tells for each row of each set whether it was given; it lives in ${arena}. */
bool option_read(const struct option_set *sets, size_t count, int argc, char **argv, struct arena *arena,
                 struct option_list *rest, const bool *const **given, struct error *error);
bool option_require(const struct option_set *sets, size_t count, const bool *const *given,
                    struct error *error);

/* option_help(text, sets, count): the lines of --help, with the defaults as they are in ${arguments} now. */
void option_help(struct text *text, const struct option_set *sets, size_t count);

/* option_self_test(sets, count, error): the tables' own mistakes: a name or letter twice, a reserved letter with
 * another meaning, a row without help, a choice without choices. */
bool option_self_test(const struct option_set *sets, size_t count, struct error *error);

#endif

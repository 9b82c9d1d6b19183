/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maps of the configuration read by tables. One row is the only description of a key: reading, validation,
 * the nearest name, `config show` and the manual's list of keys are made from it. A row's target is a typed
 * member of a struct: a wrong type does not compile. */
#ifndef WATCHBILL_IO_CONFIG_ROWS_H
#define WATCHBILL_IO_CONFIG_ROWS_H

#include "scheduler/io/config_document.h"

/* One reading of a configuration directory. */
struct config_loader {
    struct model *model;
    struct arena *arena;   /* the model's: everything that outlives the reading */
    struct arena *scratch; /* the trees and lists of the reading */
    struct findings_draft *draft;
    struct group **groups;     /* those of the model, while they are made */
    struct service *service;   /* the one that is being read */
    struct config_link *links; /* names to be looked up when all files are read, the last first */
};

struct config_row;

/* Reads ${node} into ${target}, the member that the row names. What is wrong becomes a finding and leaves
 * ${target} as it is. */
typedef void config_reader(struct config_loader *loader, const struct config_row *row,
                           const struct node *node, void *target);

enum config_shape {
    CONFIG_ONE,   /* rows, if any, describe the map itself */
    CONFIG_NAMED, /* rows describe each entry of a map of names, which may inherit */
    CONFIG_LISTED /* rows describe each item of a list */
};

struct config_row {
    const char *key; /* NULL ends the table */
    config_reader *read;
    size_t offset;
    const char *form;     /* "duration", "list of words": for the manual */
    const char *standard; /* the default as it would be written; NULL: none */
    const char *without;  /* what holds when the key is absent, in words, where no value can say it */
    const char *help;
    const char *const *choices; /* config_read_choice: names, ended by NULL */
    int64_t low, high;          /* bounds; both 0: none */
    bool required;
    const struct config_row *rows; /* of the maps within */
    enum config_shape shape;
};

/* Compiles only if MEMBER of TYPE has the C type that the reader fills. */
#define CONFIG_MEMBER(reader, form_, ctype, type, member)                                                    \
    .read = (reader), .form = (form_),                                                                       \
    .offset = _Generic((((type *)0)->member), ctype                                                          \
                       : offsetof(type, member))
#define CONFIG_TEXT(type, member)   CONFIG_MEMBER(config_read_text, "text", const char *, type, member)
#define CONFIG_WORD(type, member)   CONFIG_MEMBER(config_read_word, "word", const char *, type, member)
#define CONFIG_NAME(type, member)   CONFIG_MEMBER(config_read_name, "name", const char *, type, member)
#define CONFIG_PATH(type, member)   CONFIG_MEMBER(config_read_path, "path", const char *, type, member)
#define CONFIG_SECRET(type, member) CONFIG_MEMBER(config_read_secret, "path", const char *, type, member)
#define CONFIG_URL(type, member)    CONFIG_MEMBER(config_read_url, "URL", const char *, type, member)
#define CONFIG_ADDRESS(type, member)                                                                         \
    CONFIG_MEMBER(config_read_address, "mail address", const char *, type, member)
#define CONFIG_ZONE(type, member)  CONFIG_MEMBER(config_read_zone, "time zone", const char *, type, member)
#define CONFIG_WORDS(type, member) CONFIG_MEMBER(config_read_words, "list", struct words, type, member)
#define CONFIG_PATHS(type, member)                                                                           \
    CONFIG_MEMBER(config_read_paths, "list of paths", struct words, type, member)
#define CONFIG_PAIRS(type, member)                                                                           \
    CONFIG_MEMBER(config_read_pairs, "map of texts", struct pairs, type, member)
#define CONFIG_DURATION(type, member) CONFIG_MEMBER(config_read_duration, "duration", int64_t, type, member)
#define CONFIG_WHOLE(type, member)    CONFIG_MEMBER(config_read_whole, "number", int64_t, type, member)
#define CONFIG_COUNT(type, member)    CONFIG_MEMBER(config_read_count, "number", int, type, member)
#define CONFIG_PERCENT(type, member)  CONFIG_MEMBER(config_read_percent, "percent", double, type, member)
#define CONFIG_FLAG(type, member)     CONFIG_MEMBER(config_read_flag, "true or false", bool, type, member)
#define CONFIG_CHOICE(type, member, names)                                                                   \
    CONFIG_MEMBER(config_read_choice, "choice", unsigned, type, member), .choices = (names)
/* A choice that is kept as its name. */
#define CONFIG_CHOICE_NAME(type, member, names)                                                              \
    CONFIG_MEMBER(config_read_choice_name, "choice", const char *, type, member), .choices = (names)
/* A map within that fills members of the same struct. */
#define CONFIG_MAP(rows_) .read = config_read_map, .form = "map", .rows = (rows_)
/* A reader of its own, given the struct as a whole. */
#define CONFIG_BY(reader, form_) .read = (reader), .form = (form_)

/* config_rows_read(loader, rows, map, place, target): fill the struct ${target} from ${map} by ${rows}, in
 * the order of the rows; a row whose key is absent gives its default. An unknown key, a missing one and a
 * value that is no map are findings; ${place} is where the map as a whole is told of. */
void config_rows_read(struct config_loader *loader, const struct config_row *rows, const struct node *map,
                      struct place place, void *target);

/* config_rows_find(rows, key): the row of that key, or NULL. */
const struct config_row *config_rows_find(const struct config_row *rows, const char *key);

/* config_rows_named(loader, row, node): the entries of a map of names, merged, those with a bad name left out
 * with a finding; an empty map when ${node} is none. */
const struct node *config_rows_named(struct config_loader *loader, const struct config_row *row,
                                     const struct node *node);

/* config_rows_list(loader, row, node): ${node} when it is a list or empty; else an empty list, with a
 * finding. */
const struct node *config_rows_list(struct config_loader *loader, const struct config_row *row,
                                    const struct node *node);

/* config_rows_text(loader, row, node): its text; NULL with a finding when it is none or is empty. */
const char *config_rows_text(struct config_loader *loader, const struct config_row *row,
                             const struct node *node);

/* config_rows_sort(objects, count): order an array of pointers to objects that begin with their name. */
void config_rows_sort(void *objects, size_t count);

/* config_rows_name_fits(name): [A-Za-z0-9_.:-]{1,64}, and neither "." nor "..". */
bool config_rows_name_fits(const char *name);

config_reader config_read_text;    /* not empty */
config_reader config_read_word;    /* no blanks and no control characters */
config_reader config_read_name;    /* config_rows_name_fits */
config_reader config_read_path;    /* made absolute against the configuration directory */
config_reader config_read_secret;  /* the path of a file that not everyone may read */
config_reader config_read_url;     /* http:// or https:// */
config_reader config_read_address; /* one mail address, fit for a header */
config_reader config_read_zone;    /* a time zone that the system knows */
config_reader config_read_words;   /* a list of texts, ended by NULL */
config_reader config_read_paths;
config_reader config_read_pairs;    /* names to texts, sorted by name */
config_reader config_read_duration; /* milliseconds, within the row's bounds */
config_reader config_read_whole;
config_reader config_read_count;   /* a whole number into an int */
config_reader config_read_percent; /* 0 to 100, "%" allowed behind it */
config_reader config_read_flag;    /* true, yes, on; false, no, off */
config_reader config_read_choice;  /* the index of the name */
config_reader config_read_choice_name;
config_reader config_read_map;

/* config_read_verdict(loader, row, node, target): an enum verdict, red, yellow and green too. */
config_reader config_read_verdict;

/* config_read_date(loader, node, days): YYYY-MM-DD as days since 1970-01-01. */
bool config_read_date(struct config_loader *loader, const struct node *node, int64_t *days);

#endif

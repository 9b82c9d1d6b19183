/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the world knows as JSON, and the way back. Members that are absent have their zero value, so that what is
 * saved of a healthy check is short. What is read comes from a file that anything may have happened to: every member
 * is checked, and the first fault refuses the whole. */
#ifndef WATCHBILL_CORE_SAVED_H
#define WATCHBILL_CORE_SAVED_H

#include "lib/error.h"
#include "lib/verdict.h"
#include "scheduler/core/model.h"

#include <jansson.h>

/* ---- out ---- */

/* saved_add_*(object, name, value): zero and false leave the member out; a text of any bytes becomes UTF-8. */
void saved_add_whole(json_t *object, const char *name, int64_t value);
void saved_add_flag(json_t *object, const char *name, bool value);
void saved_add_text(json_t *object, const char *name, const char *value);
/* saved_add_list(object, name): an empty list; saved_add_item(list): an empty object at its end. Both borrowed. */
json_t *saved_add_list(json_t *object, const char *name);
json_t *saved_add_item(json_t *list);

/* ---- back ---- */

enum { SAVED_LIST_MAX = 1000 };

/* Some 30,000 years from 1970, in milliseconds: no sum of instants and spans overflows. */
#define SAVED_INSTANT_MAX INT64_C(1000000000000000)

/* One object being read. The first error stays; after it everything reads as zero. */
struct saved_reader {
    const json_t *object;
    struct error *error;
    bool good;
};

void saved_fault(struct saved_reader *reader, const char *name, const char *what);
int64_t saved_whole(struct saved_reader *reader, const char *name, int64_t low, int64_t high);
int64_t saved_instant(struct saved_reader *reader, const char *name);
bool saved_flag(struct saved_reader *reader, const char *name);
/* saved_text: never NULL; one that is absent or has a NUL inside is a fault. Borrowed from the object. */
const char *saved_text(struct saved_reader *reader, const char *name);
enum verdict saved_verdict(struct saved_reader *reader, const char *name);
enum urgency saved_urgency(struct saved_reader *reader, const char *name);
/* saved_list: borrowed; NULL when it is absent; one longer than SAVED_LIST_MAX is a fault. */
const json_t *saved_list(struct saved_reader *reader, const char *name);

/* The objects of a list, one after the other:
 *
 *     struct saved_items items = saved_items(reader, list);
 *     while (saved_next(&items, &one))
 *         ... read from &one ...
 *
 * A fault of an object is one of ${reader}, and ends the loop. A list of NULL has none; one that holds something else
 * than objects is a fault. */
struct saved_items {
    struct saved_reader *reader;
    const json_t *list;
    size_t next;
};
struct saved_items saved_items(struct saved_reader *reader, const json_t *list);
bool saved_next(struct saved_items *items, struct saved_reader *one);

/* saved_id(reader, before, last): the "id" of an object in a list that is numbered upwards: over ${before}, the id of
 * the object ahead of it (0: the first), and at most ${last}. */
uint64_t saved_id(struct saved_reader *reader, uint64_t before, uint64_t last);

#endif

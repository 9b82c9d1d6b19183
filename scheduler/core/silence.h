/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Silences: what someone does not want to hear of for a time. Each has an owner, who is reminded of it, and an end.
 * Instants are epoch milliseconds. */
#ifndef WATCHBILL_CORE_SILENCE_H
#define WATCHBILL_CORE_SILENCE_H

#include "scheduler/core/matcher.h"

#include <jansson.h>

enum { SILENCES_MOST = 1000 };

/* A reminder comes each week; what was of no use for a week ends. */
#define SILENCE_WEEK INT64_C(604800000)

struct silence {
    uint64_t id;
    struct matcher *matcher;
    char *owner; /* a user */
    char *comment;
    int64_t since, until;
    bool resolve;     /* it ends when what it held back is over */
    bool held;        /* it has held something back */
    int64_t used;     /* about when it last did; at first `since` */
    int64_t remind;   /* when its owner is told next that it lasts */
    uint32_t notices; /* the number of the last message to the owner */
};

struct silences {
    struct silence *items;
    size_t count;
    uint64_t last_id;
};

/* silences_add(list): a new one with the next id, for the caller to fill; its texts are the list's, from malloc. The
 * pointer is valid until the list changes. */
struct silence *silences_add(struct silences *list);
void silences_remove(struct silences *list, size_t index);
void silences_release(struct silences *list);

/* silences_find(list, id): its index; SILENCES_MOST: there is none. */
size_t silences_find(const struct silences *list, uint64_t id);

/* silences_of(list, binding, now): of those that mean the check, the one that lasts longest; NULL: none. */
struct silence *silences_of(const struct silences *list, const struct binding *binding, int64_t now);

/* silences_use(silence, now): it holds something back; whether that is worth saving. */
bool silences_use(struct silence *silence, int64_t now);

/* silences_due(list): when something is to be done about one; 0: never. */
int64_t silences_due(const struct silences *list);

/* silences_shift(list, delta): what happened, happened ${delta} ms later; what people set stays. */
void silences_shift(struct silences *list, int64_t delta);

json_t *silences_save(const struct silences *list); /* a new reference */
/* silences_load(list, saved, error): into an empty list; what is refused leaves it empty. */
bool silences_load(struct silences *list, const json_t *saved, struct error *error);

#endif

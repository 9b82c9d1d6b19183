/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downtimes: when somebody works on what is checked. Instants are epoch milliseconds, spans are half-open.
 *
 *   fixed      from `start` to `end`
 *   flexible   with a `duration`: it begins with the first problem that becomes hard from `start` to `end`, and lasts that
 *              long; without a problem it never begins
 *   recurring  with a `window`: whenever that is open, from `start` on, and up to `end` if there is one
 *   triggered  with a `trigger`: while that downtime lasts; with a duration of its own, that long from when it begins */
#ifndef WATCHBILL_CORE_DOWNTIME_H
#define WATCHBILL_CORE_DOWNTIME_H

#include "scheduler/core/matcher.h"

#include <jansson.h>

enum { DOWNTIMES_MOST = 1000 };

/* Who was told that it began, and hears of its end. */
struct downtime_told {
    char *user;
    char *contact; /* record_contact_key */
};

struct downtime {
    uint64_t id;
    struct matcher *matcher;
    char *author;
    char *comment;
    int64_t start;
    int64_t end;      /* 0: none, of a recurring and of a triggered one */
    int64_t duration; /* 0: none */
    char *window;     /* a name; NULL: none */
    uint64_t trigger; /* an id; 0: none */
    bool children;    /* the hosts behind those that are meant, too */
    bool configured;  /* it stands in watchbill.yaml */
    int64_t begun;    /* flexible: when it began; 0: not yet */
    int64_t ended;    /* when it was taken back; 0: it was not */
    bool on;          /* that it has begun was noted, and its end not yet */
    int64_t wake;     /* when to look at it again; 0: not by itself */
    struct downtime_told *told;
    size_t told_count;
};

struct downtimes {
    struct downtime *items;
    size_t count;
    uint64_t last_id;
};

/* How a downtime stands at an instant. */
struct downtime_phase {
    bool on;
    int64_t since; /* on: when it began */
    int64_t until; /* on: when it ends; 0: not by itself */
    int64_t over;  /* off: when it last ended; 0: it did not */
    bool done;     /* it is not going to be on again */
    int64_t next;  /* when any of this changes; 0: not by itself */
};

/* downtimes_add(list): a new one with the next id, for the caller to fill; its texts are the list's, from malloc. The
 * pointer is valid until the list changes. */
struct downtime *downtimes_add(struct downtimes *list);
void downtimes_remove(struct downtimes *list, size_t index);
void downtimes_release(struct downtimes *list);

/* downtimes_find(list, id): NULL: there is none. */
struct downtime *downtimes_find(const struct downtimes *list, uint64_t id);

/* downtimes_means(downtime, model, binding): whether it is about that check. */
bool downtimes_means(const struct downtime *downtime, const struct model *model,
                     const struct binding *binding);

/* downtimes_phase(list, model, downtime, now): its windows are those of ${model}; one that is gone is never open. */
struct downtime_phase downtimes_phase(const struct downtimes *list, const struct model *model,
                                      const struct downtime *downtime, int64_t now);

/* downtimes_kind(downtime): "fixed", "flexible", "recurring" or "triggered". */
const char *downtimes_kind(const struct downtime *downtime);

/* downtimes_note_told(downtime, user, contact): both are copied. downtimes_forget_told: all of them. */
void downtimes_note_told(struct downtime *downtime, const char *user, const char *contact);
void downtimes_forget_told(struct downtime *downtime);

json_t *downtimes_save(const struct downtimes *list); /* a new reference */
/* downtimes_load(list, saved, error): into an empty list; what is refused leaves it empty. */
bool downtimes_load(struct downtimes *list, const json_t *saved, struct error *error);

#endif

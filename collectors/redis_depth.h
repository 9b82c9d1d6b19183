/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much waits under a key of Redis: a list, a set, a sorted set, a hash or a stream. */
#ifndef WATCHBILL_COLLECTORS_REDIS_DEPTH_H
#define WATCHBILL_COLLECTORS_REDIS_DEPTH_H

#include "collectors/redis_link.h"

/* NaN: not asked, or Redis does not tell. Ages are in seconds by the clock of Redis. */
struct redis_depth {
    bool missing;       /* no such key, or no such group of the stream; the sentence says which */
    double entries;     /* LLEN, SCARD, ZCARD, HLEN or XLEN */
    double pending;     /* of the group: given to a consumer and not acknowledged */
    double undelivered; /* of the group: not yet given to any; Redis tells from 7.0 on */
    double oldest;      /* of a stream: its first entry; with a group: the first that it has not finished */
    double newest;      /* of a stream: its last entry */
};

/* redis_depth_read(run, link, key, group, depth, error): ${group} NULL: none; it needs a stream. */
enum source_end redis_depth_read(struct run *run, struct redis_link *link, const char *key, const char *group,
                                 struct redis_depth *depth, struct error *error);

/* redis_depth_id(id): the milliseconds since the epoch that an entry's "MS-SEQUENCE" begins with; NaN when it does
 * not. */
double redis_depth_id(const char *id);

/* What XINFO GROUPS tells of one group. */
struct redis_group {
    double pending, lag; /* NaN: not told */
    const char *last;    /* the id that was delivered last */
};

/* redis_depth_group(answer, name, group): find ${name} in the answer of XINFO GROUPS; false: it is not there. Fields are
 * found by name; what is no such answer holds no group. */
bool redis_depth_group(const struct redis_answer *answer, const char *name, struct redis_group *group);

#endif

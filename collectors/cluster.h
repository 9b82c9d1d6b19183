/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of many checks, as the scheduler's API tells them, counted together and by the path that each was checked
 * over. */
#ifndef WATCHBILL_COLLECTORS_CLUSTER_H
#define WATCHBILL_COLLECTORS_CLUSTER_H

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/text.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* The first four are the verdicts. */
enum cluster_state {
    CLUSTER_OK,
    CLUSTER_WARNING,
    CLUSTER_CRITICAL,
    CLUSTER_UNKNOWN,
    CLUSTER_PENDING, /* no result yet */
    CLUSTER_STATES
};

struct cluster_member {
    const char *subject; /* HOST/CHECK */
    enum cluster_state state;
    const char *text; /* what it said, unless it is OK; "" before its first result */
};

struct cluster {
    struct cluster_member *members;
    size_t count;
};

/* cluster_state_name(state): "OK" ... "PENDING". */
const char *cluster_state_name(enum cluster_state state);

/* cluster_parse(bytes, length, cluster, arena, error): the answer of GET /api/v1/status. Texts are the arena's. */
bool cluster_parse(const char *bytes, size_t length, struct cluster *cluster, struct arena *arena,
                   struct error *error);

/* cluster_fault(cluster, path_of, text, arena): which path is at fault, when those that the first group of ${path_of} finds
 * in the names disagree: a sentence for ${text}. false, and nothing added: they agree, or there are fewer than two
 * paths. Names without a path are left out. */
bool cluster_fault(const struct cluster *cluster, const regex_t *path_of, struct text *text,
                   struct arena *arena);

#endif

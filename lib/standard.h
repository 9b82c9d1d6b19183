/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that every check has. */
#ifndef WATCHBILL_LIB_STANDARD_H
#define WATCHBILL_LIB_STANDARD_H

#include "lib/option.h"

struct standard {
    const char *host;
    int64_t port;
    struct option_list warning, critical;
    int64_t timeout; /* milliseconds */
    const char *timeout_state;
    bool ipv4, ipv6;
    int verbose;
    const char *extra_opts; /* only for the tables: lib/extra_opts.h reads it before */
    int format;             /* index in the names of lib/output.h */
    bool describe, help, version;
    const char *root;
    const char *state_file;
};

enum { STANDARD_TABLES = 2 };

/* standard_init(standard): the defaults. */
void standard_init(struct standard *standard);

/* standard_sets(standard, collects, sets): the tables that a check (or a collector, which judges nothing)
 * adds to its own; returns how many of ${sets}, at most STANDARD_TABLES, were filled. */
size_t standard_sets(struct standard *standard, bool collects, struct option_set *sets);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which checks are meant, in one text for commands, configuration and JSON: terms with blanks between them, all of
 * which hold.
 *
 *   HOST/CHECK, HOST    exactly that check; every check of that host
 *   /REGEX/             found in HOST/CHECK
 *   host=V check=V service=V tag.NAME=V
 *
 * V is a text, in double quotes where it has blanks, or /REGEX/: an extended regular expression that is found anywhere
 * in the value, ^ and $ anchor it, and "\/" is a slash. A tag is the check's, else its host's, else its service's; one
 * that is not there is "". */
#ifndef WATCHBILL_CORE_MATCHER_H
#define WATCHBILL_CORE_MATCHER_H

#include "lib/error.h"
#include "scheduler/core/model.h"

/* The bounds of what has to be answered at once for every problem: no expression refers back or repeats so much that
 * it becomes slow. */
enum {
    MATCHER_BYTES = 1000,
    MATCHER_TERMS = 16,
    MATCHER_REGEX_BYTES = 200,
    MATCHER_PARTS = 1000,
    MATCHER_DEPTH = 3
};

struct matcher;

/* matcher_read(text, error): NULL with a sentence; without a term nothing is meant, so that is one. */
struct matcher *matcher_read(const char *text, struct error *error);
void matcher_free(struct matcher *matcher); /* NULL is allowed */

/* matcher_text(matcher): as it was given. */
const char *matcher_text(const struct matcher *matcher);

/* matcher_matches(matcher, binding): whether the check is meant. */
bool matcher_matches(const struct matcher *matcher, const struct binding *binding);

/* matcher_matches_host(matcher, host): whether the host is meant, whatever is said of checks and tags of checks. */
bool matcher_matches_host(const struct matcher *matcher, const struct host *host);

/* matcher_tag(binding, name): never NULL. */
const char *matcher_tag(const struct binding *binding, const char *name);

#endif

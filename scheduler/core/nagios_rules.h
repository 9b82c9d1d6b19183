/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which class and environment a Nagios server has, by its host name. A rules file has a rule a line, and the first
 * that matches counts:
 *
 *   REGEX CLASS ENVIRONMENT      an extended regular expression for the whole name; \1 to \9 stand for its groups
 *
 * such as "nagios-(c[0-9]+)\.([a-z]+)\..*  cell  \2/\1". A line that begins with "#" is a comment. */
#ifndef WATCHBILL_CORE_NAGIOS_RULES_H
#define WATCHBILL_CORE_NAGIOS_RULES_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stddef.h>

struct nagios_rule {
    const char *class;       /* one name: "cell" */
    const char *environment; /* a relative path below environments/: "test/c0001" */
    unsigned line;
};

/* nagios_rules_find(bytes, length, hostname, arena, rule, error): the rule for that host. A bad line is an error with its
 * number, also behind the one that matches; so are a class that is no name and a path that leads elsewhere. */
bool nagios_rules_find(const char *bytes, size_t length, const char *hostname, struct arena *arena,
                       struct nagios_rule *rule, struct error *error);

#endif

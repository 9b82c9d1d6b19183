/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/pressure: the share of time in which work waited for a resource (PSI). Source of the rules: the
 * kernel's Documentation/accounting/psi.rst. */
#ifndef WATCHBILL_COLLECTORS_PRESSURE_H
#define WATCHBILL_COLLECTORS_PRESSURE_H

#include "lib/error.h"

#include <stddef.h>

/* Per cent of the last 10, 60 and 300 seconds, and microseconds in all; NaN where the kernel has none. */
struct pressure_line {
    double avg10, avg60, avg300, total;
};

struct pressure {
    struct pressure_line some; /* at least one task waited */
    struct pressure_line full; /* all tasks waited */
};

/* pressure_parse(bytes, length, pressure, error): the line "full" may be missing, "some" may not. */
bool pressure_parse(const char *bytes, size_t length, struct pressure *pressure, struct error *error);

/* pressure_read(root, resource, pressure, present, error): ${resource} is "io", "cpu" or "memory". A kernel without
 * PSI is no error: all NaN, with `*present` false. */
bool pressure_read(const char *root, const char *resource, struct pressure *pressure, bool *present,
                   struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load averages of the kernel: /proc/loadavg. */
#ifndef WATCHBILL_COLLECTORS_LOADAVG_H
#define WATCHBILL_COLLECTORS_LOADAVG_H

#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>

struct loadavg {
    double load[3];           /* over 1, 5 and 15 minutes */
    int64_t running, threads; /* of the fourth column: runnable now, of all */
};

/* loadavg_parse(bytes, loadavg, error): the text of the file. */
bool loadavg_parse(const char *bytes, struct loadavg *loadavg, struct error *error);

/* loadavg_read(root, loadavg, error): ROOT/proc/loadavg. */
bool loadavg_read(const char *root, struct loadavg *loadavg, struct error *error);

/* loadavg_processors(root, count, error): processors that are online, from the cpuN lines of ROOT/proc/stat.
 */
bool loadavg_processors(const char *root, size_t *count, struct error *error);

#endif

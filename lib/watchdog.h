/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends the program when measure does not come back: prints what was prepared, with the stage that the run was
 * in, from a signal handler (SIGALRM). For programs only: a library must not. */
#ifndef WATCHBILL_LIB_WATCHDOG_H
#define WATCHBILL_LIB_WATCHDOG_H

#include "lib/check.h"

struct watchdog;

struct watchdog *watchdog_create(void);
void watchdog_free(struct watchdog *watchdog);

/* watchdog_begin(watchdog, run, limit, late, late_complaint, code): half a second after ${limit} milliseconds
 * the process prints ${late}, with INVOKE_STAGE of lib/invoke.h replaced, and ends with ${code}. Both are
 * copied. */
void watchdog_begin(void *watchdog, const struct run *run, int64_t limit, const struct text *late,
                    const struct text *late_complaint, int code);

/* watchdog_end(watchdog): measure came back. */
void watchdog_end(void *watchdog);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates of counters across two runs. The samples of the run before are kept in the state file: written to a
 * temporary file, flushed, renamed, under a lock, one file per check and arguments, never in /tmp. */
#ifndef WATCHBILL_LIB_RATES_H
#define WATCHBILL_LIB_RATES_H

#include "lib/error.h"

#include <stdint.h>

struct rates;

/* rates_per_second(rates, key, value, now): the change of the counter ${key} per second since the run before;
 * NaN on the first run, when the counter went down (a restart), or when no time has passed.
 * ${now} is in milliseconds on a clock of the source: monotonic, or the uptime under --root. */
double rates_per_second(struct rates *rates, const char *key, double value, int64_t now);

/* rates_change(rates, key, value): the plain difference; NaN as above. */
double rates_change(struct rates *rates, const char *key, double value);

#endif

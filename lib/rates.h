/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates of counters across two runs. The samples of the run before are kept in the state file: written to a
 * temporary file, renamed, under a lock, one file per check and arguments, never in /tmp. */
#ifndef WATCHBILL_LIB_RATES_H
#define WATCHBILL_LIB_RATES_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rates;

/* rates_create(arena, path): nothing is read before the first rate is asked for. ${path} NULL: nothing is
 * kept. Released with the arena. A file that cannot be understood counts as none. */
struct rates *rates_create(struct arena *arena, const char *path);

/* rates_create_later(arena, path, owner): the same, with a path that ${path} tells when it is needed first. */
struct rates *rates_create_later(struct arena *arena, const char *(*path)(void *owner), void *owner);

/* rates_save(rates, error): keep the samples of this run; does nothing when no rate was asked for. Takes the
 * lock for at most a second. false: the samples are not kept, so the next run knows no rate either. */
bool rates_save(struct rates *rates, struct error *error);

/* rates_pending(rates): whether a rate of this run lacked its sample of the run before. */
bool rates_pending(const struct rates *rates);

/* rates_per_second(rates, key, value, now): the change of the counter ${key} per second since the run before;
 * NaN on the first run, when the counter went down (a restart), or when no time has passed.
 * ${now} is in milliseconds on a clock of the source: monotonic, or the uptime under --root. */
double rates_per_second(struct rates *rates, const char *key, double value, int64_t now);

/* rates_change(rates, key, value): the plain difference; NaN as above. */
double rates_change(struct rates *rates, const char *key, double value);

/* rates_before(rates, key, value, before): keep ${value} for the next run and give that of the run before;
 * false: there is none, which leaves rates_pending as it is. For a source that compares by itself: its counters
 * wrap, or may go down. */
bool rates_before(struct rates *rates, const char *key, double value, double *before);

/* rates_kept(rates, key, kept): what the run before kept under ${key}, without keeping anything for the next one: for
 * a source that must know where it stopped before it knows where it will. */
bool rates_kept(struct rates *rates, const char *key, double *kept);

/* rates_kept_next(rates, prefix, at, name, kept): what the run before kept under keys that begin with ${prefix}, one
 * after the other: ${name} is the rest of the key. ${at} begins at 0; false at the end. */
bool rates_kept_next(struct rates *rates, const char *prefix, size_t *at, const char **name, double *kept);

#endif

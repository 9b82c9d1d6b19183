/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants as people write and read them. */
#ifndef WATCHBILL_LIB_INSTANT_H
#define WATCHBILL_LIB_INSTANT_H

#include "lib/error.h"
#include "lib/text.h"
#include "lib/zone.h"

#include <stdint.h>

/* instant_read(text, now, at, error): RFC 3339 ("2026-11-20T17:04:05+01:00", "...Z"; a fraction is dropped), epoch
 * seconds, "now", or a duration before now or after it ("-1d", "+2h"); years 1 to 9999. */
bool instant_read(const char *text, int64_t now, int64_t *at, struct error *error);

/* instant_read_in(text, zone, at, error): RFC 3339, or without its offset the civil time of ${zone}, of which the
 * seconds may be left out: "2026-12-24 18:00". A repeated time is its first pass. */
bool instant_read_in(const char *text, const struct zone *zone, int64_t *at, struct error *error);

/* instant_write(text, zone, at): "2026-11-20T17:04:05+01:00". */
void instant_write(struct text *text, const struct zone *zone, int64_t at);

#endif

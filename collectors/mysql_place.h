/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a MySQL server is, as people write it. */
#ifndef WATCHBILL_COLLECTORS_MYSQL_PLACE_H
#define WATCHBILL_COLLECTORS_MYSQL_PLACE_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stdint.h>

/* mysql_place_read(text, arena, host, port, error): "HOST:PORT", "[::1]:PORT"; without a port 3306. ${host} lives in the
 * arena; it is of letters, digits and "_.:-" and begins with none of "-". */
bool mysql_place_read(const char *text, struct arena *arena, const char **host, int64_t *port,
                      struct error *error);

#endif

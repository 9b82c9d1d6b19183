/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that must differ: cleaning can make two into one. */
#ifndef WATCHBILL_LIB_NAMES_H
#define WATCHBILL_LIB_NAMES_H

#include "lib/arena.h"

struct names;

/* names_create(arena): an empty set, released with the arena. */
struct names *names_create(struct arena *arena);

/* names_take(names, wanted): ${wanted}, or with "_2", "_3" ... behind it when it was taken before; a copy in
 * the arena. */
const char *names_take(struct names *names, const char *wanted);

#endif

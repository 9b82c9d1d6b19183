/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the project's own programs are, seen from the program that runs: beside it in build/, or under
 * PREFIX/lib/watchbill when installed. */
#ifndef WATCHBILL_LIB_LAYOUT_H
#define WATCHBILL_LIB_LAYOUT_H

#include "lib/arena.h"
#include "lib/error.h"

struct layout {
    const char *bin;
    const char *libexec;
    const char *checks;
    const char *channels;
    const char *remediations;
};

/* layout_find(layout, arena, error): by /proc/self/exe; texts live in ${arena}. */
bool layout_find(struct layout *layout, struct arena *arena, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a check keeps what it must know next time: one file per check and arguments. */
#ifndef WATCHBILL_LIB_STATE_PATH_H
#define WATCHBILL_LIB_STATE_PATH_H

#include "lib/arena.h"
#include "lib/option.h"

/* state_path(arena, program, given, sets, count): ${given} unless NULL; else PROGRAM-HASH.state in the first
 * of $MUNIN_PLUGSTATE, $WATCHBILL_STATE and /var/lib/watchbill/plugins that is set. The hash is of what the
 * options hold; secrets and the options that only change the answer's form or its thresholds do not count. */
const char *state_path(struct arena *arena, const char *program, const char *given,
                       const struct option_set *sets, size_t count);

#endif

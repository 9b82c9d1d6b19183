/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who calls the command. */
#ifndef WATCHBILL_COMMAND_LOGIN_H
#define WATCHBILL_COMMAND_LOGIN_H

#include "lib/arena.h"

/* login_name(arena): the name of the user who runs this process, or "uid N". */
const char *login_name(struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/login.h"

#include "lib/system_user.h"

#include <unistd.h>

const char *login_name(struct arena *arena)
{
    char name[SYSTEM_USER_NAME];
    system_user_name(getuid(), name);
    return arena_text(arena, name);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/login.h"

#include <pwd.h>
#include <unistd.h>

const char *login_name(struct arena *arena)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        return arena_text(arena, found->pw_name);
    return arena_format(arena, "uid %u", (unsigned)getuid());
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/system_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

bool system_user_find(const char *name, uid_t *user, gid_t *group, struct error *error)
{
    errno = 0;
    const struct passwd *found = getpwnam(name);
    if (!found)
        return error_set(error, "no such system user: \"%s\"", name);
    *user = found->pw_uid;
    *group = found->pw_gid;
    return true;
}

void system_user_name(uid_t user, char name[static SYSTEM_USER_NAME])
{
    char buffer[16384];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(user, &entry, buffer, sizeof buffer, &found) == 0 && found)
        (void)snprintf(name, SYSTEM_USER_NAME, "%s", found->pw_name);
    else
        (void)snprintf(name, SYSTEM_USER_NAME, "uid %u", (unsigned)user);
}

bool system_user_become(const char *name, struct error *error)
{
    uid_t user = (uid_t)-1;
    gid_t group = (gid_t)-1;
    if (!system_user_find(name, &user, &group, error))
        return false;
    if (initgroups(name, group) != 0 || setresgid(group, group, group) != 0 ||
        setresuid(user, user, user) != 0)
        return error_set(error, "%s: becoming \"%s\"", strerror(errno), name);
    if (user != 0 && setuid(0) == 0)
        return error_set(error, "root could be taken back after becoming \"%s\"", name);
    return true;
}

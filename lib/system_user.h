/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Users of the operating system, and becoming one for good. */
#ifndef WATCHBILL_LIB_SYSTEM_USER_H
#define WATCHBILL_LIB_SYSTEM_USER_H

#include "lib/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* system_user_find(name, user, group, error): the ids of a system user. */
bool system_user_find(const char *name, uid_t *user, gid_t *group, struct error *error);

/* system_user_name(user, name): the login name of ${user}, or "uid N". Asks what nsswitch.conf names, which may take its
 * time. */
enum { SYSTEM_USER_NAME = 256 };
void system_user_name(uid_t user, char name[static SYSTEM_USER_NAME]);

/* system_user_become(name, error): become that user, with its groups and no others; checks that there is no way
 * back. Only root can. */
bool system_user_become(const char *name, struct error *error);

#endif

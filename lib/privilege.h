/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Giving up root for good. */
#ifndef WATCHBILL_LIB_PRIVILEGE_H
#define WATCHBILL_LIB_PRIVILEGE_H

#include "lib/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* privilege_find(name, user, group, error): the ids of a system user. */
bool privilege_find(const char *name, uid_t *user, gid_t *group, struct error *error);

/* privilege_drop(name, error): become that user, with its groups and no others; checks that there is no way
 * back. Only root can. */
bool privilege_drop(const char *name, struct error *error);

#endif

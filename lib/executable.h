/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who else could decide what a program does that root, or another user, executes. */
#ifndef WATCHBILL_LIB_EXECUTABLE_H
#define WATCHBILL_LIB_EXECUTABLE_H

#include "lib/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* executable_check(path, error): whether it is a file that may be executed. */
bool executable_check(const char *path, struct error *error);

/* executable_guard(path, user, error): whether it belongs to root or to ${user}, nobody else may write to it, and
 * executable_way holds. */
bool executable_guard(const char *path, uid_t user, struct error *error);

/* executable_way(path, error): whether no folder on the way there, as it is written and where links lead, is one that all
 * may write to. */
bool executable_way(const char *path, struct error *error);

/* executable_trusted(name, error): where we are root, whether what execvp(3) would execute for ${name} is guarded; what is
 * not there fails when it is started. */
bool executable_trusted(const char *name, struct error *error);

#endif

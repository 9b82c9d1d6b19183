/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that a pid file names. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_PID_FILE_H
#define WATCHBILL_REMEDIATIONS_TOOLS_PID_FILE_H

#include "lib/error.h"

#include <stdint.h>
#include <sys/types.h>

/* pid_file_read(path): the process id in the file; 0: no file, or none in it. */
int64_t pid_file_read(const char *path);

/* pid_file_check(path, pid, wanted, alive, error): ${alive}: whether there is such a process. false: there is, but the
 * kernel calls it otherwise than ${wanted} (of which 15 bytes count): a stale ${path} names somebody else. */
bool pid_file_check(const char *path, int64_t pid, const char *wanted, bool *alive, struct error *error);

/* pid_file_user(pid, user): as whom it makes files; false: it is no more. */
bool pid_file_user(int64_t pid, uid_t *user);

/* pid_file_catches(pid, signal): whether the process has a handler for it; else most signals would end it. */
bool pid_file_catches(int64_t pid, int signal);

#endif

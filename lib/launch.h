/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a program by vfork and exec: its cost does not grow with the caller, and no shell is met. */
#ifndef WATCHBILL_LIB_LAUNCH_H
#define WATCHBILL_LIB_LAUNCH_H

#include <sys/types.h>

struct launch {
    char *const *argv; /* ended by NULL; argv[0] is the path */
    char *const *env;
    int input;  /* descriptor of standard input; 0: the caller's own */
    int output; /* of standard output */
};

/* launch_start(launch): the new process leads a session of its own, has no signal blocked, and is killed when
 * the caller's thread ends. Standard error is the caller's. Every other descriptor must be close-on-exec, and
 * no signal may have a handler in the caller. Returns the process id, or -1 with errno: also when exec
 * failed. */
pid_t launch_start(const struct launch *launch);

#endif

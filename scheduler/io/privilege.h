/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts one program as the user that the configuration names, with nothing inherited: a clean environment, a session
 * of its own, /dev/null to read, no descriptor but its output. */
#ifndef WATCHBILL_IO_PRIVILEGE_H
#define WATCHBILL_IO_PRIVILEGE_H

#include "lib/error.h"

#include <stddef.h>
#include <sys/types.h>

struct privilege {
    const char *program;               /* a path */
    const char *const *argv;           /* ended by NULL; argv[0] is replaced by the path */
    const char *const *environment[2]; /* "NAME=VALUE", each ended by NULL, beside PATH, LC_ALL and HOME */
    const char *user;                  /* NULL: ours */
    const char *directory;             /* of the configuration, to work in */
    const char *state;                 /* whose group may write to the ledger */
    const char *dropped_to;            /* to whom the daemon dropped; NULL: it did not */
};

/* privilege_find(name, folder, plugins, path, room): the path of the program ${name}: with a slash it is below ${folder}
 * or absolute; else it is sought in our own remediations, as the build or the installation has them, then in
 * ${plugins}, ended by NULL. false: not found, or too long. */
bool privilege_find(const char *name, const char *folder, const char *const *plugins, char *path,
                    size_t room);

/* privilege_start(privilege, output, error): the process, or 0 when nothing was started. ${*output} is the end of a
 * pipe with what it prints, close-on-exec and non-blocking; the caller closes it. Only root can change the user; then
 * the program must be owned by root or by that user, and nobody else may be able to write to it or to rename it. When
 * the daemon dropped its rights, the files of the configuration must be root's alone: who could write there would say
 * what is run. */
pid_t privilege_start(const struct privilege *privilege, int *output, struct error *error);

#endif

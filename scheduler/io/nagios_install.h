/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts the configuration of one Nagios server together from a repository that serves many:
 *
 *   common/CLASS/        copied
 *   environments/ENV/    linked, by its last name
 *
 * in a folder beside the one that Nagios reads, which nagios4 -v must accept before the two are exchanged, at once. */
#ifndef WATCHBILL_IO_NAGIOS_INSTALL_H
#define WATCHBILL_IO_NAGIOS_INSTALL_H

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/text.h"

struct nagios_install {
    const char *repository, *class, *environment;
    const char *into;   /* the folder that Nagios reads */
    const char *main;   /* its main file; a cfg_dir of it that is ${into} means the new folder */
    const char *nagios; /* the program */
    bool adopt;         /* replace a folder that was not made here */
    bool dry_run;       /* all but the exchange */
};

enum nagios_install_end {
    NAGIOS_INSTALL_DONE,
    NAGIOS_INSTALL_REFUSED /* by nagios4 -v */,
    NAGIOS_INSTALL_FAILED
};

/* nagios_install(install, arena, said, files, error): REFUSED leaves in ${said} what nagios4 said; ${files} is how many
 * were copied. Unless it is DONE, ${install->into} is as before. */
enum nagios_install_end nagios_install(const struct nagios_install *install, struct arena *arena,
                                       struct text *said, size_t *files, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a configuration of watchbill from the objects of a Nagios: what is checked, by whom and when. Hosts with the
 * same checks become one service; a contact becomes a user with a group of its own, because Nagios tells all of a
 * contactgroup at once. What has no equivalent is a finding. */
#ifndef WATCHBILL_CORE_NAGIOS_IMPORT_H
#define WATCHBILL_CORE_NAGIOS_IMPORT_H

#include "lib/text.h"
#include "scheduler/core/nagios_objects.h"

/* The check that is made of a host's check_command. */
extern const char nagios_alive[];

struct nagios_import_file {
    const char *name; /* "services/web.yaml" */
    const char *text;
};

struct nagios_imported {
    struct nagios_import_file *files;
    size_t count;
    size_t hosts, checks, users;
};

/* nagios_import(source, timezone, imported): everything lives in the source's arena. ${timezone} is that of the machine
 * on which the Nagios runs, for one that names none; NULL: not known. */
void nagios_import(struct nagios_source *source, const char *timezone, struct nagios_imported *imported);

#endif

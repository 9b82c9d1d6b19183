/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command of Nagios as the words that its shell would make of it, so that no shell is needed. */
#ifndef WATCHBILL_CORE_NAGIOS_COMMAND_H
#define WATCHBILL_CORE_NAGIOS_COMMAND_H

#include "lib/text.h"
#include "scheduler/core/nagios_objects.h"

/* nagios_command_words(objects, service, call, description, words, error): the words of "COMMAND!ARG!ARG" with $ARGn$,
 * $USERn$, $_SERVICEx$ and $SERVICEDESC$ replaced by their texts; the host's macros stay, as scheduler/core/macro.h
 * takes them. ${service} is whose variables are meant: a service or a host. false, with why: it needs a shell, holds a
 * macro that is none here, or a $USERn$ that may be a secret. Source of the splitting: POSIX shell, "Quoting". */
bool nagios_command_words(const struct nagios_objects *objects, struct nagios_definition *service,
                          const char *call, const char *description, struct words *words,
                          struct error *error);

/* nagios_command_line(words, line): the words as a command_line that gives them again; macros stand open. */
void nagios_command_line(const struct words *words, struct text *line);

/* nagios_command_definition(objects, call): the command that "COMMAND!ARG!ARG" names; NULL: there is none. */
struct nagios_definition *nagios_command_definition(const struct nagios_objects *objects, const char *call);

#endif

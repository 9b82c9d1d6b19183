/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Munin personality: a check that is called by a link's name ("haproxy", "haproxy_sessions"), or with
 * --format munin. Source: Munin's guide for plugin authors, "Plugin concept" and "Multigraph". */
#ifndef WATCHBILL_LIB_MUNIN_H
#define WATCHBILL_LIB_MUNIN_H

#include "lib/check.h"
#include "lib/output.h"

/* munin_is_link(check, program): whether ${program} is a Munin plugin's name for ${check}: its own name,
 * alone or with "_GRAPH" behind it. */
bool munin_is_link(const struct check *check, const char *program);

/* munin_environment(sets, count, argc, argv, arena): put the options that the plugin configuration gives as
 * env.NAME in front of the words; a dash of the option's name is "_" there. */
void munin_environment(const struct option_set *sets, size_t count, int *argc, char ***argv,
                       struct arena *arena);

/* munin_refuse(output, sentence): the answer when the plugin cannot run: "no (sentence)" to autoconf, else a
 * complaint; returns the exit code. */
int munin_refuse(const struct output *output, const char *sentence);

#endif

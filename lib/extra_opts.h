/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `--extra-opts[=SECTION][@FILE]`: options from a section of an INI file, put in front of the command line.
 * Source of the rule: the "extra-opts" page of Monitoring Plugins. */
#ifndef WATCHBILL_LIB_EXTRA_OPTS_H
#define WATCHBILL_LIB_EXTRA_OPTS_H

#include "lib/arena.h"
#include "lib/error.h"

/* Words of a command line, argv[0] first, ended by NULL. */
struct words {
    int count;
    char **items;
};

/* extra_opts_expand(argc, argv, section, arena, words, error): the words to read, with each --extra-opts
 * replaced;
 * ${section} is used when it names none. Unknown section or file, or a line that is no option: false. The
 * file is FILE, else the first that exists of $MP_CONFIG_FILE, the directories of $NAGIOS_CONFIG_PATH, and
 * the usual places in /etc. */
bool extra_opts_expand(int argc, char **argv, const char *section, struct arena *arena, struct words *words,
                       struct error *error);

/* extra_opts_parse(bytes, section, arena, words, error): add the options of the section in ${bytes}. */
bool extra_opts_parse(const char *bytes, const char *section, struct arena *arena, struct words *words,
                      struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nagios macros in the words of a command. Only what the configuration itself holds is a macro here; what a
 * check said travels in the environment, so that nothing from outside becomes an argument.
 *
 * $HOSTNAME$ $HOSTALIAS$ $HOSTDISPLAYNAME$ the host's name; $HOSTADDRESS$; $_HOSTVAR$ a variable of the host,
 * whose name is taken without regard to case; $SERVICEDESC$ $SERVICEDISPLAYNAME$ the check's name; $ARG1$ to
 * $ARG32$. "$$" is a dollar sign, and so is one that ends a word ("^www$").
 * Source of the names: Nagios Core 4, "Standard Macros in Nagios". */
#ifndef WATCHBILL_CORE_MACRO_H
#define WATCHBILL_CORE_MACRO_H

#include "lib/error.h"
#include "lib/text.h"
#include "scheduler/core/model.h"

struct macro_source {
    const struct host *host;   /* NULL: every host macro is an error */
    const char *check;         /* NULL: $SERVICEDESC$ is empty */
    const struct words *args;  /* $ARG1$ is its first; NULL or too short: empty */
    const struct pairs *extra; /* further macros, by name without "$", looked at first; NULL: none */
    void (*write)(struct text *out, const char *value); /* how a value is written; NULL: as it is */
};

/* macro_check(word, error): whether every macro in ${word} is one of the above (extra ones are not known
 * here). The sentence names the macro and the nearest valid one. Whether a host has the variable of
 * $_HOSTVAR$ is seen by macro_expand. */
bool macro_check(const char *word, struct error *error);

/* macro_mistake(from, names, error): the place of the next mistake in a text at or behind *from, which goes to where the
 * search goes on; NULL: there is none. The macros of ${names}, ended by NULL, are known as well, and so are those that
 * begin with one of them that ends in "*". */
const char *macro_mistake(const char **from, const char *const *names, struct error *error);

/* macro_expand(word, source, out, error): append ${word} with its macros replaced, once: a value that looks
 * like a macro stays as it is. false for an unknown macro and for a variable that the host does not have. */
bool macro_expand(const char *word, const struct macro_source *source, struct text *out, struct error *error);

/* macro_expand_words(words, source, arena, out, error): each word gives exactly one word: a value with blanks
 * adds none and an empty one takes none away. ${out} lives in ${arena}. */
bool macro_expand_words(const struct words *words, const struct macro_source *source, struct arena *arena,
                        struct words *out, struct error *error);

#endif

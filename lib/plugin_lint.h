/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges one run of a plugin by the letter of the Monitoring Plugins Development Guidelines. Pure: who runs it is
 * another's business. */
#ifndef WATCHBILL_LIB_PLUGIN_LINT_H
#define WATCHBILL_LIB_PLUGIN_LINT_H

#include "lib/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum plugin_lint_way {
    PLUGIN_LINT_GIVEN,   /* its words as they are: an answer */
    PLUGIN_LINT_VERBOSE, /* the same with -v */
    PLUGIN_LINT_HELP,    /* --help, -h */
    PLUGIN_LINT_VERSION, /* --version, -V */
    PLUGIN_LINT_MISUSE,  /* something that it must refuse */
    PLUGIN_LINT_BARE,    /* no words at all */
    PLUGIN_LINT_LIMIT,   /* a --timeout that is nearly no time */
};

/* What one run did. */
struct plugin_lint_run {
    enum plugin_lint_way way;
    bool exited;        /* else it was killed, by a signal or for its time */
    bool late;          /* it was stopped because it did not end in time */
    int code;           /* exit code, or signal */
    int64_t limit;      /* ms; PLUGIN_LINT_LIMIT: what --timeout said */
    int64_t elapsed;    /* ms */
    const char *output; /* standard output */
    size_t length;
    bool complained; /* something on standard error */
};

typedef void plugin_lint_tell(void *owner, const char *rule, const char *sentence);

/* plugin_lint(run, tell, owner): tell each departure: the name of the rule, of a fixed list, and a sentence. */
void plugin_lint(const struct plugin_lint_run *run, plugin_lint_tell *tell, void *owner);

/* plugin_lint_knows(help, length, option): whether a help text speaks of an option such as "--warning". */
bool plugin_lint_knows(const char *help, size_t length, const char *option);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A remediation: the table of a workaround program. The shared frame refuses to run it without an issue, a
 * tagged day and a TTL, gathers diagnostics first, writes the ledger, lets it act, then verifies.
 * Exit: 0 fixed, 1 acted without effect, 2 failed, 3 refused or misused. */
#ifndef WATCHBILL_LIB_REMEDIATION_H
#define WATCHBILL_LIB_REMEDIATION_H

#include "lib/arena.h"
#include "lib/bundle.h"
#include "lib/error.h"
#include "lib/option.h"
#include "lib/text.h"

struct act_run {
    const char *target; /* --target, or this host's name */
    const char *issue;
    bool dry_run;
    int64_t deadline; /* CLOCK_MONOTONIC, ms */
    struct arena *arena;
    struct text *said; /* what was done, for the ledger and standard output */
    void *kept;        /* the program\'s own, from act to verify; in .arena */
};

enum effect { EFFECT_FIXED = 0, EFFECT_NONE = 1, EFFECT_FAILED = 2 };

struct remediation_program {
    const char *name; /* "clean_spool" */
    const char *summary;
    const char *notes;
    const struct option_row *options;
    size_t args_size;
    const void *defaults;
    /* Says what is wrong with the arguments; NULL: nothing can be. */
    bool (*validate)(const void *args, struct error *error);
    /* Adds what only this program knows; the frame has added processes, sockets, disk and pressure. */
    bool (*diagnose)(const void *args, struct act_run *run, struct bundle *bundle, struct error *error);
    /* Acts; under --dry-run it says what it would do and changes nothing. false: failed. */
    bool (*act)(const void *args, struct act_run *run, struct error *error);
    /* Looks whether it helped. NULL: acting is enough. */
    enum effect (*verify)(const void *args, struct act_run *run, struct error *error);
};

/* remediation_main(program, argc, argv): the whole program. */
int remediation_main(const struct remediation_program *program, int argc, char **argv);

/* act_say(run, format, ...): a sentence on what is done. */
void act_say(struct act_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

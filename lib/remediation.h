/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A remediation: the table of a workaround program. The shared frame refuses to run it without an issue, a
 * tagged day and a TTL, gathers diagnostics first, writes the ledger, lets it act, then verifies.
 * Exit: 0 fixed, 1 acted without effect, 2 failed, 3 refused or misused. */
#ifndef WATCHBILL_LIB_REMEDIATION_H
#define WATCHBILL_LIB_REMEDIATION_H

#include "lib/arena.h"
#include "lib/bundle.h"
#include "lib/check.h"
#include "lib/error.h"
#include "lib/option.h"
#include "lib/text.h"

struct frame;

struct act_run {
    const char *target; /* --target, or this host's name */
    const char *issue;
    const char *id; /* of the run */
    const char *const
        *as_step; /* options that make another remediation program a step of this run, ended by NULL */
    bool dry_run;
    int64_t deadline; /* CLOCK_MONOTONIC, ms */
    struct arena *arena;
    struct text *said;         /* what was done, for the ledger and standard output */
    const char *bundle;        /* the folder of its diagnostics; NULL: none, as in a dry run */
    void *kept;                /* the program's own, from act to verify; in .arena */
    const struct frame *frame; /* of all programs: lib/remediation_frame.h */
};

/* What the state before the act says: go on, do not (exit 3, and counted as refused), or that it cannot be read (exit
 * 2). */
enum answer { ANSWER_GO, ANSWER_REFUSED, ANSWER_UNKNOWN };

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
    /* Looks at the state before: whether to act at all. Asked after the diagnostics and before the ledger's first line,
     * also under --dry-run; what it finds may have changed when act looks. NULL: nothing speaks against it. */
    enum answer (*question)(const void *args, struct act_run *run, struct error *error);
    /* Acts; under --dry-run it says what it would do and changes nothing. false: failed. */
    bool (*act)(const void *args, struct act_run *run, struct error *error);
    /* Looks whether it helped. NULL: acting is enough. */
    enum effect (*verify)(const void *args, struct act_run *run, struct error *error);
};

/* Adds what every run takes of the machine; false: a part failed, which the bundle names. */
typedef bool remediation_machine(struct bundle *bundle);

/* remediation_main(program, machine, argc, argv): the whole program. */
int remediation_main(const struct remediation_program *program, remediation_machine *machine, int argc,
                     char **argv);

/* act_say(run, format, ...): a sentence on what is done. */
void act_say(struct act_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* act_reach(run, error, format, ...): where an act of several steps is, such as "in step 2 of 3". It is durable in the
 * ledger before what it names begins, and is told of a run that is interrupted. Nothing is written in a dry run, or by a
 * step of another run. */
bool act_reach(const struct act_run *run, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* act_attach(run, name, bytes, length, error): keep what the act itself printed beside the diagnostics, as "act-NAME";
 * its digest stands in the ledger's last line. ${name} as in lib/bundle.h. Nothing happens without a bundle. */
bool act_attach(const struct act_run *run, const char *name, const char *bytes, size_t length,
                struct error *error);

/* act_refuse(error, format, ...): the sentence, and ANSWER_REFUSED. */
enum answer act_refuse(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* act_pause(run, milliseconds): wait, but not beyond the deadline; false when that was reached. */
bool act_pause(const struct act_run *run, int64_t milliseconds);

/* act_brief(run, milliseconds): the same run with a deadline that is no later than that from now: diagnostics must leave
 * time for the other parts. */
struct act_run act_brief(const struct act_run *run, int64_t milliseconds);

/* Which machine a program asks, for those that talk to one. */
struct act_place {
    const char *host;
    int64_t port;
};

/* The rows that fill MEMBER of TYPE, a struct act_place. */
/* clang-format off */
#define ACT_PLACE_OPTIONS(type, member)                                                                      \
    {"hostname", 'H', TEXT(type, member.host), .value = "HOST", .help = "The host of the server."},          \
    {"port", 'p', WHOLE(type, member.port), .value = "PORT", .help = "Its port.", .low = 1, .high = 65535}
/* clang-format on */

/* act_as_run(run, place): what the collectors' readers take, with the deadline of ${run} as it is now. ${place} may be
 * NULL. */
struct run act_as_run(const struct act_run *run, const struct act_place *place);

#endif

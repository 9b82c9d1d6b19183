/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the remediation frame: what its parts share. Programs include lib/remediation.h only. */
#ifndef WATCHBILL_LIB_REMEDIATION_FRAME_H
#define WATCHBILL_LIB_REMEDIATION_FRAME_H

#include "lib/limits.h"
#include "lib/remediation.h"

#include <jansson.h>

/* The options that every remediation has. */
struct frame_args {
    const char *issue, *tagged, *owner, *cause, *target, *run, *part_of, *remediation, *ledger, *diagnostics;
    const char *renewal, *host_service;
    const char *max, *max_total, *share, *service_max, *site_max; /* as written */
    int64_t concurrency, service_concurrency, site_concurrency;
    int64_t ttl, timeout, cooldown; /* ms */
    bool diagnosed, undiagnosed, dry_run, diagnostics_optional, help, version, describe;
};

/* One run of one program. */
struct frame {
    const struct remediation_program *program;
    remediation_machine *machine;
    struct frame_args args;
    void *own; /* the program's arguments */
    struct act_run run;
    bool run_given; /* the id came from outside: a scheduler asked */
    struct limits limits;
    bool limited; /* any of them was given */
    struct arena *arena;
    struct text said;
    int64_t tagged_day; /* days since 1970-01-01 */
    int64_t expires;    /* the first epoch second after the last day */
    int64_t asked;      /* when we were started, epoch ms */
    int64_t began;      /* CLOCK_MONOTONIC, ms */
    int stop;           /* readable when we are asked to end */
    const char *bundle; /* its folder; NULL: none */
    char bundle_sha256[DIGEST_HEX_BYTES];
};

extern const struct option_row remediation_options[];
extern const struct frame_args remediation_defaults;

/* remediation_check(frame, now, error): judge the frame's options and fill in what follows from them: days,
 * paths, names, the run's id. ${now} is in epoch seconds. An expired TTL is no mistake here. */
bool remediation_check(struct frame *frame, int64_t now, struct error *error);

/* remediation_limits(frame, error): read those of the options that are limits. */
bool remediation_limits(struct frame *frame, struct error *error);

/* remediation_line(frame, event, now): a ledger line with everything that is known by now. A new reference.
 */
json_t *remediation_line(const struct frame *frame, const char *event, int64_t now);

/* remediation_reach(frame, text, error): the ledger's line on where the run is. */
bool remediation_reach(const struct frame *frame, const char *text, struct error *error);

/* remediation_gather(frame, error): the bundle, gathered in a child; false when it failed or is empty. */
bool remediation_gather(struct frame *frame, struct error *error);

#endif

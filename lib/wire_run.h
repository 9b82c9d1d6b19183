/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon and its runners and workers say to each other: run this; this came of it. */
#ifndef WATCHBILL_LIB_WIRE_RUN_H
#define WATCHBILL_LIB_WIRE_RUN_H

#include "lib/wire.h"

enum wire_kind {
    WIRE_RUN = 1, /* to a runner or worker */
    WIRE_OUTCOME, /* from it; exactly one for each WIRE_RUN */
    WIRE_GONE,    /* the process of an outcome "stuck" has ended after all */
};

/* Of watchbill-runner: its end of the stream, and shared memory of RUNNER_SLOTS int32_t in which the process
 * groups stand that run now (0: none), for whoever finds it dead. */
enum { RUNNER_FD = 3, RUNNER_GROUPS_FD = 4, RUNNER_SLOTS = 4096 };

struct wire_job {
    const char *const *argv; /* ended by NULL */
    const char *const *env;  /* ended by NULL; NULL: a clean environment */
    const char *input;       /* NULL: none */
    size_t input_length;
    int64_t timeout; /* ms */
    size_t cap;      /* bytes of output kept */
};

/* wire_run_put(text, job): the frame, with number 0; see WIRE_ID_AT. */
void wire_run_put(struct text *text, const struct wire_job *job);

struct wire_run {
    int64_t timeout; /* ms */
    size_t cap;      /* bytes of output kept */
    int argc;
    char **argv;       /* ended by NULL; texts inside the frame, which the owner may write to */
    char **env;        /* ended by NULL; PATH and LC_ALL are always there */
    const char *input; /* NULL: none */
    size_t input_length;
    char **words; /* the room of argv and env, used again */
    size_t room;
};

/* wire_run_get(run, frame): false when the frame is not one. ${run} begins as {0}. */
bool wire_run_get(struct wire_run *run, const struct wire_frame *frame);
void wire_run_release(struct wire_run *run);

struct wire_outcome {
    int kind; /* enum outcome_kind */
    int code;
    bool truncated;
    int64_t started; /* CLOCK_MONOTONIC, microseconds */
    int64_t ended;
    const char *output; /* NUL behind it */
    size_t length;
};
void wire_outcome_put(struct text *text, uint32_t id, const struct wire_outcome *outcome);
bool wire_outcome_get(struct wire_outcome *outcome, const struct wire_frame *frame);

#endif

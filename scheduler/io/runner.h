/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs programs for the daemon, which itself never executes one: foreign programs by a few small runner
 * processes (vfork and exec), our own checks by warm workers. Every run has a deadline (TERM to the process
 * group, a grace of 2 s, KILL), an output cap, and exactly one outcome. */
#ifndef WATCHBILL_IO_RUNNER_H
#define WATCHBILL_IO_RUNNER_H

#include "lib/error.h"
#include "scheduler/io/loop.h"

#include <stddef.h>

struct runner;

struct runner_settings {
    const char *libexec;   /* directory of watchbill-runner */
    const char *bin;       /* directory of watchbill-worker */
    const char *checks;    /* directory of our own checks: a program there runs in a warm worker */
    const char *directory; /* working directory of every run */
    size_t runners;        /* runner processes */
    size_t warm;           /* warm workers at most; 0: none, everything is executed */
};

struct job {
    const char *const *argv; /* ended by NULL; argv[0] is a path */
    const char *const *env;  /* "NAME=VALUE", ended by NULL; NULL: a clean environment (PATH, LC_ALL=C) */
    const char *input;       /* standard input; NULL: /dev/null */
    size_t input_length;
    int64_t timeout;   /* ms */
    size_t output_cap; /* bytes of standard output kept; what is beyond is read and dropped */
    bool background;   /* a channel or the like: may wait behind checks */
};

enum outcome_kind {
    OUTCOME_EXITED,      /* `code` */
    OUTCOME_SIGNALLED,   /* `code` is the signal */
    OUTCOME_TIMEOUT,     /* ended by us; partial output is kept */
    OUTCOME_NOT_STARTED, /* `output` says why; `code` is the errno */
    OUTCOME_STUCK,       /* did not even end by KILL: `output` names where it hangs; its slot stays taken */
};

struct outcome {
    enum outcome_kind kind;
    int code;
    const char *output; /* NUL behind it; may hold NUL */
    size_t length;
    bool truncated;
    int64_t started; /* loop_now's clock, microseconds */
    int64_t ended;
};

/* The outcome is valid during the call only. The runner must not be freed inside it. */
typedef void runner_done(void *owner, const struct outcome *outcome);

/* runner_create(loop, settings, error): start the processes that execute, and the template of the warm workers; NULL with
 * a sentence. */
struct runner *runner_create(struct loop *loop, const struct runner_settings *settings, struct error *error);

/* runner_free(runner): ends every child (TERM, 2 s, KILL) and waits for that. Jobs without an outcome get none; an answer
 * that came and was not looked at yet is none. */
void runner_free(struct runner *runner);

/* runner_submit(runner, job, done, owner): ${job} is copied. ${done} is always called once, later, unless the runner is
 * freed before. */
void runner_submit(struct runner *runner, const struct job *job, runner_done *done, void *owner);

struct runner_counts {
    size_t running, waiting;
    size_t stuck;                     /* told as over, and not to be ended */
    size_t started_total, warm_total; /* since the start; by warm workers alone */
    size_t workers;                   /* warm ones that there are now */
};
void runner_counts(const struct runner *runner, struct runner_counts *counts);

#endif

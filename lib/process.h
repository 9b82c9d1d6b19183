/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child with a deadline and a cap on its output: a program without a shell, or a function of ours that
 * may hang or crash without taking us along. The child leads its own process group, reads /dev/null or .input, writes
 * standard output and standard error to us, holds none of our descriptors, and is killed when we die. */
#ifndef WATCHBILL_LIB_PROCESS_H
#define WATCHBILL_LIB_PROCESS_H

#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>
#include <stdint.h>

struct process {
    const char *const *argv;  /* ended by NULL; argv[0] without a slash is sought in PATH; or NULL and */
    int (*call)(void *owner); /* what the child does instead; what it returns is its exit code */
    void *owner;
    const char *const *env; /* "NAME=VALUE", ended by NULL; NULL: ours; only with argv */
    const char *directory;  /* in which it runs; NULL: ours; only with argv */
    int input;              /* descriptor that becomes its standard input; 0: /dev/null */
    int64_t deadline;       /* CLOCK_MONOTONIC, ms; then TERM to the group, 2 s of grace, KILL */
    size_t output_cap;      /* bytes kept; what is beyond is read and dropped */
    int stop;               /* the same is done when this descriptor becomes readable; 0: none */
    bool leaves; /* what it leaves running (a daemon) is its purpose; else its group is killed at the end */
};

enum process_end {
    PROCESS_EXITED,      /* `code` is the exit code */
    PROCESS_SIGNALLED,   /* `code` is the signal */
    PROCESS_TIMEOUT,     /* ended by us at the deadline */
    PROCESS_STOPPED,     /* ended by us because of .stop */
    PROCESS_NOT_STARTED, /* `code` is the errno */
};

struct process_outcome {
    enum process_end end;
    int code;
    bool truncated;
    struct text output;
};

/* process_run(process, outcome): run it to its end. ${outcome} needs no preparation and is released with
 * process_outcome_release. */
void process_run(const struct process *process, struct process_outcome *outcome);
void process_outcome_release(struct process_outcome *outcome);

/* process_succeeded(process, outcome, error): whether it exited with 0; else a sentence with its last line.
 */
bool process_succeeded(const struct process *process, const struct process_outcome *outcome,
                       struct error *error);

/* process_now(): CLOCK_MONOTONIC in milliseconds. */
int64_t process_now(void);

#endif

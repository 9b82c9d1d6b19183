/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory that is used as a queue: how many files wait in it, and since when. */
#ifndef WATCHBILL_COLLECTORS_SPOOL_H
#define WATCHBILL_COLLECTORS_SPOOL_H

#include "lib/error.h"

#include <stdbool.h>
#include <stdint.h>

struct spool_question {
    const char *directory;
    const char *pattern; /* fnmatch() of the file's name; NULL: all, but for names that begin with a dot */
    bool recursive;      /* folders in it too, but never another file system and never a symbolic link */
    bool by_birth;       /* ages count from when the file was made, where the file system tells */
    int64_t older_than;  /* milliseconds: younger files do not count */
    int64_t now;         /* epoch, milliseconds */
    int64_t deadline;    /* CLOCK_MONOTONIC, milliseconds; INT64_MAX: none */
};

struct spool {
    uint64_t entries; /* regular files that count */
    uint64_t bytes;
    int64_t oldest, newest; /* age in milliseconds, never below 0; both 0 when it is empty */
};

enum spool_result {
    SPOOL_READ,
    SPOOL_MISSING, /* the directory does not exist */
    SPOOL_FAILED,  /* it cannot be read, or not in time; the sentence names it */
};

/* spool_read(question, spool, error): files are counted as the directory gives them: nothing is sorted or kept, so
 * its size costs no memory. A file that goes away meanwhile does not count. */
enum spool_result spool_read(const struct spool_question *question, struct spool *spool, struct error *error);

#endif

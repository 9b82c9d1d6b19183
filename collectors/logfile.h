/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines that came to a log since the last run, through rotation by rename and by copytruncate. What is kept between
 * runs, by lib/rates.h: the file's inode, the offset behind the last whole line, and a hash of the file's first bytes,
 * which tells a file from another one with the same inode and finds its copy. */
#ifndef WATCHBILL_COLLECTORS_LOGFILE_H
#define WATCHBILL_COLLECTORS_LOGFILE_H

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/rates.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOGFILE_LINE_CAP = 65536 };

struct logfile_question {
    const char *path;
    const char *archive; /* where rotated files go beside the log's own folder; NULL: nowhere else */
    bool whole;          /* the first run reads what is there; else it begins at the end */
    uint64_t cap;        /* bytes read at most; the next run goes on there */
    int64_t deadline;    /* CLOCK_MONOTONIC, milliseconds: it stops a little before, in the same way */
    struct rates *rates;
    struct arena *arena;
    /* Each line without its break; one longer than LOGFILE_LINE_CAP is cut. It may hold any byte. */
    void (*take)(void *owner, const char *line, size_t length);
    void *owner;
};

struct logfile_answer {
    bool first;    /* nothing was kept of a run before */
    bool rotated;  /* the log is another file than at the run before, or was emptied */
    bool lost;     /* and the file before was not found: its last lines may be missing */
    uint64_t cut;  /* lines that were longer than the cap on lines */
    uint64_t left; /* bytes that are left for the next run */
};

/* logfile_read(question, answer, error): a line without its break waits for the next run, unless its file was rotated.
 * false: the log cannot be read; what was kept stays kept. */
bool logfile_read(const struct logfile_question *question, struct logfile_answer *answer,
                  struct error *error);

/* logfile_carry(question): what was kept for this log is kept for the next run as it is: for a log that cannot be read
 * now while others can. */
void logfile_carry(const struct logfile_question *question);

#endif

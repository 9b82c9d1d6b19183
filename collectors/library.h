/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shared library that only some runs of a check need. It is loaded on first use, since loading it takes longer than all
 * else of a run, and stays loaded. The caller calls each of these once for the process, behind a pthread_once. */
#ifndef WATCHBILL_COLLECTORS_LIBRARY_H
#define WATCHBILL_COLLECTORS_LIBRARY_H

#include "lib/error.h"

#include <stddef.h>

struct library_function {
    const char *name; /* NULL ends the list */
    size_t offset;    /* of its pointer in the caller's table */
};

struct library_file {
    const char *file;  /* "librrd.so.8": of the version whose header the caller was built with */
    const char *title; /* what sentences call it */
    bool lazy;         /* bind what is called when it is called: for one that brings many others along */
    const struct library_function *functions;
};

/* library_ahead(file): load another library first; one that is not there is no fault. */
void library_ahead(const char *file);

/* library_load(library, table, error): fill the pointers to its functions in ${table}; false: it is not there, or lacks
 * one. */
bool library_load(const struct library_file *library, void *table, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL of the journal: schema, migration, writing a chain of batches, pruning. */
#ifndef WATCHBILL_IO_JOURNAL_STORE_H
#define WATCHBILL_IO_JOURNAL_STORE_H

#include "scheduler/io/journal_queue.h"

struct journal_store;

/* journal_store_open(path, error): the writing connection. Makes or migrates the file; a file that is
 * damaged, foreign or newer is refused and left as it is. */
struct journal_store *journal_store_open(const char *path, struct error *error);
void journal_store_close(struct journal_store *store);

/* journal_store_write(store, batches, error): all of the chain in one transaction, or nothing. */
bool journal_store_write(struct journal_store *store, const struct journal_batch *batches,
                         struct error *error);

/* How much is kept: rows older than `age` ms before now or beyond the newest `rows`. */
struct journal_keep {
    int64_t age;
    int64_t rows;
};

/* journal_store_prune(store, now, keep, most, error): delete at most ${most} rows of each table that grows;
 * unsent alerts stay. Returns how many went; 0 as well when it failed. */
size_t journal_store_prune(struct journal_store *store, int64_t now, struct journal_keep keep, size_t most,
                           struct error *error);

#endif

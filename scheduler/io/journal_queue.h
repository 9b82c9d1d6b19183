/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries that wait for the journal's writer, in order, bounded. Not locked: the journal's lock guards
 * it. */
#ifndef WATCHBILL_IO_JOURNAL_QUEUE_H
#define WATCHBILL_IO_JOURNAL_QUEUE_H

#include "scheduler/io/journal.h"

#include <stdint.h>

/* One entry with its texts copied and its data serialised. */
struct journal_row {
    enum entry_kind kind;
    int64_t at;
    char *key, *subject, *name, *type; /* NULL where not given */
    int severity;
    int64_t part;
    char *data; /* compact JSON; NULL: none */
    bool dropped;
};

/* What one journal_write asked: it stays in one transaction. */
struct journal_batch {
    struct journal_batch *next;
    journal_done *done;
    void *owner;
    int64_t since; /* when it came, ms on the monotonic clock */
    size_t bytes;  /* of its rows, about */
    size_t count;
    struct journal_row rows[];
};

struct journal_queue {
    struct journal_batch *first, *last;
    struct journal_batch *cursor; /* before it nothing more can be dropped; NULL: all was looked at */
    size_t entries, bytes;
    size_t limit; /* bytes */
    uint64_t dropped;
};

/* journal_queue_batch(entries, count, done, owner, now): a batch of copies; freed with journal_queue_free. */
struct journal_batch *journal_queue_batch(const struct entry *entries, size_t count, journal_done *done,
                                          void *owner, int64_t now);
void journal_queue_free(struct journal_batch *batches); /* the whole chain */

/* journal_queue_add(queue, batch): at the end. Over the limit the oldest events, decisions and inputs are dropped and
 * counted; states and alerts never are. */
void journal_queue_add(struct journal_queue *queue, struct journal_batch *batch);

/* journal_queue_take(queue, most): the oldest batches of together at most ${most} entries, at least one
 * batch. */
struct journal_batch *journal_queue_take(struct journal_queue *queue, size_t most);

/* journal_queue_return(queue, batches): put what was taken back in front. */
void journal_queue_return(struct journal_queue *queue, struct journal_batch *batches);

#endif

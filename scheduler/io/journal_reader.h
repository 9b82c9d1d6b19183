/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reading connection to the journal, for one thread at a time; every answer is a new reference. */
#ifndef WATCHBILL_IO_JOURNAL_READER_H
#define WATCHBILL_IO_JOURNAL_READER_H

#include "scheduler/io/journal.h"

struct journal_reader;

struct journal_reader *journal_reader_open(const char *path, struct error *error);
/* The same of a journal that no scheduler has open; nothing is written, not even beside it. */
struct journal_reader *journal_reader_open_closed(const char *path, struct error *error);
void journal_reader_close(struct journal_reader *reader); /* NULL is allowed */

/* journal_reader_query(reader, kind, filter): the rows as journal_query answers them; what cannot be read is
 * an empty array. */
json_t *journal_reader_query(struct journal_reader *reader, enum query_kind kind, const json_t *filter);
int64_t journal_reader_newest(struct journal_reader *reader, int64_t *part); /* journal_newest */
json_t *journal_reader_states(struct journal_reader *reader);
json_t *journal_reader_outbox(struct journal_reader *reader);
json_t *journal_reader_setting(struct journal_reader *reader, const char *name); /* NULL: not set */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: SQLite in WAL mode, written on a thread of its own in group commits of about 20 ms. It holds
 * states, events, alerts (the outbox) and decisions. One door to SQLite. Instants are epoch milliseconds.
 *
 * Nothing acts before `done` was called for the entries that record the decision: they are durable then
 * (synchronous=FULL). When the disk is full, writes are kept in order and tried again; journal_trouble says so. */
#ifndef WATCHBILL_IO_JOURNAL_H
#define WATCHBILL_IO_JOURNAL_H

#include "lib/error.h"
#include "scheduler/io/loop.h"

#include <jansson.h>

struct journal;

/* journal_open(loop, path, error): creates or migrates the file; NULL with a sentence when it cannot be used. A
 * database of a newer version is refused. */
struct journal *journal_open(struct loop *loop, const char *path, struct error *error);

/* Commits what is queued; calls `done` for what was committed, and answers open questions (with an empty array when
 * they were not read yet): their owners must still be there. */
void journal_close(struct journal *journal);

enum entry_kind {
    ENTRY_STATE,     /* `key` HOST/CHECK, `data` world_save's object: replaces the row */
    ENTRY_FORGET,    /* `key` HOST/CHECK: the state row goes */
    ENTRY_EVENT,     /* one row: subject, name, type (metric, status, archive), severity, data */
    ENTRY_ALERT,     /* one row of the outbox; `key` is the message id: a known id is not entered twice */
    ENTRY_ALERT_END, /* `key` message id; `data` {"result":"delivered|failed","attempts","error"} */
    ENTRY_ALERT_TRY, /* `key` message id; `data` {"attempts","next","error"} */
    ENTRY_DECISION,  /* one row: subject, name, data (what `why` tells) */
    ENTRY_INPUT, /* one row of what happened to the world: `type` INPUT_*, `part`, `data` a line of a timeline */
    ENTRY_SETTING, /* `key` name, `data` any JSON: such as the next problem id */
};

/* Types of ENTRY_INPUT: a line that happened; the first line of what was known at an instant, from which a timeline can
 * begin; a line more of that. */
#define INPUT_LINE  "line"
#define INPUT_BEGIN "begin"
#define INPUT_STATE "state"

struct entry {
    enum entry_kind kind;
    int64_t at;
    const char *key;     /* see the kinds; NULL where not needed */
    const char *subject; /* host */
    const char *name;    /* check */
    const char *type;    /* EVENT: metric, status, archive; ALERT: the notice */
    int severity;
    int64_t part;       /* INPUT: grows at each start and step of the clock; in one, time does not go back */
    const json_t *data; /* borrowed; serialised at once */
};

typedef void journal_done(void *owner);

/* journal_write(journal, entries, count, done, owner): one transaction (with others). ${done} may be NULL. */
void journal_write(struct journal *journal, const struct entry *entries, size_t count, journal_done *done,
                   void *owner);

/* Reading, asked on the loop, answered on the loop with a JSON array (a borrowed reference), newest first: objects
 * {"id","at","subject","name","data"}, with "type" and "severity" for events and alerts; an alert's "id" is its
 * message id, and it has "attempts","next","result","ended","error" too. What is unset is null. "since" is in epoch
 * milliseconds; "limit" is 100 when absent and 10000 at most. */
enum query_kind {
    QUERY_EVENTS,    /* {"subject","name","type","since","limit"}, all optional */
    QUERY_ALERTS,    /* {"subject","name","since","limit","problem"} */
    QUERY_DECISIONS, /* {"subject","name","since","limit","problem"}; of an alert its "result" and "error" too */
    QUERY_INPUTS, /* {"since"} from the newest beginning that is not after it, else from the oldest; or {"after":
                      * [part, at, id]} of the last row of the answer before. Oldest first: {"id","part","at","type",
                      * "line"}, "line" being its text */
};
typedef void journal_answer(void *owner, const json_t *rows);
void journal_query(struct journal *journal, enum query_kind kind, const json_t *filter,
                   journal_answer *answer, void *owner);

/* journal_keep(journal, age): events, decisions, inputs and alerts that were sent are deleted when they are older than
 * ${age} ms, a few at a time; 90 days unless told. */
void journal_keep(struct journal *journal, int64_t age);

/* journal_newest(journal, part): the instant of the newest input or decision, 0: there is none; at the start only. ${part}:
 * of the newest input. */
int64_t journal_newest(struct journal *journal, int64_t *part);

/* At the start only, before the first write; new references. States: {"HOST/CHECK": data}; outbox: an array of
 * alerts without an end, oldest first, as rows of QUERY_ALERTS; a setting: its JSON or NULL. */
json_t *journal_states(struct journal *journal);
json_t *journal_outbox(struct journal *journal);
json_t *journal_setting(struct journal *journal, const char *name);

/* journal_trouble(journal): a sentence while writing fails (disk full); NULL when all is well. */
const char *journal_trouble(struct journal *journal);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox: alerts on their way to a person. An alert enters when the journal holds it and leaves when its channel
 * said delivered (exit 0) or never (exit 2); until then it is tried again with a pause that grows from 5 s to 5 min. An
 * alert older than a day is given up when its channel fails twice in a row. To one address alerts go one after the
 * other, in order, so that a recovery never overtakes its problem.
 *
 * An address fails when a message to it can never be delivered, at the third failed try in a row, and when tries have
 * failed for a minute; it works again with the next message that arrives. */
#ifndef WATCHBILL_ENGINE_OUTBOX_H
#define WATCHBILL_ENGINE_OUTBOX_H

#include "scheduler/core/model.h"
#include "scheduler/engine/log.h"
#include "scheduler/io/journal.h"
#include "scheduler/io/runner.h"

#include <jansson.h>

struct outbox;

/* Once, ahead of the first try: bring into ${alert} what is known now. ${ready} is called with ${parcel} when that is
 * done, at once or later; ${alert} stays where it is until then, unless the outbox is freed. */
typedef void outbox_prepare(void *owner, json_t *alert, void (*ready)(void *parcel), void *parcel);

/* Ahead of each try: bring into ${alert} what has changed since it was decided, such as the server it goes to. */
typedef void outbox_refresh(void *owner, json_t *alert);

/* What became of a try: while an address of ${channel} fails, ${users} are those for whom something waits there, or is
 * lost, and ${reason} is a sentence; when none does any more, ${works}. */
typedef void outbox_report(void *owner, const char *channel, bool works, const char *reason,
                           const char *const *users, size_t count);

struct outbox_settings {
    struct loop *loop;
    struct runner *runner;
    struct journal *journal;
    const struct log *log;
    const char *channels; /* the directory of the channel programs */
    outbox_prepare *prepare;
    outbox_refresh *refresh;
    outbox_report *report;
    void *owner; /* of the three */
};

struct outbox *outbox_create(const struct outbox_settings *settings);
void outbox_free(struct outbox *outbox); /* what is left stays in the journal */

/* outbox_add(outbox, alert): ${alert} is the journal's object, borrowed:
 * {"id","channel","address",...,"mail"}; it is what the channel reads on its standard input. */
void outbox_add(struct outbox *outbox, const json_t *alert);

/* outbox_adopt(outbox, model): the failures of addresses that are no longer configured, and for which nothing waits,
 * are forgotten. */
void outbox_adopt(struct outbox *outbox, const struct model *model);

/* outbox_waiting(outbox): how many have not arrived. */
size_t outbox_waiting(const struct outbox *outbox);

/* outbox_stuck(outbox): for how many seconds something has been waiting and nothing has arrived anywhere. */
int64_t outbox_stuck(const struct outbox *outbox);

/* outbox_trouble(outbox): the sentence of a failure that has not been made good; NULL: none. */
const char *outbox_trouble(const struct outbox *outbox);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox: alerts on their way to a person. An alert enters when the journal holds it and leaves when its
 * channel said delivered (exit 0) or never (exit 2); until then it is tried again with a growing pause. To
 * one address alerts go one after the other, in order, so that a recovery never overtakes its problem. */
#ifndef WATCHBILL_ENGINE_OUTBOX_H
#define WATCHBILL_ENGINE_OUTBOX_H

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

struct outbox_settings {
    struct loop *loop;
    struct runner *runner;
    struct journal *journal;
    const struct log *log;
    const char *channels; /* the directory of the channel programs */
    outbox_prepare *prepare;
    outbox_refresh *refresh;
    void *owner; /* of both */
};

struct outbox *outbox_create(const struct outbox_settings *settings);
void outbox_free(struct outbox *outbox); /* what is left stays in the journal */

/* outbox_add(outbox, alert): ${alert} is the journal's object, borrowed:
 * {"id","channel","address",...,"mail"}; it is what the channel reads on its standard input. */
void outbox_add(struct outbox *outbox, const json_t *alert);

/* outbox_waiting(outbox): how many have not arrived. */
size_t outbox_waiting(const struct outbox *outbox);

/* outbox_trouble(outbox): the sentence of the newest failure that has not been made good; NULL: none. */
const char *outbox_trouble(const struct outbox *outbox);

#endif

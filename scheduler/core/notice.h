/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an alert: subject and text, made from what is known at the instant of the decision. Pure. */
#ifndef WATCHBILL_CORE_NOTICE_H
#define WATCHBILL_CORE_NOTICE_H

#include "lib/text.h"
#include "scheduler/core/world.h"

struct notice_facts {
    const struct decision *decision; /* of DECISION_ALERT */
    const struct binding *binding;   /* NULL: about the site; so is ${state} */
    const struct state *state;
    const char *output;      /* the check's text, several lines; NULL: none yet */
    const char *url;         /* the public base of links; NULL: none */
    const char *author;      /* of an acknowledgement; NULL */
    const struct zone *zone; /* for the times: the reader's */
};

/* notice_subject(text, facts): "PROBLEM: web01/http is CRITICAL: connection refused", one line; of the
 * site "STORM: watchbill/storm: " and the reason. */
void notice_subject(struct text *text, const struct notice_facts *facts);

/* notice_body(text, facts): what is known: host, address, check, its text, since when, the problem's id, the
 * command that acknowledges it. */
void notice_body(struct text *text, const struct notice_facts *facts);

/* notice_contact(text, contact): how a contact is named in logs and lists: the mail address, the program, and of a URL
 * only scheme and host, because the rest can be a secret. */
void notice_contact(struct text *text, const struct contact *contact);

/* notice_time(text, zone, at): "2026-11-20 17:04:05 +01:00" of epoch milliseconds. */
void notice_time(struct text *text, const struct zone *zone, int64_t at);

#endif

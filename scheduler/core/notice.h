/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an alert: its one line, its text and its hypertext. Pure.
 *
 * All of them are made from the alert as one JSON object, which is also what the journal keeps, what templates and
 * their scripts are filled from and what a channel reads. Instants are epoch milliseconds:
 *
 *   "id", "kind", "urgency", "user", "name", "contact", "state", "problem", "at", "timezone"
 *   "host", "check"   of the first member; of an alert about the site what it is about ("watchbill", "storm")
 *   "base"            of links; "reason", "author": where there is one
 *   "members"         [{"host","address","check","title","service","state","type","attempt","attempts","flapping",
 *                       "problem","since","last_ok","output","info"}]: the checks that it tells of; may be empty
 *   "account"         {"group","place","of"}: on whose account the reader is told
 *   "level"           how far up it has come, because nobody acknowledged; absent when it has not
 *   "repeat"          when it is told again, if nothing happens
 *   "escalation"      whom else it goes to, and after how long, as a text
 *
 * and, found out just ahead of sending:
 *
 *   "events"          [{"at","subject","name","type","text"}] of the time before, oldest first
 *   "remediations"    [{"at","remediation","issue","decision","reason","link"}], oldest first
 *   "told"            [{"at","user","contact"}]: who else was told
 *   "acknowledge"     [{"subject","link"}]: links that acknowledge
 *   "warning"         a sentence about the message itself
 *   "picture"         a PNG in base64 */
#ifndef WATCHBILL_CORE_NOTICE_H
#define WATCHBILL_CORE_NOTICE_H

#include "lib/text.h"
#include "scheduler/core/model.h"

#include <jansson.h>

/* notice_subject(text, alert): "PROBLEM: web01/http is CRITICAL: connection refused", one line without control
 * characters of at most some 200 bytes: what a pager shows; of several checks "PROBLEM: 3 checks of www: ...". */
void notice_subject(struct text *text, const json_t *alert);

/* notice_text(text, alert): everything that is known; the subject is its first line. notice_html: the same as
 * hypertext; the picture, if there is one, is shown by its Content-ID. */
void notice_text(struct text *text, const json_t *alert);
void notice_html(struct text *text, const json_t *alert);

/* notice_members(text, alert): a line for each check that it tells of. */
void notice_members(struct text *text, const json_t *alert);

/* notice_event(text, row): an event of the journal in a few words: "http: CRITICAL HARD", "deploy: version=4.3". */
void notice_event(struct text *text, const json_t *row);

/* notice_contact(text, contact): how a contact is named in logs and lists: the mail address, the program, and of a URL
 * only scheme and host, because the rest can be a secret. */
void notice_contact(struct text *text, const struct contact *contact);

/* notice_time(text, zone, at): "2026-11-20 17:04:05 +01:00" of epoch milliseconds. */
void notice_time(struct text *text, const struct zone *zone, int64_t at);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation with the API of an issue tracker: JSON over HTTP. */
#ifndef WATCHBILL_CHANNELS_TRACKER_TALK_H
#define WATCHBILL_CHANNELS_TRACKER_TALK_H

#include "lib/alert_channel.h"
#include "lib/text.h"

#include <jansson.h>

/* What every request needs. Texts are borrowed. */
struct talk {
    const char *base;   /* of the API, without a slash at the end */
    const char *header; /* "Authorization: Bearer ...", or however the tracker wants it; NULL: none */
    const char *user, *password; /* of HTTP Basic; NULL: none */
    const char *place;           /* of the issue below the base: "/issues/1423" */
    const char *issue;           /* "OPS-1423" */
    int64_t deadline;            /* CLOCK_MONOTONIC, ms */
};

/* talk_ask(talk, method, path, body, answer, said): one request; ${path} follows the base. ${body} is borrowed, NULL:
 * none. ALERT_DELIVERED for an answer 2xx: ${answer} is its JSON, a new reference, or NULL when it is empty and may be;
 * ${answer} NULL: it is not read. Else a sentence: ALERT_AGAIN where it may pass, ALERT_NEVER where it will not. */
enum alert_end talk_ask(const struct talk *talk, const char *method, const char *path, const json_t *body,
                        json_t **answer, struct error *said);

/* talk_issue(talk, method, more, body, answer, said): the same of the issue; ${more} follows its place. Takes the reference
 * to ${body}. */
enum alert_end talk_issue(const struct talk *talk, const char *method, const char *more, json_t *body,
                          json_t **answer, struct error *said);

/* talk_state(talk, more, where, open, closed, is_open, said): reads the issue's state, the text at ${where}: one of ${open},
 * or of ${closed}; NULL: every other. */
enum alert_end talk_state(const struct talk *talk, const char *more, const char *where,
                          const char *const *open, const char *const *closed, bool *is_open,
                          struct error *said);

typedef enum alert_end talk_comment(const struct talk *talk, const char *text, struct error *said);

/* talk_reopened(talk, end, comment, text, said): the try to reopen came to ${end}, with its sentence: now ${text} is told.
 * What will not be reopened hears it too, and that is said. */
enum alert_end talk_reopened(const struct talk *talk, enum alert_end end, talk_comment *comment,
                             const char *text, struct error *said);

/* talk_text(object, path): the text at "a.b.c"; "" when it is not there. talk_at: the value there; NULL. */
const char *talk_text(const json_t *object, const char *path);
const json_t *talk_at(const json_t *object, const char *path);

/* talk_escape(text, name): ${name} as one part of a path. */
void talk_escape(struct text *text, const char *name);

#endif

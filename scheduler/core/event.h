/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event that someone hands in: a deploy, a number, a status of another system. Its identity is subject and name. */
#ifndef WATCHBILL_CORE_EVENT_H
#define WATCHBILL_CORE_EVENT_H

#include "lib/error.h"

#include <jansson.h>

struct event {
    const char *type;           /* "metric", "status" or "archive" */
    const char *subject, *name; /* borrowed from what was given */
    int severity;               /* 0 to 3, as exit codes of checks */
    json_t *data; /* an object, a new reference: what was given as "data", with "value", "tags", "author" */
};

/* event_read(given, author, event, error): ${given} is {"subject","name","type","severity","value","tags","data"}; type
 * is "archive" when it is missing, severity 0. "tags" is an object of texts, "data" any object. ${author}: who handed
 * it in; NULL: not known. What is not understood is refused, never left out. */
bool event_read(const json_t *given, const char *author, struct event *event, struct error *error);
void event_release(struct event *event);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of RabbitMQ's answers share. Any member may be absent, and of another type than expected. */
#ifndef WATCHBILL_COLLECTORS_RABBITMQ_JSON_H
#define WATCHBILL_COLLECTORS_RABBITMQ_JSON_H

#include "lib/arena.h"
#include "lib/error.h"

#include <jansson.h>
#include <stddef.h>

/* rabbitmq_json_read(bytes, length, error): an object or an array; the caller releases it with json_decref. NULL
 * for HTML, a cut or empty answer, and one of so many values that it would take too much memory. */
json_t *rabbitmq_json_read(const char *bytes, size_t length, struct error *error);

/* rabbitmq_json_number(json, path): the member at "message_stats.publish_details.rate"; NaN where no number stands
 * ("unknown", null, {}, absent). */
double rabbitmq_json_number(const json_t *json, const char *path);

/* rabbitmq_json_text(json, path, arena): "" where no string stands. */
const char *rabbitmq_json_text(const json_t *json, const char *path, struct arena *arena);

/* rabbitmq_json_names(json, arena): the strings of an array, or the members "name" of its objects, as "a, b". */
const char *rabbitmq_json_names(const json_t *json, struct arena *arena);

#endif

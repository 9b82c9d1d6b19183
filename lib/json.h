/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few things that jansson leaves to its user. */
#ifndef WATCHBILL_LIB_JSON_H
#define WATCHBILL_LIB_JSON_H

#include "lib/text.h"

#include <jansson.h>

/* json_set(object, key, value), json_add(array, value): take over ${value}, a new reference; without memory
 * the program ends, as in lib/memory.h. */
void json_set(json_t *object, const char *key, json_t *value);
void json_add(json_t *array, json_t *value);

/* json_number_of(value): an integer where ${value} is one (below 2^53), null for NaN and infinity. */
json_t *json_number_of(double value);

/* json_write(text, document): add it on one line, members in their order, with a newline behind it. */
void json_write(struct text *text, const json_t *document);

#endif

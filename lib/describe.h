/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables as JSON: the contract by which generators, the scheduler and checks in any language meet.
 * Members stand in this order, so that the same tables give the same bytes:
 *
 * {"program": "check_load", "kind": "check" | "collector" | ..., "name": "load", "title": "LOAD",
 *  "summary": "one phrase", "notes": "paragraphs, a newline between them" | null,
 *  "options": [{"name", "letter": "H" | null, "alias" | null,
 *               "kind": "flag|count|text|secret|number|whole|duration|choice|list", "value": "PATH" | null,
 *               "help", "default": text | null, "choices": [...] | null, "low" | null, "high" | null,
 *               "required": bool, "standard": bool}],
 *  "metrics": [{"name", "help", "unit", "type", "label" | null, "warning" | null, "critical" | null, "min" |
 * null, "max" | null, "graph" | null, "draw" | null, "negative" | null, "quiet": bool}],
 *  "listed": [the metrics that a bare RANGE,RANGE of --warning and --critical is for, in turn]}
 *
 * A program that is no check has the same shape without "title", "metrics" and "listed". One with commands adds
 * "commands": [the same shape, with "usage": the words behind its name]. make/man.py reads all of them. */
#ifndef WATCHBILL_LIB_DESCRIBE_H
#define WATCHBILL_LIB_DESCRIBE_H

#include "lib/metric.h"
#include "lib/option.h"

#include <jansson.h>

/* describe_program(program, kind, name, summary, notes): the head; ${notes} may be NULL. A new reference, as
 * from all of these. */
json_t *describe_program(const char *program, const char *kind, const char *name, const char *summary,
                         const char *notes);

/* describe_options(sets, count, own): the rows; defaults are what the arguments hold, so pass them untouched.
 * The first ${own} tables are the program's, the others are marked as standard. */
json_t *describe_options(const struct option_set *sets, size_t count, size_t own);

/* describe_metrics(rows): the rows up to the one without name; NULL: an empty array. */
json_t *describe_metrics(const struct metric_row *rows);

#endif

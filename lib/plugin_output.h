/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what any plugin prints. Source of the rule: Monitoring Plugins Development Guidelines, "Plugin Output for
 * Nagios", with the reading of naemon where it is silent:
 *
 *   line1 := text [ "|" perf ]
 *   more  := { text line } [ text "|" perf { perf line } ]   once a later line has "|", all that follows is perf
 *
 * Parts of perfdata are joined with one blank; a "|" that begins a later perfdata line is dropped. Bytes that are no
 * UTF-8 become U+FFFD, control characters blanks. */
#ifndef WATCHBILL_LIB_PLUGIN_OUTPUT_H
#define WATCHBILL_LIB_PLUGIN_OUTPUT_H

#include "lib/perfdata.h"

#include <jansson.h>
#include <stddef.h>

struct plugin_output {
    const char *text; /* of the first line, as written but for blanks at its end; "" when there was none */
    const char *long_text;     /* lines separated by "\n", "" when there are none */
    const char *perfdata_text; /* all of it, joined */
    struct plugin_item *items;
    size_t item_count;
    const char **errors; /* a sentence for what could not be read; at most PLUGIN_OUTPUT_ERRORS */
    size_t error_count;
    struct arena *arena;
};

enum { PLUGIN_OUTPUT_ERRORS = 100 };

/* plugin_output_parse(output, bytes, length): any bytes are taken, NULs too; ends with plugin_output_release. */
void plugin_output_parse(struct plugin_output *output, const char *bytes, size_t length);

/* plugin_output_release(output): free what parse made. */
void plugin_output_release(struct plugin_output *output);

/* plugin_output_json(bytes, length, code): the object that `watchbill parse-output` prints; ${code} is the exit
 * code, and one outside of 0 to 3 is UNKNOWN and named among the errors. A new reference. */
json_t *plugin_output_json(const char *bytes, size_t length, int64_t code);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the command simulate share. */
#ifndef WATCHBILL_COMMAND_SIMULATE_H
#define WATCHBILL_COMMAND_SIMULATE_H

#include "scheduler/command/command.h"
#include "scheduler/core/timeline.h"

/* ---- lines in ---- */

/* Lines of a stream, whatever their length, in bounded memory. Begins as {.stream = STREAM}; ends with
 * simulate_lines_end. */
struct simulate_lines {
    FILE *stream;
    char *buffer;
    size_t from, length; /* of what is buffered and not yet given */
    size_t number;       /* of the line that was given last, from 1 */
    bool over;
};

/* simulate_next(lines, line, length, error): the next line that is not blank, without its line break, borrowed until
 * the next call. false at the end, or with a sentence: it cannot be read, or it is longer than a line may be. */
bool simulate_next(struct simulate_lines *lines, const char **line, size_t *length, struct error *error);
void simulate_lines_end(struct simulate_lines *lines);

/* ---- alerts of two configurations ---- */

/* What two configurations make of one timeline: their alerts side by side. */
struct simulate_diff;

struct simulate_diff *simulate_diff_create(void);
void simulate_diff_free(struct simulate_diff *diff);

/* simulate_diff_add(diff, other, model, decision): an alert of the first configuration, or of the other one. */
void simulate_diff_add(struct simulate_diff *diff, bool other, const struct model *model,
                       const struct decision *decision);

/* simulate_diff_write(diff, out): one JSON object a line, in the order of time: {"type":"change", "change":"gone|new|
 * later|earlier", "at", "before", "kind", "to", ...}, then {"type":"summary", ...} with the pages of each person before
 * and after. */
void simulate_diff_write(const struct simulate_diff *diff, struct text *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of blank-separated numbers, as /proc writes them. */
#ifndef WATCHBILL_COLLECTORS_PROC_H
#define WATCHBILL_COLLECTORS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_lines {
    const char *at, *end;
    size_t number; /* of the line given last; begins at 0 */
};

/* proc_line(lines, line, length): the next line, without its line break; false at the end. */
bool proc_line(struct proc_lines *lines, const char **line, size_t *length);

/* proc_word(at, end, word, length): the next word at ${*at}, which moves behind it; false when there is none.
 */
bool proc_word(const char **at, const char *end, const char **word, size_t *length);

/* proc_count(word, length, value): a whole number without a sign; nothing else in the word. */
bool proc_count(const char *word, size_t length, uint64_t *value);

#endif

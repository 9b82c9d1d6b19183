/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves a program: text and names without what a reader could take for structure. */
#ifndef WATCHBILL_LIB_CLEAN_H
#define WATCHBILL_LIB_CLEAN_H

#include "lib/text.h"

/* clean_text(text, string): add ${string} as valid UTF-8 on one line: control characters become blanks, bytes that
 * are no UTF-8 become U+FFFD. */
void clean_text(struct text *text, const char *string);

/* clean_line(text, string): the same, and "|" becomes "/": the first line of a plugin and its long text. */
void clean_line(struct text *text, const char *string);

/* clean_cut(text, length): shorten ${text} to at most ${length} bytes, never inside a UTF-8 character. */
void clean_cut(struct text *text, size_t length);

/* clean_name(text, string, allowed, lead): add ${string} with each byte that is neither a letter, nor a
 * digit, nor in ${allowed} as "_". ${lead}: a name must not begin with a digit: "_" goes in front. Never adds
 * nothing. */
void clean_name(struct text *text, const char *string, const char *allowed, bool lead);

#endif

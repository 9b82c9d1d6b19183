/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside made fit for JSON, mail and a terminal. */
#ifndef WATCHBILL_LIB_UTF8_H
#define WATCHBILL_LIB_UTF8_H

#include "lib/text.h"

/* utf8_add(text, bytes, length): append ${bytes}; what is not UTF-8 (RFC 3629) becomes U+FFFD, a control
 * character other than a line break or a tab becomes a blank, and so does what reorders or hides text (U+202E and its
 * like) or breaks lines (U+2028, U+2029); "\r\n" becomes "\n". */
void utf8_add(struct text *text, const char *bytes, size_t length);

/* utf8_add_line(text, string): the same of a string, on one line: line breaks and tabs become blanks too. */
void utf8_add_line(struct text *text, const char *string);

#endif

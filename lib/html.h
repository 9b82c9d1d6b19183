/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside made fit for hypertext. */
#ifndef WATCHBILL_LIB_HTML_H
#define WATCHBILL_LIB_HTML_H

#include "lib/text.h"

/* html_add(text, string): append ${string} so that it is text in an element and in an attribute within quotes of
 * either kind. Control characters other than line breaks and tabs become blanks. */
void html_add(struct text *text, const char *string);

#endif

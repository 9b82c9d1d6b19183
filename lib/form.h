/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What forms and links carry: names and values, percent-encoded (application/x-www-form-urlencoded). */
#ifndef WATCHBILL_LIB_FORM_H
#define WATCHBILL_LIB_FORM_H

#include "lib/text.h"

/* form_add(text, name, value): append "&" where ${text} does not end with "?" or is empty, and NAME=VALUE. */
void form_add(struct text *text, const char *name, const char *value);

/* form_base(text, base): append ${base}, a URL below which pages are, so that it ends with one slash. */
void form_base(struct text *text, const char *base);

/* form_find(form, length, name, value): append the decoded value of the first field of that name; false when there is
 * none, or it is not well encoded or holds a NUL. */
bool form_find(const char *form, size_t length, const char *name, struct text *value);

#endif

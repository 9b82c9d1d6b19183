/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of names ended by NULL, such as those of an enum in the order of its values. */
#ifndef WATCHBILL_LIB_LOOKUP_H
#define WATCHBILL_LIB_LOOKUP_H

enum { LOOKUP_NONE = -1 };

/* lookup_name(names, text): the index of ${text}; LOOKUP_NONE: it is none of them. */
int lookup_name(const char *const *names, const char *text);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of many names are meant: those that one expression matches, without those that another does. Both are
 * POSIX extended, found anywhere in the name; NULL: none is given. */
#ifndef WATCHBILL_COLLECTORS_CHOICE_H
#define WATCHBILL_COLLECTORS_CHOICE_H

#include "lib/error.h"

#include <regex.h>

struct choice {
    regex_t only, ignore;
    bool has_only, has_ignore;
};

/* choice_init(choice, only, ignore, error): false: the sentence holds the expression at fault, and nothing is to
 * be released. */
bool choice_init(struct choice *choice, const char *only, const char *ignore, struct error *error);
void choice_release(struct choice *choice);

/* choice_expression(option, expression, error): whether the value of ${option} is a POSIX extended expression; NULL is,
 * being none. The sentence begins with the option: "--regex". */
bool choice_expression(const char *option, const char *expression, struct error *error);

/* choice_check(only, ignore, error): whether both can be read. */
bool choice_check(const char *only, const char *ignore, struct error *error);

bool choice_wants(const struct choice *choice, const char *name);   /* the first matches, or is not given */
bool choice_ignores(const struct choice *choice, const char *name); /* the second matches */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates of alerts: texts with macros. They have the macros of commands (scheduler/core/macro.h), those by which
 * notification commands of Nagios know an alert, those of ours, and $_ALERTNAME$ for what a template script printed
 * under NAME. Pure. */
#ifndef WATCHBILL_CORE_NOTICE_MACROS_H
#define WATCHBILL_CORE_NOTICE_MACROS_H

#include "lib/error.h"
#include "lib/text.h"
#include "scheduler/core/model.h"

#include <jansson.h>

extern const char
    *const notice_macro_names[]; /* beside those of commands; ended by NULL; "_ALERT*" is the last */

/* notice_fill(text, template, alert, binding, script, html, error): append ${template} filled. ${binding}: the check of
 * the alert, NULL: it is about the site. ${script}: an object of texts and numbers, NULL: none. ${html}: values are
 * escaped for hypertext. Where several checks are told and the template has no $MEMBERS$, they are listed behind it. */
bool notice_fill(struct text *text, const char *template, const json_t *alert, const struct binding *binding,
                 const json_t *script, bool html, struct error *error);

#endif

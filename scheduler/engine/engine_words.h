/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an alert: by the templates of its rule, or the built-in ones. */
#ifndef WATCHBILL_ENGINE_WORDS_H
#define WATCHBILL_ENGINE_WORDS_H

#include "scheduler/engine/engine_internal.h"

/* words_rule(engine, alert): by which it is told, in the present generation; NULL: about the site, or gone. */
const struct alert_rule *words_rule(const struct engine *engine, const json_t *alert);

/* words_script_input(alert): what a template script reads: all but the ways and secrets of delivery, and the picture;
 * the caller's to free. */
char *words_script_input(json_t *alert);

/* words_warn(engine, alert, format, ...): the message goes with the built-in words, and says why. */
void words_warn(const struct engine *engine, json_t *alert, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* words_write(engine, alert, script): set "text", and "html" for mail. ${script}: what the template script printed;
 * NULL: nothing. */
void words_write(const struct engine *engine, json_t *alert, const json_t *script);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about downtimes, silences and comments share: they are made, listed and ended alike. */
#ifndef WATCHBILL_COMMAND_SAY_H
#define WATCHBILL_COMMAND_SAY_H

#include "scheduler/command/site.h"

/* say_instant(call, option, given, at): an instant of an option into epoch seconds; 0 when it is not given; false:
 * refused. */
bool say_instant(struct command_call *call, const char *option, const char *given, int64_t *at);

/* say_ending(call, until, span, from, at): the end in epoch seconds that --until ${until} or --for ${span} (ms, from
 * ${from} or, when that is 0, from now) gives; 0 when neither is given; false: refused. */
bool say_ending(struct command_call *call, const char *until, int64_t span, int64_t from, int64_t *at);

/* say_match(call, first): the words from ${first} on as one matcher. */
const char *say_match(struct command_call *call, size_t first);

/* say_make(call, request, what): ask for it, and print "WHAT ID". Takes over ${request}. */
int say_make(struct command_call *call, json_t *request, const char *what);

/* say_end(call, deed, what): end what the first word names by its id. */
int say_end(struct command_call *call, const char *deed, const char *what);

/* say_list(call, name, write): list what the scheduler answers to ${name}: of each its id and what ${write} adds, in a
 * line. */
typedef void say_writer(struct text *out, const struct zone *zone, const json_t *each);
int say_list(struct command_call *call, const char *name, say_writer *write);

/* say_until(out, zone, word, at): " WORD TIME", nothing for 0. say_comment: ": TEXT", nothing for an empty one. */
void say_until(struct text *out, const struct zone *zone, const char *word, int64_t at);
void say_comment(struct text *out, const json_t *each, const char *key);

/* say_calm(out, check, zone): what was said of a check, a line each; ${check} is a row of the status. */
void say_calm(struct text *out, const json_t *check, const struct zone *zone);

#endif

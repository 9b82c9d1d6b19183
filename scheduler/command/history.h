/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler's own history, line by line: of the scheduler that runs, else of the file in its state directory. */
#ifndef WATCHBILL_COMMAND_HISTORY_H
#define WATCHBILL_COMMAND_HISTORY_H

#include "scheduler/command/command.h"

struct history;

/* history_open(call, since, until): from what was known at an instant that is not after ${since}, and up to ${until},
 * epoch ms; NULL with a complaint: neither a scheduler nor its file answers. */
struct history *history_open(struct command_call *call, int64_t since, int64_t until);
void history_close(struct history *history); /* NULL is allowed */

/* history_next(history, error): the next line of the timeline, borrowed until the next call; NULL at the end, and with
 * a sentence when it cannot be read. */
const char *history_next(struct history *history, struct error *error);

#endif

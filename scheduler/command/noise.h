/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which checks page for nothing, and what would have spared it: the scheduler's own history, decided again. */
#ifndef WATCHBILL_COMMAND_NOISE_H
#define WATCHBILL_COMMAND_NOISE_H

#include "scheduler/command/command.h"

/* noise_run(call, since, limit): print the checks that sent pages since then (epoch ms), the loudest first. */
int noise_run(struct command_call *call, int64_t since, int64_t limit);

#endif

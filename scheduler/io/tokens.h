/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bearer tokens of programs that may tell the scheduler something over HTTP: a file with a name and a token on each
 * line; empty lines and those that begin with "#" are skipped. */
#ifndef WATCHBILL_IO_TOKENS_H
#define WATCHBILL_IO_TOKENS_H

#include "lib/error.h"

struct tokens;

enum { TOKENS_LEAST = 16, TOKENS_MOST = 512 }; /* bytes of a token */

/* tokens_read(path, error): NULL with a sentence, which never holds a token. A file that everyone may read is refused,
 * as is a line that is not a name and a token of TOKENS_LEAST to TOKENS_MOST visible characters. */
struct tokens *tokens_read(const char *path, struct error *error);
void tokens_free(struct tokens *tokens); /* wipes them; NULL is allowed */

/* tokens_find(tokens, given): whose token it is, or NULL; the time it takes does not tell how much of it is right. */
const char *tokens_find(const struct tokens *tokens, const char *given);

#endif

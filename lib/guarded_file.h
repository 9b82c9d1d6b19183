/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small files that are read whole: tokens and keys, which not everyone may read, and what goes with them. */
#ifndef WATCHBILL_LIB_GUARDED_FILE_H
#define WATCHBILL_LIB_GUARDED_FILE_H

#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { GUARDED_FILE_MOST = 1 << 20 }; /* bytes */

/* guarded_file_is_open(mode): whether everyone may read, write or run it. */
bool guarded_file_is_open(mode_t mode);

/* guarded_file_read(path, what, secret, length, error): its bytes, with a NUL behind them; NULL with a sentence that calls
 * the file ${what} ("the tokens file"). One that is no regular file or is bigger than GUARDED_FILE_MOST is refused, and
 * a ${secret} one that is open to everyone. */
char *guarded_file_read(const char *path, const char *what, bool secret, size_t *length, struct error *error);

/* guarded_file_free(bytes, length): wipes them; NULL is allowed. */
void guarded_file_free(char *bytes, size_t length);

/* guarded_file_stamp(path): differs when the file has changed. */
uint64_t guarded_file_stamp(const char *path);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs texts that leave the scheduler and come back: HMAC-SHA256 with a key that never leaves its file; and looks whether
 * somebody else who has a secret of ours signed one. */
#ifndef WATCHBILL_IO_SEAL_H
#define WATCHBILL_IO_SEAL_H

#include "lib/error.h"

#include <stddef.h>

struct seal;

enum {
    SEAL_HEX_BYTES = 65,    /* a signature in lower-case hexadecimal, with its NUL */
    SEAL_SECRET_LEAST = 16, /* bytes */
    SEAL_SECRET_MOST = 512
};

/* seal_open(path, error): the key of that file, made with mode 0600 when it is missing. A file that others than its
 * owner may read or write is refused. */
struct seal *seal_open(const char *path, struct error *error);
/* seal_read(path, error): the key is a secret that others have too, the first line of that file, of SEAL_SECRET_LEAST to
 * SEAL_SECRET_MOST bytes. NULL with a sentence, which never holds it; a file that everyone may read is refused. */
struct seal *seal_read(const char *path, struct error *error);
void seal_free(struct seal *seal); /* wipes the key; NULL is allowed */

/* seal_sign(seal, text, length, hex): its signature in ${hex}, with a NUL behind it; false: OpenSSL gives none. */
bool seal_sign(const struct seal *seal, const char *text, size_t length, char hex[static SEAL_HEX_BYTES]);

/* seal_check(seal, text, length, hex): whether ${hex}, of SEAL_HEX_BYTES - 1 characters, is its signature; the time it
 * takes tells nothing. */
bool seal_check(const struct seal *seal, const char *text, size_t length, const char *hex);

/* seal_is(seal, given): whether ${given} is the secret itself; the time it takes tells nothing of it. */
bool seal_is(const struct seal *seal, const char *given);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, behind one door to libcrypto. */
#ifndef WATCHBILL_LIB_DIGEST_H
#define WATCHBILL_LIB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX_BYTES = 65 }; /* with its NUL */

/* digest_sha256(bytes, length, hex): the digest in lower-case hexadecimal; false when libcrypto has none. */
bool digest_sha256(const void *bytes, size_t length, char hex[static DIGEST_HEX_BYTES]);

struct digest; /* one under way */

/* digest_begin(): NULL when libcrypto has none. digest_add: more bytes. digest_end: the digest, and release; NULL is
 * taken. Both give false when it failed. */
struct digest *digest_begin(void);
bool digest_add(struct digest *digest, const void *bytes, size_t length);
bool digest_end(struct digest *digest, char hex[static DIGEST_HEX_BYTES]);

/* digest_file(fd, hex): of a whole file from its begin; false with errno. The descriptor stands at its begin again. */
bool digest_file(int fd, char hex[static DIGEST_HEX_BYTES]);

#endif

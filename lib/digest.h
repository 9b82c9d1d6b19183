/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, behind one door to libcrypto. */
#ifndef WATCHBILL_LIB_DIGEST_H
#define WATCHBILL_LIB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX_BYTES = 65 }; /* with its NUL */

/* digest_sha256(bytes, length, hex): the digest in lower-case hexadecimal; false when libcrypto has none. */
bool digest_sha256(const void *bytes, size_t length, char hex[static DIGEST_HEX_BYTES]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/hash.h"

/* FNV-1a over the bytes, then two multiply-and-fold steps, because the bits of FNV-1a alone are uneven for
 * short names that differ in their last digit. */
uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
        hash = (hash ^ *byte) * UINT64_C(1099511628211);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 33);
}

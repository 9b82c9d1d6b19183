/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/hash.h"

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    static const uint64_t prime = UINT64_C(0x100000001b3);
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * prime;
    return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text));
}

uint64_t hash_spread(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 33);
}

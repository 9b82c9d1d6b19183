/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash that is the same on every machine and in every run (FNV-1a, 64 bits); no protection against
 * collisions made on purpose. */
#ifndef WATCHBILL_LIB_HASH_H
#define WATCHBILL_LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* hash_bytes(hash, bytes, length): ${hash} (HASH_START at first) with these bytes added. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length);

/* hash_text(hash, text): the same for a string; its end is not added. */
uint64_t hash_text(uint64_t hash, const char *text);

/* hash_spread(hash): the same, even in all 64 bits: those of FNV-1a alone are uneven for short names that differ in
 * their last digit only. */
uint64_t hash_spread(uint64_t hash);

#endif

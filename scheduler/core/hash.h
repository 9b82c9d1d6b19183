/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash that is the same on every machine and in every run. */
#ifndef WATCHBILL_CORE_HASH_H
#define WATCHBILL_CORE_HASH_H

#include <stdint.h>

/* hash_text(text): evenly spread in all 64 bits, also for names that differ in their last digit only. Not for
 * secrets, nor against an adversary. */
uint64_t hash_text(const char *text);

#endif

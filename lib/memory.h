/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation that does not fail: a program without memory ends by abort() with a sentence, because no
 * caller here can do better. Everything returned is released with free(). */
#ifndef WATCHBILL_LIB_MEMORY_H
#define WATCHBILL_LIB_MEMORY_H

#include <stddef.h>

/* memory_get(count, size): zeroed room for ${count} members of ${size} bytes each. */
void *memory_get(size_t count, size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));

/* memory_grow(old, count, size): realloc() of ${old} to ${count} members of ${size} bytes each; new room
 * is not zeroed. */
void *memory_grow(void *old, size_t count, size_t size) __attribute__((returns_nonnull, warn_unused_result));

/* memory_remove(items, count, size, index): the members behind ${index} of ${count} of ${size} bytes each move down by
 * one; the number that is left. What the member owned is the caller's to release before. */
size_t memory_remove(void *items, size_t count, size_t size, size_t index)
    __attribute__((warn_unused_result));

/* memory_text(text): a copy of the string ${text}; NULL gives NULL. */
char *memory_text(const char *text) __attribute__((warn_unused_result));

/* memory_text_of(bytes, length): a copy of ${length} bytes with a NUL behind them. */
char *memory_text_of(const char *bytes, size_t length)
    __attribute__((malloc, returns_nonnull, warn_unused_result));

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is released all at once: one generation of the configuration, the arguments of one run. */
#ifndef WATCHBILL_LIB_ARENA_H
#define WATCHBILL_LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_create(void) __attribute__((returns_nonnull, warn_unused_result));

/* arena_free(arena): release everything that came from it; NULL is allowed. */
void arena_free(struct arena *arena);

/* arena_get(arena, count, size): zeroed, aligned room for ${count} members of ${size} bytes. */
void *arena_get(struct arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/* arena_text(arena, text): a copy of the string; NULL gives NULL. */
const char *arena_text(struct arena *arena, const char *text) __attribute__((warn_unused_result));
char *arena_text_of(struct arena *arena, const char *bytes, size_t length)
    __attribute__((returns_nonnull, warn_unused_result));
const char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull, warn_unused_result));
const char *arena_format_list(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0), returns_nonnull, warn_unused_result));

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A string of bytes that grows. `bytes` is always NUL-terminated behind `length`, also when empty; it may
 * hold NUL bytes itself. A struct text begins as TEXT_INIT and ends with text_release. */
#ifndef WATCHBILL_LIB_TEXT_H
#define WATCHBILL_LIB_TEXT_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

struct text {
    char *bytes;
    size_t length;
    size_t room; /* 0: `bytes` is the shared empty string */
};

extern char text_empty[1];

#define TEXT_INIT                                                                                            \
    {                                                                                                        \
        text_empty, 0, 0                                                                                     \
    }

/* text_release(text): free the bytes; ${text} is empty and usable again. */
void text_release(struct text *text);

/* text_clear(text): make it empty and keep the room. */
void text_clear(struct text *text);

/* text_take(text): hand the bytes to the caller, who frees them; ${text} is empty again. */
char *text_take(struct text *text) __attribute__((returns_nonnull, warn_unused_result));

/* text_reserve(text, more): room for ${more} bytes behind the present ones; returns where they begin. */
char *text_reserve(struct text *text, size_t more) __attribute__((returns_nonnull));

/* text_room(text, room): for a read of what has no known length: where it may go, and how much; never less than a few
 * thousand bytes, and twice as much whenever that is used up. */
char *text_room(struct text *text, size_t *room) __attribute__((returns_nonnull));

/* text_add(text, string), text_add_bytes, text_add_char, text_format: append; a byte may be a NUL. text_format_list: the
 * same as text_format, with the arguments of a function that has "..." itself. */
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_add_char(struct text *text, char byte);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_format_list(struct text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* text_wrap(text, column, indent, words): add ${words} and a newline, broken at blanks into lines below 80 columns. The
 * first goes on at ${column}; the others begin with ${indent} blanks, and so does what stands behind a newline.
 * Of a line such as "  name    words" only the words are broken, below their first. */
void text_wrap(struct text *text, size_t column, size_t indent, const char *words);

#endif

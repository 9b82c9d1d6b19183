/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and durations in text, read strictly and never by the locale. */
#ifndef WATCHBILL_LIB_NUMBER_H
#define WATCHBILL_LIB_NUMBER_H

#include "lib/error.h"
#include "lib/text.h"

#include <stdint.h>

/* Rounding and comparing without libm: loading that library would take a twelfth of the time of a small check. */

/* number_round(value, digits): the nearest number with so many digits (0 to 15) behind the point; a half goes away from
 * zero. What has no more digits than that stays as it is: NaN, the infinities and very large numbers too. */
double number_round(double value, int digits);

/* number_nearest(value): the nearest whole number; a half goes away from zero; 0 for NaN, and the smallest or the
 * largest of int64_t for what lies beyond. */
int64_t number_nearest(double value);

/* number_lower(a, b), number_higher(a, b): the one of the two; a number wins over NaN. */
double number_lower(double a, double b);
double number_higher(double a, double b);

/* number_read(text, exponent, value): a finite decimal number such as "-2", "0.5", ".5", "23." (with `1e3` only
 * if ${exponent}); the whole of ${text}; no hex, no "inf", no "nan", no blanks, no plus sign. */
bool number_read(const char *text, bool exponent, double *value);

/* number_read_whole(text, low, high, value): a decimal integer within the two, both included. */
bool number_read_whole(const char *text, int64_t low, int64_t high, int64_t *value);

/* number_write(text, value): the shortest decimal without exponent that reads back as ${value} to 15 digits;
 * never a comma; ${value} is finite. */
void number_write(struct text *text, double value);

/* duration_read(text, milliseconds, error): "15s", "10m", "2h", "30d", "2w", "2y" (of 365 days), "500ms", sums
 * such as "1h30m"; "0" alone needs no unit. Never negative, at most 100 years. */
bool duration_read(const char *text, int64_t *milliseconds, struct error *error);

/* duration_write(text, milliseconds): what duration_read reads, in the two largest units that are not zero.
 * duration_write_exact: in all of them, for a program. */
void duration_write(struct text *text, int64_t milliseconds);
void duration_write_exact(struct text *text, int64_t milliseconds);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the answer. */
#ifndef WATCHBILL_LIB_PHRASE_H
#define WATCHBILL_LIB_PHRASE_H

#include "lib/report.h"

/* phrase_answer(report): the sentence behind "TITLE STATUS - ", in the arena: the check's own text, then what
 * is wrong, worst first; without either, the judged values. It may hold any byte; lib/clean.h is for the way
 * out. */
const char *phrase_answer(struct report *report);

/* phrase_number(text, value): ${value} as a person reads it: six significant digits, no exponent. */
void phrase_number(struct text *text, double value);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four answers of a check; the values are the exit codes of the Nagios plugin API. */
#ifndef WATCHBILL_LIB_VERDICT_H
#define WATCHBILL_LIB_VERDICT_H

#include <stdbool.h>

enum verdict { VERDICT_OK = 0, VERDICT_WARNING = 1, VERDICT_CRITICAL = 2, VERDICT_UNKNOWN = 3 };

enum { VERDICTS = 4 };

/* verdict_name(verdict): "OK", "WARNING", "CRITICAL" or "UNKNOWN". */
const char *verdict_name(enum verdict verdict);

/* Their names in the order of their values, ended by NULL. */
extern const char *const verdict_names[];

/* verdict_read(text, verdict): a name in any case, its first letter, or red, yellow, green. */
bool verdict_read(const char *text, enum verdict *verdict);

/* verdict_rank(verdict): how bad it is: OK 0, UNKNOWN 1, WARNING 2, CRITICAL 3. The numeric value is no rank:
 * UNKNOWN is above CRITICAL there. */
int verdict_rank(enum verdict verdict);

/* verdict_worse(a, b): whichever ranks higher. */
enum verdict verdict_worse(enum verdict a, enum verdict b);

#endif

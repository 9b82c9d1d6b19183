/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threshold ranges of the Nagios plugin guidelines: `[@]start:end`, both ends inside.
 * Source of the rule: Monitoring Plugins Development Guidelines, "Threshold and Ranges". */
#ifndef WATCHBILL_LIB_RANGE_H
#define WATCHBILL_LIB_RANGE_H

#include "lib/error.h"
#include "lib/text.h"
#include "lib/verdict.h"

struct range {
    double start; /* -INFINITY for "~" */
    double end;   /* INFINITY when absent */
    bool inside;  /* "@": alert when the value is inside */
    bool given;   /* false: no range at all, nothing alerts */
};

/* range_read(text, range, error): read ${text}; the empty text is "none given". Where the established programs
 * disagree: "~:" is taken and allows every value; "010" is ten. Refused, with a sentence: start above end, "~" as
 * the end, ":" or "@" alone, letters, blanks, signs other than "-", exponents, hex. */
bool range_read(const char *text, struct range *range, struct error *error);

/* range_alerts(range, value): whether ${value} raises an alert. NaN never does: the caller treats it first. */
bool range_alerts(const struct range *range, double value);

/* range_judge(warning, critical, value): critical is judged first; NaN is UNKNOWN. Either may be NULL. */
enum verdict range_judge(const struct range *warning, const struct range *critical, double value);

#endif

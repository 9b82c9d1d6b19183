/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and values of SNMP objects: pure, without net-snmp. */
#ifndef WATCHBILL_COLLECTORS_SNMP_VALUE_H
#define WATCHBILL_COLLECTORS_SNMP_VALUE_H

#include "lib/check.h"
#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>
#include <stdint.h>

enum { SNMP_NAME_CAP = 128 };

struct snmp_name {
    uint32_t parts[SNMP_NAME_CAP];
    size_t length;
};

/* snmp_name_read(text, name, error): numbers below 2^32 between dots, with or without a dot in front:
 * ".1.3.6.1.2.1.1.3.0"; at least two, the first 0 to 2, the second below 40 under 0 and 1. */
bool snmp_name_read(const char *text, struct snmp_name *name, struct error *error);

/* snmp_name_write(text, name): as above, with a dot in front. */
void snmp_name_write(struct text *text, const struct snmp_name *name);

/* snmp_name_compare(a, b): below, equal to or above 0, in the order of a walk. */
int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b);

/* snmp_name_begins(name, root): whether ${name} is ${root} or below it. */
bool snmp_name_begins(const struct snmp_name *name, const struct snmp_name *root);

enum snmp_kind {
    SNMP_ABSENT, /* noSuchObject, noSuchInstance, end of the view; .text says which */
    SNMP_NUMBER, /* INTEGER, Gauge32, Unsigned32, Opaque numbers */
    SNMP_COUNTER32,
    SNMP_COUNTER64,
    SNMP_TICKS, /* hundredths of a second */
    SNMP_TEXT,  /* OCTET STRING, and what is neither number nor text, written as text */
};

struct snmp_value {
    enum snmp_kind kind;
    double number;  /* NaN for a text that is no number: "0.63" is one */
    uint64_t whole; /* of counters and ticks: exact */
    const char *text;
};

/* snmp_value_text(value, bytes, length, arena): fill ${value} from the octets of a string: as text when they are
 * printable, else as hexadecimal numbers. */
void snmp_value_text(struct snmp_value *value, const void *bytes, size_t length, struct arena *arena);

/* snmp_value_rate(value, key, run, uptime): the change of a counter per second since the run before, exact over its
 * whole width and over the point where it begins again at 0. ${uptime}: the agent's sysUpTime in milliseconds, which
 * tells a restart and is the clock; below 0: not known, then this machine's clock is. NaN, and pending as in
 * lib/rates.h, for the first run, after a restart, and when the counter went back by more than half of its width. */
double snmp_value_rate(const struct snmp_value *value, const char *key, struct run *run, int64_t uptime);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of nagios.log:
 *
 *   [EPOCH] SERVICE ALERT: HOST;SERVICE;STATE;SOFT|HARD;ATTEMPT;OUTPUT
 *   [EPOCH] HOST ALERT: HOST;STATE;SOFT|HARD;ATTEMPT;OUTPUT
 *   [EPOCH] SERVICE NOTIFICATION: CONTACT;HOST;SERVICE;STATE;COMMAND;OUTPUT
 *   [EPOCH] HOST NOTIFICATION: CONTACT;HOST;STATE;COMMAND;OUTPUT
 *
 * The state of a notification may be a kind, with the state behind it: "ACKNOWLEDGEMENT (CRITICAL)". */
#ifndef WATCHBILL_COLLECTORS_NAGIOS_LOG_H
#define WATCHBILL_COLLECTORS_NAGIOS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nagios_log_kind { NAGIOS_LOG_ALERT, NAGIOS_LOG_NOTIFICATION };

/* Bytes of the line. */
struct nagios_log_word {
    const char *at;
    size_t length;
};

struct nagios_log_entry {
    enum nagios_log_kind kind;
    int64_t at; /* epoch seconds */
    struct nagios_log_word host;
    struct nagios_log_word service; /* empty for a host's */
    struct nagios_log_word state;
    struct nagios_log_word contact; /* of a notification */
    bool is_hard;                   /* of an alert */
};

/* nagios_log_parse(line, length, entry): false: it is something else. */
bool nagios_log_parse(const char *line, size_t length, struct nagios_log_entry *entry);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's log: sentences on standard error, or one JSON object a line. */
#ifndef WATCHBILL_ENGINE_LOG_H
#define WATCHBILL_ENGINE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log {
    bool json;
};

/* log_say(log, level, format, ...): one line with the time in UTC; line breaks in it become blanks. */
void log_say(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

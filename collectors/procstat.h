/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/stat: where the processors' time went. Source of the rules: proc(5), "/proc/stat". */
#ifndef WATCHBILL_COLLECTORS_PROCSTAT_H
#define WATCHBILL_COLLECTORS_PROCSTAT_H

#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>

/* The first eight add up to all time; guest time is already in user and nice. */
enum procstat_time {
    PROCSTAT_USER,
    PROCSTAT_NICE,
    PROCSTAT_SYSTEM,
    PROCSTAT_IDLE,
    PROCSTAT_IOWAIT,
    PROCSTAT_IRQ,
    PROCSTAT_SOFTIRQ,
    PROCSTAT_STEAL,
    PROCSTAT_TIMES,
};

struct procstat {
    uint64_t times[PROCSTAT_TIMES]; /* jiffies of all processors since boot; 0 for one the kernel lacks */
    size_t processors;              /* lines "cpuN": they come and go */
    uint64_t blocked;               /* processes that wait for I/O right now */
};

/* procstat_parse(bytes, length, stat, error): the sentence of a failure names the line. */
bool procstat_parse(const char *bytes, size_t length, struct procstat *stat, struct error *error);

/* procstat_read(root, stat, error): ${root}/proc/stat. */
bool procstat_read(const char *root, struct procstat *stat, struct error *error);

/* procstat_share(before, after, time): per cent of all time between the two that went to ${time}. NaN when no
 * time passed or when the sum went down (a processor left, the machine was restarted). A ${time} that went
 * down, as idle and iowait may, counts as 0. */
double procstat_share(const struct procstat *before, const struct procstat *after, enum procstat_time time);

/* procstat_uptime(root, milliseconds, error): ${root}/proc/uptime. */
bool procstat_uptime(const char *root, int64_t *milliseconds, struct error *error);

#endif

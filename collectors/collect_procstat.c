/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the processors' time went. */
#include "collectors/procstat.h"
#include "lib/check.h"

enum { PROCESSORS = PROCSTAT_TIMES, BLOCKED };

#define TIME(number, name_, help_)                                                                           \
    [PROCSTAT_##                                                                                             \
        number] = {name_, help_, "", METRIC_DERIVE, .has_min = true, .graph = "cpu", .draw = "AREASTACK"}

/* The first rows are in the order of enum procstat_time. */
static const struct metric_row metrics[] = {
    TIME(USER, "user", "jiffies in programs"),
    TIME(NICE, "nice", "jiffies in programs of low priority"),
    TIME(SYSTEM, "system", "jiffies in the kernel"),
    TIME(IDLE, "idle", "jiffies with nothing to do"),
    TIME(IOWAIT, "iowait", "jiffies with nothing to do but to wait for a disk"),
    TIME(IRQ, "irq", "jiffies in interrupts"),
    TIME(SOFTIRQ, "softirq", "jiffies in deferred interrupts"),
    TIME(STEAL, "steal", "jiffies that the host gave to others"),
    [PROCESSORS] = {"processors", "processors", "", .has_min = true, .graph = "processors"},
    [BLOCKED] = {"blocked", "processes that wait for a disk now", "", .has_min = true, .graph = "blocked"},
    {0},
};

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    struct procstat stat;
    struct error error;
    (void)arguments;
    if (!procstat_read(run->root, &stat, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    for (size_t i = 0; i < PROCSTAT_TIMES; i++)
        report_value(report, i, NULL, (double)stat.times[i]);
    report_value(report, PROCESSORS, NULL, (double)stat.processors);
    report_value(report, BLOCKED, NULL, (double)stat.blocked);
    return true;
}

const struct check collect_procstat = {
    .name = "procstat",
    .title = "PROCSTAT",
    .summary = "where the processors' time went",
    .metrics = metrics,
    .measure = measure,
    .collects = true,
};

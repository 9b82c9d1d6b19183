/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How busy is this machine: the load averages, as they are or for each processor. */
#include "lib/check.h"

#include "collectors/loadavg.h"

struct args {
    bool per_cpu;
};

enum { LOAD1, LOAD5, LOAD15, RUNNING };

static const struct option_row options[] = {
    {"per-cpu", 'r', FLAG(struct args, per_cpu),
     .help = "Divide the load averages by the number of processors.", .alias = "percpu"},
    {0},
};

static const struct metric_row metrics[] = {
    [LOAD1] = {"load1", "load average over 1 minute", .unit = "", .has_min = true},
    [LOAD5] = {"load5", "load average over 5 minutes", .unit = "", .has_min = true},
    [LOAD15] = {"load15", "load average over 15 minutes", .unit = "", .has_min = true},
    [RUNNING] = {"running", "threads that run or wait for a processor now", .unit = "", .has_min = true,
                 .graph = "threads", .quiet = true},
    {0},
};

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct loadavg loadavg;
    struct error error;
    size_t processors = 1;
    if (!loadavg_read(run->root, &loadavg, &error) ||
        (args->per_cpu && !loadavg_processors(run->root, &processors, &error)))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    for (size_t i = 0; i < 3; i++)
        report_value(report, LOAD1 + i, NULL, loadavg.load[i] / (double)processors);
    report_value(report, RUNNING, NULL, (double)loadavg.running);
    report_detail(report, "%zu processor%s, %lld threads, %lld of them running", processors,
                  processors == 1 ? "" : "s", (long long)loadavg.threads, (long long)loadavg.running);
    return true;
}

const struct check check_load = {
    .name = "load",
    .title = "LOAD",
    .summary = "load averages over 1, 5 and 15 minutes",
    .notes = "A bare range belongs to load1: check_load -w 5 -w load5=4 -w load15=3; -w 5,4,3 says the same.",
    .listed = 3,
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
};

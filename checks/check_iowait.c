/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting for disks: processor time, and what each device does. */
#include "collectors/disks.h"
#include "collectors/file.h"
#include "collectors/pressure.h"
#include "lib/check.h"
#include "lib/number.h"

#include <math.h>

struct args {
    struct option_list devices, mounts;
    int64_t interval;
};

static const struct args defaults = {.interval = 1000};

static const struct option_row options[] = {
    {"device", 'd', LIST(struct args, devices), .value = "GLOB",
     .help = "Only devices whose name this matches; partitions too."},
    {"mount", 'm', LIST(struct args, mounts), .value = "PATH", .help = "The device that holds this path."},
    {"interval", 'i', DURATION(struct args, interval), .value = "DURATION", .high = 3600,
     .help = "The time between the two samples. With 0, and with --root, the samples of the run before are "
             "used instead."},
    {0},
};

enum metric { IOWAIT, STEAL, BLOCKED, UTILISATION, AWAIT, QUEUE, SOME, FULL };

#define PER_CENT .unit = "%", .has_min = true, .has_max = true, .max = 100

static const struct metric_row metrics[] = {
    [IOWAIT] = {"iowait", "processor time that waits for I/O", PER_CENT, .warning = "30", .critical = "90"},
    [STEAL] = {"steal", "processor time taken by the hypervisor", PER_CENT},
    [BLOCKED] = {"blocked", "processes that wait for I/O", "", .has_min = true, .graph = "blocked"},
    [UTILISATION] = {"util", "time with at least one request in flight", PER_CENT, .graph = "utilisation"},
    [AWAIT] = {"await", "time that a completed request took", "ms", .has_min = true, .graph = "await"},
    [QUEUE] = {"queue", "requests in flight on average", "", .has_min = true, .graph = "queue"},
    [SOME] = {"pressure_some", "time in which a task waited for I/O, of the last 10 s", PER_CENT,
              .graph = "pressure"},
    [FULL] = {"pressure_full", "time in which all tasks waited for I/O, of the last 10 s", PER_CENT,
              .graph = "pressure"},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (!*run->root && args->interval >= run_remaining(run))
        return error_set(error, "--interval: not below the timeout: %lld ms", (long long)args->interval);
    for (size_t i = 0; i < args->mounts.count; i++)
        if (args->mounts.items[i][0] != '/')
            return error_set(error, "--mount: not an absolute path: \"%s\"", args->mounts.items[i]);
    return true;
}

static double rounded(double value)
{
    return number_round(value, 3);
}

static void report_device(const char *name, const struct disks_pair *pair, struct run *run,
                          struct report *report)
{
    const struct diskstats_device *now = diskstats_named(&pair->after.disks, name);
    const struct diskstats_device *before = diskstats_named(&pair->before.disks, name);
    int64_t elapsed = pair->after.at - pair->before.at;
    struct diskstats_change change = diskstats_compare(before ? before : now, now, before ? elapsed : 0);
    const struct diskstats_device *disk = diskstats_disk_of(&pair->after.disks, name);
    const char *volume = diskstats_volume(run->root, disk ? disk->name : name, run->arena);
    const char *shown = volume ? arena_format(run->arena, "%s (EBS %s)", name, volume) : name;
    report_value(report, UTILISATION, name, rounded(change.utilisation));
    report_value(report, AWAIT, name, rounded(change.await));
    report_value(report, QUEUE, name, rounded(change.queue));
    if (change.stalled)
        report_verdict(report, VERDICT_CRITICAL,
                       "%s is stalled: %llu requests in flight, none completed in %.1f s", shown,
                       (unsigned long long)now->numbers[DISKSTATS_IN_FLIGHT], (double)elapsed / 1000);
    if (isnan(change.utilisation))
        report_detail(report, "%s: not known yet", shown);
    else
        report_detail(
            report,
            "%s: utilisation %.1f %%, await %.2f ms, queue %.2f, %.1f reads and %.1f writes per second",
            shown, change.utilisation, change.await, change.queue, change.reads, change.writes);
}

static bool report_pressure(struct run *run, struct report *report)
{
    struct pressure pressure;
    struct error error;
    bool present;
    if (!pressure_read(run->root, "io", &pressure, &present, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    if (present) {
        report_value(report, SOME, NULL, pressure.some.avg10);
        report_value(report, FULL, NULL, pressure.full.avg10);
    }
    return true;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct disks_choice choice = {.globs = args->devices.items,
                                  .glob_count = args->devices.count,
                                  .mounts = args->mounts.items,
                                  .mount_count = args->mounts.count};
    struct disks_pair pair;
    struct error error;
    run_stage(run, "waiting for the second sample");
    if (!disks_sample(run->root, run->rates, args->interval, run->deadline, run->arena, &pair, &error) ||
        !disks_choose(&choice, run->root, &pair.after.disks, run->arena, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    double iowait = procstat_share(&pair.before.cpu, &pair.after.cpu, PROCSTAT_IOWAIT);
    double steal = procstat_share(&pair.before.cpu, &pair.after.cpu, PROCSTAT_STEAL);
    if (pair.before.at == pair.after.at)
        report_text(report, "the first sample, the next run knows the changes");
    else if (!isnan(iowait))
        report_text(report, "iowait %.1f %%, steal %.1f %%", iowait, steal);
    report_value(report, IOWAIT, NULL, rounded(iowait));
    report_value(report, STEAL, NULL, rounded(steal));
    report_value(report, BLOCKED, NULL, (double)pair.after.cpu.blocked);
    for (size_t i = 0; i < choice.count; i++)
        report_device(choice.names[i], &pair, run, report);
    return report_pressure(run, report);
}

const struct check check_iowait = {
    .name = "iowait",
    .title = "IOWAIT",
    .summary = "processor time spent waiting for disks, and what each disk does",
    .notes =
        "A device that had requests in flight at both samples and completed none between them is stalled: "
        "CRITICAL, whatever the ranges say. Loop, RAM and optical devices are left out, and partitions "
        "beside their disk, unless --device or --mount asks for them.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};

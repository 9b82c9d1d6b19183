/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every counter of the block devices. */
#include "collectors/disks.h"
#include "lib/check.h"

struct args {
    struct option_list devices, mounts;
};

static const struct option_row options[] = {
    {"device", 'd', LIST(struct args, devices), .value = "GLOB",
     .help = "Only devices whose name this matches; partitions too."},
    {"mount", 'm', LIST(struct args, mounts), .value = "PATH", .help = "The device that holds this path."},
    {0},
};

#define COUNTS METRIC_DERIVE, .has_min = true
#define TOTAL(number, name_, help_, unit_)                                                                   \
    [DISKSTATS_##number] = {name_, help_, unit_, COUNTS, .graph = (name_)}

/* The index is the number's place in /proc/diskstats. Sectors are given as bytes. */
static const struct metric_row metrics[] = {
    [DISKSTATS_READS] = {"reads", "reads completed", "", COUNTS, .graph = "operations"},
    TOTAL(READS_MERGED, "reads_merged", "reads merged with others", ""),
    [DISKSTATS_SECTORS_READ] = {"read_bytes", "bytes read", "B", COUNTS, .graph = "throughput"},
    TOTAL(READ_MS, "read_time", "time that reads took", "ms"),
    [DISKSTATS_WRITES] = {"writes", "writes completed", "", COUNTS, .graph = "operations",
                          .negative = "reads"},
    TOTAL(WRITES_MERGED, "writes_merged", "writes merged with others", ""),
    [DISKSTATS_SECTORS_WRITTEN] = {"written_bytes", "bytes written", "B", COUNTS, .graph = "throughput",
                                   .negative = "read_bytes"},
    TOTAL(WRITE_MS, "write_time", "time that writes took", "ms"),
    [DISKSTATS_IN_FLIGHT] = {"in_flight", "requests in flight", "", .has_min = true, .graph = "in_flight"},
    TOTAL(BUSY_MS, "busy_time", "time with a request in flight", "ms"),
    TOTAL(WEIGHTED_MS, "weighted_time", "time of all requests in flight", "ms"),
    TOTAL(DISCARDS, "discards", "discards completed", ""),
    TOTAL(DISCARDS_MERGED, "discards_merged", "discards merged with others", ""),
    TOTAL(SECTORS_DISCARDED, "discarded_bytes", "bytes discarded", "B"),
    TOTAL(DISCARD_MS, "discard_time", "time that discards took", "ms"),
    TOTAL(FLUSHES, "flushes", "flushes completed", ""),
    TOTAL(FLUSH_MS, "flush_time", "time that flushes took", "ms"),
    {0},
};

static bool is_sectors(size_t number)
{
    return number == DISKSTATS_SECTORS_READ || number == DISKSTATS_SECTORS_WRITTEN ||
           number == DISKSTATS_SECTORS_DISCARDED;
}

static bool is_known(const struct diskstats_device *device, size_t number)
{
    if (!device->counts_only)
        return number < device->count;
    return number == DISKSTATS_READS || number == DISKSTATS_WRITES || is_sectors(number);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct disks_choice choice = {.globs = args->devices.items,
                                  .glob_count = args->devices.count,
                                  .mounts = args->mounts.items,
                                  .mount_count = args->mounts.count};
    struct diskstats stats;
    struct error error;
    if (!diskstats_read(run->root, run->arena, &stats, &error) ||
        !disks_choose(&choice, run->root, &stats, run->arena, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    for (size_t i = 0; i < choice.count; i++) {
        const struct diskstats_device *device = diskstats_named(&stats, choice.names[i]);
        for (size_t number = 0; number < DISKSTATS_NUMBERS; number++)
            if (is_known(device, number))
                report_value(report, number, device->name,
                             (double)device->numbers[number] * (is_sectors(number) ? 512 : 1));
    }
    return true;
}

const struct check collect_diskstats = {
    .name = "diskstats",
    .title = "DISKSTATS",
    .summary = "every counter of the block devices",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .collects = true,
};

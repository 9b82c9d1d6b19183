/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/diskstats: what each block device did since boot. Source of the rules: the kernel's
 * Documentation/admin-guide/iostats.rst. */
#ifndef WATCHBILL_COLLECTORS_DISKSTATS_H
#define WATCHBILL_COLLECTORS_DISKSTATS_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stddef.h>
#include <stdint.h>

/* The numbers behind the name, in the file's order. Sectors are of 512 bytes, times in milliseconds. */
enum diskstats_number {
    DISKSTATS_READS,
    DISKSTATS_READS_MERGED,
    DISKSTATS_SECTORS_READ,
    DISKSTATS_READ_MS,
    DISKSTATS_WRITES,
    DISKSTATS_WRITES_MERGED,
    DISKSTATS_SECTORS_WRITTEN,
    DISKSTATS_WRITE_MS,
    DISKSTATS_IN_FLIGHT, /* not a counter */
    DISKSTATS_BUSY_MS,
    DISKSTATS_WEIGHTED_MS,
    DISKSTATS_DISCARDS, /* since Linux 4.18 */
    DISKSTATS_DISCARDS_MERGED,
    DISKSTATS_SECTORS_DISCARDED,
    DISKSTATS_DISCARD_MS,
    DISKSTATS_FLUSHES, /* since Linux 5.5 */
    DISKSTATS_FLUSH_MS,
    DISKSTATS_NUMBERS,
};

struct diskstats_device {
    unsigned major, minor;
    const char *name;
    bool counts_only; /* a partition of Linux 2.6: requests and sectors, no times */
    size_t count;     /* numbers that this kernel gives; the others are 0 */
    uint64_t numbers[DISKSTATS_NUMBERS];
};

struct diskstats {
    struct diskstats_device *devices;
    size_t count;
};

/* diskstats_parse(bytes, length, arena, stats, error): lines of 7, or of 14 and more fields. The sentence of
 * a failure names the line. Names and devices live in ${arena}. */
bool diskstats_parse(const char *bytes, size_t length, struct arena *arena, struct diskstats *stats,
                     struct error *error);

/* diskstats_read(root, arena, stats, error): ${root}/proc/diskstats. */
bool diskstats_read(const char *root, struct arena *arena, struct diskstats *stats, struct error *error);

/* diskstats_named(stats, name), diskstats_numbered(stats, major, minor): NULL when there is none. */
const struct diskstats_device *diskstats_named(const struct diskstats *stats, const char *name);
const struct diskstats_device *diskstats_numbered(const struct diskstats *stats, unsigned major,
                                                  unsigned minor);

/* diskstats_is_pseudo(name): loop, ram, sr, fd and zram devices: no disk behind them. */
bool diskstats_is_pseudo(const char *name);

/* diskstats_disk_of(stats, name): the disk of which ${name} is a partition, when it is listed too; else NULL.
 */
const struct diskstats_device *diskstats_disk_of(const struct diskstats *stats, const char *name);

/* What a device did between two samples. NaN: cannot be told. */
struct diskstats_change {
    double utilisation;   /* per cent of the time with at least one request in flight */
    double await;         /* milliseconds for each request that completed; 0 when idle, NaN when stalled */
    double queue;         /* requests in flight, on average */
    double reads, writes; /* completed per second */
    double read_bytes, written_bytes; /* per second */
    double completed;                 /* reads, writes, discards and flushes in all */
    bool stalled; /* requests were in flight at both samples, and none completed between them */
};

/* diskstats_compare(before, after, milliseconds): a counter that went down (the device was replaced) makes
 * all of it NaN; the times are 32 bits wide in the kernel and wrap. */
struct diskstats_change diskstats_compare(const struct diskstats_device *before,
                                          const struct diskstats_device *after, int64_t milliseconds);

/* diskstats_volume(root, name, arena): the EBS volume behind an NVMe device of EC2 ("vol-0123..."), or NULL.
 */
const char *diskstats_volume(const char *root, const char *name, struct arena *arena);

#endif

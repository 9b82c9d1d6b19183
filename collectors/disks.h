/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two samples of processors and disks, and which of the disks are meant. */
#ifndef WATCHBILL_COLLECTORS_DISKS_H
#define WATCHBILL_COLLECTORS_DISKS_H

#include "collectors/diskstats.h"
#include "collectors/procstat.h"
#include "lib/rates.h"

struct disks_sample {
    struct procstat cpu;
    struct diskstats disks;
    int64_t at; /* milliseconds: monotonic, or the uptime under a root */
};

struct disks_pair {
    struct disks_sample before, after;
};

/* disks_sample(root, rates, interval, deadline, arena, pair, error): without a ${root} two samples ${interval}
 * milliseconds apart. With one, or with an interval of 0, the first is that of the run before, kept by ${rates};
 * on the first run it is the second itself, so that every change is NaN. A machine without /proc/diskstats has no disks. */
bool disks_sample(const char *root, struct rates *rates, int64_t interval, int64_t deadline,
                  struct arena *arena, struct disks_pair *pair, struct error *error);

/* Which devices are meant, and their names. */
struct disks_choice {
    const char *const *globs; /* names, as a shell's pattern */
    size_t glob_count;
    const char *const *mounts; /* paths: the devices that hold them */
    size_t mount_count;
    const char **names; /* filled: each once */
    size_t count;
};

/* disks_choose(choice, root, disks, arena, error): with neither globs nor mounts all disks: no pseudo devices
 * and no partitions beside their disk. A glob or a path that leads to no device is an error. */
bool disks_choose(struct disks_choice *choice, const char *root, const struct diskstats *disks,
                  struct arena *arena, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/disks.h"

#include "collectors/file.h"
#include "collectors/mounts.h"

#include <errno.h>
#include <fnmatch.h>

static bool take_sample(const char *root, struct arena *arena, struct disks_sample *sample,
                        struct error *error)
{
    struct timespec now;
    *sample = (struct disks_sample){0};
    if (!procstat_read(root, &sample->cpu, error))
        return false;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    sample->at = now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (*root && !procstat_uptime(root, &sample->at, error))
        return false;
    return !file_exists(root, "/proc/diskstats") || diskstats_read(root, arena, &sample->disks, error);
}

/* The second sample comes at the interval or at the deadline, whichever is first. */
static void wait_until(int64_t at, int64_t deadline)
{
    int64_t end = at < deadline ? at : deadline;
    struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

/* The number of the run before, while this one is kept for the next; false: there is none. */
static bool exchange(struct rates *rates, const char *key, uint64_t now, uint64_t *before)
{
    double kept = 0;
    bool known = rates_before(rates, key, (double)now, &kept);
    *before = kept > 0 ? (uint64_t)kept : 0;
    return known;
}

static bool exchange_cpu(struct rates *rates, struct arena *arena, const struct procstat *now,
                         struct procstat *before)
{
    bool known = true;
    *before = *now;
    for (size_t i = 0; i < PROCSTAT_TIMES; i++)
        known = exchange(rates, arena_format(arena, "cpu %zu", i), now->times[i], &before->times[i]) && known;
    return known;
}

static bool exchange_device(struct rates *rates, struct arena *arena, const struct diskstats_device *now,
                            struct diskstats_device *before)
{
    bool known = true;
    *before = *now;
    for (size_t i = 0; i < DISKSTATS_NUMBERS; i++)
        known = exchange(rates, arena_format(arena, "%s %zu", now->name, i), now->numbers[i],
                         &before->numbers[i]) &&
                known;
    return known;
}

/* What the run before left. A device that was not there then is left out of the sample before. */
static void exchange_samples(struct rates *rates, struct arena *arena, const struct disks_sample *now,
                             struct disks_sample *before)
{
    uint64_t at;
    bool known = exchange(rates, "at", (uint64_t)now->at, &at);
    known = exchange_cpu(rates, arena, &now->cpu, &before->cpu) && known;
    before->at = known ? (int64_t)at : now->at;
    if (!known || before->at > now->at)
        before->cpu = now->cpu; /* nothing to compare with, or the machine was started anew */
    before->disks.count = 0;
    before->disks.devices = arena_get(arena, now->disks.count + 1, sizeof *before->disks.devices);
    for (size_t i = 0; i < now->disks.count; i++)
        before->disks.count += exchange_device(rates, arena, &now->disks.devices[i],
                                               &before->disks.devices[before->disks.count]);
}

bool disks_sample(const char *root, struct rates *rates, int64_t interval, int64_t deadline,
                  struct arena *arena, struct disks_pair *pair, struct error *error)
{
    if (*root || interval == 0) {
        if (!take_sample(root, arena, &pair->after, error))
            return false;
        exchange_samples(rates, arena, &pair->after, &pair->before);
        return true;
    }
    if (!take_sample(root, arena, &pair->before, error))
        return false;
    wait_until(pair->before.at + interval, deadline);
    return take_sample(root, arena, &pair->after, error);
}

static void add_name(struct disks_choice *choice, const char *name)
{
    for (size_t i = 0; i < choice->count; i++)
        if (strcmp(choice->names[i], name) == 0)
            return;
    choice->names[choice->count++] = name;
}

static bool add_glob(struct disks_choice *choice, const struct diskstats *disks, const char *glob,
                     struct error *error)
{
    bool found = false;
    for (size_t i = 0; i < disks->count; i++)
        if (fnmatch(glob, disks->devices[i].name, 0) == 0) {
            add_name(choice, disks->devices[i].name);
            found = true;
        }
    return found || error_set(error, "no device matches \"%s\"", glob);
}

/* By number where mountinfo tells it; a file system with no device of its own (btrfs) by the source's name. */
static bool add_mount(struct disks_choice *choice, const char *root, const struct diskstats *disks,
                      const char *path, struct arena *arena, struct error *error)
{
    struct mounts_device mount;
    const struct diskstats_device *found = NULL;
    if (!mounts_read(root, path, arena, &mount, error))
        return false;
    if (mount.numbered)
        found = diskstats_numbered(disks, mount.major, mount.minor);
    const char *slash = strrchr(mount.source, '/');
    if (!found && slash)
        found = diskstats_named(disks, slash + 1);
    if (!found)
        return error_set(error, "\"%s\" is on \"%s\", which is no block device", path, mount.source);
    add_name(choice, found->name);
    return true;
}

bool disks_choose(struct disks_choice *choice, const char *root, const struct diskstats *disks,
                  struct arena *arena, struct error *error)
{
    choice->names = arena_get(arena, disks->count + 1, sizeof *choice->names);
    choice->count = 0;
    for (size_t i = 0; i < choice->glob_count; i++)
        if (!add_glob(choice, disks, choice->globs[i], error))
            return false;
    for (size_t i = 0; i < choice->mount_count; i++)
        if (!add_mount(choice, root, disks, choice->mounts[i], arena, error))
            return false;
    if (choice->glob_count + choice->mount_count > 0)
        return true;
    for (size_t i = 0; i < disks->count; i++)
        if (!diskstats_is_pseudo(disks->devices[i].name) && !diskstats_disk_of(disks, disks->devices[i].name))
            add_name(choice, disks->devices[i].name);
    return true;
}

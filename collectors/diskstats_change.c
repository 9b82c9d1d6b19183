/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two samples of a device compared, and the name of what is behind it. */
#include "collectors/diskstats.h"

#include "collectors/file.h"

#include <math.h>

enum { SECTOR_BYTES = 512 };

static bool is_time(size_t number)
{
    return number == DISKSTATS_READ_MS || number == DISKSTATS_WRITE_MS || number == DISKSTATS_BUSY_MS ||
           number == DISKSTATS_WEIGHTED_MS || number == DISKSTATS_DISCARD_MS || number == DISKSTATS_FLUSH_MS;
}

/* false: the counter went down. A time that fell by more than half of its 32 bits has wrapped. */
static bool change_of(uint64_t before, uint64_t after, bool time, double *change)
{
    const uint64_t width = UINT64_C(1) << 32;
    if (after < before) {
        if (!time || before >= width || before - after <= width / 2)
            return false;
        after += width;
    }
    *change = (double)(after - before);
    return true;
}

static bool changes_of(const struct diskstats_device *before, const struct diskstats_device *after,
                       double *changes)
{
    for (size_t i = 0; i < DISKSTATS_NUMBERS; i++) {
        changes[i] = 0;
        if (i != DISKSTATS_IN_FLIGHT &&
            !change_of(before->numbers[i], after->numbers[i], is_time(i), &changes[i]))
            return false;
    }
    return true;
}

static struct diskstats_change unknown(void)
{
    double nan = (double)NAN;
    return (struct diskstats_change){nan, nan, nan, nan, nan, nan, nan, nan, false};
}

static void fill_times(struct diskstats_change *change, const double *by, double elapsed)
{
    double requests = by[DISKSTATS_READS] + by[DISKSTATS_WRITES];
    change->utilisation = 100 * by[DISKSTATS_BUSY_MS] / elapsed;
    if (change->utilisation > 100)
        change->utilisation = 100; /* the two clocks are read one after the other */
    change->queue = by[DISKSTATS_WEIGHTED_MS] / elapsed;
    change->await = requests > 0 ? (by[DISKSTATS_READ_MS] + by[DISKSTATS_WRITE_MS]) / requests : 0;
}

struct diskstats_change diskstats_compare(const struct diskstats_device *before,
                                          const struct diskstats_device *after, int64_t milliseconds)
{
    struct diskstats_change change = unknown();
    double by[DISKSTATS_NUMBERS], elapsed = (double)milliseconds;
    if (milliseconds <= 0 || !changes_of(before, after, by))
        return change;
    change.reads = by[DISKSTATS_READS] * 1000 / elapsed;
    change.writes = by[DISKSTATS_WRITES] * 1000 / elapsed;
    change.read_bytes = by[DISKSTATS_SECTORS_READ] * SECTOR_BYTES * 1000 / elapsed;
    change.written_bytes = by[DISKSTATS_SECTORS_WRITTEN] * SECTOR_BYTES * 1000 / elapsed;
    change.completed =
        by[DISKSTATS_READS] + by[DISKSTATS_WRITES] + by[DISKSTATS_DISCARDS] + by[DISKSTATS_FLUSHES];
    if (before->counts_only || after->counts_only)
        return change;
    fill_times(&change, by, elapsed);
    change.stalled = before->numbers[DISKSTATS_IN_FLIGHT] > 0 && after->numbers[DISKSTATS_IN_FLIGHT] > 0 &&
                     change.completed <= 0;
    if (change.stalled)
        change.await = (double)NAN; /* they wait still */
    return change;
}

/* The first line of a file of the device's folder in /sys, without trailing blanks. */
static const char *attribute(const char *root, const char *name, const char *file, struct arena *arena)
{
    struct text content = TEXT_INIT;
    const char *path = arena_format(arena, "/sys/block/%s/device/%s", name, file);
    const char *found = "";
    if (file_exists(root, path) && file_read(root, path, &content, NULL)) {
        size_t length = strcspn(content.bytes, "\n");
        while (length > 0 && content.bytes[length - 1] == ' ')
            length--;
        found = arena_text_of(arena, content.bytes, length);
    }
    text_release(&content);
    return found;
}

/* EC2 gives the volume's id as the serial number, without the dash. */
const char *diskstats_volume(const char *root, const char *name, struct arena *arena)
{
    if (strstr(attribute(root, name, "model", arena), "Amazon Elastic Block Store") == NULL)
        return NULL;
    const char *serial = attribute(root, name, "serial", arena);
    if (strncmp(serial, "vol", 3) != 0 || serial[3] == '\0')
        return NULL;
    return serial[3] == '-' ? serial : arena_format(arena, "vol-%s", serial + 3);
}

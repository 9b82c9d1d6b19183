/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/diskstats.h"

#include "collectors/file.h"
#include "collectors/proc.h"
#include "lib/memory.h"

#include <ctype.h>
#include <math.h>

static const char path[] = "/proc/diskstats";

enum { NAME_FIELDS = 3, OLD_PARTITION = 4, FEWEST = 11 };

/* The numbers of a line; false for what is no number. `*count` goes on beyond what is kept. */
static bool read_numbers(const char *at, const char *end, uint64_t *numbers, size_t *count)
{
    const char *word;
    size_t length;
    for (*count = 0; proc_word(&at, end, &word, &length); ++*count) {
        uint64_t value;
        if (!proc_count(word, length, &value))
            return false;
        if (*count < DISKSTATS_NUMBERS)
            numbers[*count] = value;
    }
    return true;
}

/* Linux 2.6 wrote four numbers for a partition: reads, sectors read, writes, sectors written. */
static void spread_old_partition(struct diskstats_device *device)
{
    uint64_t *numbers = device->numbers;
    device->counts_only = true;
    numbers[DISKSTATS_SECTORS_WRITTEN] = numbers[3];
    numbers[DISKSTATS_WRITES] = numbers[2];
    numbers[DISKSTATS_SECTORS_READ] = numbers[1];
    numbers[1] = numbers[3] = 0;
}

static bool read_device(const char *line, size_t length, struct arena *arena, struct diskstats_device *device)
{
    const char *at = line, *end = line + length, *words[NAME_FIELDS];
    size_t lengths[NAME_FIELDS], count;
    uint64_t major, minor;
    for (size_t i = 0; i < NAME_FIELDS; i++)
        if (!proc_word(&at, end, &words[i], &lengths[i]))
            return false;
    if (!proc_count(words[0], lengths[0], &major) || !proc_count(words[1], lengths[1], &minor) ||
        major > UINT32_MAX || minor > UINT32_MAX || memchr(words[2], '\0', lengths[2]) ||
        !read_numbers(at, end, device->numbers, &count) || (count != OLD_PARTITION && count < FEWEST))
        return false;
    device->major = (unsigned)major;
    device->minor = (unsigned)minor;
    device->count = count < DISKSTATS_NUMBERS ? count : (size_t)DISKSTATS_NUMBERS;
    device->name = arena_text_of(arena, words[2], lengths[2]);
    if (count == OLD_PARTITION)
        spread_old_partition(device);
    return true;
}

bool diskstats_parse(const char *bytes, size_t length, struct arena *arena, struct diskstats *stats,
                     struct error *error)
{
    struct proc_lines lines = {.at = bytes, .end = bytes + length};
    const char *line;
    size_t line_length, room = 32, count = 0;
    struct diskstats_device *devices = memory_get(room, sizeof *devices);
    bool done = true;
    while (done && proc_line(&lines, &line, &line_length)) {
        if (count == room) {
            room *= 2;
            devices = memory_grow(devices, room, sizeof *devices);
        }
        devices[count] = (struct diskstats_device){0};
        done = read_device(line, line_length, arena, &devices[count++]);
    }
    if (!done)
        (void)error_set(error, "line %zu is not a device and its numbers: \"%.*s\"", lines.number,
                        (int)(line_length > 60 ? 60 : line_length), line);
    *stats = (struct diskstats){.count = done ? count : 0};
    stats->devices = arena_get(arena, count ? count : 1, sizeof *devices);
    if (stats->count > 0)
        memcpy(stats->devices, devices, count * sizeof *devices);
    free(devices);
    return done;
}

bool diskstats_read(const char *root, struct arena *arena, struct diskstats *stats, struct error *error)
{
    struct text content = TEXT_INIT;
    bool done = file_read(root, path, &content, error);
    if (done && !diskstats_parse(content.bytes, content.length, arena, stats, error))
        done = error_prefix(error, "\"%s%s\"", root, path);
    text_release(&content);
    return done;
}

const struct diskstats_device *diskstats_named(const struct diskstats *stats, const char *name)
{
    for (size_t i = 0; i < stats->count; i++)
        if (strcmp(stats->devices[i].name, name) == 0)
            return &stats->devices[i];
    return NULL;
}

const struct diskstats_device *diskstats_numbered(const struct diskstats *stats, unsigned major,
                                                  unsigned minor)
{
    for (size_t i = 0; i < stats->count; i++)
        if (stats->devices[i].major == major && stats->devices[i].minor == minor)
            return &stats->devices[i];
    return NULL;
}

bool diskstats_is_pseudo(const char *name)
{
    static const char *const stems[] = {"loop", "ram", "sr", "fd", "zram"};
    for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
        size_t length = strlen(stems[i]);
        if (strncmp(name, stems[i], length) == 0 && isdigit((unsigned char)name[length]))
            return true;
    }
    return false;
}

/* sda1 is of sda; nvme0n1p2, mmcblk0p1 and cciss!c0d0p1 have a "p" between two numbers. */
const struct diskstats_device *diskstats_disk_of(const struct diskstats *stats, const char *name)
{
    char disk[128];
    size_t length = strlen(name), digits = 0;
    if (length >= sizeof disk)
        return NULL;
    while (digits < length && isdigit((unsigned char)name[length - digits - 1]))
        digits++;
    if (digits == 0 || digits == length)
        return NULL;
    length -= digits;
    if (length >= 2 && name[length - 1] == 'p' && isdigit((unsigned char)name[length - 2]))
        length--;
    memcpy(disk, name, length);
    disk[length] = '\0';
    return diskstats_named(stats, disk);
}

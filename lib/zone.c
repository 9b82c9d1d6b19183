/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/zone.h"

#include "lib/memory.h"
#include "lib/text.h"
#include "lib/zone_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beyond these no calendar matters, and within them no sum here overflows. */
#define LATEST_INSTANT (INT64_MAX / 4)
#define LATEST_YEAR    INT64_C(50000000000)

enum { FILE_BYTES = 1 << 18, NAME_BYTES = 128 };

static int64_t clamp(int64_t value, int64_t most)
{
    return value < -most ? -most : value > most ? most : value;
}

static bool good_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/.";
    size_t length = strlen(name);
    return length > 0 && length < NAME_BYTES && name[0] != '/' && !strstr(name, "..") &&
           strspn(name, letters) == length;
}

/* The bytes of a regular file of a sensible size; the count, or -1. */
static ssize_t read_file(const char *path, unsigned char *bytes, size_t room)
{
    struct stat status;
    size_t count = 0;
    ssize_t got = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return -1;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        do {
            got = read(file, bytes + count, room - count);
            count += got > 0 ? (size_t)got : 0;
        } while ((got > 0 && count < room) || (got < 0 && errno == EINTR));
    }
    (void)close(file);
    return got < 0 || count == room ? -1 : (ssize_t)count;
}

static struct zone *open_file(const char *name, struct error *error)
{
    const char *folder = getenv("TZDIR");
    struct text path = TEXT_INIT;
    struct zone *zone = NULL;
    unsigned char *bytes = memory_get(FILE_BYTES, 1);
    text_format(&path, "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name);
    ssize_t count = read_file(path.bytes, bytes, FILE_BYTES);
    if (count >= 0) {
        zone = zone_from_bytes(bytes, (size_t)count, error);
        if (!zone)
            (void)error_prefix(error, "cannot use the time zone \"%s\"", name);
    } else if (strcmp(name, "UTC") == 0) {
        zone = memory_get(1, sizeof *zone); /* needs no file */
    } else {
        (void)error_set(error, "no such time zone as \"%s\"", name);
    }
    text_release(&path);
    free(bytes);
    return zone;
}

const struct zone *zone_open(const char *name, struct error *error)
{
    /* The list of what was opened is the one piece of state of this library: a zone is asked for by name from
     * many places, never changes, and so can be shared by all of them for ever. */
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct zone *kept;
    if (!good_name(name)) {
        (void)error_set(error, "not the name of a time zone such as Europe/Berlin: \"%s\"", name);
        return NULL;
    }
    (void)pthread_mutex_lock(&lock);
    struct zone *zone = kept;
    while (zone && strcmp(zone->name, name) != 0)
        zone = zone->next;
    if (!zone) {
        zone = open_file(name, error);
        if (zone) {
            zone->name = memory_text(name);
            zone->next = kept;
            kept = zone;
        }
    }
    (void)pthread_mutex_unlock(&lock);
    return zone;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* How many changes of the table lie at or before ${at}. */
static size_t changes_until(const struct zone *zone, int64_t at)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t zone_offset(const struct zone *zone, int64_t at)
{
    size_t passed = changes_until(zone, clamp(at, LATEST_INSTANT));
    if (passed == zone->count && zone->ruled)
        return zone_rule_offset(&zone->rule, clamp(at, LATEST_INSTANT));
    return passed == 0 ? zone->first : zone->offsets[passed - 1];
}

int64_t zone_next_change(const struct zone *zone, int64_t at)
{
    at = clamp(at, LATEST_INSTANT);
    int64_t offset = zone_offset(zone, at);
    size_t passed = changes_until(zone, at);
    for (size_t i = passed; i < zone->count; i++) {
        /* At the last change the rule takes over; its word counts from there. */
        if (zone_offset(zone, zone->changes[i]) != offset)
            return zone->changes[i];
    }
    if (!zone->ruled)
        return INT64_MAX;
    int64_t last = passed < zone->count ? zone->changes[zone->count - 1] : at;
    return zone_rule_next(&zone->rule, last);
}

struct civil zone_civil(const struct zone *zone, int64_t at)
{
    struct civil civil;
    int64_t local = clamp(at, LATEST_INSTANT) + zone_offset(zone, at);
    int64_t days = local / DAY_SECONDS;
    if (local % DAY_SECONDS < 0)
        days--;
    int second = (int)(local - days * DAY_SECONDS);
    civil_from_days(days, &civil.year, &civil.month, &civil.day);
    civil.hour = second / 3600;
    civil.minute = second / 60 % 60;
    civil.second = second % 60;
    civil.weekday = civil_weekday(days);
    return civil;
}

/* The civil time as seconds since 1970-01-01 00:00 on the same clock. */
static int64_t local_seconds(struct civil civil)
{
    int64_t months = (int64_t)civil.month - 1;
    int64_t years = months / 12;
    months %= 12;
    if (months < 0) {
        months += 12;
        years--;
    }
    int64_t days = civil_days(clamp(civil.year, LATEST_YEAR) + years, (int)months + 1, 1) + civil.day - 1;
    return days * DAY_SECONDS + (int64_t)civil.hour * 3600 + (int64_t)civil.minute * 60 + civil.second;
}

int64_t zone_instant(const struct zone *zone, struct civil civil)
{
    int64_t local = local_seconds(civil);
    int64_t begin = INT64_MIN;
    int64_t offset = zone_offset(zone, local - 2 * DAY_SECONDS);
    int64_t before = offset;
    int64_t end = zone_next_change(zone, local - 2 * DAY_SECONDS);
    /* The first stretch of one offset that ends after the instant holds it, or begins with the gap in which
     * it would have been. */
    while (local - offset >= end) {
        begin = end;
        before = offset;
        offset = zone_offset(zone, begin);
        end = zone_next_change(zone, begin);
    }
    return local - offset >= begin ? local - offset : local - before;
}

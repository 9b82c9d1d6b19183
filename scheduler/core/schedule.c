/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/schedule.h"

#include "lib/number.h"

#include <string.h>
#include <strings.h>

enum {
    MINUTE = 60,
    DAY = 86400,
    DAYS_MOST = 9 * 366, /* from one 29 February to the next but one, where a century lacks it */
    TEXT_MOST = 200,
};

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                     "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

struct field {
    const char *name;
    int low, high;
    const char *const *names; /* of ${low} and on; NULL: numbers only */
};

static const struct field fields[] = {
    {"minute", 0, 59, NULL},
    {"hour", 0, 23, NULL},
    {"day of the month", 1, 31, NULL},
    {"month", 1, 12, months},
    {"day of the week", 0, 7, weekdays},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static bool read_number(const struct field *field, const char *text, int *number, struct error *error)
{
    int64_t value = 0;
    for (int i = 0; field->names && field->names[i]; i++) {
        if (strcasecmp(field->names[i], text) == 0) {
            *number = field->low + i;
            return true;
        }
    }
    if (!number_read_whole(text, field->low, field->high, &value))
        return error_set(error, "the %s is from %d to %d: \"%s\"", field->name, field->low, field->high,
                         text);
    *number = (int)value;
    return true;
}

/* "*", "N", "N-M", each with "/STEP" behind it. */
static bool read_part(const struct field *field, char *part, uint64_t *bits, struct error *error)
{
    int64_t step = 1;
    int low = field->low;
    int high = field->high;
    char *slash = strchr(part, '/');
    if (slash && !number_read_whole(slash + 1, 1, 59, &step))
        return error_set(error, "not a step: \"%s\"", slash);
    if (slash)
        *slash = '\0';
    char *dash = strchr(part, '-');
    if (dash)
        *dash = '\0';
    if (strcmp(part, "*") != 0) {
        if (!read_number(field, part, &low, error) || (dash && !read_number(field, dash + 1, &high, error)))
            return false;
        if (!dash && !slash)
            high = low;
    } else if (dash) {
        return error_set(error, "\"*\" is no end of a range of the %s", field->name);
    }
    if (high < low)
        return error_set(error, "the range of the %s ends before it begins", field->name);
    for (int i = low; i <= high; i += (int)step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(const struct field *field, char *text, uint64_t *bits, struct error *error)
{
    *bits = 0;
    for (char *part = strsep(&text, ","); part; part = strsep(&text, ","))
        if (!read_part(field, part, bits, error))
            return false;
    return true;
}

static const char *named(const char *text)
{
    static const struct {
        const char *name, *words;
    } names[] = {{"@hourly", "0 * * * *"},
                 {"@daily", "0 0 * * *"},
                 {"@weekly", "0 0 * * 0"},
                 {"@monthly", "0 0 1 * *"},
                 {"@yearly", "0 0 1 1 *"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i].name) == 0)
            return names[i].words;
    return text;
}

bool schedule_read(struct schedule *schedule, const char *text, struct error *error)
{
    char copy[TEXT_MOST];
    uint64_t bits[FIELDS] = {0};
    bool any[FIELDS] = {false};
    int count = 0;
    const char *words = named(text);
    if (strlen(words) >= sizeof copy)
        return error_set(error, "longer than a schedule is");
    memcpy(copy, words, strlen(words) + 1);
    char *rest = copy;
    for (char *word = strsep(&rest, " \t"); word; word = strsep(&rest, " \t")) {
        if (*word == '\0')
            continue;
        if (count < FIELDS) {
            any[count] = word[0] == '*';
            if (!read_field(&fields[count], word, &bits[count], error))
                return false;
        }
        count++;
    }
    if (count != FIELDS)
        return error_set(error, "a schedule has five words, minute, hour, day, month and weekday: \"%s\"",
                         text);
    *schedule = (struct schedule){.minutes = bits[0],
                                  .hours = (uint32_t)bits[1],
                                  .days = (uint32_t)bits[2],
                                  .months = (uint32_t)bits[3],
                                  .weekdays = (uint32_t)((bits[4] | bits[4] >> 7) & 127),
                                  .any_day = any[2],
                                  .any_weekday = any[4]};
    if (schedule_next(schedule, zone_open("UTC", NULL), 0) == INT64_MAX)
        return error_set(error, "no such day ever comes: \"%s\"", text);
    return true;
}

static bool fits_day(const struct schedule *schedule, int64_t days)
{
    int64_t year;
    int month, day;
    civil_from_days(days, &year, &month, &day);
    bool of_month = schedule->days & UINT32_C(1) << day;
    bool of_week = schedule->weekdays & UINT32_C(1) << civil_weekday(days);
    if (!(schedule->months & UINT32_C(1) << month))
        return false;
    return schedule->any_day || schedule->any_weekday ? of_month && of_week : of_month || of_week;
}

static int64_t instant_of(const struct zone *zone, int64_t days, int minute)
{
    struct civil civil = {.hour = minute / 60, .minute = minute % 60};
    civil_from_days(days, &civil.year, &civil.month, &civil.day);
    return zone_instant(zone, civil);
}

/* A time that does not exist is after some that do, so the whole day is looked at. */
static int64_t next_by_the_clock(const struct schedule *schedule, const struct zone *zone, int64_t days,
                                 int64_t after)
{
    int64_t best = INT64_MAX;
    for (int minute = 0; minute < DAY / MINUTE; minute++) {
        if (!(schedule->hours & UINT32_C(1) << minute / 60) ||
            !(schedule->minutes & UINT64_C(1) << minute % 60))
            continue;
        int64_t at = instant_of(zone, days, minute);
        if (at > after && at < best)
            best = at;
    }
    return best;
}

static int64_t next_by_real_time(const struct schedule *schedule, const struct zone *zone, int64_t days,
                                 int64_t after)
{
    int64_t begin = instant_of(zone, days, 0);
    int64_t end = instant_of(zone, days + 1, 0);
    if (begin <= after)
        begin += ((after - begin) / MINUTE + 1) * MINUTE;
    for (int64_t at = begin; at < end; at += MINUTE)
        if (schedule->minutes & UINT64_C(1) << zone_civil(zone, at).minute)
            return at;
    return INT64_MAX;
}

int64_t schedule_next(const struct schedule *schedule, const struct zone *zone, int64_t after)
{
    const uint32_t every_hour = (UINT32_C(1) << 24) - 1;
    struct civil civil = zone_civil(zone, after);
    int64_t today = civil_days(civil.year, civil.month, civil.day);
    int64_t next = INT64_MAX;
    for (int64_t days = today; days < today + DAYS_MOST && next == INT64_MAX; days++) {
        if (!fits_day(schedule, days))
            continue;
        next = schedule->hours == every_hour ? next_by_real_time(schedule, zone, days, after)
                                             : next_by_the_clock(schedule, zone, days, after);
    }
    return next;
}

int64_t schedule_gap(const struct schedule *schedule)
{
    enum { RUNS = 60 };
    const struct zone *zone = zone_open("UTC", NULL);
    int64_t gap = 0;
    int64_t at = schedule_next(schedule, zone, 0);
    for (int i = 0; i < RUNS && at != INT64_MAX; i++) {
        int64_t next = schedule_next(schedule, zone, at);
        if (next != INT64_MAX && next - at > gap)
            gap = next - at;
        at = next;
    }
    return gap;
}

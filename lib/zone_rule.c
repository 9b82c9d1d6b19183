/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The POSIX TZ text at the end of a TZif file: the offsets of the years after its table.
 * Source of the form: POSIX.1 "Other Environment Variables", TZ, with the wider hours of RFC 8536 3.3.1. */
#include "lib/zone_internal.h"

#include "lib/zone.h"

struct reader {
    const char *at, *end;
};

static bool take(struct reader *reader, char byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static bool take_whole(struct reader *reader, int low, int high, int *value)
{
    int sum = 0;
    const char *begin = reader->at;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        sum = sum * 10 + (*reader->at - '0');
        if (sum > high)
            return false;
    }
    *value = sum;
    return reader->at > begin && sum >= low;
}

/* An abbreviation: three or more letters, or anything within < and >. Its text is not needed. */
static bool take_name(struct reader *reader)
{
    const char *begin = reader->at;
    if (take(reader, '<')) {
        while (reader->at < reader->end && *reader->at != '>')
            reader->at++;
        return reader->at > begin + 1 && take(reader, '>');
    }
    while (reader->at < reader->end && ((*reader->at | 32) >= 'a' && (*reader->at | 32) <= 'z'))
        reader->at++;
    return reader->at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct reader *reader, int most_hours, int64_t *seconds)
{
    int hours, minutes = 0, rest = 0;
    bool negative = take(reader, '-');
    if (!negative)
        (void)take(reader, '+');
    if (!take_whole(reader, 0, most_hours, &hours))
        return false;
    if (take(reader, ':')) {
        if (!take_whole(reader, 0, 59, &minutes) || (take(reader, ':') && !take_whole(reader, 0, 59, &rest)))
            return false;
    }
    *seconds = INT64_C(3600) * hours + INT64_C(60) * minutes + rest;
    if (negative)
        *seconds = -*seconds;
    return true;
}

static bool take_day(struct reader *reader, struct zone_day *day)
{
    bool read;
    *day = (struct zone_day){.time = 7200};
    if (take(reader, 'M')) {
        day->form = ZONE_DAY_MONTH;
        read = take_whole(reader, 1, 12, &day->month) && take(reader, '.') &&
               take_whole(reader, 1, 5, &day->week) && take(reader, '.') &&
               take_whole(reader, 0, 6, &day->day);
    } else if (take(reader, 'J')) {
        day->form = ZONE_DAY_JULIAN;
        read = take_whole(reader, 1, 365, &day->day);
    } else {
        day->form = ZONE_DAY_PLAIN;
        read = take_whole(reader, 0, 365, &day->day);
    }
    return read && (!take(reader, '/') || take_time(reader, 167, &day->time));
}

bool zone_rule_read(const char *text, size_t length, struct zone_rule *rule)
{
    struct reader reader = {text, text + length};
    *rule = (struct zone_rule){0};
    /* The text counts west of Greenwich as positive. */
    if (!take_name(&reader) || !take_time(&reader, 24, &rule->offset))
        return false;
    rule->offset = -rule->offset;
    if (reader.at == reader.end)
        return true;
    rule->has_summer = true;
    rule->summer = rule->offset + 3600;
    if (!take_name(&reader))
        return false;
    if (reader.at < reader.end && *reader.at != ',') {
        if (!take_time(&reader, 24, &rule->summer))
            return false;
        rule->summer = -rule->summer;
    }
    return take(&reader, ',') && take_day(&reader, &rule->begin) && take(&reader, ',') &&
           take_day(&reader, &rule->end) && reader.at == reader.end;
}

/* The local second, counted from 1970, at which ${day} of ${year} comes. */
static int64_t day_in_year(const struct zone_day *day, int64_t year)
{
    int64_t january = civil_days(year, 1, 1);
    int64_t found;
    if (day->form == ZONE_DAY_MONTH) {
        int64_t first = civil_days(year, day->month, 1);
        int from_first = (day->day - civil_weekday(first) + 7) % 7 + (day->week - 1) * 7;
        if (from_first >= civil_month_days(year, day->month))
            from_first -= 7;
        found = first + from_first;
    } else {
        bool after_leap_day = civil_month_days(year, 2) == 29 && day->day >= 60;
        found = january + day->day;
        if (day->form == ZONE_DAY_JULIAN && !after_leap_day)
            found--;
    }
    return found * DAY_SECONDS + day->time;
}

struct turn {
    int64_t at;
    int64_t offset;
};

enum { TURN_YEARS = 4, TURNS = 2 * TURN_YEARS };

/* The turns of the years around ${at} in order; where an end and a begin fall together, summer goes on. */
static void list_turns(const struct zone_rule *rule, int64_t at, struct turn turns[TURNS])
{
    int64_t year;
    int month, day;
    civil_from_days(at / DAY_SECONDS, &year, &month, &day);
    for (int i = 0; i < TURNS; i += 2) {
        int64_t each = year - 1 + i / 2;
        turns[i] = (struct turn){day_in_year(&rule->end, each) - rule->summer, rule->offset};
        turns[i + 1] = (struct turn){day_in_year(&rule->begin, each) - rule->offset, rule->summer};
    }
    for (int i = 1; i < TURNS; i++)
        for (int j = i; j > 0 && turns[j].at < turns[j - 1].at; j--) {
            struct turn other = turns[j];
            turns[j] = turns[j - 1];
            turns[j - 1] = other;
        }
}

int64_t zone_rule_offset(const struct zone_rule *rule, int64_t at)
{
    struct turn turns[TURNS];
    if (!rule->has_summer)
        return rule->offset;
    list_turns(rule, at, turns);
    int64_t offset = turns[0].offset == rule->summer ? rule->offset : rule->summer;
    for (int i = 0; i < TURNS && turns[i].at <= at; i++)
        offset = turns[i].offset;
    return offset;
}

int64_t zone_rule_next(const struct zone_rule *rule, int64_t at)
{
    struct turn turns[TURNS];
    if (!rule->has_summer || rule->summer == rule->offset)
        return INT64_MAX;
    int64_t offset = zone_rule_offset(rule, at);
    list_turns(rule, at, turns);
    for (int i = 0; i < TURNS; i++) {
        bool last_of_its_instant = i + 1 == TURNS || turns[i + 1].at != turns[i].at;
        if (turns[i].at > at && last_of_its_instant && turns[i].offset != offset)
            return turns[i].at;
    }
    return INT64_MAX;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/instant.h"

#include "lib/number.h"

static const int64_t earliest = INT64_C(-62135596800), latest = INT64_C(253402300799);

static bool fits(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == 'd' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return true;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

/* "Z", "+01:00" as seconds east of UTC. */
static bool read_offset(const char *text, int64_t *offset)
{
    *offset = 0;
    if ((text[0] == 'Z' || text[0] == 'z') && text[1] == '\0')
        return true;
    if ((text[0] != '+' && text[0] != '-') || !fits(text + 1, "dd:dd") || text[6] != '\0')
        return false;
    int hours = two_digits(text + 1), minutes = two_digits(text + 4);
    *offset = INT64_C(60) * (hours * 60 + minutes);
    if (text[0] == '-')
        *offset = -*offset;
    return hours < 24 && minutes < 60;
}

/* Source of the form: RFC 3339 5.6. */
static bool read_date_time(const char *text, int64_t *at)
{
    int64_t offset;
    if (!fits(text, "dddd-dd-dd") || !text[10] || !strchr("Tt ", text[10]) || !fits(text + 11, "dd:dd:dd"))
        return false;
    const char *rest = text + 19;
    if (rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9')
        rest += 1 + strspn(rest + 1, "0123456789");
    int year = two_digits(text) * 100 + two_digits(text + 2);
    int month = two_digits(text + 5), day = two_digits(text + 8);
    int hour = two_digits(text + 11), minute = two_digits(text + 14), second = two_digits(text + 17);
    if (!read_offset(rest, &offset) || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > civil_month_days(year, month) || hour > 23 || minute > 59 || second > 60)
        return false;
    *at =
        civil_days(year, month, day) * 86400 + INT64_C(3600) * hour + INT64_C(60) * minute + second - offset;
    return true;
}

bool instant_read(const char *text, int64_t now, int64_t *at, struct error *error)
{
    int64_t span;
    if (strcmp(text, "now") == 0) {
        *at = now;
        return true;
    }
    if ((text[0] == '-' || text[0] == '+') && duration_read(text + 1, &span, NULL)) {
        *at = text[0] == '-' ? now - span / 1000 : now + span / 1000;
        return true;
    }
    if (read_date_time(text, at) || number_read_whole(text, earliest, latest, at))
        return true;
    return error_set(error, "not a time such as 2026-11-20T17:04:05+01:00 or epoch seconds: \"%s\"", text);
}

bool instant_read_in(const char *text, const struct zone *zone, int64_t *at, struct error *error)
{
    char whole[32];
    int64_t civil;
    if (read_date_time(text, at))
        return true;
    (void)snprintf(whole, sizeof whole, "%.19s%sZ", text, strlen(text) == 16 ? ":00" : "");
    if ((strlen(text) != 16 && strlen(text) != 19) || !read_date_time(whole, &civil))
        return error_set(error, "not a time such as 2026-12-24 18:00 or 2026-12-24T18:00:00+01:00: \"%s\"",
                         text);
    const struct zone *utc = zone_open("UTC", NULL);
    *at = zone_instant(zone, zone_civil(utc, civil));
    return true;
}

void instant_write(struct text *text, const struct zone *zone, int64_t at)
{
    struct civil civil = zone_civil(zone, at);
    int64_t offset = zone_offset(zone, at);
    int64_t east = offset < 0 ? -offset : offset;
    text_format(text, "%04lld-%02d-%02dT%02d:%02d:%02d%c%02lld:%02lld", (long long)civil.year, civil.month,
                civil.day, civil.hour, civil.minute, civil.second, offset < 0 ? '-' : '+',
                (long long)(east / 3600), (long long)(east / 60 % 60));
}

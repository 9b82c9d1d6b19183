/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory.h"
#include "lib/zone.h"
#include "lib/zone_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct zone *opened(const char *name)
{
    struct error error = {""};
    const struct zone *zone = zone_open(name, &error);
    if (!zone)
        fail_msg("%s", error.text);
    return zone;
}

static void test_calendar(void **state)
{
    (void)state;
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_days(2000, 2, 29), 11016);
    assert_int_equal(civil_days(1969, 12, 31), -1);
    assert_int_equal(civil_weekday(0), 4);
    assert_int_equal(civil_weekday(-5), 6);
    assert_int_equal(civil_month_days(1900, 2), 28);
    assert_int_equal(civil_month_days(2000, 2), 29);
    for (int64_t days = -800000; days < 800000; days += 17) {
        int64_t year;
        int month, day;
        civil_from_days(days, &year, &month, &day);
        assert_in_range(month, 1, 12);
        assert_in_range(day, 1, civil_month_days(year, month));
        assert_int_equal(civil_days(year, month, day), days);
    }
}

static const char *const zones[] = {
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Santiago",
    "America/Godthab",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
    "Antarctica/Troll",
    "Etc/GMT+12",
    "Pacific/Kiritimati",
};

enum { ZONES = sizeof zones / sizeof zones[0] };

static void same_as_libc(const struct zone *zone, int64_t at)
{
    struct tm tm;
    time_t when = at;
    struct civil civil = zone_civil(zone, at);
    assert_non_null(localtime_r(&when, &tm));
    if (tm.tm_gmtoff != zone_offset(zone, at) || tm.tm_year + 1900 != civil.year ||
        tm.tm_mon + 1 != civil.month || tm.tm_mday != civil.day || tm.tm_hour != civil.hour ||
        tm.tm_min != civil.minute || tm.tm_sec != civil.second || tm.tm_wday != civil.weekday)
        fail_msg("%s differs at %lld: offset %lld, libc %ld", zone_name(zone), (long long)at,
                 (long long)zone_offset(zone, at), tm.tm_gmtoff);
}

/* 1970 to 2100, and both sides of every change on the way. */
static void test_libc_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZONES; i++) {
        const struct zone *zone = opened(zones[i]);
        assert_int_equal(setenv("TZ", zones[i], 1), 0);
        tzset();
        for (int64_t at = 0; at < INT64_C(4102444800); at += 86400 * 3 + 12347)
            same_as_libc(zone, at);
        for (int64_t at = zone_next_change(zone, 0); at < INT64_C(4102444800);
             at = zone_next_change(zone, at)) {
            same_as_libc(zone, at - 1);
            same_as_libc(zone, at);
            assert_int_not_equal(zone_offset(zone, at - 1), zone_offset(zone, at));
        }
    }
    assert_int_equal(unsetenv("TZ"), 0);
}

/* Every civil time that exists comes back to the first instant that shows it. */
static void test_civil_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZONES; i++) {
        const struct zone *zone = opened(zones[i]);
        for (int64_t at = 0; at < INT64_C(4102444800); at += 86400 * 5 + 1801) {
            int64_t back = zone_instant(zone, zone_civil(zone, at));
            if (back != at) { /* then `at` shows a time for the second time */
                assert_true(back < at && at - back < 90000);
                assert_int_not_equal(zone_offset(zone, back), zone_offset(zone, at));
            }
        }
    }
}

static void test_changes_of_the_clock(void **state)
{
    (void)state;
    const struct zone *berlin = opened("Europe/Berlin");
    static const struct {
        struct civil civil;
        int64_t at;
    } rows[] = {
        {{.year = 2026, .month = 3, .day = 29, .hour = 1, .minute = 59}, 1774745940},
        {{.year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 15}, 1774746900}, /* shown as 03:15 */
        {{.year = 2026, .month = 3, .day = 29, .hour = 3, .minute = 15}, 1774746900},
        {{.year = 2026, .month = 10, .day = 25, .hour = 2, .minute = 30}, 1792888200}, /* the first */
        {{.year = 2026, .month = 10, .day = 25, .hour = 3}, 1792893600},
        {{.year = 2026, .month = 10, .day = 24, .hour = 24}, 1792879200},
        {{.year = 2025, .month = 22, .day = 24, .hour = 23, .minute = 59, .second = 60}, 1792879200},
        {{.year = 2060, .month = 7, .day = 1, .hour = 12}, 2855901600},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(zone_instant(berlin, rows[i].civil), rows[i].at);
    assert_int_equal(zone_next_change(berlin, 1774745940), 1774746000);
    assert_int_equal(zone_next_change(opened("UTC"), 0), INT64_MAX);
}

static void test_extremes_do_not_overflow(void **state)
{
    (void)state;
    const struct zone *zone = opened("America/New_York");
    (void)zone_civil(zone, INT64_MAX);
    (void)zone_civil(zone, INT64_MIN);
    (void)zone_next_change(zone, INT64_MIN);
    (void)zone_instant(zone, (struct civil){.year = INT64_MAX, .month = INT32_MAX, .day = INT32_MAX});
    (void)zone_instant(zone, (struct civil){.year = INT64_MIN, .month = INT32_MIN, .hour = INT32_MIN});
}

static void test_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "/etc/passwd",
                                      "../etc/passwd",
                                      "Europe/../../x",
                                      "Mars/Crater",
                                      "Europe",
                                      "Europe/Berlin ",
                                      "Europe/\xff",
                                      "tzdata.zi",
                                      "zone.tab",
                                      "right/Europe/Berlin"};
    struct error error;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        error.text[0] = '\0';
        if (zone_open(bad[i], &error))
            fail_msg("taken: %s", bad[i]);
        assert_true(strlen(error.text) > 0);
    }
    char *long_name = memory_get(100001, 1);
    memset(long_name, 'a', 100000);
    assert_null(zone_open(long_name, &error));
    free(long_name);
    assert_ptr_equal(opened("Asia/Tokyo"), opened("Asia/Tokyo"));
    assert_string_equal(zone_name(opened("Asia/Tokyo")), "Asia/Tokyo");
}

static size_t read_berlin(unsigned char *bytes, size_t room)
{
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    assert_non_null(file);
    size_t count = fread(bytes, 1, room, file);
    assert_int_equal(fclose(file), 0);
    return count;
}

static void test_damaged_files(void **state)
{
    (void)state;
    unsigned char bytes[8192];
    struct error error;
    size_t length = read_berlin(bytes, sizeof bytes);
    struct zone *whole = zone_from_bytes(bytes, length, &error);
    assert_non_null(whole);
    zone_free(whole);
    for (size_t cut = 0; cut < length; cut++) { /* a copy of that size, so that a sanitizer sees its end */
        unsigned char *part = memory_get(cut + 1, 1);
        memcpy(part, bytes, cut);
        unsigned char *exact = memory_grow(part, cut ? cut : 1, 1);
        assert_null(zone_from_bytes(exact, cut, &error));
        free(exact);
    }
    for (size_t i = 20; i < 44; i++) { /* each count too large */
        unsigned char old = bytes[i];
        bytes[i] = 0xff;
        zone_free(zone_from_bytes(bytes, length, &error));
        bytes[i] = old;
    }
    bytes[0] = 'X';
    assert_null(zone_from_bytes(bytes, length, &error));
}

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t january, july; /* offsets in 2050 */
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", true, 3600, 7200},
        {"<+0330>-3:30", true, 12600, 12600},
        {"EST5EDT,0/0,J365/25", true, -14400, -14400},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true, -7200, -3600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", true, 39600, 36000},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", true, 0, 3600},
        {"XXX0YYY,J60,J300", true, 0, 3600},
        {"", false, 0, 0},
        {"CET", false, 0, 0},
        {"CET-1CEST", false, 0, 0},
        {"CET-1CEST,M13.5.0,M10.5.0", false, 0, 0},
        {"CET-1CEST,M3.5.0", false, 0, 0},
        {"CET-1CEST,M3.5.0,M10.5.0/3x", false, 0, 0},
        {"CET-99", false, 0, 0},
        {"CET-1:99", false, 0, 0},
        {"<+03-3", false, 0, 0},
        {"CET-1CEST,M3.5.0/168,M10.5.0", false, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct zone_rule rule;
        bool good = zone_rule_read(rows[i].text, strlen(rows[i].text), &rule);
        if (good != rows[i].good)
            fail_msg("%s", rows[i].text);
        if (!good)
            continue;
        assert_int_equal(zone_rule_offset(&rule, INT64_C(2525601600)), rows[i].january);
        assert_int_equal(zone_rule_offset(&rule, INT64_C(2540246400)), rows[i].july);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_libc_agrees),
        cmocka_unit_test(test_civil_and_back),
        cmocka_unit_test(test_changes_of_the_clock),
        cmocka_unit_test(test_extremes_do_not_overflow),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

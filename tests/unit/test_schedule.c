/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>
#include <cmocka.h>

static int64_t instant(const struct zone *zone, const char *text)
{
    struct civil civil = {0};
    long long year;
    assert_int_equal(
        sscanf(text, "%lld-%d-%d %d:%d", &year, &civil.month, &civil.day, &civil.hour, &civil.minute), 5);
    civil.year = year;
    return zone_instant(zone, civil);
}

static void show(const struct zone *zone, int64_t at, char *out, size_t room)
{
    struct civil civil = zone_civil(zone, at);
    (void)snprintf(out, room, "%04lld-%02d-%02d %02d:%02d%+d", (long long)civil.year, civil.month, civil.day,
                   civil.hour, civil.minute, (int)(zone_offset(zone, at) / 3600));
}

/* The runs after an instant, in local time and with the offset in hours. */
static const struct {
    const char *zone, *words, *after, *runs[4];
} rows[] = {
    {"UTC", "5 3 * * *", "2026-11-20 03:04", {"2026-11-20 03:05+0", "2026-11-21 03:05+0"}},
    {"UTC", "5 3 * * *", "2026-11-20 03:05", {"2026-11-21 03:05+0"}},
    {"UTC",
     "*/20 * * * *",
     "2026-11-20 23:59",
     {"2026-11-21 00:00+0", "2026-11-21 00:20+0", "2026-11-21 00:40+0"}},
    {"UTC",
     "0-30/15,50 8-9 * * mon-fri",
     "2026-11-20 09:40",
     {"2026-11-20 09:50+0", "2026-11-23 08:00+0", "2026-11-23 08:15+0", "2026-11-23 08:30+0"}},
    {"UTC",
     "0 0 13 * fri",
     "2026-11-01 00:00", /* either */
     {"2026-11-06 00:00+0", "2026-11-13 00:00+0", "2026-11-20 00:00+0"}},
    {"UTC", "0 0 29 2 *", "2026-11-20 00:00", {"2028-02-29 00:00+0", "2032-02-29 00:00+0"}},
    {"UTC", "0 0 29 feb *", "2096-03-01 00:00", {"2104-02-29 00:00+0"}},
    {"UTC", "0 12 * * 7", "2026-11-20 00:00", {"2026-11-22 12:00+0"}},
    {"UTC", "0 12 */10 DEC *", "2026-11-20 00:00", {"2026-12-01 12:00+0", "2026-12-11 12:00+0"}},
    {"UTC", "@weekly", "2026-11-20 00:00", {"2026-11-22 00:00+0", "2026-11-29 00:00+0"}},
    {"UTC", "@yearly", "2026-11-20 00:00", {"2027-01-01 00:00+0"}},
    /* 2:30 is not there, 2:30 is there twice */
    {"Europe/Berlin", "30 2 * * *", "2027-03-27 03:00", {"2027-03-28 03:30+2", "2027-03-29 02:30+2"}},
    {"Europe/Berlin", "30 2 * * *", "2026-10-24 03:00", {"2026-10-25 02:30+2", "2026-10-26 02:30+1"}},
    {"America/New_York", "30 2 * * *", "2027-03-13 03:00", {"2027-03-14 03:30-4", "2027-03-15 02:30-4"}},
    {"America/New_York", "30 1 * * *", "2026-10-31 02:00", {"2026-11-01 01:30-4", "2026-11-02 01:30-5"}},
    {"Australia/Lord_Howe", "15 2 * * *", "2026-10-03 03:00", {"2026-10-04 02:45+11", "2026-10-05 02:15+11"}},
    /* every hour is every real hour */
    {"Europe/Berlin", "30 * * * *", "2027-03-28 01:00", {"2027-03-28 01:30+1", "2027-03-28 03:30+2"}},
    {"Europe/Berlin",
     "30 * * * *",
     "2026-10-25 02:00",
     {"2026-10-25 02:30+2", "2026-10-25 02:30+1", "2026-10-25 03:30+1"}},
    {"America/New_York",
     "0 * * * *",
     "2026-11-01 00:30",
     {"2026-11-01 01:00-4", "2026-11-01 01:00-5", "2026-11-01 02:00-5"}},
    /* both of a day that lacks its first hour */
    {"America/Sao_Paulo", "0 0 * * *", "2017-10-14 12:00", {"2017-10-15 01:00-2", "2017-10-16 00:00-2"}},
};

static void test_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct schedule schedule;
        struct error error = {""};
        const struct zone *zone = zone_open(rows[i].zone, &error);
        assert_non_null(zone);
        assert_true(schedule_read(&schedule, rows[i].words, &error));
        int64_t at = instant(zone, rows[i].after);
        for (int run = 0; run < 4 && rows[i].runs[run]; run++) {
            char got[64];
            at = schedule_next(&schedule, zone, at);
            show(zone, at, got, sizeof got);
            if (strcmp(got, rows[i].runs[run]) != 0)
                fail_msg("%s in %s after %s: %s, not %s", rows[i].words, rows[i].zone, rows[i].after, got,
                         rows[i].runs[run]);
        }
    }
}

static void test_bad(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "5",
                                      "5 3 * *",
                                      "5 3 * * * *",
                                      "60 3 * * *",
                                      "5 24 * * *",
                                      "5 3 0 * *",
                                      "5 3 32 * *",
                                      "5 3 * 13 *",
                                      "5 3 * * 8",
                                      "5 3 * * funday",
                                      "-1 3 * * *",
                                      "5- 3 * * *",
                                      "9-5 3 * * *",
                                      "*/0 3 * * *",
                                      "*/60 3 * * *",
                                      "*-5 3 * * *",
                                      "5,, 3 * * *",
                                      "0 0 30 2 *",
                                      "0 0 31 4,6,9,11 *",
                                      "@often",
                                      "5 3 * * */",
                                      "5/x 3 * * *"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct schedule schedule;
        struct error error = {""};
        if (schedule_read(&schedule, bad[i], &error))
            fail_msg("\"%s\" was taken", bad[i]);
        assert_true(error.text[0] != '\0');
    }
    char huge[4096];
    struct schedule schedule;
    memset(huge, '1', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_false(schedule_read(&schedule, huge, NULL));
}

static void test_gap(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int64_t gap;
    } gaps[] = {{"*/5 * * * *", 300},
                {"5 3 * * *", 86400},
                {"0 8-18 * * *", 14 * 3600},
                {"0 0 * * mon-fri", 3 * 86400}};
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        struct schedule schedule;
        assert_true(schedule_read(&schedule, gaps[i].words, NULL));
        assert_int_equal(schedule_gap(&schedule), gaps[i].gap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

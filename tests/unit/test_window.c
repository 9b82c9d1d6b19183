/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory.h"
#include "scheduler/core/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct window_set *set;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_get(1, sizeof *fixture);
    fixture->arena = arena_create();
    fixture->set = window_set_create(fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static const struct zone *zone_of(const char *name)
{
    struct error error;
    const struct zone *zone = zone_open(name, &error);
    assert_non_null(zone);
    return zone;
}

/* "2026-03-29T02:15" in the zone, as an instant. */
static int64_t instant_of(const struct zone *zone, const char *text)
{
    struct civil civil = {0};
    int year;
    assert_int_equal(
        sscanf(text, "%d-%d-%dT%d:%d", &year, &civil.month, &civil.day, &civil.hour, &civil.minute), 5);
    civil.year = year;
    return zone_instant(zone, civil);
}

static struct window *added(struct fixture *fixture, const char *name)
{
    struct error error = {""};
    struct window *window = window_add(fixture->set, name, &error);
    if (!window)
        fail_msg("%s", error.text);
    return window;
}

static void rule(struct window *window, const char *when, const char *ranges)
{
    struct error error = {""};
    if (!window_add_rule(window, when, ranges, &error))
        fail_msg("%s", error.text);
}

static void days(struct window *window, const char *text, const char *start, const char *end)
{
    struct error error = {""};
    if (!window_add_days(window, &text, 1, start, end, &error))
        fail_msg("%s", error.text);
}

static void resolve(struct fixture *fixture)
{
    struct error error = {""};
    const char *blamed;
    if (!window_set_resolve(fixture->set, &error, &blamed))
        fail_msg("%s: %s", blamed, error.text);
}

/* The answer at both sides of every edge agrees with window_inside, and nothing changes in between. */
static void check_answer(const struct window *window, const struct zone *zone, int64_t at)
{
    struct window_answer answer = window_ask(window, zone, at);
    assert_int_equal(answer.inside, window_inside(window, zone, at));
    if (answer.until != WINDOW_NEVER) {
        assert_true(answer.until > at);
        assert_int_equal(window_inside(window, zone, answer.until - 1), answer.inside);
        assert_int_not_equal(window_inside(window, zone, answer.until), answer.inside);
    }
    if (answer.since != WINDOW_NEVER) {
        assert_true(answer.since <= at);
        assert_int_equal(window_inside(window, zone, answer.since), answer.inside);
        assert_int_not_equal(window_inside(window, zone, answer.since - 1), answer.inside);
    }
    if (answer.next != WINDOW_NEVER) {
        assert_true(window_inside(window, zone, answer.next));
        assert_false(window_inside(window, zone, answer.next - 1));
    }
    int64_t from = answer.since == WINDOW_NEVER || answer.since < at - 864000 ? at - 864000 : answer.since;
    int64_t until = answer.until == WINDOW_NEVER || answer.until > at + 864000 ? at + 864000 : answer.until;
    for (int64_t each = from; each < until; each += 900)
        assert_int_equal(window_inside(window, zone, each), answer.inside);
}

/* One rule, one time in the zone. */
static const struct {
    const char *when, *ranges, *at;
    bool inside;
} words[] = {
    {"monday", "09:00-17:00", "2026-11-23T09:00", true},
    {"monday", "09:00-17:00", "2026-11-23T17:00", false}, /* half-open */
    {"monday", "09:00-17:00", "2026-11-24T12:00", false},
    {"MON", "9:00-17:00", "2026-11-23T09:00", true},
    {"friday - monday", "00:00-24:00", "2026-11-22T12:00", true},
    {"friday - monday", "00:00-24:00", "2026-11-24T12:00", false},
    {"monday", "22:00-06:00", "2026-11-24T05:59", true}, /* runs past midnight */
    {"monday", "22:00-06:00", "2026-11-24T06:00", false},
    {"monday", "22:00-06:00", "2026-11-23T05:00", false},
    {"monday", "00:00-08:00, 20:00 - 24:00", "2026-11-23T20:00", true},
    {"monday", "00:00-08:00,20:00-24:00", "2026-11-23T08:00", false},
    {"monday", "20:00-24:00", "2026-11-24T00:00", false},
    {"december 25", "00:00-24:00", "2031-12-25T13:00", true},
    {"december 25", "00:00-24:00", "2031-12-26T00:00", false},
    {"december -1", "00:00-24:00", "2031-12-31T00:00", true},
    {"february -1", "00:00-24:00", "2028-02-29T00:00", true},
    {"february -1", "00:00-24:00", "2028-02-28T23:59", false},
    {"february 29", "00:00-24:00", "2027-03-01T00:00", false},
    {"december 20 - january 10", "00:00-24:00", "2027-01-10T23:00", true},
    {"december 20 - january 10", "00:00-24:00", "2026-12-31T23:00", true},
    {"december 20 - january 10", "00:00-24:00", "2027-01-11T00:00", false},
    {"december 20 - january 10", "00:00-24:00", "2026-12-19T23:59", false},
    {"april 10 - may 15", "00:00-24:00", "2026-05-15T12:00", true},
    {"july 10-15 / 2", "00:00-24:00", "2026-07-14T12:00", true},
    {"july 10 - 15 / 2", "00:00-24:00", "2026-07-13T12:00", false},
    {"thursday 4 november", "00:00-24:00", "2026-11-26T12:00", true},
    {"thursday 4 november", "00:00-24:00", "2026-11-19T12:00", false},
    {"thursday -1 november", "00:00-24:00", "2026-11-26T12:00", true},
    {"tuesday 1 april - friday 2 may", "00:00-24:00", "2026-05-08T12:00", true},
    {"tuesday 1 april - friday 2 may", "00:00-24:00", "2026-05-09T12:00", false},
    {"monday 1 december - sunday 1 january", "00:00-24:00", "2027-01-03T12:00", true},
    {"monday 3", "00:00-24:00", "2026-11-16T12:00", true},
    {"monday 5", "00:00-24:00", "2026-11-30T12:00", true},
    {"monday 5", "00:00-24:00", "2026-10-26T12:00", false},
    {"friday -2", "00:00-24:00", "2026-11-20T12:00", true},
    {"monday 3 - thursday 4", "00:00-24:00", "2026-11-21T12:00", true},
    {"monday 3 - thursday 4 / 2", "00:00-24:00", "2026-11-18T12:00", true},
    {"monday 3 - thursday 4 / 2", "00:00-24:00", "2026-11-19T12:00", false},
    {"day 1 - 15 / 5", "00:00-24:00", "2026-11-06T12:00", true},
    {"day 1 - 15 / 5", "00:00-24:00", "2026-11-15T12:00", false},
    {"day -1", "12:00-24:00", "2026-11-30T12:00", true},
    {"day 20 - -1", "00:00-24:00", "2026-11-30T12:00", true},
    {"day 20 - 10", "00:00-24:00", "2026-12-10T12:00", true}, /* over the end of a month */
    {"day 20 - 10", "00:00-24:00", "2026-12-11T12:00", false},
    {"day 1 - 31", "00:00-24:00", "2027-02-28T12:00", true},
    {"day 31", "00:00-24:00", "2026-11-30T12:00", false},
    {"2026-12-31", "12:00-24:00", "2026-12-31T12:00", true},
    {"2026-12-31", "12:00-24:00", "2027-12-31T12:00", false},
    {"2026-12-31 / 7", "00:00-24:00", "2027-01-07T12:00", true},
    {"2026-12-31 / 7", "00:00-24:00", "2027-01-08T12:00", false},
    {"2026-01-01 - 2026-02-01 / 3", "00:00-24:00", "2026-01-04T12:00", true},
    {"2026-01-01 - 2026-02-01 / 3", "00:00-24:00", "2026-02-03T12:00", false},
    {"2099-02-28", "00:00-24:00", "2099-02-28T12:00", true},
};

static void test_words(void **state)
{
    struct fixture *fixture = *state;
    const struct zone *berlin = zone_of("Europe/Berlin");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct window *window = added(fixture, arena_format(fixture->arena, "w%zu", i));
        rule(window, words[i].when, words[i].ranges);
        int64_t at = instant_of(berlin, words[i].at);
        if (window_inside(window, berlin, at) != words[i].inside)
            fail_msg("%s %s at %s", words[i].when, words[i].ranges, words[i].at);
        check_answer(window, berlin, at);
    }
}

static void test_bad_words(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *when, *ranges;
    } rows[] = {
        {"", "00:00-24:00"},
        {"mondy", "00:00-24:00"},
        {"monday 0", "00:00-24:00"},
        {"monday 6", "00:00-24:00"},
        {"monday 3 x", "00:00-24:00"},
        {"monday / 2", "00:00-24:00"},
        {"day 1 / 2", "00:00-24:00"},
        {"day", "00:00-24:00"},
        {"day 32", "00:00-24:00"},
        {"day 1 - friday 2", "00:00-24:00"},
        {"february 30", "00:00-24:00"},
        {"december", "00:00-24:00"},
        {"2026-02-30", "00:00-24:00"},
        {"2026-13-01", "00:00-24:00"},
        {"2026-12-31 - 2026-12-30", "00:00-24:00"},
        {"2026-12-31 / 0", "00:00-24:00"},
        {"2026-12-31 / 99999999999999999999", "00:00-24:00"},
        {"december 99999999999999999999", "00:00-24:00"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1", "00:00-24:00"},
        {"monday\xff", "00:00-24:00"},
        {"monday", ""},
        {"monday", "24:00-06:00"},
        {"monday", "25:00-26:00"},
        {"monday", "10:00"},
        {"monday", "10:00-10:00"},
        {"monday", "10:60-11:00"},
        {"monday", "10:00-11:00,"},
        {"monday", "10:00-24:01"},
        {"monday", "-1:00-11:00"},
        {"monday", "10:00-11:000"},
    };
    struct window *window = added(fixture, "w");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error = {""};
        if (window_add_rule(window, rows[i].when, rows[i].ranges, &error))
            fail_msg("taken: \"%s\": \"%s\"", rows[i].when, rows[i].ranges);
        assert_true(strlen(error.text) > 0);
    }
    const char *bad_days[] = {"", "mon-", "mon-fri-sat", "m", "holiday", "mon fri"};
    for (size_t i = 0; i < sizeof bad_days / sizeof bad_days[0]; i++) {
        struct error error = {""};
        assert_false(window_add_days(window, &bad_days[i], 1, NULL, NULL, &error));
        assert_true(strlen(error.text) > 0);
    }
    const char *monday = "mon";
    assert_false(window_add_days(window, &monday, 1, "10:00", "10:00", NULL));
    assert_false(window_add_days(window, &monday, 1, "24:00", NULL, NULL));
    assert_false(window_add_days(window, &monday, 1, "9", NULL, NULL));
}

static void test_days(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *days, *start, *end, *at;
        bool inside;
    } rows[] = {
        {"mon-fri", "10:00", "22:00", "2026-11-20T10:00", true},
        {"mon-fri", "10:00", "22:00", "2026-11-20T22:00", false},
        {"mon-fri", "22:00", "06:00", "2026-11-21T05:59", true},  /* begun on Friday */
        {"mon-fri", "22:00", "06:00", "2026-11-23T05:59", false}, /* Sunday begins none */
        {"fri-mon", NULL, NULL, "2026-11-22T00:00", true},
        {"fri-mon", NULL, NULL, "2026-11-24T00:00", false},
        {"Saturday, sun", NULL, NULL, "2026-11-22T23:59", true},
        {"sat", "22:00", "00:00", "2026-11-21T23:59", true},
        {"sat", "22:00", "00:00", "2026-11-22T00:00", false},
        {"monday - friday", NULL, "24:00", "2026-11-20T23:59", true},
    };
    const struct zone *zone = zone_of("America/Los_Angeles");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct window *window = added(fixture, arena_format(fixture->arena, "w%zu", i));
        days(window, rows[i].days, rows[i].start, rows[i].end);
        int64_t at = instant_of(zone, rows[i].at);
        if (window_inside(window, zone, at) != rows[i].inside)
            fail_msg("%s at %s", rows[i].days, rows[i].at);
        check_answer(window, zone, at);
    }
}

/* Each level is tried on a day that all of them name; the one before it is taken away each time. */
static void test_precedence(void **state)
{
    struct fixture *fixture = *state;
    static const char *const levels[] = {"2026-11-26",          "november 26", "day 26",
                                         "thursday 4 november", "thursday 4",  "thursday"};
    const struct zone *utc = zone_of("UTC");
    for (int top = 0; top < 6; top++) {
        struct window *window = added(fixture, arena_format(fixture->arena, "w%d", top));
        for (int i = top; i < 6; i++)
            rule(window, levels[i], arena_format(fixture->arena, "%02d:00-%02d:00", i, i + 1));
        for (int hour = 0; hour < 6; hour++) {
            int64_t at = instant_of(utc, "2026-11-26T00:30") + hour * 3600;
            assert_int_equal(window_inside(window, utc, at), hour == top);
            check_answer(window, utc, at);
        }
    }
}

static void test_blank_days(void **state)
{
    struct fixture *fixture = *state;
    const struct zone *utc = zone_of("UTC");
    struct window *window = added(fixture, "w");
    days(window, "mon-fri", "10:00", "22:00");
    rule(window, "december 20 - december 31", "09:00-17:00");
    rule(window, "december 25", "00:00-00:00");
    assert_true(window_inside(window, utc, instant_of(utc, "2026-12-24T09:00")));
    assert_false(window_inside(window, utc, instant_of(utc, "2026-12-24T18:00")));
    assert_false(window_inside(window, utc, instant_of(utc, "2026-12-25T12:00")));
    assert_true(window_inside(window, utc, instant_of(utc, "2026-12-18T18:00")));
    check_answer(window, utc, instant_of(utc, "2026-12-25T12:00"));
}

static void test_all_except_and_exclude(void **state)
{
    struct fixture *fixture = *state;
    const struct zone *zone = zone_of("America/Los_Angeles");
    struct window *day = added(fixture, "day"), *weekend = added(fixture, "weekend");
    struct window *night = added(fixture, "night"), *work = added(fixture, "work");
    struct window *holidays = added(fixture, "holidays");
    days(day, "mon-fri", "10:00", "22:00");
    days(weekend, "sat,sun", NULL, NULL);
    window_add_all_except(night, "day");
    window_add_all_except(night, "weekend");
    rule(holidays, "december 25", "00:00-24:00");
    days(work, "mon-fri", "10:00", "22:00");
    window_add_exclude(work, "holidays");
    resolve(fixture);
    int64_t friday_noon = instant_of(zone, "2026-11-20T12:00");
    for (int64_t at = friday_noon; at < friday_noon + 9 * 86400; at += 1800) {
        bool in_day = window_inside(day, zone, at), in_weekend = window_inside(weekend, zone, at);
        assert_int_equal(window_inside(night, zone, at), !in_day && !in_weekend);
    }
    struct window_answer answer = window_ask(night, zone, friday_noon);
    assert_int_equal(answer.next, instant_of(zone, "2026-11-20T22:00"));
    answer = window_ask(night, zone, instant_of(zone, "2026-11-20T23:00"));
    assert_int_equal(answer.until, instant_of(zone, "2026-11-21T00:00"));
    assert_int_equal(answer.next, instant_of(zone, "2026-11-23T00:00"));
    answer = window_ask(work, zone, instant_of(zone, "2026-12-24T23:00"));
    assert_int_equal(answer.next, instant_of(zone, "2026-12-28T10:00"));
    check_answer(work, zone, instant_of(zone, "2026-12-25T11:00"));
}

static void test_clock_changes(void **state)
{
    struct fixture *fixture = *state;
    const struct zone *berlin = zone_of("Europe/Berlin");
    struct window *whole = added(fixture, "whole"), *gone = added(fixture, "gone");
    struct window *moved = added(fixture, "moved"), *twice = added(fixture, "twice");
    rule(whole, "sunday", "00:00-24:00");
    rule(gone, "sunday", "02:00-03:00");
    rule(moved, "sunday", "02:15-02:45");
    rule(twice, "sunday", "02:30-02:45");
    struct window_answer answer = window_ask(whole, berlin, instant_of(berlin, "2026-03-29T12:00"));
    assert_int_equal(answer.until - answer.since, 23 * 3600);
    answer = window_ask(whole, berlin, instant_of(berlin, "2026-10-25T12:00"));
    assert_int_equal(answer.until - answer.since, 25 * 3600);
    answer = window_ask(gone, berlin, instant_of(berlin, "2026-03-28T12:00"));
    assert_int_equal(answer.next, instant_of(berlin, "2026-04-05T02:00")); /* that night has no such hour */
    answer = window_ask(moved, berlin, instant_of(berlin, "2026-03-28T12:00"));
    assert_int_equal(answer.next, 1774746900); /* shown as 03:15 */
    answer = window_ask(twice, berlin, instant_of(berlin, "2026-10-24T12:00"));
    assert_int_equal(answer.next, 1792888200); /* the first 02:30 */
    assert_false(window_inside(twice, berlin, 1792888200 + 3600));
    for (int64_t at = 1774700000; at < 1774900000; at += 7200) {
        check_answer(moved, berlin, at);
        check_answer(twice, berlin, at + 18140000);
    }
}

/* Both changes of the clock of a year. ${minutes}: by how much the day is longer. */
static const struct {
    const char *zone, *day;
    int minutes;
} changes[] = {
    {"Europe/Berlin", "2026-03-29", -60},       {"Europe/Berlin", "2026-10-25", 60},
    {"America/New_York", "2026-03-08", -60},    {"America/New_York", "2026-11-01", 60},
    {"Australia/Sydney", "2026-10-04", -60},    {"Australia/Sydney", "2026-04-05", 60},
    {"Australia/Lord_Howe", "2026-10-04", -30}, {"Australia/Lord_Howe", "2026-04-05", 30},
};

static int64_t time_of(const struct zone *zone, const char *day, const char *time)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%sT%s", day, time);
    return instant_of(zone, text);
}

/* The stretch in which ${window} holds at ${at}, in minutes, and its first instant. */
static int64_t minutes_at(const struct window *window, const struct zone *zone, int64_t at, int64_t *since)
{
    struct window_answer answer = window_ask(window, zone, at);
    assert_true(answer.inside);
    check_answer(window, zone, at);
    *since = answer.since;
    return (answer.until - answer.since) / 60;
}

/* A window holds from wall clock to wall clock, however long that is: by days and by the words of Nagios, over midnight,
 * what is left of the others, and what is taken away on that very day. */
static void test_days_of_change(void **state)
{
    struct fixture *fixture = *state;
    struct window *night = added(fixture, "night"), *early = added(fixture, "early");
    struct window *whole = added(fixture, "whole"), *rest = added(fixture, "rest");
    struct window *third = added(fixture, "third"), *dates[8];
    days(night, "mon-sun", "22:00", "06:00");
    rule(early, "sunday", "00:30-05:00");
    rule(third, "2026-01-01 / 1", "00:00-05:00,05:30-24:00");
    rule(whole, "sunday", "00:00-24:00");
    window_add_all_except(rest, "night");
    for (size_t i = 0; i < 8; i++) {
        char name[] = "date0";
        name[4] = (char)('0' + i);
        dates[i] = added(fixture, name);
        rule(dates[i], "sunday", "00:00-24:00");
        rule(dates[i], changes[i].day, "01:00-24:00");
        window_add_exclude(dates[i], "night");
    }
    resolve(fixture);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct zone *zone = zone_of(changes[i].zone);
        const char *day = changes[i].day;
        int more = changes[i].minutes;
        int64_t noon = time_of(zone, day, "12:00"), since;
        assert_int_equal(minutes_at(night, zone, time_of(zone, day, "05:59"), &since), 480 + more);
        assert_int_equal(since, time_of(zone, day, "00:00") - 7200);
        assert_false(window_inside(night, zone, time_of(zone, day, "06:00")));
        assert_int_equal(minutes_at(early, zone, time_of(zone, day, "04:59"), &since), 270 + more);
        assert_int_equal(minutes_at(whole, zone, noon, &since), 1440 + more);
        assert_int_equal(minutes_at(rest, zone, noon, &since), 960);
        assert_int_equal(since, time_of(zone, day, "06:00"));
        assert_int_equal(minutes_at(third, zone, time_of(zone, day, "04:00"), &since), 1410 + more);
        assert_int_equal(minutes_at(dates[i], zone, noon, &since), 960);
        /* The next night and the next morning are ordinary again. */
        assert_int_equal(minutes_at(night, zone, noon + 43200, &since), 480);
        assert_int_equal(since, time_of(zone, day, "22:00"));
        assert_int_equal(window_ask(rest, zone, noon + 43200).next, noon + 64800);
    }
}

/* Zones that change at midnight, by half an hour, and over the date line. */
static void test_odd_zones(void **state)
{
    struct fixture *fixture = *state;
    struct window *window = added(fixture, "w"), *fridays = added(fixture, "fridays");
    days(window, "mon,wed,sat,sun", NULL, "23:30");
    days(fridays, "fri", "10:00", "12:00");
    static const char *const names[] = {"America/Sao_Paulo",   "Asia/Gaza",    "America/Havana",
                                        "Australia/Lord_Howe", "Pacific/Apia", "America/Godthab"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *zone = zone_of(names[i]);
        int64_t at = 1230768000; /* 2009 */
        for (int change = 0; change < 20 && at != INT64_MAX; change++, at = zone_next_change(zone, at))
            for (int64_t near = at - 90000; near < at + 90000; near += 10800)
                check_answer(window, zone, near);
    }
    const struct zone *apia = zone_of("Pacific/Apia"); /* had no 2011-12-30, a Friday */
    struct window_answer answer = window_ask(fridays, apia, instant_of(apia, "2011-12-29T12:00"));
    assert_int_equal(answer.next, instant_of(apia, "2012-01-06T10:00"));
}

static void test_search(void **state)
{
    struct fixture *fixture = *state;
    const struct zone *zone = zone_of("Europe/Berlin");
    struct window *leap = added(fixture, "leap"), *endless = added(fixture, "endless");
    struct window *far = added(fixture, "far"), *week = added(fixture, "week"),
                  *none = added(fixture, "none");
    rule(leap, "february 29", "10:00-11:00");
    rule(far, "2099-12-31", "12:00-24:00");
    days(week, "mon-sun", NULL, NULL);
    days(endless, "mon", NULL, NULL);
    window_add_exclude(endless, "week");
    rule(none, "monday", "08:00-10:00");
    rule(none, "tuesday", "00:00-00:00");
    window_add_exclude(none, "mondays");
    rule(added(fixture, "mondays"), "monday", "00:00-24:00");
    resolve(fixture);
    int64_t at = instant_of(zone, "2037-01-01T00:00");
    assert_int_equal(window_ask(leap, zone, at).next, instant_of(zone, "2040-02-29T10:00"));
    assert_int_equal(window_ask(far, zone, at).next, instant_of(zone, "2099-12-31T12:00"));
    assert_int_equal(window_ask(endless, zone, at).next, WINDOW_NEVER);
    assert_int_equal(window_ask(none, zone, at).next, WINDOW_NEVER);
    assert_int_equal(window_ask(week, zone, at).until, WINDOW_NEVER);
    const struct window *always = window_find(fixture->set, "always");
    const struct window *never = window_find(fixture->set, "never");
    struct window_answer answer = window_ask(always, zone, at);
    assert_true(answer.inside);
    assert_int_equal(answer.since, WINDOW_NEVER);
    assert_int_equal(answer.next, WINDOW_NEVER);
    assert_false(window_ask(never, zone, at).inside);
    assert_int_equal(window_ask(never, zone, at).next, WINDOW_NEVER);
    (void)window_ask(leap, zone, INT64_MAX);
    (void)window_ask(leap, zone, INT64_MIN);
}

static void test_own_zone(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    const struct zone *utc = zone_of("UTC"), *york = zone_of("America/New_York");
    struct window *window = added(fixture, "shift"), *holiday = added(fixture, "holiday");
    rule(window, "friday", "00:00-24:00");
    rule(holiday, "december 25", "00:00-24:00");
    window_add_exclude(window, "holiday"); /* in the zone of the window that names it */
    assert_true(window_set_zone(window, "America/New_York", &error));
    resolve(fixture);
    assert_true(window_inside(window, utc, instant_of(york, "2026-12-18T23:59")));
    assert_false(window_inside(window, utc, instant_of(york, "2026-12-25T23:59")));
    assert_false(window_set_zone(window, "Mars/Crater", &error));
}

static void test_bad_names(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    const char *blamed;
    assert_null(window_add(fixture->set, "always", &error));
    struct window *a = added(fixture, "alpha"), *b = added(fixture, "beta");
    window_add_all_except(a, "betta");
    assert_false(window_set_resolve(fixture->set, &error, &blamed));
    assert_string_equal(blamed, "alpha");
    assert_non_null(strstr(error.text, "did you mean \"beta\""));
    (void)b;
}

static void test_circles_and_depth(void **state)
{
    struct fixture *fixture = *state;
    struct error error;
    const char *blamed;
    struct window *last = NULL;
    for (int i = 0; i < 5000; i++) {
        last = added(fixture, arena_format(fixture->arena, "w%d", i));
        window_add_exclude(last, arena_format(fixture->arena, "w%d", i + 1));
    }
    window_add_exclude(added(fixture, "w5000"), "w4999");
    assert_false(window_set_resolve(fixture->set, &error, &blamed));
    assert_non_null(strstr(error.text, "deep"));
    assert_int_equal(tear_down(state), 0);
    assert_int_equal(set_up(state), 0);
    fixture = *state;
    window_add_exclude(added(fixture, "a"), "b");
    window_add_exclude(added(fixture, "b"), "a");
    assert_false(window_set_resolve(fixture->set, &error, &blamed));
    assert_non_null(strstr(error.text, "refers to itself"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_precedence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_blank_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_except_and_exclude, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clock_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_days_of_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_zones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_search, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_circles_and_depth, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

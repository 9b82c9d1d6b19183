/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rules speak for a day of the calendar. */
#include "scheduler/core/window_internal.h"

struct month {
    int64_t year;
    int month;
};

static struct month month_after(struct month month, int count)
{
    int sum = month.month - 1 + count;
    int years = (sum + 1200) / 12 - 100;
    return (struct month){month.year + years, sum - years * 12 + 1};
}

/* The day with that number in a month, from its end when negative; false: the month has no such day. */
static bool nth_day(struct month month, int number, int64_t *day)
{
    int length = civil_month_days(month.year, month.month);
    int found = number > 0 ? number : length + 1 + number;
    *day = civil_days(month.year, month.month, found);
    return found >= 1 && found <= length;
}

static bool nth_weekday(struct month month, int weekday, int number, int64_t *day)
{
    int length = civil_month_days(month.year, month.month);
    int64_t first = civil_days(month.year, month.month, 1);
    int in_first_week = (weekday - civil_weekday(first) + 7) % 7;
    int last = in_first_week + (length - 1 - in_first_week) / 7 * 7;
    int found = number > 0 ? in_first_week + (number - 1) * 7 : last + (number + 1) * 7;
    *day = first + found;
    return found >= 0 && found < length;
}

static bool point_day(const struct window_rule *rule, const struct window_point *point, struct month month,
                      int64_t *day)
{
    if (rule->level == WINDOW_MONTH_DAY || rule->level == WINDOW_DAY)
        return nth_day(month, point->number, day);
    return nth_weekday(month, point->weekday, point->number, day);
}

/* Whether a range names its end in an earlier part of the year (or month) than its begin, and so runs on into
 * the next one. Two weekdays of the same number do not: "monday 3 - wednesday 3" is no month long. */
static bool runs_on(const struct window_rule *rule)
{
    int begin = rule->begin.month * 64 + rule->begin.number + (rule->begin.number < 0 ? 32 : 0);
    int end = rule->end.month * 64 + rule->end.number + (rule->end.number < 0 ? 32 : 0);
    return end < begin;
}

/* The days of the range that begins in ${month}; an end that its month does not have is its last day. */
static bool range_from(const struct window_rule *rule, struct month month, int64_t *begin, int64_t *end)
{
    struct month last = month;
    if (rule->begin.month > 0)
        last = month_after(month, rule->end.month - rule->begin.month + (runs_on(rule) ? 12 : 0));
    else if (runs_on(rule))
        last = month_after(month, 1);
    if (!point_day(rule, &rule->begin, month, begin))
        return false;
    if (point_day(rule, &rule->end, last, end))
        return true;
    *end = civil_days(last.year, last.month, civil_month_days(last.year, last.month));
    return rule->end.number > 0;
}

static bool in_range(const struct window_rule *rule, int64_t day)
{
    int64_t year, begin, end;
    int month, day_of_month;
    civil_from_days(day, &year, &month, &day_of_month);
    for (int back = 0; back < 2; back++) {
        struct month from = rule->begin.month > 0 ? (struct month){year - back, rule->begin.month}
                                                  : month_after((struct month){year, month}, -back);
        if (range_from(rule, from, &begin, &end) && day >= begin && day <= end)
            return (day - begin) % rule->step == 0;
        if (!runs_on(rule))
            break;
    }
    return false;
}

bool window_day_matches(const struct window_rule *rule, int64_t day)
{
    if (rule->level == WINDOW_WEEKDAY)
        return rule->weekdays >> civil_weekday(day) & 1U;
    if (rule->level == WINDOW_DATE)
        return day >= rule->begin.date && day <= rule->end.date && (day - rule->begin.date) % rule->step == 0;
    return in_range(rule, day);
}

const struct window_rule *window_day_level(const struct window *window, int64_t day)
{
    for (int level = 0; level < WINDOW_LEVELS; level++) {
        bool found = false, blank = false;
        for (const struct window_rule *rule = window->rules[level]; rule; rule = rule->next)
            if (window_day_matches(rule, day)) {
                found = true;
                blank |= rule->span_count == 0;
            }
        if (found)
            return blank ? NULL : window->rules[level];
    }
    return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/window_nagios.h"

#include "scheduler/core/window_internal.h"

#include <inttypes.h>

static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};
static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};

enum { DAYS = 7, RULES_MAX = 1024 };

static void write_date(struct text *text, int64_t days)
{
    int64_t year = 0;
    int month = 0, day = 0;
    civil_from_days(days, &year, &month, &day);
    text_format(text, "%04" PRId64 "-%02d-%02d", year, month, day);
}

static void write_point(struct text *text, const struct window_rule *rule, const struct window_point *point)
{
    switch (rule->level) {
    case WINDOW_DATE:
        write_date(text, point->date);
        break;
    case WINDOW_MONTH_DAY:
        text_format(text, "%s %d", months[point->month - 1], point->number);
        break;
    case WINDOW_DAY:
        text_format(text, "day %d", point->number);
        break;
    case WINDOW_WEEKDAY_OF_MONTH:
        text_format(text, "%s %d %s", weekdays[point->weekday], point->number, months[point->month - 1]);
        break;
    case WINDOW_NTH_WEEKDAY:
        text_format(text, "%s %d", weekdays[point->weekday], point->number);
        break;
    case WINDOW_WEEKDAY:
    case WINDOW_LEVELS:
        break;
    }
}

static bool same_point(const struct window_point *one, const struct window_point *other)
{
    return one->date == other->date && one->month == other->month && one->number == other->number &&
           one->weekday == other->weekday;
}

static void write_range(struct text *text, int start, int end)
{
    text_format(text, "%s%02d:%02d-%02d:%02d", text->length ? "," : "", start / 60, start % 60, end / 60,
                end % 60);
}

/* Days that are no weekday: what runs past midnight would need a day of its own. */
static bool write_rule(struct text *text, const struct window_rule *rule, struct error *error)
{
    struct text ranges = TEXT_INIT;
    bool whole = true;
    text_add(text, "    ");
    write_point(text, rule, &rule->begin);
    if (rule->end.date != INT64_MAX && !same_point(&rule->begin, &rule->end)) {
        text_add(text, " - ");
        write_point(text, rule, &rule->end);
    }
    if (rule->step > 1 || rule->end.date == INT64_MAX)
        text_format(text, " / %" PRId64, rule->step);
    for (size_t i = 0; i < rule->span_count; i++) {
        const struct window_span *span = &rule->spans[i];
        whole = whole && span->end <= WINDOW_DAY_MINUTES;
        write_range(&ranges, span->start, span->end < WINDOW_DAY_MINUTES ? span->end : WINDOW_DAY_MINUTES);
    }
    text_format(text, " %s\n", ranges.length ? ranges.bytes : "00:00-00:00");
    text_release(&ranges);
    return whole || error_set(error, "a range of single days ends at midnight in Nagios");
}

/* All rules of weekdays together: a second line for a day would take the place of the first. */
static void write_weekdays(struct text *text, const struct window *window)
{
    const struct window_rule *rules[RULES_MAX] = {NULL};
    struct text days[DAYS];
    size_t count = 0;
    for (int day = 0; day < DAYS; day++)
        days[day] = (struct text)TEXT_INIT;
    for (const struct window_rule *rule = window->rules[WINDOW_WEEKDAY]; rule && count < RULES_MAX;
         rule = rule->next)
        rules[count++] = rule;
    while (count > 0) {
        const struct window_rule *rule = rules[--count];
        for (size_t i = 0; i < rule->span_count; i++)
            for (int day = 0; day < DAYS; day++) {
                const struct window_span *span = &rule->spans[i];
                if (!(rule->weekdays & 1U << day))
                    continue;
                bool over = span->end > WINDOW_DAY_MINUTES;
                write_range(&days[day], span->start, over ? WINDOW_DAY_MINUTES : span->end);
                if (over)
                    write_range(&days[(day + 1) % DAYS], 0, span->end - WINDOW_DAY_MINUTES);
            }
    }
    for (int day = 0; day < DAYS; day++) {
        if (days[day].length)
            text_format(text, "    %s %s\n", weekdays[day], days[day].bytes);
        text_release(&days[day]);
    }
}

static void write_excluded(struct text *text, const struct window *window)
{
    const char *names[RULES_MAX];
    size_t count = 0;
    for (const struct window_link *link = window->without; link && count < RULES_MAX; link = link->next)
        names[count++] = link->name;
    for (size_t i = count; i > 0; i--)
        text_format(text, "%s%s", i == count ? "    exclude " : ",", names[i - 1]);
    text_add(text, count ? "\n" : "");
}

bool window_nagios(const struct window *window, struct text *text, struct error *error)
{
    bool whole = true;
    if (!window || window->everything)
        for (int day = 0; day < DAYS; day++)
            text_format(text, "    %s 00:00-24:00\n", weekdays[day]);
    if (!window)
        return true;
    for (int level = 0; level < WINDOW_WEEKDAY; level++) {
        const struct window_rule *rules[RULES_MAX] = {NULL};
        size_t count = 0;
        for (const struct window_rule *rule = window->rules[level]; rule && count < RULES_MAX;
             rule = rule->next)
            rules[count++] = rule;
        while (!window->everything && count > 0)
            whole = write_rule(text, rules[--count], error) && whole;
    }
    if (!window->everything)
        write_weekdays(text, window);
    write_excluded(text, window);
    if (window->zone)
        whole = error_set(error, "Nagios has one time zone: that of this window is not carried over");
    return whole;
}

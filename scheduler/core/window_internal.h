/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window*.c files share; nobody else includes it. */
#ifndef WATCHBILL_CORE_WINDOW_INTERNAL_H
#define WATCHBILL_CORE_WINDOW_INTERNAL_H

#include "scheduler/core/window.h"

#include <stddef.h>

enum { WINDOW_DAY_MINUTES = 24 * 60 };

/* How exactly a rule names its days. The first level that has a rule for a day supplies that day's times
 * alone. Source: CONFORMANCE "Time windows". */
enum window_level {
    WINDOW_DATE,             /* 2026-12-31 */
    WINDOW_MONTH_DAY,        /* december 25 */
    WINDOW_DAY,              /* day -1 */
    WINDOW_WEEKDAY_OF_MONTH, /* thursday 4 november */
    WINDOW_NTH_WEEKDAY,      /* monday 3 */
    WINDOW_WEEKDAY,          /* monday */
    WINDOW_LEVELS
};

/* One end of a range of days, as far as its level needs it. */
struct window_point {
    int64_t date; /* days since 1970-01-01 */
    int month;    /* 1-12 */
    int number;   /* day of the month, or which of its weekdays; negative: from the end */
    int weekday;  /* 0 = Sunday */
};

/* Minutes after the midnight with which the day begins; ${end} is after ${start} and may be in the next day.
 */
struct window_span {
    int start, end;
};

struct window_rule {
    struct window_rule *next;
    enum window_level level;
    struct window_point begin, end; /* both included */
    int64_t step;                   /* every so many days from ${begin} */
    unsigned weekdays;              /* WINDOW_WEEKDAY: bits of 1 << weekday */
    struct window_span *spans;
    size_t span_count; /* 0: the day is blank */
};

/* Another window, by name; ${window} is there after window_set_resolve. */
struct window_link {
    struct window_link *next;
    const char *name;
    const struct window *window;
};

struct window {
    struct window_set *set;
    const char *name;
    const struct zone *zone; /* NULL: the caller's */
    struct window_rule *rules[WINDOW_LEVELS];
    bool ruled;                  /* has rules */
    bool dated;                  /* all of its rules are dates */
    bool everything;             /* all of time, less the excluded */
    struct window_link *without; /* exclude and all_except */
    enum { WINDOW_FRESH, WINDOW_VISITING, WINDOW_RESOLVED } visit;
    int height; /* of the links below it */
};

/* window_words_when(text, rule, error): read the words that name days into ${rule}. */
bool window_words_when(const char *text, struct window_rule *rule, struct error *error);

/* window_words_days(text, weekdays, error): "mon-fri", "sat", "fri-mon", or several with commas, as bits. */
bool window_words_days(const char *text, unsigned *weekdays, struct error *error);

/* window_words_minute(text, minute, error): "22:00" as minutes; "24:00" is the end of the day. */
bool window_words_minute(const char *text, int *minute, struct error *error);

/* window_words_spans(arena, text, rule, error): "00:00-08:00,20:00-24:00" into the spans of ${rule}. */
bool window_words_spans(struct arena *arena, const char *text, struct window_rule *rule, struct error *error);

/* window_day_level(window, day): the rules that supply the times of ${day} (days since 1970-01-01), of which
 * only some match; NULL: none does, or one blanks the day. */
const struct window_rule *window_day_level(const struct window *window, int64_t day);
bool window_day_matches(const struct window_rule *rule, int64_t day);

#endif

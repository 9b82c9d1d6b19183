/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the words in which a window is written. Source of the forms: CONFORMANCE "Time windows", which are
 * those of Nagios timeperiods, and the days of INTERFACE users.yaml. */
#include "scheduler/core/window_internal.h"

#include <ctype.h>
#include <strings.h>

enum { WORD_BYTES = 16, LATEST_STEP = 100000 };

static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};
static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};

enum { MONTHS = 12, WEEKDAYS = 7 };

/* The index of a name that is written in full or with its first three letters; -1: none. */
static int name_index(const char *const *names, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcasecmp(names[i], word) == 0 || (strlen(word) == 3 && strncasecmp(names[i], word, 3) == 0))
            return i;
    return -1;
}

static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
}

static bool take_char(const char **at, char byte)
{
    skip_blanks(at);
    if (**at != byte)
        return false;
    ++*at;
    return true;
}

static bool take_word(const char **at, char word[WORD_BYTES])
{
    size_t length = 0;
    skip_blanks(at);
    while (isalpha((unsigned char)(*at)[length]))
        length++;
    if (length == 0 || length >= WORD_BYTES)
        return false;
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length;
    return true;
}

/* A number with a minus sign right before it, perhaps. Nothing is taken where there is none. */
static bool take_number(const char **at, int *number)
{
    skip_blanks(at);
    const char *digits = **at == '-' ? *at + 1 : *at;
    size_t length = strspn(digits, "0123456789");
    int sum = 0;
    if (length == 0 || length > 6)
        return false;
    for (size_t i = 0; i < length; i++)
        sum = sum * 10 + (digits[i] - '0');
    *number = **at == '-' ? -sum : sum;
    *at = digits + length;
    return true;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool take_date(const char **at, int64_t *date)
{
    static const char form[] = "dddd-dd-dd";
    skip_blanks(at);
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)(*at)[i]) : (*at)[i] != form[i])
            return false;
    int year = two_digits(*at) * 100 + two_digits(*at + 2);
    int month = two_digits(*at + 5), day = two_digits(*at + 8);
    if (month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month))
        return false;
    *date = civil_days(year, month, day);
    *at += sizeof form - 1;
    return true;
}

static bool within(int number, int most)
{
    return number != 0 && number >= -most && number <= most;
}

/* "monday", "monday 3", "thursday 4 november"; the weekday is read already. */
static bool take_weekday_tail(const char **at, struct window_point *point, enum window_level *level)
{
    char word[WORD_BYTES];
    *level = WINDOW_WEEKDAY;
    if (!take_number(at, &point->number))
        return true;
    *level = WINDOW_NTH_WEEKDAY;
    if (!within(point->number, 5))
        return false;
    if (!take_word(at, word))
        return true;
    *level = WINDOW_WEEKDAY_OF_MONTH;
    point->month = name_index(months, MONTHS, word) + 1;
    return point->month > 0;
}

static bool take_point(const char **at, struct window_point *point, enum window_level *level)
{
    char word[WORD_BYTES];
    *level = WINDOW_DATE;
    if (take_date(at, &point->date))
        return true;
    if (!take_word(at, word))
        return false;
    point->weekday = name_index(weekdays, WEEKDAYS, word);
    if (point->weekday >= 0)
        return take_weekday_tail(at, point, level);
    point->month = name_index(months, MONTHS, word) + 1;
    *level = point->month > 0 ? WINDOW_MONTH_DAY : WINDOW_DAY;
    if (point->month == 0 && strcasecmp(word, "day") != 0)
        return false;
    return take_number(at, &point->number) &&
           within(point->number, point->month > 0 ? civil_month_days(2000, point->month) : 31);
}

/* What follows " - ": a whole point of the same level, or its number alone. */
static bool take_end(const char **at, struct window_rule *rule)
{
    enum window_level level;
    rule->end = rule->begin;
    if (rule->level != WINDOW_DATE && rule->level != WINDOW_WEEKDAY && take_number(at, &rule->end.number)) {
        int most = rule->level == WINDOW_MONTH_DAY ? civil_month_days(2000, rule->begin.month)
                   : rule->level == WINDOW_DAY     ? 31
                                                   : 5;
        return within(rule->end.number, most);
    }
    return take_point(at, &rule->end, &level) && level == rule->level;
}

static unsigned weekday_bits(int from, int until)
{
    unsigned bits = 1U << until;
    for (int day = from; day != until; day = (day + 1) % WEEKDAYS)
        bits |= 1U << day;
    return bits;
}

bool window_words_when(const char *text, struct window_rule *rule, struct error *error)
{
    const char *at = text;
    bool range = false;
    int step = 1;
    if (!take_point(&at, &rule->begin, &rule->level))
        goto unreadable;
    rule->end = rule->begin;
    if (take_char(&at, '-')) {
        range = true;
        if (!take_end(&at, rule))
            goto unreadable;
    }
    if (take_char(&at, '/')) {
        if (!take_number(&at, &step) || step < 1 || step > LATEST_STEP)
            return error_set(error, "not a number of days after \"/\": \"%s\"", text);
        if (rule->level == WINDOW_WEEKDAY || (!range && rule->level != WINDOW_DATE))
            return error_set(error, "\"/\" needs a date or a range of days of a month: \"%s\"", text);
        if (!range)
            rule->end.date = INT64_MAX;
    }
    skip_blanks(&at);
    if (*at)
        goto unreadable;
    if (rule->level == WINDOW_DATE && rule->end.date < rule->begin.date)
        return error_set(error, "ends before it begins: \"%s\"", text);
    rule->step = step;
    rule->weekdays = rule->level == WINDOW_WEEKDAY ? weekday_bits(rule->begin.weekday, rule->end.weekday) : 0;
    return true;
unreadable:
    return error_set(error, "not a day such as monday, day -1, december 25 or 2026-12-31: \"%s\"", text);
}

bool window_words_days(const char *text, unsigned *bits, struct error *error)
{
    const char *at = text;
    char word[WORD_BYTES];
    *bits = 0;
    do {
        int from = take_word(&at, word) ? name_index(weekdays, WEEKDAYS, word) : -1;
        int until = from;
        if (take_char(&at, '-'))
            until = take_word(&at, word) ? name_index(weekdays, WEEKDAYS, word) : -1;
        if (from < 0 || until < 0)
            return error_set(error, "not days such as mon-fri or sat: \"%s\"", text);
        *bits |= weekday_bits(from, until);
    } while (take_char(&at, ','));
    skip_blanks(&at);
    return !*at || error_set(error, "not days such as mon-fri or sat: \"%s\"", text);
}

/* "9:00", "09:00" */
static bool take_minute(const char **at, int *minute)
{
    int hours;
    skip_blanks(at);
    if (!isdigit((unsigned char)**at) || !take_number(at, &hours) || **at != ':')
        return false;
    const char *minutes = *at + 1;
    if (!isdigit((unsigned char)minutes[0]) || !isdigit((unsigned char)minutes[1]) ||
        isdigit((unsigned char)minutes[2]))
        return false;
    *minute = hours * 60 + two_digits(minutes);
    *at = minutes + 2;
    return two_digits(minutes) < 60 && *minute <= WINDOW_DAY_MINUTES;
}

bool window_words_minute(const char *text, int *minute, struct error *error)
{
    const char *at = text;
    bool read = take_minute(&at, minute);
    skip_blanks(&at);
    return (read && !*at) || error_set(error, "not a time such as 22:00: \"%s\"", text);
}

bool window_words_spans(struct arena *arena, const char *text, struct window_rule *rule, struct error *error)
{
    size_t most = 1;
    for (const char *comma = text; (comma = strchr(comma, ',')) != NULL; comma++)
        most++;
    rule->spans = arena_get(arena, most, sizeof *rule->spans);
    rule->span_count = 0;
    const char *at = text;
    do {
        struct window_span span;
        if (!take_minute(&at, &span.start) || !take_char(&at, '-') || !take_minute(&at, &span.end) ||
            span.start == WINDOW_DAY_MINUTES)
            return error_set(error, "not times such as 00:00-08:00,20:00-24:00: \"%s\"", text);
        if (span.start == span.end && span.start != 0)
            return error_set(error, "begins and ends at the same time; a whole day is 00:00-24:00: \"%s\"",
                             text);
        if (span.end < span.start)
            span.end += WINDOW_DAY_MINUTES;
        if (span.end > span.start)
            rule->spans[rule->span_count++] = span;
    } while (take_char(&at, ','));
    skip_blanks(&at);
    return !*at || error_set(error, "not times such as 00:00-08:00,20:00-24:00: \"%s\"", text);
}

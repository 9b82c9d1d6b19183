/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an instant is inside a window, and when that changes.
 *
 * A look at an instant gives the answer there and a stretch around it in which the answer cannot change. The
 * search goes from stretch to stretch. The times of a window are made civil day by civil day, never by adding
 * seconds to a midnight, so clock changes need no case of their own. */
#include "scheduler/core/window_internal.h"

#define DAY INT64_C(86400)
enum { CLOCKS = 4 };

/* The search gives up behind both a time and a number of stretches. Weeks repeat, but for the changes of the
 * clock, which come every year; of days by date, the rarest that comes at all (February 29 on a Monday,
 * around 2100) comes every 40 years; and years without any rule are one stretch. Days that are cut into very
 * many times end the search earlier. */
static const int64_t weekly_seconds = DAY * 366 * 2;
static const int64_t dated_seconds = DAY * 366 * 41;
enum { SEARCH_STRETCHES = 1000, SEARCH_MOST = 100000 };

static const int64_t latest = INT64_C(1) << 50;

/* A zone between two changes of its offset, so that most conversions are a subtraction. */
struct clock {
    const struct zone *zone;
    int64_t begin, end; /* instants: [begin, end) */
    int64_t offset;
};

struct search {
    struct clock clocks[CLOCKS];
    unsigned next;   /* the clock to give away */
    int64_t seconds; /* how far it goes at least */
};

struct stretch {
    int64_t at;
    bool inside;
    int64_t since, until; /* the answer is the same in [since, until) */
};

static struct clock *clock_of(struct search *search, const struct zone *zone, int64_t at)
{
    struct clock *clock = NULL;
    for (unsigned i = 0; i < CLOCKS && !clock; i++)
        if (search->clocks[i].zone == zone)
            clock = &search->clocks[i];
    if (clock && at >= clock->begin && at < clock->end)
        return clock;
    if (!clock)
        clock = &search->clocks[search->next++ % CLOCKS];
    clock->zone = zone;
    clock->begin = at - 100 * DAY; /* a search that goes back finds it as well */
    clock->end = zone_next_change(zone, clock->begin);
    while (clock->end <= at) {
        clock->begin = clock->end;
        clock->end = zone_next_change(zone, clock->begin);
    }
    clock->offset = zone_offset(zone, clock->begin);
    return clock;
}

/* The instant of the given minute of a day. */
static int64_t instant(const struct clock *clock, int64_t day, int minute)
{
    int64_t found = day * DAY + (int64_t)minute * 60 - clock->offset;
    /* Shortly after a change it could be the second pass of its hour. */
    if (found >= clock->begin + 2 * DAY && found < clock->end)
        return found;
    struct civil civil = {.minute = minute};
    civil_from_days(day, &civil.year, &civil.month, &civil.day);
    return zone_instant(clock->zone, civil);
}

static void note_span(struct stretch *stretch, int64_t start, int64_t end)
{
    if (start >= end) /* nothing is left of it on the day of a change */
        return;
    if (start <= stretch->at && stretch->at < end)
        stretch->inside = true;
    const int64_t edges[] = {start, end};
    for (int i = 0; i < 2; i++) {
        if (edges[i] > stretch->at && edges[i] < stretch->until)
            stretch->until = edges[i];
        if (edges[i] <= stretch->at && edges[i] > stretch->since)
            stretch->since = edges[i];
    }
}

static void note_day(struct stretch *stretch, const struct window *window, const struct clock *clock,
                     int64_t day)
{
    const struct window_rule *rule = window_day_level(window, day);
    /* A zone that crosses the date line leaves a whole day out; it has no times. */
    if (!rule || instant(clock, day, 0) >= instant(clock, day + 1, 0))
        return;
    for (; rule; rule = rule->next)
        if (window_day_matches(rule, day))
            for (size_t i = 0; i < rule->span_count; i++)
                note_span(stretch, instant(clock, day, rule->spans[i].start),
                          instant(clock, day, rule->spans[i].end));
}

/* The next day from ${day} on, or the last one up to it, on which a window of dates may have times;
 * INT64_MAX or INT64_MIN: none. */
static int64_t next_dated(const struct window *window, int64_t day)
{
    int64_t found = INT64_MAX;
    for (const struct window_rule *rule = window->rules[WINDOW_DATE]; rule; rule = rule->next) {
        int64_t first = rule->begin.date > day ? rule->begin.date : day;
        if (first <= rule->end.date && first < found)
            found = first;
    }
    return found;
}

static int64_t last_dated(const struct window *window, int64_t day)
{
    int64_t found = INT64_MIN;
    for (const struct window_rule *rule = window->rules[WINDOW_DATE]; rule; rule = rule->next) {
        int64_t last = rule->end.date < day ? rule->end.date : day;
        if (last >= rule->begin.date && last > found)
            found = last;
    }
    return found;
}

/* Times of yesterday run into today; and where the clock goes back over midnight, today can be on again after
 * tomorrow began. So three days are looked at; the one before them ends, and the one behind them begins,
 * where the stretch does. */
static struct stretch look_at_rules(struct search *search, const struct window *window,
                                    const struct zone *zone, int64_t at)
{
    const struct clock *clock = clock_of(search, zone, at);
    int64_t local = at + clock->offset;
    int64_t today = local / DAY - (local % DAY < 0 ? 1 : 0);
    int64_t before = window->dated ? last_dated(window, today - 2) : today - 2;
    int64_t after = window->dated ? next_dated(window, today + 2) : today + 2;
    struct stretch stretch = {
        .at = at,
        .since = before == INT64_MIN ? INT64_MIN : instant(clock, before + 2, 0),
        .until = after == INT64_MAX ? INT64_MAX : instant(clock, after, 0),
    };
    for (int64_t day = today - 1; day <= today + 1; day++)
        note_day(&stretch, window, clock, day);
    return stretch;
}

static struct stretch look(struct search *search, const struct window *window, const struct zone *zone,
                           int64_t at)
{
    if (window->zone)
        zone = window->zone;
    struct stretch found = {at, window->everything, INT64_MIN, INT64_MAX};
    if (window->ruled)
        found = look_at_rules(search, window, zone, at);
    for (const struct window_link *link = window->without; link; link = link->next) {
        if (!found.inside && found.since == INT64_MIN && found.until == INT64_MAX)
            break;
        struct stretch other = look(search, link->window, zone, at);
        if (found.inside && other.inside) {
            found = (struct stretch){at, false, other.since, other.until};
        } else if (found.inside) {
            found.since = other.since > found.since ? other.since : found.since;
            found.until = other.until < found.until ? other.until : found.until;
        } else if (other.inside) { /* both say no: the longer one counts */
            found.since = other.since < found.since ? other.since : found.since;
            found.until = other.until > found.until ? other.until : found.until;
        }
    }
    return found;
}

static int64_t clamp(int64_t at)
{
    return at < -latest ? -latest : at > latest ? latest : at;
}

bool window_inside(const struct window *window, const struct zone *zone, int64_t at)
{
    struct search search = {0};
    return look(&search, window, zone, clamp(at)).inside;
}

static bool goes_on(const struct search *search, int count, int64_t seconds)
{
    return count < SEARCH_STRETCHES || (seconds < search->seconds && count < SEARCH_MOST);
}

/* The first instant from ${at} on at which the answer is not ${inside}. */
static int64_t find_after(struct search *search, const struct window *window, const struct zone *zone,
                          int64_t at, bool inside)
{
    int64_t next = at;
    for (int count = 0; goes_on(search, count, next - at); count++) {
        struct stretch stretch = look(search, window, zone, next);
        if (stretch.inside != inside)
            return next;
        if (stretch.until >= latest)
            break;
        next = stretch.until;
    }
    return WINDOW_NEVER;
}

/* The first instant of the time around ${at} in which the answer is ${inside}. */
static int64_t find_since(struct search *search, const struct window *window, const struct zone *zone,
                          int64_t at, bool inside)
{
    int64_t since = at + 1;
    for (int count = 0; goes_on(search, count, at - since); count++) {
        struct stretch stretch = look(search, window, zone, since - 1);
        if (stretch.inside != inside)
            return since;
        if (stretch.since <= -latest)
            break;
        since = stretch.since;
    }
    return WINDOW_NEVER;
}

static bool weekly(const struct window *window)
{
    for (int level = 0; level < WINDOW_WEEKDAY; level++)
        if (window->rules[level])
            return false;
    for (const struct window_link *link = window->without; link; link = link->next)
        if (!weekly(link->window))
            return false;
    return true;
}

struct window_answer window_ask(const struct window *window, const struct zone *zone, int64_t at)
{
    struct search search = {.seconds = weekly(window) ? weekly_seconds : dated_seconds};
    struct window_answer answer;
    at = clamp(at);
    answer.inside = look(&search, window, zone, at).inside;
    answer.until = find_after(&search, window, zone, at, answer.inside);
    answer.next = answer.until;
    if (answer.inside && answer.until != WINDOW_NEVER)
        answer.next = find_after(&search, window, zone, answer.until, false);
    answer.since = find_since(&search, window, zone, at, answer.inside);
    return answer;
}

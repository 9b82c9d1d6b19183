/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/window_internal.h"

#include "lib/nearest.h"

enum { WEEK_BITS = 127, DEEPEST = 16 };

struct window_set {
    struct arena *arena;
    struct window **windows;
    size_t count, room;
};

static struct window *add(struct window_set *set, const char *name)
{
    if (set->count == set->room) {
        size_t room = set->room ? 2 * set->room : 16;
        struct window **grown = arena_get(set->arena, room, sizeof(struct window *));
        for (size_t i = 0; i < set->count; i++)
            grown[i] = set->windows[i];
        set->windows = grown;
        set->room = room;
    }
    struct window *window = arena_get(set->arena, 1, sizeof *window);
    window->set = set;
    window->name = arena_text(set->arena, name);
    window->dated = true;
    set->windows[set->count++] = window;
    return window;
}

struct window_set *window_set_create(struct arena *arena)
{
    struct window_set *set = arena_get(arena, 1, sizeof *set);
    set->arena = arena;
    add(set, "always")->everything = true;
    (void)add(set, "never");
    return set;
}

struct window *window_add(struct window_set *set, const char *name, struct error *error)
{
    if (window_find(set, name)) {
        (void)error_set(error, "there is a window \"%s\" already", name);
        return NULL;
    }
    return add(set, name);
}

bool window_set_zone(struct window *window, const char *timezone, struct error *error)
{
    window->zone = zone_open(timezone, error);
    return window->zone != NULL;
}

static void add_rule(struct window *window, const struct window_rule *rule)
{
    struct window_rule *kept = arena_get(window->set->arena, 1, sizeof *kept);
    *kept = *rule;
    kept->next = window->rules[rule->level];
    window->rules[rule->level] = kept;
    window->ruled = true;
    window->dated &= rule->level == WINDOW_DATE;
}

bool window_add_days(struct window *window, const char *const *days, size_t count, const char *start,
                     const char *end, struct error *error)
{
    struct window_rule rule = {.level = WINDOW_WEEKDAY, .step = 1};
    struct window_span span = {0, WINDOW_DAY_MINUTES};
    for (size_t i = 0; i < count; i++) {
        unsigned bits;
        if (!window_words_days(days[i], &bits, error))
            return false;
        rule.weekdays |= bits;
    }
    if (count == 0)
        rule.weekdays = WEEK_BITS;
    if ((start && !window_words_minute(start, &span.start, error)) ||
        (end && !window_words_minute(end, &span.end, error)))
        return false;
    if (span.start == WINDOW_DAY_MINUTES)
        return error_set(error, "24:00 is the end of a day; one begins at 00:00");
    if (span.start == span.end)
        return error_set(error, "begins and ends at \"%s\"; a whole day is 00:00 to 24:00",
                         start ? start : end);
    if (span.end < span.start)
        span.end += WINDOW_DAY_MINUTES;
    rule.spans = arena_get(window->set->arena, 1, sizeof span);
    rule.spans[0] = span;
    rule.span_count = 1;
    add_rule(window, &rule);
    return true;
}

bool window_add_rule(struct window *window, const char *when, const char *ranges, struct error *error)
{
    struct window_rule rule = {0};
    if (!window_words_when(when, &rule, error) ||
        !window_words_spans(window->set->arena, ranges, &rule, error))
        return false;
    add_rule(window, &rule);
    return true;
}

void window_add_exclude(struct window *window, const char *name)
{
    for (const struct window_link *link = window->without; link; link = link->next)
        if (strcmp(link->name, name) == 0)
            return;
    struct window_link *link = arena_get(window->set->arena, 1, sizeof *link);
    link->name = arena_text(window->set->arena, name);
    link->next = window->without;
    window->without = link;
}

void window_add_all_except(struct window *window, const char *name)
{
    window->everything = true;
    window_add_exclude(window, name);
}

static bool name_missing(const struct window *window, const char *name, struct error *error)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < window->set->count; i++)
        nearest_try(&nearest, window->set->windows[i]->name);
    if (nearest.name)
        return error_set(error, "no such window as \"%s\"; did you mean \"%s\"", name, nearest.name);
    return error_set(error, "no such window as \"%s\"", name);
}

/* Rules that leave out no minute of the week are the same as none, and much faster. */
static bool covers_everything(const struct window *window)
{
    unsigned whole = 0;
    for (int level = 0; level < WINDOW_WEEKDAY; level++)
        if (window->rules[level])
            return false;
    for (const struct window_rule *rule = window->rules[WINDOW_WEEKDAY]; rule; rule = rule->next) {
        if (rule->span_count == 0)
            return false;
        for (size_t i = 0; i < rule->span_count; i++)
            if (rule->spans[i].start == 0 && rule->spans[i].end >= WINDOW_DAY_MINUTES)
                whole |= rule->weekdays;
    }
    return whole == WEEK_BITS;
}

static bool resolve(struct window *window, int depth, struct error *error, const char **blamed)
{
    *blamed = window->name;
    if (window->visit == WINDOW_VISITING)
        return error_set(error, "the window \"%s\" refers to itself", window->name);
    if (depth + window->height > DEEPEST)
        return error_set(error, "windows refer to each other more than %d deep at \"%s\"", DEEPEST,
                         window->name);
    if (window->visit == WINDOW_RESOLVED)
        return true;
    window->visit = WINDOW_VISITING;
    for (struct window_link *link = window->without; link; link = link->next) {
        struct window *other = NULL;
        for (size_t i = 0; i < window->set->count && !other; i++)
            if (strcmp(window->set->windows[i]->name, link->name) == 0)
                other = window->set->windows[i];
        if (!other)
            return name_missing(window, link->name, error);
        if (!resolve(other, depth + 1, error, blamed))
            return false;
        link->window = other;
        *blamed = window->name;
        if (other->height >= window->height)
            window->height = other->height + 1;
    }
    if (window->ruled && covers_everything(window)) {
        window->ruled = false;
        window->everything = true;
    }
    window->visit = WINDOW_RESOLVED;
    return true;
}

bool window_set_resolve(struct window_set *set, struct error *error, const char **blamed)
{
    for (size_t i = 0; i < set->count; i++)
        if (!resolve(set->windows[i], 0, error, blamed))
            return false;
    return true;
}

const struct window *window_find(const struct window_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->windows[i]->name, name) == 0)
            return set->windows[i];
    return NULL;
}

const char *window_name(const struct window *window)
{
    return window->name;
}

size_t window_count(const struct window_set *set)
{
    return set->count;
}

const struct window *window_at(const struct window_set *set, size_t index)
{
    return set->windows[index];
}

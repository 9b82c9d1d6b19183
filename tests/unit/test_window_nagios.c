/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window as a timeperiod, read again, must hold at the same instants. */
#include "scheduler/core/nagios_text.h"
#include "scheduler/core/window_nagios.h"

#include "lib/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { RULES = 4, STEP = 1800, SPAN = 800 * 86400 };

static const int64_t begin = 1767225600; /* 2026-01-01 */

struct shape {
    const char *rules[RULES][2];
    const char *days, *start, *end;
    const char *except;
};

static struct window *build(struct window_set *set, const char *name, const struct shape *shape)
{
    struct error error = {""};
    struct window *window = window_add(set, name, &error);
    for (size_t i = 0; i < RULES && shape->rules[i][0]; i++)
        if (!window_add_rule(window, shape->rules[i][0], shape->rules[i][1], &error))
            fail_msg("%s", error.text);
    if (shape->days || shape->start)
        assert_true(
            window_add_days(window, &shape->days, shape->days ? 1 : 0, shape->start, shape->end, &error));
    if (shape->except)
        window_add_all_except(window, shape->except);
    return window;
}

/* Reads the lines as an importer does. */
static struct window *read_back(struct window_set *set, struct arena *arena, const char *lines)
{
    struct nagios_source *source = nagios_source_create(arena);
    struct text text = TEXT_INIT;
    struct error error = {""};
    struct window *window = window_add(set, "back", &error);
    text_format(&text, "define timeperiod {\n%s}\n", lines);
    nagios_text_objects(source, text.bytes, text.length, "x");
    for (size_t i = 0; i < source->definitions[0]->count; i++) {
        const struct nagios_line *line = &source->definitions[0]->lines[i];
        if (strcmp(line->name, "exclude") == 0)
            window_add_exclude(window, line->value);
        else if (!window_add_rule(window, line->name, line->value, &error))
            fail_msg("%s", error.text);
    }
    text_release(&text);
    return window;
}

static void same_instants(void **state)
{
    static const struct shape shapes[] = {
        {.days = "mon-fri", .start = "10:00", .end = "22:00"},
        {.days = "mon,wed,sun", .start = "22:00", .end = "06:00"},
        {.start = "23:30", .end = "00:30"},
        {.days = "sat-sun"},
        {.rules = {{"monday", "09:00-12:00,13:00-17:00"}, {"tuesday - thursday", "00:00-24:00"}}},
        {.rules = {{"december 25", "00:00-24:00"}, {"december 20 - january 10", "08:00-09:00"}}},
        {.rules = {{"day -1", "12:00-24:00"}, {"day 1 - 15 / 5", "00:00-01:00"}}},
        {.rules = {{"thursday 4 november", "00:00-24:00"},
                   {"monday -1", "01:00-02:00"},
                   {"friday 2 - 3", "03:00-04:00"}}},
        {.rules = {{"2026-12-31", "12:00-24:00"},
                   {"2026-02-01 - 2026-03-05 / 3", "01:00-02:00"},
                   {"2027-01-01 / 7", "00:00-24:00"}}},
        {.rules = {{"monday", "00:00-24:00"}, {"may 1", "00:00-00:00"}}},
        {.except = "base"},
        {.rules = {{"sunday - saturday", "00:00-24:00"}}},
    };
    const struct zone *zone = zone_open("Europe/Berlin", NULL);
    (void)state;
    assert_non_null(zone);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct arena *arena = arena_create();
        struct window_set *set = window_set_create(arena);
        struct text lines = TEXT_INIT;
        struct error error = {""};
        const char *blamed;
        (void)build(set, "base", &shapes[0]);
        const struct window *window = build(set, "window", &shapes[i]);
        assert_true(window_set_resolve(set, &error, &blamed));
        assert_true(window_nagios(window, &lines, &error));
        const struct window *back = read_back(set, arena, lines.bytes);
        assert_true(window_set_resolve(set, &error, &blamed));
        size_t inside = 0;
        for (int64_t at = begin; at < begin + SPAN; at += STEP) {
            bool holds = window_inside(window, zone, at);
            inside += holds;
            if (holds != window_inside(back, zone, at))
                fail_msg("shape %zu at %lld:\n%s", i, (long long)at, lines.bytes);
        }
        assert_true(inside > 0);
        text_release(&lines);
        arena_free(arena);
    }
}

static void what_is_lost_is_told(void **state)
{
    struct arena *arena = arena_create();
    struct window_set *set = window_set_create(arena);
    struct text lines = TEXT_INIT;
    struct error error = {""};
    const char *blamed;
    const struct shape night = {.rules = {{"december 24", "22:00-06:00"}}};
    (void)state;
    const struct window *window = build(set, "night", &night);
    struct window *abroad = build(set, "abroad", &(struct shape){.days = "mon"});
    assert_true(window_set_zone(abroad, "America/New_York", &error));
    assert_true(window_set_resolve(set, &error, &blamed));
    assert_false(window_nagios(window, &lines, &error));
    assert_string_equal(lines.bytes, "    december 24 22:00-24:00\n");
    assert_non_null(strstr(error.text, "midnight"));
    assert_false(window_nagios(abroad, &lines, &error));
    assert_non_null(strstr(error.text, "time zone"));
    text_clear(&lines);
    assert_true(window_nagios(NULL, &lines, &error));
    assert_non_null(strstr(lines.bytes, "saturday 00:00-24:00\n"));
    text_clear(&lines);
    assert_true(window_nagios(window_find(set, "never"), &lines, &error));
    assert_string_equal(lines.bytes, "");
    text_release(&lines);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_instants),
        cmocka_unit_test(what_is_lost_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

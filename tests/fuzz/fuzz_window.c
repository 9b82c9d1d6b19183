/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a hostile configuration: "WHEN=TIMES" is a rule, anything else a list of days. What is taken must
 * be answered consistently. */
#include "scheduler/core/window.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void take_line(struct window *window, char *line)
{
    char *equals = strchr(line, '=');
    const char *days = line;
    if (equals) {
        *equals = '\0';
        (void)window_add_rule(window, line, equals + 1, NULL);
    } else {
        (void)window_add_days(window, &days, 1, "22:00", "06:00", NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct zone *zone = zone_open("Europe/Berlin", NULL);
    struct arena *arena = arena_create();
    struct window *window = window_add(window_set_create(arena), "w", NULL);
    char *line = arena_text_of(arena, (const char *)bytes, length);
    for (char *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        take_line(window, line);
    }
    int64_t at = 1774740000 + (int64_t)length * 86400;
    struct window_answer answer = window_ask(window, zone, at);
    if (answer.until != WINDOW_NEVER && window_inside(window, zone, answer.until) == answer.inside)
        abort();
    if (answer.since != WINDOW_NEVER && window_inside(window, zone, answer.since - 1) == answer.inside)
        abort();
    arena_free(arena);
    return 0;
}

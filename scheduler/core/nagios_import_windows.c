/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When: timeperiods. */
#include "scheduler/core/nagios_import_parts.h"

#include "scheduler/core/window.h"

#include <ctype.h>

static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};

enum { DAYS = 7 };

struct rule {
    const char *when;
    struct text ranges;
};

/* One timeperiod while its lines are gathered. */
struct period {
    struct nagios_import *import;
    struct rule *rules;
    size_t count, room;
    struct window *window; /* to try rules on */
};

static bool is_plain(const char *name)
{
    static const char *const plain[] = {"use", "name", "register", "alias", "timeperiod_name", "exclude"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(plain[i], name) == 0)
            return true;
    return false;
}

static int minutes_of(const char *text)
{
    int hours = 0, minutes = 0;
    return sscanf(text, "%d:%d", &hours, &minutes) == 2 ? hours * 60 + minutes : -1;
}

/* Ranges without blanks, and without those that Nagios takes and that never match. */
static void add_ranges(struct period *period, const struct nagios_line *line, struct text *ranges)
{
    struct words words;
    nagios_split(period->import->arena, line->value, &words);
    for (size_t i = 0; i < words.count; i++) {
        struct text clean = TEXT_INIT;
        for (const char *at = words.items[i]; *at; at++)
            if (!isspace((unsigned char)*at))
                text_add_char(&clean, *at);
        const char *dash = strchr(clean.bytes, '-');
        int from = minutes_of(clean.bytes), until = dash ? minutes_of(dash + 1) : -1;
        if (from >= 0 && until >= 0 && from >= until && (from || until))
            nagios_find(period->import->findings, line->place,
                        "\"%s\" never matches in Nagios; it is left out", clean.bytes);
        else
            text_format(ranges, "%s%s", ranges->length ? "," : "", clean.bytes);
        text_release(&clean);
    }
}

static void take_line(void *owner, const struct nagios_line *line)
{
    struct period *period = owner;
    struct text ranges = TEXT_INIT;
    struct error error = {""};
    struct rule *rule = NULL;
    if (is_plain(line->name))
        return;
    add_ranges(period, line, &ranges);
    bool fits = ranges.length && window_add_rule(period->window, line->name, ranges.bytes, &error);
    if (!fits && error.text[0])
        nagios_find(period->import->findings, line->place, "%s", error.text);
    for (size_t i = 0; fits && i < period->count; i++)
        if (strcmp(period->rules[i].when, line->name) == 0)
            rule = &period->rules[i];
    if (fits && rule) {
        text_format(&rule->ranges, ",%s", ranges.bytes);
    } else if (fits && period->count < period->room) {
        period->rules[period->count] = (struct rule){line->name, TEXT_INIT};
        text_add(&period->rules[period->count++].ranges, ranges.bytes);
    }
    text_release(&ranges);
}

static void write_excluded(struct nagios_import *import, struct nagios_definition *definition,
                           struct text *text)
{
    struct place place;
    struct words words;
    size_t count = 0;
    nagios_split(import->arena, nagios_get(import->objects, definition, "exclude", &place), &words);
    for (size_t i = 0; i < words.count; i++) {
        const char *name = nagios_import_window(import, words.items[i], place);
        if (!name)
            continue;
        text_add(text, count++ ? ", " : "    exclude: [");
        nagios_import_quote(text, name);
    }
    text_add(text, count ? "]\n" : "");
}

enum { RULES_MAX = 512 };

/* false: it holds no time at all. */
static bool write_window(struct nagios_import *import, size_t index, struct text *text)
{
    struct nagios_definition *definition = import->objects->timeperiods.items[index].definition;
    struct window_set *set = window_set_create(import->arena);
    struct period period = {.import = import,
                            .rules = arena_get(import->arena, RULES_MAX, sizeof(struct rule)),
                            .room = RULES_MAX,
                            .window = window_add(set, "x", NULL)};
    nagios_lines(import->objects, definition, take_line, &period);
    const char *alias = nagios_get(import->objects, definition, "alias", NULL);
    if (period.count && text) {
        text_add(text, "  ");
        nagios_import_quote(text, import->window_names[index]);
        text_add(text, ":");
        if (alias && strcmp(alias, import->objects->timeperiods.items[index].name) != 0)
            text_format(text, "  # %s", alias);
        text_add(text, "\n");
        for (size_t i = 0; i < period.count; i++)
            text_format(text, "    \"%s\": \"%s\"\n", period.rules[i].when, period.rules[i].ranges.bytes);
        write_excluded(import, definition, text);
    }
    for (size_t i = 0; i < period.count; i++)
        text_release(&period.rules[i].ranges);
    return period.count > 0;
}

void nagios_import_windows(struct nagios_import *import, struct text *text)
{
    const struct nagios_index *periods = &import->objects->timeperiods;
    struct names *names = names_create(import->arena);
    struct text all = TEXT_INIT;
    (void)names_take(names, "always");
    (void)names_take(names, "never");
    import->window_names = arena_get(import->arena, periods->count + 1, sizeof *import->window_names);
    for (size_t i = 0; i < periods->count; i++)
        import->window_names[i] =
            write_window(import, i, NULL)
                ? names_take(names, nagios_import_name(import->arena, periods->items[i].name))
                : "never";
    for (size_t i = 0; i < periods->count; i++)
        (void)write_window(import, i, &all);
    if (all.length)
        text_format(text, "windows:\n%s", all.bytes);
    text_release(&all);
}

const char *nagios_import_window(struct nagios_import *import, const char *period, struct place place)
{
    size_t at = period ? nagios_index_at(&import->objects->timeperiods, period) : 0;
    if (!period)
        return NULL;
    if (at < import->objects->timeperiods.count)
        return import->window_names[at];
    nagios_find(import->findings, place, "no timeperiod \"%s\"", period);
    return NULL;
}

bool nagios_import_is_always(const struct nagios_import *import, const char *period)
{
    struct nagios_definition *definition = nagios_index_find(&import->objects->timeperiods, period);
    for (size_t day = 0; definition && day < DAYS; day++) {
        const char *ranges = nagios_get(import->objects, definition, weekdays[day], NULL);
        if (!ranges || strcmp(ranges, "00:00-24:00") != 0)
            return false;
    }
    return definition && !nagios_get(import->objects, definition, "exclude", NULL);
}

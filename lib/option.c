/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value: text into a typed member, and back. */
#include "lib/option.h"

#include "lib/nearest.h"
#include "lib/number.h"
#include "lib/text.h"

#include <math.h>
#include <strings.h>

static void *member_of(const struct option_row *row, void *arguments)
{
    return (char *)arguments + row->target.offset;
}

static const void *member_seen(const struct option_row *row, const void *arguments)
{
    return (const char *)arguments + row->target.offset;
}

static bool is_bounded(const struct option_row *row)
{
    return row->low < 0 || row->low > 0 || row->high < 0 || row->high > 0;
}

static bool is_within(const struct option_row *row, double value)
{
    return !is_bounded(row) || (value >= row->low && value <= row->high);
}

static bool refuse_number(const struct option_row *row, const char *kind, const char *value,
                          struct error *error)
{
    struct text bounds = TEXT_INIT;
    if (is_bounded(row)) {
        text_add(&bounds, " from ");
        number_write(&bounds, row->low);
        text_add(&bounds, " to ");
        number_write(&bounds, row->high);
    }
    (void)error_set(error, "--%s: not %s%s: \"%s\"", row->name, kind, bounds.bytes, value);
    text_release(&bounds);
    return false;
}

static bool assign_flag(const struct option_row *row, bool *flag, const char *value, struct error *error)
{
    static const struct {
        const char *name;
        bool on;
    } words[] = {{"on", true},   {"yes", true}, {"true", true},
                 {"off", false}, {"no", false}, {"false", false}};
    if (!value) {
        *flag = true;
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(value, words[i].name) == 0) {
            *flag = words[i].on;
            return true;
        }
    }
    return error_set(error, "--%s: neither on nor off: \"%s\"", row->name, value);
}

static bool assign_number(const struct option_row *row, double *number, const char *value,
                          struct error *error)
{
    double found;
    if (!number_read(value, true, &found) || !is_within(row, found))
        return refuse_number(row, "a number", value, error);
    *number = found;
    return true;
}

static bool assign_whole(const struct option_row *row, int64_t *whole, const char *value, struct error *error)
{
    int64_t found;
    if (!number_read_whole(value, INT64_MIN, INT64_MAX, &found) || !is_within(row, (double)found))
        return refuse_number(row, "a whole number", value, error);
    *whole = found;
    return true;
}

static bool assign_duration(const struct option_row *row, int64_t *milliseconds, const char *value,
                            struct error *error)
{
    static const double longest = 100 * 366 * 86400.0;
    double seconds;
    int64_t found;
    if (number_read(value, false, &seconds) && seconds >= 0 && seconds <= longest)
        found = number_nearest(seconds * 1000);
    else if (!duration_read(value, &found, NULL))
        return refuse_number(row, "a number of seconds or a duration such as 15s", value, error);
    if (!is_within(row, (double)found / 1000))
        return refuse_number(row, "a number of seconds", value, error);
    *milliseconds = found;
    return true;
}

static bool assign_choice(const struct option_row *row, int *choice, const char *value, struct error *error)
{
    struct nearest nearest = {.wanted = value};
    for (int i = 0; row->choices[i]; i++) {
        if (strcmp(value, row->choices[i]) == 0) {
            *choice = i;
            return true;
        }
        nearest_try(&nearest, row->choices[i]);
    }
    struct text names = TEXT_INIT;
    for (int i = 0; row->choices[i]; i++)
        text_format(&names, "%s%s", i > 0 ? ", " : "", row->choices[i]);
    if (nearest.name)
        (void)error_set(error, "--%s: unknown choice \"%s\", the nearest is \"%s\"", row->name, value,
                        nearest.name);
    else
        (void)error_set(error, "--%s: unknown choice \"%s\", it takes %s", row->name, value, names.bytes);
    text_release(&names);
    return false;
}

static void append(struct option_list *list, const char *value, struct arena *arena)
{
    const char **items = arena_get(arena, list->count + 1, sizeof *items);
    if (list->count)
        memcpy(items, list->items, list->count * sizeof *items);
    items[list->count] = arena_text(arena, value);
    list->items = items;
    list->count++;
}

static void add_one(int *count)
{
    if (*count < INT32_MAX)
        ++*count;
}

bool option_assign(const struct option_row *row, void *arguments, const char *value, struct arena *arena,
                   struct error *error)
{
    void *member = member_of(row, arguments);
    switch (row->target.kind) {
    case OPTION_FLAG:
        return assign_flag(row, member, value, error);
    case OPTION_COUNT:
        add_one(member);
        return true;
    case OPTION_TEXT:
    case OPTION_SECRET:
        *(const char **)member = arena_text(arena, value);
        return true;
    case OPTION_NUMBER:
        return assign_number(row, member, value, error);
    case OPTION_WHOLE:
        return assign_whole(row, member, value, error);
    case OPTION_DURATION:
        return assign_duration(row, member, value, error);
    case OPTION_CHOICE:
        return assign_choice(row, member, value, error);
    case OPTION_LIST:
        append(member, value, arena);
        return true;
    case OPTION_NONE:
        break;
    }
    abort();
}

bool option_takes_value(const struct option_row *row)
{
    return row->target.kind != OPTION_FLAG && row->target.kind != OPTION_COUNT;
}

static bool add_list(struct text *text, const struct option_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        text_format(text, "%s%s", i ? "," : "", list->items[i]);
    return list->count > 0;
}

static bool add_number(struct text *text, double value)
{
    if (!isfinite(value) || fpclassify(value) == FP_ZERO)
        return false;
    number_write(text, value);
    return true;
}

static bool add_whole(struct text *text, int64_t value)
{
    if (value != 0)
        text_format(text, "%lld", (long long)value);
    return value != 0;
}

bool option_value(const struct option_row *row, const void *arguments, struct text *text)
{
    const void *member = member_seen(row, arguments);
    const char *string = NULL;
    switch (row->target.kind) {
    case OPTION_FLAG:
        string = *(const bool *)member ? "on" : NULL;
        break;
    case OPTION_COUNT:
        return add_whole(text, *(const int *)member);
    case OPTION_TEXT:
        string = *(const char *const *)member;
        break;
    case OPTION_NUMBER:
        return add_number(text, *(const double *)member);
    case OPTION_WHOLE:
        return add_whole(text, *(const int64_t *)member);
    case OPTION_DURATION:
        if (*(const int64_t *)member > 0)
            duration_write(text, *(const int64_t *)member);
        return *(const int64_t *)member > 0;
    case OPTION_CHOICE:
        string = row->choices[*(const int *)member];
        break;
    case OPTION_LIST:
        return add_list(text, member);
    case OPTION_SECRET:
    case OPTION_NONE:
        break;
    }
    if (string)
        text_add(text, string);
    return string && *string;
}

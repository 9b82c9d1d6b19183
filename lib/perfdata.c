/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/perfdata.h"

#include "lib/range.h"

#include <math.h>

enum { SHOWN = 80, FIELDS = 5 };

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* How long the number at ${text} is; 0: there is none. */
static size_t number_length(const char *text)
{
    size_t length = *text == '+' || *text == '-' ? 1 : 0;
    size_t before = digits_at(text + length);
    length += before;
    size_t after = 0;
    if (text[length] == '.') {
        after = digits_at(text + length + 1);
        length += 1 + after;
    }
    if (before + after == 0)
        return 0;
    if (text[length] == 'e' || text[length] == 'E') {
        size_t sign = text[length + 1] == '+' || text[length + 1] == '-' ? 1 : 0;
        size_t exponent = digits_at(text + length + 1 + sign);
        if (exponent)
            length += 1 + sign + exponent;
    }
    return length;
}

static bool read_number(const char *text, size_t length, double *value)
{
    *value = length ? strtod(text, NULL) : (double)NAN; /* the text ends there: no hex, no "inf" */
    return isfinite(*value);
}

static bool is_unit(const char *text)
{
    static const char never[] = "0123456789_ =;'\"";
    return strcspn(text, never) == strlen(text);
}

static bool read_value(char *field, struct plugin_item *item, struct arena *arena)
{
    if (strcmp(field, "U") == 0) {
        item->value = (double)NAN;
        item->unit = "";
        return true;
    }
    size_t length = number_length(field);
    if (length == 0 || !is_unit(field + length))
        return false;
    item->unit = arena_text(arena, field + length);
    field[length] = '\0';
    return read_number(field, length, &item->value);
}

static bool read_range(const char *field, const char **range, struct arena *arena)
{
    struct range unused;
    bool good = range_read(field, &unused, NULL);
    *range = good && *field ? arena_text(arena, field) : NULL;
    return good;
}

static bool read_bound(const char *field, double *bound)
{
    *bound = (double)NAN;
    if (*field == '\0')
        return true;
    bool good = number_length(field) == strlen(field) && read_number(field, strlen(field), bound);
    if (!good)
        *bound = (double)NAN;
    return good;
}

/* Behind the "=": ${text} ends at the blank. */
static enum perfdata_result read_fields(char *text, struct plugin_item *item, struct arena *arena,
                                        struct error *error)
{
    char none[1] = "";
    char *fields[FIELDS] = {none, none, none, none, none};
    const char *shown = arena_text(arena, text);
    char *rest = text;
    for (size_t i = 0; i < FIELDS && rest; i++)
        fields[i] = strsep(&rest, ";");
    if (!read_value(fields[0], item, arena)) {
        (void)error_set(error, "no number: \"%.*s=%.*s\"", SHOWN, item->label, SHOWN, shown);
        return PERFDATA_BAD;
    }
    bool warning = read_range(fields[1], &item->warning, arena);
    bool critical = read_range(fields[2], &item->critical, arena);
    bool min = read_bound(fields[3], &item->min);
    bool max = read_bound(fields[4], &item->max);
    const char *part = !warning    ? "warning range"
                       : !critical ? "critical range"
                       : !min      ? "minimum"
                       : !max      ? "maximum"
                                   : NULL;
    if (part || (rest && *rest))
        (void)error_set(error, "no %s: \"%.*s=%.*s\"", part ? part : "field beyond the maximum", SHOWN,
                        item->label, SHOWN, shown);
    return part || (rest && *rest) ? PERFDATA_PARTIAL : PERFDATA_ITEM;
}

/* From the opening quote; `*end` is behind the closing one. NULL: there is none. */
static char *read_quoted(const char *at, const char **end, struct arena *arena)
{
    size_t length = 0;
    const char *from = at + 1;
    for (; *from && (from[0] != '\'' || from[1] == '\''); from++) {
        from += *from == '\'';
        length++;
    }
    if (*from == '\0')
        return NULL;
    char *label = arena_get(arena, length + 1, 1);
    *end = from + 1;
    from = at + 1;
    for (size_t i = 0; i < length; i++) {
        from += *from == '\'';
        label[i] = *from++;
    }
    return label;
}

static char *read_label(const char *at, const char **end, struct arena *arena)
{
    if (*at == '\'')
        return read_quoted(at, end, arena);
    size_t length = strcspn(at, "= \t\n");
    *end = at + length;
    return arena_text_of(arena, at, length);
}

enum perfdata_result perfdata_next(const char **at, struct arena *arena, struct plugin_item *item,
                                   struct error *error)
{
    static const char blanks[] = " \t\n";
    const char *begin = *at + strspn(*at, blanks);
    const char *end = begin;
    *at = begin;
    if (*begin == '\0')
        return PERFDATA_END;
    *item = (struct plugin_item){.value = (double)NAN, .unit = "", .min = (double)NAN, .max = (double)NAN};
    char *label = read_label(begin, &end, arena);
    if (!label || *label == '\0' || *end != '=') {
        size_t length = strcspn(begin, blanks);
        *at = begin + length;
        (void)error_set(error, "no label and value: \"%.*s\"", length < SHOWN ? (int)length : SHOWN, begin);
        return PERFDATA_BAD;
    }
    size_t length = strcspn(end + 1, blanks);
    item->label = label;
    *at = end + 1 + length;
    return read_fields(arena_text_of(arena, end + 1, length), item, arena, error);
}

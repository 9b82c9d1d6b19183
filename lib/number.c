/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The shape is checked by hand because strtod takes hex, "inf", blanks and a plus sign. */
static bool has_number_shape(const char *text, bool exponent)
{
    size_t digits = 0;
    if (*text == '-')
        text++;
    for (; is_digit(*text); text++)
        digits++;
    if (*text == '.')
        for (text++; is_digit(*text); text++)
            digits++;
    if (digits == 0)
        return false;
    if (exponent && (*text == 'e' || *text == 'E')) {
        text++;
        if (*text == '-' || *text == '+')
            text++;
        if (!is_digit(*text))
            return false;
        while (is_digit(*text))
            text++;
    }
    return *text == '\0';
}

bool number_read(const char *text, bool exponent, double *value)
{
    if (!has_number_shape(text, exponent))
        return false;
    double found = strtod(text, NULL); /* no program here calls setlocale, so the point is a point */
    if (!isfinite(found))
        return false;
    *value = found;
    return true;
}

bool number_read_whole(const char *text, int64_t low, int64_t high, int64_t *value)
{
    const char *digits = *text == '-' ? text + 1 : text;
    if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    long long found = strtoll(text, NULL, 10);
    if (errno != 0 || found < low || found > high)
        return false;
    *value = found;
    return true;
}

void number_write(struct text *text, double value)
{
    char buffer[400];
    if (value == 0)
        value = 0;                                  /* no "-0" */
    for (int digits = 0; digits <= 340; digits++) { /* the smallest of all needs 324 */
        (void)snprintf(buffer, sizeof buffer, "%.*f", digits, value);
        double back = strtod(buffer, NULL);
        if (back == value || fabs(back - value) <= fabs(value) * 1e-15)
            break;
    }
    text_add(text, buffer);
}

static const struct {
    const char *name;
    int64_t milliseconds;
} units[] = {
    {"y", INT64_C(365) * 86400000},
    {"w", INT64_C(7) * 86400000},
    {"d", 86400000},
    {"h", 3600000},
    {"m", 60000},
    {"s", 1000},
    {"ms", 1},
};

/* Years and weeks are read, but written in days. */
enum { UNITS = sizeof units / sizeof units[0], FIRST_WRITTEN = 2 };

static const int64_t longest = INT64_C(100) * 366 * 86400000;

static int64_t unit_named(const char *name, size_t length)
{
    for (size_t i = 0; i < UNITS; i++)
        if (strlen(units[i].name) == length && strncmp(units[i].name, name, length) == 0)
            return units[i].milliseconds;
    return 0;
}

bool duration_read(const char *text, int64_t *milliseconds, struct error *error)
{
    int64_t sum = 0;
    const char *at = text;
    if (strcmp(text, "0") == 0) {
        *milliseconds = 0;
        return true;
    }
    do {
        size_t digits = strspn(at, "0123456789");
        size_t letters = strspn(at + digits, "abcdefghijklmnopqrstuvwxyz");
        int64_t unit = unit_named(at + digits, letters);
        char number[16];
        int64_t count;
        if (digits == 0 || digits >= sizeof number || unit == 0)
            return error_set(error, "not a duration such as 15s, 10m, 2h or 30d: \"%s\"", text);
        memcpy(number, at, digits);
        number[digits] = '\0';
        if (!number_read_whole(number, 0, longest / unit, &count) || (sum += count * unit) > longest)
            return error_set(error, "longer than 100 years: \"%s\"", text);
        at += digits + letters;
    } while (*at);
    *milliseconds = sum;
    return true;
}

void duration_write(struct text *text, int64_t milliseconds)
{
    int written = 0;
    if (milliseconds <= 0) {
        text_add(text, "0s");
        return;
    }
    for (size_t i = FIRST_WRITTEN; i < UNITS && written < 2; i++) {
        int64_t count = milliseconds / units[i].milliseconds;
        if (count == 0)
            continue;
        text_format(text, "%lld%s", (long long)count, units[i].name);
        milliseconds -= count * units[i].milliseconds;
        written++;
    }
}

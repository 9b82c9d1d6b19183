/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>

static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* A whole number of so many digits is exact as a double, and so is its quotient by a power of ten of the table, to the
 * last bit: the decimal of so many digits, as strtod reads it. */
enum { EXACT_DIGITS = 15 };

double number_round(double value, int digits)
{
    double scaled = value * powers[digits];
    if (!(fabs(scaled) < 1e15))
        return value;
    double whole = (double)(int64_t)scaled;
    if (fabs(scaled - whole) >= 0.5)
        whole += scaled < 0 ? -1 : 1;
    return whole / powers[digits];
}

int64_t number_nearest(double value)
{
    static const double beyond = 9223372036854775808.0; /* 2^63 */
    if (isnan(value))
        return 0;
    if (value >= beyond)
        return INT64_MAX;
    return value < -beyond ? INT64_MIN : (int64_t)number_round(value, 0);
}

double number_lower(double a, double b)
{
    return isnan(a) || b < a ? b : a;
}

double number_higher(double a, double b)
{
    return isnan(a) || b > a ? b : a;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* A decimal number as it is written. */
struct decimal {
    bool negative, exponent;
    size_t digits, behind; /* of them behind the point */
    uint64_t whole;        /* of all digits, while they are at most EXACT_DIGITS */
};

static const char *take_digits(const char *text, struct decimal *decimal)
{
    for (; is_digit(*text); text++)
        if (++decimal->digits <= EXACT_DIGITS)
            decimal->whole = decimal->whole * 10 + (uint64_t)(*text - '0');
    return text;
}

/* The shape is checked by hand because strtod takes hex, "inf", blanks and a plus sign. */
static bool take_shape(const char *text, bool exponent, struct decimal *decimal)
{
    decimal->negative = *text == '-';
    text = take_digits(text + decimal->negative, decimal);
    size_t before = decimal->digits;
    if (*text == '.')
        text = take_digits(text + 1, decimal);
    decimal->behind = decimal->digits - before;
    if (decimal->digits == 0)
        return false;
    if (exponent && (*text == 'e' || *text == 'E')) {
        decimal->exponent = true;
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
    struct decimal decimal = {0};
    double found;
    if (!take_shape(text, exponent, &decimal))
        return false;
    if (decimal.digits <= EXACT_DIGITS && !decimal.exponent) {
        found = (double)decimal.whole / powers[decimal.behind];
        *value = decimal.negative ? -found : found;
        return true;
    }
    found = strtod(text, NULL); /* no program here calls setlocale, so the point is a point */
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

static bool is_close(double a, double b)
{
    return fabs(a - b) <= fabs(b) * 1e-15;
}

/* The whole number with a point ahead of its last so many digits. */
static void add_decimal(struct text *text, bool negative, uint64_t whole, int behind)
{
    char buffer[32];
    char *at = buffer + sizeof buffer;
    for (int digits = 0; whole > 0 || digits <= behind; digits++) {
        if (digits == behind && behind > 0)
            *--at = '.';
        *--at = (char)('0' + whole % 10);
        whole /= 10;
    }
    if (negative)
        *--at = '-';
    text_add_bytes(text, at, (size_t)(buffer + sizeof buffer - at));
}

/* What has few digits, as nearly all that is measured: few enough that only one decimal of that length is close. */
static bool write_short(struct text *text, double value)
{
    double size = fabs(value);
    for (int behind = 0; behind < EXACT_DIGITS && size * powers[behind] < 1e14; behind++) {
        double found = number_round(size, behind);
        if (is_close(found, size)) {
            add_decimal(text, value < 0, (uint64_t)number_nearest(size * powers[behind]), behind);
            return true;
        }
    }
    return false;
}

void number_write(struct text *text, double value)
{
    char buffer[400];
    if (write_short(text, value))
        return;
    for (int digits = 0; digits <= 340; digits++) { /* the smallest of all needs 324 */
        (void)snprintf(buffer, sizeof buffer, "%.*f", digits, value);
        double back = strtod(buffer, NULL);
        if (back == value || is_close(back, value))
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

static void write_units(struct text *text, int64_t milliseconds, int most)
{
    int written = 0;
    if (milliseconds <= 0) {
        text_add(text, "0s");
        return;
    }
    for (size_t i = FIRST_WRITTEN; i < UNITS && written < most; i++) {
        int64_t count = milliseconds / units[i].milliseconds;
        if (count == 0)
            continue;
        text_format(text, "%lld%s", (long long)count, units[i].name);
        milliseconds -= count * units[i].milliseconds;
        written++;
    }
}

void duration_write(struct text *text, int64_t milliseconds)
{
    write_units(text, milliseconds, 2);
}

void duration_write_exact(struct text *text, int64_t milliseconds)
{
    write_units(text, milliseconds, UNITS);
}

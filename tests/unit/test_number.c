/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/number.h"
#include "lib/phrase.h"
#include "lib/verdict.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void reads_numbers(void **state)
{
    static const struct {
        const char *text;
        bool exponent, read;
        double value;
    } cases[] = {
        {"0", false, true, 0},      {"-2", false, true, -2},  {".5", false, true, 0.5},
        {"23.", false, true, 23},   {"1e3", false, false, 0}, {"1e3", true, true, 1000},
        {"1E-2", true, true, 0.01}, {"1e", true, false, 0},   {"", false, false, 0},
        {"-", false, false, 0},     {".", false, false, 0},   {"+5", false, false, 0},
        {" 5", false, false, 0},    {"5 ", false, false, 0},  {"0x10", true, false, 0},
        {"inf", true, false, 0},    {"nan", true, false, 0},  {"1,5", false, false, 0},
        {"1e999", true, false, 0},  {"010", false, true, 10}, {"--5", false, false, 0},
        {"1.2.3", false, false, 0}, {"5-", false, false, 0},  {"1e+2", true, true, 100},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value = 0;
        if (number_read(cases[i].text, cases[i].exponent, &value) != cases[i].read)
            fail_msg("\"%s\"", cases[i].text);
        assert_true(fabs(value - cases[i].value) < 1e-9);
    }
}

static void reads_whole_numbers(void **state)
{
    int64_t value = 7;
    (void)state;
    assert_true(number_read_whole("65535", 1, 65535, &value));
    assert_int_equal(value, 65535);
    assert_true(number_read_whole("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MIN);
    static const char *const bad[] = {
        "", "-", "0", "65536", "1.0", "1e1", " 1", "1 ", "+1", "0x1", "9223372036854775808"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(number_read_whole(bad[i], 1, 65535, &value));
}

static void writes_what_it_reads(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {5, "5"},
        {-5.5, "-5.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.3"},
        {1e-7, "0.0000001"},
        {1e15, "1000000000000000"},
        {1e21, "1000000000000000000000"},
        {0.131051, "0.131051"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        number_write(&text, cases[i].value);
        assert_string_equal(text.bytes, cases[i].text);
        text_release(&text);
    }
    for (double value = 1e-300; value < 1e300; value *= 7.3) {
        struct text text = TEXT_INIT;
        double back;
        number_write(&text, value);
        assert_true(number_read(text.bytes, false, &back));
        assert_true(fabs(back - value) <= fabs(value) * 1e-14);
        text_release(&text);
    }
}

/* Every decimal of few digits, and some of many: as strtod reads it, to the last bit. */
static void reads_as_strtod_does(void **state)
{
    uint64_t seed = 42;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int behind = (int)(seed >> 60);
        unsigned long long whole = (seed & UINT64_C(0xffffffffffff)) >> (seed >> 48) % 48;
        (void)snprintf(text, sizeof text, "%s%llu.%0*llu", i % 2 ? "-" : "", whole / 1000, behind,
                       whole % 1000);
        double value = 0;
        assert_true(number_read(text, false, &value));
        double told = strtod(text, NULL);
        if (memcmp(&value, &told, sizeof value) != 0)
            fail_msg("%s", text);
    }
}

/* The shortest decimal that printf knows. */
static void write_by_printf(double value, char *buffer, size_t size)
{
    for (int digits = 0; digits < 40; digits++) {
        (void)snprintf(buffer, size, "%.*f", digits, value);
        if (fabs(strtod(buffer, NULL) - value) <= fabs(value) * 1e-15)
            return;
    }
}

static void writes_as_printf_does(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        struct text text = TEXT_INIT;
        char expected[400];
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value = (double)(int64_t)seed / (double)(UINT64_C(1) << (seed >> 10) % 63);
        if (i % 2)
            value = (double)((int64_t)(seed >> 34) - 500000000) / (i % 3 ? 1000 : 1e6);
        number_write(&text, value);
        write_by_printf(value, expected, sizeof expected);
        assert_string_equal(text.bytes, expected);
        text_release(&text);
    }
}

static void rounds(void **state)
{
    static const struct {
        double value;
        int digits;
        double rounded;
    } cases[] = {
        {0.5, 0, 1},
        {-0.5, 0, -1},
        {0.49999999999999994, 0, 0},
        {2.5, 0, 3},
        {1.2345675, 6, 1.234568},
        {-1.25, 1, -1.3},
        {1e300, 6, 1e300},
        {4503599627370497.5, 0, 4503599627370497.5},
        {123.4, 15, 123.4},
        {99.999, 2, 100},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(number_round(cases[i].value, cases[i].digits) == cases[i].rounded);
    for (double value = -1000; value < 1000; value += 0.03125)
        assert_true(number_round(value, 0) == round(value));
    assert_true(isnan(number_round((double)NAN, 3)));
    assert_true(isinf(number_round((double)INFINITY, 3)));
    assert_true(number_nearest(1e300) == INT64_MAX && number_nearest(-1e300) == INT64_MIN);
    assert_true(number_nearest(9223372036854775808.0) == INT64_MAX);
    assert_true(number_nearest(-9223372036854775808.0) == INT64_MIN);
    assert_true(number_nearest((double)NAN) == 0 && number_nearest(-2.5) == -3);
    assert_true(number_nearest(4503599627370497.0) == INT64_C(4503599627370497));
}

static void compares_past_nan(void **state)
{
    (void)state;
    assert_true(number_lower(1, 2) == 1 && number_lower(2, 1) == 1);
    assert_true(number_higher(1, 2) == 2 && number_higher(2, 1) == 2);
    assert_true(number_lower((double)NAN, 2) == 2 && number_lower(2, (double)NAN) == 2);
    assert_true(number_higher((double)NAN, 2) == 2 && number_higher(2, (double)NAN) == 2);
    assert_true(isnan(number_lower((double)NAN, (double)NAN)));
}

static void phrases_numbers(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {10.0001, "10.0001"}, {0.131051123, "0.13105"}, {95, "95"}, {1234567.89, "1234568"},
        {1.0 / 3, "0.33333"}, {-0.5, "-0.5"},           {0, "0"},   {999999.5, "1000000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        phrase_number(&text, cases[i].value);
        assert_string_equal(text.bytes, cases[i].text);
        text_release(&text);
    }
}

static void reads_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t milliseconds; /* -1: refused */
        const char *written;
    } cases[] = {
        {"15s", 15000, "15s"},
        {"10m", 600000, "10m"},
        {"2h", 7200000, "2h"},
        {"30d", INT64_C(2592000000), "30d"},
        {"1h30m", 5400000, "1h30m"},
        {"500ms", 500, "500ms"},
        {"0", 0, "0s"},
        {"2w", 1209600000, "14d"},
        {"", -1, NULL},
        {"5", -1, NULL},
        {"-5s", -1, NULL},
        {"5x", -1, NULL},
        {"s", -1, NULL},
        {"1.5h", -1, NULL},
        {"5 s", -1, NULL},
        {"9999999999999999w", -1, NULL},
        {"200000d", -1, NULL},
        {"5s ", -1, NULL},
        {"5S", -1, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        struct error error;
        int64_t found = -1;
        if (duration_read(cases[i].text, &found, &error) != (cases[i].milliseconds >= 0))
            fail_msg("\"%s\"", cases[i].text);
        if (cases[i].written) {
            assert_int_equal(found, cases[i].milliseconds);
            duration_write(&text, found);
            assert_string_equal(text.bytes, cases[i].written);
            text_clear(&text);
            duration_write_exact(&text, found);
            assert_true(duration_read(text.bytes, &found, NULL));
            assert_int_equal(found, cases[i].milliseconds);
        }
        text_release(&text);
    }
}

static void ranks_verdicts(void **state)
{
    enum verdict verdict;
    (void)state;
    assert_int_equal(verdict_worse(VERDICT_UNKNOWN, VERDICT_CRITICAL), VERDICT_CRITICAL);
    assert_int_equal(verdict_worse(VERDICT_UNKNOWN, VERDICT_WARNING), VERDICT_WARNING);
    assert_int_equal(verdict_worse(VERDICT_UNKNOWN, VERDICT_OK), VERDICT_UNKNOWN);
    assert_true(verdict_read("critical", &verdict) && verdict == VERDICT_CRITICAL);
    assert_true(verdict_read("W", &verdict) && verdict == VERDICT_WARNING);
    assert_true(verdict_read("green", &verdict) && verdict == VERDICT_OK);
    assert_false(verdict_read("great", &verdict));
    assert_false(verdict_read("", &verdict));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_whole_numbers),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(phrases_numbers),
        cmocka_unit_test(reads_as_strtod_does),
        cmocka_unit_test(writes_as_printf_does),
        cmocka_unit_test(rounds),
        cmocka_unit_test(compares_past_nan),
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(ranks_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

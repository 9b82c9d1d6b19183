/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/baseline.h"

#include <math.h>

#define U          ((double)NAN)
#define COUNT(row) (sizeof(row) / sizeof(row)[0])

static bool is_near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static void test_summary(void **state)
{
    (void)state;
    const double one[] = {U, 2, 4, U}, two[] = {4, 4, 5, 5, 7, 9, U};
    struct baseline_summary summary = {0};
    baseline_add(&summary, one, COUNT(one));
    baseline_add(&summary, two, COUNT(two));
    baseline_end(&summary);
    assert_int_equal(summary.known, 8);
    assert_int_equal(summary.unknown, 3);
    assert_true(is_near(summary.average, 5));
    assert_true(is_near(summary.maximum, 9));
    assert_true(is_near(summary.minimum, 2));
    assert_true(is_near(summary.last, 9));
    assert_true(is_near(summary.deviation, sqrt(32.0 / 7)));
}

static void test_summary_keeps_small_differences(void **state)
{
    (void)state;
    const double far[] = {1e12 + 1, 1e12 + 2, 1e12 + 3};
    struct baseline_summary summary = {0};
    baseline_add(&summary, far, COUNT(far));
    baseline_end(&summary);
    assert_true(is_near(summary.deviation, 1));
}

static void test_summary_below_zero(void **state)
{
    (void)state;
    const double row[] = {-3, -1, -2};
    struct baseline_summary summary = {0};
    baseline_add(&summary, row, COUNT(row));
    baseline_end(&summary);
    assert_true(is_near(summary.maximum, -1) && is_near(summary.minimum, -3));
}

static void test_summary_of_nothing(void **state)
{
    (void)state;
    const double none[] = {U, U};
    struct baseline_summary summary = {0};
    baseline_add(&summary, none, COUNT(none));
    baseline_end(&summary);
    assert_true(isnan(summary.average) && isnan(summary.maximum) && isnan(summary.deviation));
    struct baseline_summary single = {0};
    baseline_add(&single, &(const double){7}, 1);
    baseline_end(&single);
    assert_true(is_near(single.deviation, 0) && is_near(single.average, 7));
}

static void test_line(void **state)
{
    (void)state;
    static const struct {
        double values[6], slope, level;
    } rows[] = {
        {{10, 12, 14, 16, 18, 20}, 2.0 / 60, 20},
        {{10, U, 14, U, U, 20}, 2.0 / 60, 20},
        {{U, 12, 14, 16, 18, U}, 2.0 / 60, 20}, /* the line goes on where nothing is known */
        {{5, 5, 5, 5, 5, 5}, 0, 5},
        {{6, 5, 4, 3, 2, 1}, -1.0 / 60, 1},
        {{0, 2, 0, 2, 0, 2}, 6.0 / 35 / 60, 1 + 2.5 * 6.0 / 35},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct baseline_line line;
        assert_true(baseline_fit(rows[i].values, 6, 60, &line));
        assert_true(is_near(line.slope, rows[i].slope));
        assert_true(is_near(line.level, rows[i].level));
    }
}

static void test_line_of_too_little(void **state)
{
    (void)state;
    const double row[] = {U, 3, U};
    struct baseline_line line;
    assert_false(baseline_fit(row, COUNT(row), 60, &line));
    assert_false(baseline_fit(row, 0, 60, &line));
}

static void test_time(void **state)
{
    (void)state;
    static const struct {
        double slope, level, limit;
        bool falling;
        double time;
    } rows[] = {
        {0.5, 50, 100, false, 100},
        {0.5, 100, 100, false, 0},
        {0.5, 120, 100, false, 0},
        {-0.5, 120, 100, false, 0}, /* it is still beyond */
        {-0.5, 50, 100, false, BASELINE_NEVER},
        {0, 50, 100, false, BASELINE_NEVER},
        {1e-9, 50, 100, false, BASELINE_NEVER},
        {-0.5, 50, 10, true, 80},
        {0.5, 50, 10, true, BASELINE_NEVER},
        {0.5, 5, 10, true, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct baseline_line line = {rows[i].slope, rows[i].level};
        assert_true(is_near(baseline_time(&line, rows[i].limit, rows[i].falling), rows[i].time));
    }
}

static void test_band(void **state)
{
    (void)state;
    const struct baseline_summary usual = {.known = 48, .average = 10, .deviation = 2};
    struct baseline_band band;
    baseline_compare(&usual, 15, 3, &band);
    assert_true(is_near(band.low, 4) && is_near(band.high, 16) && is_near(band.distance, 2.5));
    baseline_compare(&usual, 9, 1, &band);
    assert_true(is_near(band.low, 8) && is_near(band.high, 12) && is_near(band.distance, -0.5));
}

static void test_band_of_a_constant(void **state)
{
    (void)state;
    const struct baseline_summary usual = {.known = 48, .average = 0.1};
    struct baseline_band band;
    baseline_compare(&usual, 0.1 + 1e-12, 3, &band);
    assert_true(band.low < 0.1 && band.high > 0.1 + 1e-12 && is_near(band.distance, 0));
    baseline_compare(&usual, 0.2, 3, &band);
    assert_true(band.high < 0.2 && isnan(band.distance));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_summary_keeps_small_differences),
        cmocka_unit_test(test_summary_below_zero),
        cmocka_unit_test(test_summary_of_nothing),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_line_of_too_little),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_band),
        cmocka_unit_test(test_band_of_a_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/pressure: with and without "full", and on kernels without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/pressure.h"

#include <math.h>

static bool parse(const char *text, struct pressure *pressure, struct error *error)
{
    return pressure_parse(text, strlen(text), pressure, error);
}

static void reads_both_lines(void **state)
{
    struct pressure pressure;
    struct error error;
    (void)state;
    assert_true(parse("some avg10=1.53 avg60=0.42 avg300=0.13 total=12345\n"
                      "full avg10=0.50 avg60=0.10 avg300=0.05 total=2345\n",
                      &pressure, &error));
    assert_float_equal(pressure.some.avg10, 1.53, 1e-9);
    assert_float_equal(pressure.some.total, 12345, 1e-9);
    assert_float_equal(pressure.full.avg300, 0.05, 1e-9);
}

static void full_may_be_missing(void **state)
{
    struct pressure pressure;
    struct error error;
    (void)state;
    assert_true(parse("some avg10=0.00 avg60=0.00 avg300=0.00 total=0 later=7\n", &pressure, &error));
    assert_true(isnan(pressure.full.avg10));
}

static void names_the_line_it_refuses(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "no line \"some\""},
        {"full avg10=0 avg60=0 avg300=0 total=0\n", "no line \"some\""},
        {"some avg10=x avg60=0 avg300=0 total=0\n", "line 1"},
        {"some avg10=-1 avg60=0 avg300=0 total=0\n", "line 1"},
        {"some avg10=1\n", "line 1"},
        {"some avg10=0 avg60=0 avg300=0 total=0\nmost avg10=0\n", "line 2"},
        {"some avg10=0 avg60=0 avg300=0 total=0\r\n", "line 1"},
        {"some avg10=0000000000000000000000000000000000000000000000000000000000000000001 total=0\n",
         "line 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pressure pressure;
        struct error error = {""};
        assert_false(parse(cases[i].text, &pressure, &error));
        assert_non_null(strstr(error.text, cases[i].words));
    }
}

static void a_kernel_without_it_is_no_error(void **state)
{
    struct pressure pressure;
    struct error error;
    bool present = true;
    (void)state;
    assert_true(pressure_read("/nonexistent", "io", &pressure, &present, &error));
    assert_false(present);
    assert_true(isnan(pressure.some.avg10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_lines),
        cmocka_unit_test(full_may_be_missing),
        cmocka_unit_test(names_the_line_it_refuses),
        cmocka_unit_test(a_kernel_without_it_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/range.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void judges_values(void **state)
{
    static const struct {
        const char *range;
        double value;
        bool alerts;
    } cases[] = {
        {"10", 10, false},       {"10", 10.0001, true},  {"10", -0.0001, true},   {"10", 0, false},
        {"10:", 9.99, true},     {"10:", 1e300, false},  {"~:10", -1e300, false}, {"~:10", 10, false},
        {"~:10", 10.5, true},    {":5.75", 5.75, false}, {":5.75", -1, true},     {"10:20", 15, false},
        {"10:20", 9, true},      {"10:20", 20.1, true},  {"@10:20", 10, true},    {"@10:20", 20, true},
        {"@10:20", 9.99, false}, {"@10", 0, true},       {"@10", -1, false},      {"1:1", 1, false},
        {"1:1", 2, true},        {"0", 0, false},        {"0", 1, true},          {"-5:-2", -3, false},
        {"-5:-2", -1, true},     {"~:", 5, false},       {"~:", -5, false},       {"@~:", 5, true},
        {"", 5, false},          {"0:", -1, true},       {"010", 10, false},      {"010", 11, true},
        {".5", 0.6, true},       {"5.", 5, false},       {"~:-1", 0, true},       {"-1:", -2, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range range;
        struct error error;
        if (!range_read(cases[i].range, &range, &error))
            fail_msg("\"%s\": %s", cases[i].range, error.text);
        if (range_alerts(&range, cases[i].value) != cases[i].alerts)
            fail_msg("\"%s\" and %g", cases[i].range, cases[i].value);
    }
}

static void refuses(void **state)
{
    static const char *const cases[] = {
        "2:1",    "foo", "1-10",  "10:~",  "1:~", "1,10",  "10@",    "10:20:30", "x20",
        "0:<=20", ":",   "@",     "@:",    "1e3", "0x10",  "+5",     "inf",      "nan",
        " 10",    "10 ", "1: 2",  "--1",   "~",   "@~",    "10:@20", "1:12%",    "~10",
        "-",      ".",   "1.2.3", "-inf:", "~:~", "@@1:2", "10;20",  "1\n",      "5:-5",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range range;
        struct error error = {""};
        if (range_read(cases[i], &range, &error))
            fail_msg("\"%s\" was taken", cases[i]);
        assert_non_null(strstr(error.text, cases[i]));
    }
}

static void refuses_huge_texts(void **state)
{
    struct text text = TEXT_INIT;
    struct range range;
    struct error error;
    (void)state;
    for (int i = 0; i < 100000; i++)
        text_add_char(&text, '9');
    assert_false(range_read(text.bytes, &range, &error));
    text_add_char(&text, ':');
    assert_false(range_read(text.bytes, &range, &error));
    text_release(&text);
}

static void judges_critical_first(void **state)
{
    struct range warning, critical;
    (void)state;
    assert_true(range_read("10", &warning, NULL));
    assert_true(range_read("20", &critical, NULL));
    assert_int_equal(range_judge(&warning, &critical, 5), VERDICT_OK);
    assert_int_equal(range_judge(&warning, &critical, 15), VERDICT_WARNING);
    assert_int_equal(range_judge(&warning, &critical, 25), VERDICT_CRITICAL);
    assert_int_equal(range_judge(&critical, &warning, 15), VERDICT_CRITICAL);
    assert_int_equal(range_judge(NULL, &critical, 15), VERDICT_OK);
    assert_int_equal(range_judge(&warning, NULL, 15), VERDICT_WARNING);
    assert_int_equal(range_judge(&warning, &critical, (double)NAN), VERDICT_UNKNOWN);
    assert_int_equal(range_judge(NULL, NULL, (double)NAN), VERDICT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_values),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_huge_texts),
        cmocka_unit_test(judges_critical_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

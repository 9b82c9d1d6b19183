/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/renewal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void judges_a_later_day(void **state)
{
    static const struct {
        struct tagging known, next;
        enum renewal renewal;
    } rows[] = {
        {{10, NULL}, {10, NULL}, RENEWAL_NONE},   {{10, "a"}, {10, "b"}, RENEWAL_NONE},
        {{10, NULL}, {9, "a"}, RENEWAL_EARLIER},  {{10, NULL}, {11, "a"}, RENEWAL_GIVEN},
        {{10, "a"}, {11, "b"}, RENEWAL_GIVEN},    {{10, "a"}, {11, "a"}, RENEWAL_MISSING},
        {{10, "a"}, {11, NULL}, RENEWAL_MISSING}, {{10, NULL}, {11, ""}, RENEWAL_MISSING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(renewal_judge(&rows[i].known, &rows[i].next), rows[i].renewal);
}

static void folds_the_days_of_runs(void **state)
{
    struct renewals renewals = {0};
    (void)state;
    renewals_take(&renewals, "yesterday", "a");
    assert_false(renewals.any);
    renewals_take(&renewals, "2026-11-01", "");
    renewals_take(&renewals, "2026-11-09", "a");
    renewals_take(&renewals, "2026-11-09", ""); /* by hand, without the sentence: it stands */
    renewals_take(&renewals, "2026-11-02", "b");
    assert_int_equal(renewals.count, 1);
    assert_string_equal(renewals.sentence, "a");
    renewals_take(&renewals, "2026-11-10", NULL);
    assert_int_equal(renewals.count, 2);
    assert_null(renewals.sentence);
    renewals_release(&renewals);
}

static void reads_dates(void **state)
{
    static const char *const bad[] = {"",           "2026-11-1",  "2026-13-01",  "2026-02-29", "2026-00-10",
                                      "2026-11-00", "2026/11/01", "2026-11-01 ", "-026-11-01", "20261-1-01"};
    int64_t day = 0;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(renewal_day(bad[i], &day));
    assert_true(renewal_day("1970-01-02", &day));
    assert_int_equal(day, 1);
    assert_true(renewal_day("2024-02-29", &day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_a_later_day),
        cmocka_unit_test(folds_the_days_of_runs),
        cmocka_unit_test(reads_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

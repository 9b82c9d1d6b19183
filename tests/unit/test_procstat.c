/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/stat of every kernel, and shares of time when counters go astray. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/procstat.h"

#include <math.h>

static bool parse(const char *text, struct procstat *stat, struct error *error)
{
    return procstat_parse(text, strlen(text), stat, error);
}

static void reads_every_kernel(void **state)
{
    static const struct {
        const char *text;
        uint64_t iowait, steal;
        size_t processors;
    } cases[] = {
        {"cpu 10 0 5 100\n", 0, 0, 0},                               /* before 2.5.41 */
        {"cpu  10 0 5 100 7 1 2\ncpu0 10 0 5 100 7 1 2\n", 7, 0, 1}, /* 2.6.0 */
        {"cpu 10 0 5 100 7 1 2 3\n", 7, 3, 0},                       /* 2.6.11 */
        {"cpu 10 0 5 100 7 1 2 3 4\n", 7, 3, 0},                     /* 2.6.24 */
        {"cpu 10 0 5 100 7 1 2 3 4 5\ncpu0 1 1 1 1\ncpu7 1 1 1 1\nintr 1 2\nprocs_blocked 9\n", 7, 3, 2},
        {"btime 1\ncpu 10 0 5 100 7 1 2 3 4 5 6 7 8\n", 7, 3, 0}, /* one to come */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct procstat stat;
        struct error error;
        assert_true(parse(cases[i].text, &stat, &error));
        assert_int_equal(stat.times[PROCSTAT_IOWAIT], cases[i].iowait);
        assert_int_equal(stat.times[PROCSTAT_STEAL], cases[i].steal);
        assert_int_equal(stat.processors, cases[i].processors);
    }
}

static void names_the_line_it_refuses(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "no line \"cpu\""},
        {"cpu0 1 2 3 4\n", "no line \"cpu\""},
        {"cpu 1 2 3\n", "line 1"},
        {"btime 1\ncpu 1 2 x 4\n", "line 2"},
        {"cpu 1 2 -3 4\n", "line 1"},
        {"cpu 1 2 3 4\r\n", "line 1"},
        {"cpu 1 2 3 99999999999999999999\n", "line 1"},
        {"cpu 1 2 3 4\nprocs_blocked\n", "line 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct procstat stat;
        struct error error = {""};
        assert_false(parse(cases[i].text, &stat, &error));
        assert_non_null(strstr(error.text, cases[i].words));
    }
    struct procstat stat;
    struct error error;
    assert_false(procstat_parse("cpu 1 2 \0 4\n", 12, &stat, &error));
}

static struct procstat times(uint64_t user, uint64_t idle, uint64_t iowait, uint64_t steal)
{
    struct procstat stat = {.times = {[PROCSTAT_USER] = user,
                                      [PROCSTAT_IDLE] = idle,
                                      [PROCSTAT_IOWAIT] = iowait,
                                      [PROCSTAT_STEAL] = steal}};
    return stat;
}

static void shares_time(void **state)
{
    struct procstat before = times(100, 1000, 50, 10);
    struct procstat after = times(110, 1060, 80, 10);
    struct procstat less = times(150, 1100, 40, 10); /* iowait went down, the sum up */
    struct procstat gone = times(50, 500, 25, 5);    /* half of the processors left */
    (void)state;
    assert_float_equal(procstat_share(&before, &after, PROCSTAT_IOWAIT), 30, 1e-9);
    assert_float_equal(procstat_share(&before, &after, PROCSTAT_STEAL), 0, 1e-9);
    assert_float_equal(procstat_share(&before, &less, PROCSTAT_IOWAIT), 0, 1e-9);
    assert_true(isnan(procstat_share(&before, &gone, PROCSTAT_IOWAIT)));
    assert_true(isnan(procstat_share(&before, &before, PROCSTAT_IOWAIT)));
}

static void a_share_stays_within_a_hundred(void **state)
{
    struct procstat before = times(0, 1000, 0, 0);
    struct procstat after = times(0, 950, 100, 0); /* idle went down */
    (void)state;
    assert_float_equal(procstat_share(&before, &after, PROCSTAT_IOWAIT), 100, 1e-9);
}

static void reads_this_machine(void **state)
{
    struct procstat stat;
    struct error error;
    int64_t uptime;
    (void)state;
    assert_true(procstat_read("", &stat, &error));
    assert_true(stat.processors > 0);
    assert_true(procstat_uptime("", &uptime, &error));
    assert_true(uptime > 0);
    assert_false(procstat_read("/nonexistent", &stat, &error));
    assert_non_null(strstr(error.text, "\"/nonexistent/proc/stat\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kernel), cmocka_unit_test(names_the_line_it_refuses),
        cmocka_unit_test(shares_time),        cmocka_unit_test(a_share_stays_within_a_hundred),
        cmocka_unit_test(reads_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

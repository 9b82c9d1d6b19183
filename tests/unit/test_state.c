/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state table, and the vectors of CONFORMANCE "Soft and hard states, flapping". */
#include "scheduler/core/state.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct state_rule three = {.attempts = 3};

struct expectation {
    enum verdict given;
    enum state_type type;
    int attempt;
    enum verdict hard;
    unsigned changes;
};

static void follow(const struct state_rule *rule, const struct expectation *rows, size_t count)
{
    struct state state = {.known = false};
    for (size_t i = 0; i < count; i++) {
        unsigned changes = state_apply(&state, rule, rows[i].given, (int64_t)i * 1000);
        assert_int_equal(changes, rows[i].changes);
        assert_int_equal(state.verdict, rows[i].given);
        assert_int_equal(state.type, rows[i].type);
        assert_int_equal(state.attempt, rows[i].attempt);
        assert_int_equal(state.hard, rows[i].hard);
        assert_int_equal(state_retries(&state), rows[i].type == STATE_SOFT);
    }
}
#define FOLLOW(rule, rows) follow(rule, rows, sizeof(rows) / sizeof *(rows))
#define OPENED             (STATE_HARD_PROBLEM | STATE_PROBLEM_OPENED)

static void test_three_attempts(void **state)
{
    (void)state;
    static const struct expectation rows[] = {
        {VERDICT_OK, STATE_HARD, 1, VERDICT_OK, STATE_CHANGED},
        {VERDICT_OK, STATE_HARD, 1, VERDICT_OK, 0},
        {VERDICT_WARNING, STATE_SOFT, 1, VERDICT_OK, STATE_CHANGED},
        {VERDICT_CRITICAL, STATE_SOFT, 2, VERDICT_OK, STATE_CHANGED},
        {VERDICT_OK, STATE_HARD, 1, VERDICT_OK, STATE_CHANGED | STATE_SOFT_RECOVERY},
        {VERDICT_CRITICAL, STATE_SOFT, 1, VERDICT_OK, STATE_CHANGED},
        {VERDICT_CRITICAL, STATE_SOFT, 2, VERDICT_OK, 0},
        {VERDICT_CRITICAL, STATE_HARD, 3, VERDICT_CRITICAL, STATE_CHANGED | OPENED},
        {VERDICT_CRITICAL, STATE_HARD, 3, VERDICT_CRITICAL, 0},
        {VERDICT_WARNING, STATE_HARD, 3, VERDICT_WARNING, STATE_CHANGED | STATE_HARD_PROBLEM},
        {VERDICT_UNKNOWN, STATE_HARD, 3, VERDICT_UNKNOWN, STATE_CHANGED | STATE_HARD_PROBLEM},
        {VERDICT_OK, STATE_HARD, 1, VERDICT_OK, STATE_CHANGED | STATE_HARD_RECOVERY},
    };
    FOLLOW(&three, rows);
}

static void test_one_attempt(void **state)
{
    (void)state;
    static const struct state_rule once = {.attempts = 1};
    static const struct expectation rows[] = {
        {VERDICT_CRITICAL, STATE_HARD, 1, VERDICT_CRITICAL, STATE_CHANGED | OPENED},
        {VERDICT_CRITICAL, STATE_HARD, 1, VERDICT_CRITICAL, 0},
        {VERDICT_OK, STATE_HARD, 1, VERDICT_OK, STATE_CHANGED | STATE_HARD_RECOVERY},
        {VERDICT_UNKNOWN, STATE_HARD, 1, VERDICT_UNKNOWN, STATE_CHANGED | OPENED},
    };
    FOLLOW(&once, rows);
}

static void test_volatile(void **state)
{
    (void)state;
    static const struct state_rule rule = {.attempts = 2, .volatile_ = true};
    static const struct expectation rows[] = {
        {VERDICT_CRITICAL, STATE_SOFT, 1, VERDICT_OK, STATE_CHANGED},
        {VERDICT_CRITICAL, STATE_HARD, 2, VERDICT_CRITICAL, STATE_CHANGED | OPENED},
        {VERDICT_CRITICAL, STATE_HARD, 2, VERDICT_CRITICAL, STATE_HARD_PROBLEM},
        {VERDICT_OK, STATE_HARD, 1, VERDICT_OK, STATE_CHANGED | STATE_HARD_RECOVERY},
    };
    FOLLOW(&rule, rows);
}

/* After a reload with fewer attempts, the next bad result is hard. */
static void test_attempts_lowered(void **state)
{
    (void)state;
    static const struct state_rule ten = {.attempts = 10};
    struct state now = {.known = false};
    for (int i = 0; i < 5; i++)
        assert_false(state_apply(&now, &ten, VERDICT_CRITICAL, i) & STATE_HARD_PROBLEM);
    assert_true(state_apply(&now, &three, VERDICT_CRITICAL, 6) & STATE_PROBLEM_OPENED);
    assert_int_equal(now.attempt, 6);
}

static void test_instants(void **state)
{
    (void)state;
    struct state now = {.known = false};
    (void)state_apply(&now, &three, VERDICT_OK, 1000);
    (void)state_apply(&now, &three, VERDICT_CRITICAL, 2000);
    (void)state_apply(&now, &three, VERDICT_CRITICAL, 3000);
    assert_int_equal(now.since, 2000);
    assert_int_equal(now.hard_since, 0);
    assert_int_equal(now.last_ok, 1000);
    (void)state_apply(&now, &three, VERDICT_CRITICAL, 4000);
    assert_int_equal(now.since, 4000);
    assert_int_equal(now.hard_since, 4000);
    assert_int_equal(state_apply(&now, &three, VERDICT_OK, 3999), STATE_REFUSED);
    assert_int_equal(now.verdict, VERDICT_CRITICAL);
    assert_int_equal(now.last_result, 4000);
    assert_int_equal(state_apply(&now, &three, VERDICT_OK, 4000), STATE_CHANGED | STATE_HARD_RECOVERY);
    assert_int_equal(now.last_ok, 4000);
}

/* 21 states: '.' the same as before, 'x' a change, for the 20 steps from the oldest to the newest. */
static double percent_of(const char *steps)
{
    struct state state = {.history_count = STATE_HISTORY};
    for (int i = 1; i < STATE_HISTORY; i++)
        state.history[i] = steps[i - 1] == 'x' ? !state.history[i - 1] : state.history[i - 1];
    return state_flap_percent(&state);
}

static void test_flap_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *steps;
        double percent;
    } rows[] = {
        {"....................", 0},      {"...................x", 6.25},   {"x...................", 3.75},
        {"..................xx", 12.368}, {".................xxx", 18.355}, {"................xxxx", 24.211},
        {"...............xxxxx", 29.934}, {"..............xxxxxx", 35.526}, {"xxxxxxxxxxxxxxxxxxxx", 100},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(fabs(percent_of(rows[i].steps) - rows[i].percent) < 0.0005);
    struct state few = {.history = {0, 2}, .history_count = 2};
    assert_true(fabs(state_flap_percent(&few) - 6.25) < 0.0005);
    struct state one = {.history = {2}, .history_count = 1};
    assert_true(state_flap_percent(&one) <= 0);
}

static void test_flapping_hysteresis(void **state)
{
    (void)state;
    static const struct state_rule rule = {.attempts = 1, .flapping = true, .low = 10, .high = 18};
    struct state now = {.known = false};
    int64_t at = 0;
    (void)state_apply(&now, &rule, VERDICT_OK, at++);
    (void)state_apply(&now, &rule, VERDICT_CRITICAL, at++);
    assert_false(state_apply(&now, &rule, VERDICT_OK, at++) & STATE_FLAPPING_STARTED);      /* 12.368 */
    assert_true(state_apply(&now, &rule, VERDICT_CRITICAL, at++) & STATE_FLAPPING_STARTED); /* 18.355 */
    int quiet = 0;
    while (!(state_apply(&now, &rule, VERDICT_CRITICAL, at++) & STATE_FLAPPING_STOPPED)) {
        assert_true(now.flapping);
        assert_true(state_flap_percent(&now) > rule.low);
        assert_in_range(++quiet, 1, STATE_HISTORY);
    }
    assert_false(now.flapping);
    assert_true(state_flap_percent(&now) <= rule.low);
}

/* Soft problems are not recorded; turning detection off ends it. */
static void test_flapping_records(void **state)
{
    (void)state;
    static const struct state_rule rule = {.attempts = 3, .flapping = true, .low = 1, .high = 6};
    static const struct state_rule off = {.attempts = 3};
    struct state now = {.known = false};
    for (int i = 0; i < 50; i++)
        assert_int_equal(
            state_apply(&now, &rule, i % 2 ? VERDICT_CRITICAL : VERDICT_OK, i) & STATE_FLAPPING_STARTED, 0);
    assert_int_equal(now.history_count, STATE_HISTORY);
    for (int i = 0; i < 3; i++)
        (void)state_apply(&now, &rule, VERDICT_CRITICAL, 100 + i);
    assert_true(now.flapping);
    assert_true(state_apply(&now, &off, VERDICT_CRITICAL, 200) & STATE_FLAPPING_STOPPED);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(state_type_name(STATE_SOFT), "SOFT");
    assert_string_equal(state_type_name(STATE_HARD), "HARD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_attempts),
        cmocka_unit_test(test_one_attempt),
        cmocka_unit_test(test_volatile),
        cmocka_unit_test(test_attempts_lowered),
        cmocka_unit_test(test_instants),
        cmocka_unit_test(test_flap_vectors),
        cmocka_unit_test(test_flapping_hysteresis),
        cmocka_unit_test(test_flapping_records),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

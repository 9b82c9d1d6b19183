/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/plan.h"

#include "lib/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { SLOTS = 1000, IDENTITIES = 10000, BUCKETS = 100 };

static void test_order(void **state)
{
    (void)state;
    struct plan *plan = plan_create(4);
    uint32_t slot = 99;
    assert_int_equal(plan_first(plan), INT64_MAX);
    assert_false(plan_pop(plan, INT64_MAX, &slot));
    plan_set(plan, 3, 50);
    plan_set(plan, 1, 20);
    plan_set(plan, 2, 20);
    plan_set(plan, 0, 70);
    assert_int_equal(plan_first(plan), 20);
    assert_false(plan_pop(plan, 19, &slot));
    assert_true(plan_pop(plan, 20, &slot));
    assert_int_equal(slot, 1);
    assert_true(plan_pop(plan, 60, &slot));
    assert_int_equal(slot, 2);
    plan_set(plan, 0, 10); /* earlier than before */
    assert_true(plan_pop(plan, 60, &slot));
    assert_int_equal(slot, 0);
    plan_set(plan, 3, 90); /* later than before */
    assert_false(plan_pop(plan, 60, &slot));
    assert_int_equal(plan_due(plan, 3), 90);
    plan_clear(plan, 3);
    plan_clear(plan, 3);
    assert_int_equal(plan_due(plan, 3), INT64_MAX);
    assert_int_equal(plan_first(plan), INT64_MAX);
    plan_free(plan);
    plan_free(NULL);
}

/* Against a plain search through all due times. */
static void test_random(void **state)
{
    (void)state;
    struct plan *plan = plan_create(SLOTS);
    int64_t *due = memory_get(SLOTS, sizeof *due);
    uint64_t random = 42;
    for (uint32_t i = 0; i < SLOTS; i++)
        due[i] = INT64_MAX;
    for (int step = 0; step < 20000; step++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t slot = (uint32_t)(random >> 33) % SLOTS;
        int64_t at = (int64_t)(random >> 50) % 500;
        if (random >> 60 < 3) {
            plan_clear(plan, slot);
            due[slot] = INT64_MAX;
        } else {
            plan_set(plan, slot, at);
            due[slot] = at;
        }
        assert_int_equal(plan_due(plan, slot), due[slot]);
    }
    uint32_t popped = 0;
    while (plan_pop(plan, 500, &popped)) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < SLOTS; i++)
            best = due[i] < due[best] ? i : best;
        assert_int_equal(popped, best);
        due[popped] = INT64_MAX;
    }
    for (uint32_t i = 0; i < SLOTS; i++)
        assert_int_equal(due[i], INT64_MAX);
    free(due);
    plan_free(plan);
}

/* Offsets of many checks fill the period evenly: with 100 a bucket, the fullest and the emptiest stay within
 * what chance allows (five standard deviations). */
static void test_spread(void **state)
{
    (void)state;
    int buckets[BUCKETS] = {0};
    for (int i = 0; i < IDENTITIES; i++) {
        char identity[64];
        (void)snprintf(identity, sizeof identity, "web%05d/http", i);
        int64_t offset = plan_offset(identity, 60000000);
        assert_in_range(offset, 0, 59999999);
        assert_int_equal(offset, plan_offset(identity, 60000000));
        buckets[offset / (60000000 / BUCKETS)]++;
    }
    for (int i = 0; i < BUCKETS; i++)
        assert_in_range(buckets[i], 50, 150);
}

static void test_phase(void **state)
{
    (void)state;
    int64_t first = plan_first_run("web01/http", 1000000007, 60000000);
    assert_true(first >= 1000000007 && first < 1060000007);
    assert_int_equal(first % 60000000, plan_offset("web01/http", 60000000));
    assert_int_equal(plan_first_run("web01/http", first, 60000000), first);
    int64_t before = plan_first_run("web01/http", -7, 60000000);
    assert_true(before >= -7 && before < 60000000 - 7);
    static const struct {
        int64_t due, now, every, next;
    } rows[] = {
        {100, 100, 10, 110},   {100, 101, 10, 110}, {100, 109, 10, 110}, {100, 110, 10, 120},
        {100, 1234, 10, 1240}, {100, 99, 10, 100},  {-20, -5, 10, 0},    {100, 150, 0, 150},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(plan_next_run(rows[i].due, rows[i].now, rows[i].every), rows[i].next);
    assert_int_equal(plan_offset("x", 0), 0);
    assert_int_equal(plan_first_run("x", 5, 0), 5);
}

/* The phase of a check must not change from one release to the next. */
static void test_stable(void **state)
{
    (void)state;
    assert_int_equal(plan_offset("web01/http", 60000000), 35138673);
    assert_int_not_equal(plan_offset("web01/http", 60000000), plan_offset("web01/httq", 60000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order), cmocka_unit_test(test_random), cmocka_unit_test(test_spread),
        cmocka_unit_test(test_phase), cmocka_unit_test(test_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

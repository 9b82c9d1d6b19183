/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a tracker is told something: once a week, at once after a close, and until it has arrived. */
#include "scheduler/core/world_parts.h"

#include "tests/unit/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define START INT64_C(1795132800000) /* Friday 2026-11-20, midnight in UTC */
#define HOUR  INT64_C(3600000)
#define DAY   (24 * HOUR)

static void ignore(void *owner, const struct decision *decision)
{
    (void)owner;
    (void)decision;
}

static int begin(void **state)
{
    static const char *const lines[] = {"user geoff alert=geoff-pager",
                                        "group admins always:geoff",
                                        "remediation clean issue=OPS-7",
                                        "remediation drain issue=OPS-7",
                                        "check http alert=admins attempts=1 remediate=clean,drain",
                                        "host web01 http"};
    struct site_builder site = site_begin();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_true(site_line(&site, lines[i]));
    struct world *world = world_create(site_end(&site));
    world_begin(world, START);
    *state = world;
    return 0;
}

static int end(void **state)
{
    const struct model *model = world_model(*state);
    world_free(*state);
    model_free((struct model *)(uintptr_t)model);
    return 0;
}

static int64_t owed(const struct world *world, int64_t now)
{
    int64_t runs = -1;
    return world_issue_owes(world, "OPS-7", &runs, now) ? runs : -1;
}

static void run(struct world *world, const char *remediation, int64_t at)
{
    world_remember_run(world, remediation, "web01", at, true);
}

static void test_once_a_week(void **state)
{
    struct world *world = *state;
    assert_int_equal(owed(world, START), 0);
    run(world, "clean", START);
    run(world, "drain", START + HOUR);
    assert_int_equal(owed(world, START + HOUR), 2);
    assert_int_equal(owed(world, START + 2 * HOUR), 2); /* until it has arrived */
    run(world, "clean", START + 2 * HOUR);
    world_issue_told(world, "OPS-7", 2, START + 3 * HOUR); /* the third came while it was on its way */
    assert_int_equal(owed(world, START + 3 * HOUR + 7 * DAY - 1), -1);
    assert_int_equal(owed(world, START + 3 * HOUR + 7 * DAY), 1);
    world_issue_told(world, "OPS-7", 1, START + 11 * DAY);
    assert_int_equal(owed(world, START + 18 * DAY), 0);
}

static void test_at_once_after_each_close(void **state)
{
    struct world *world = *state;
    world_issue(world, "OPS-7", ISSUE_OPEN, START, ignore, NULL);
    run(world, "clean", START);
    world_issue_told(world, "OPS-7", 1, START + HOUR);
    world_issue(world, "OPS-7", ISSUE_CLOSED, START + DAY, ignore, NULL);
    assert_int_equal(owed(world, START + DAY), 0);
    world_issue_told(world, "OPS-7", 0, START + DAY);
    world_issue(world, "OPS-7", ISSUE_CLOSED, START + 2 * DAY, ignore, NULL);
    assert_int_equal(owed(world, START + 2 * DAY), -1);
    world_issue(world, "OPS-7", ISSUE_OPEN, START + 3 * DAY, ignore, NULL);
    assert_int_equal(owed(world, START + 3 * DAY), -1);
    world_issue(world, "OPS-7", ISSUE_CLOSED, START + 4 * DAY, ignore, NULL);
    assert_int_equal(owed(world, START + 4 * DAY), 0);
    /* Who opens it again without a word has nothing to hear before the week is over. */
    world_issue(world, "OPS-7", ISSUE_OPEN, START + 5 * DAY, ignore, NULL);
    assert_int_equal(owed(world, START + 5 * DAY), -1);
}

static void test_it_outlives_a_restart(void **state)
{
    struct world *world = *state;
    struct error error = {""};
    run(world, "clean", START);
    world_issue_told(world, "OPS-7", 1, START + HOUR);
    json_t *saved = world_issue_save(world);
    struct world *other = world_create(world_model(world));
    assert_true(world_issue_load(other, saved, &error));
    run(other, "clean", START); /* as the ledger tells it */
    world_begin(other, START + DAY);
    assert_int_equal(owed(other, START + DAY), -1);
    assert_int_equal(owed(other, START + 8 * DAY), 0);
    world_issue(other, "OPS-7", ISSUE_CLOSED, START + DAY, ignore, NULL);
    json_t *closed = world_issue_save(other);
    assert_true(world_issue_load(world, closed, &error));
    assert_int_equal(owed(world, START + DAY), 0);
    world_free(other);
    json_decref(closed);
    json_decref(saved);
}

/* The count that was told is not more than what there is: a ledger was put away, a remediation renamed. */
static void test_fewer_runs_than_were_told(void **state)
{
    struct world *world = *state;
    run(world, "clean", START);
    world_issue_told(world, "OPS-7", 5, START);
    run(world, "clean", START + DAY);
    assert_int_equal(owed(world, START + 8 * DAY), 1);
}

static void test_an_issue_that_nobody_names(void **state)
{
    int64_t runs;
    assert_false(world_issue_owes(*state, "OPS-8", &runs, START));
    world_issue_told(*state, "OPS-8", 1, START);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_once_a_week, begin, end),
        cmocka_unit_test_setup_teardown(test_at_once_after_each_close, begin, end),
        cmocka_unit_test_setup_teardown(test_it_outlives_a_restart, begin, end),
        cmocka_unit_test_setup_teardown(test_fewer_runs_than_were_told, begin, end),
        cmocka_unit_test_setup_teardown(test_an_issue_that_nobody_names, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

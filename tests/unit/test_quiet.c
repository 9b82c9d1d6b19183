/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every reason for being quiet, and their order. */
#include "scheduler/core/quiet.h"

#include "tests/unit/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HOUR INT64_C(3600000)
/* Friday 2026-11-20, midnight in UTC. */
#define FRIDAY INT64_C(1795132800000)

static const char *const lines[] = {
    "window day mon-sun 08:00 20:00",
    "window sunday sun 08:00 20:00",
    "user geoff alert=pager@day",
    "group admins always:geoff",
    "group weekend sunday:geoff",
    "check http attempts=1 alert=admins window=day delay=10m warning=none repeat=30m",
    "check bare attempts=1",
    "check silenced attempts=1 alert=admins",
    "check downtime attempts=1 alert=admins",
    "host web01 http,bare,silenced,downtime",
    "host web02 http status=retired",
    NULL,
};

enum { DELAYED = 1, AWAITED = 2, BLOCKED = 4, UNREACHABLE = 8, DOWN = 16, ACKNOWLEDGED = 32, FLAPPING = 64 };

/* At noon nothing keeps it quiet; each row spoils one thing more, and is the first reason. */
static const struct scene {
    enum quiet_reason reason;
    int64_t next; /* hour at which that ends; 0: not looked at */
    const char *check;
    enum verdict verdict;
    enum state_type type;
    int64_t hour;
    unsigned spoilt;
} scenes[] = {
    {QUIET_NOT, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 12, 0},
    {QUIET_WINDOW, 8, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7, 0},
    {QUIET_WINDOW, 32, "web01/http", VERDICT_CRITICAL, STATE_HARD, 20, 0},
    {QUIET_NOT, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 8, 0},
    {QUIET_DELAY, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7, DELAYED},
    {QUIET_PARENT, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7, DELAYED | AWAITED},
    {QUIET_DEPENDS, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7, DELAYED | AWAITED | BLOCKED},
    {QUIET_UNREACHABLE, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7,
     DELAYED | AWAITED | BLOCKED | UNREACHABLE},
    {QUIET_HOST_DOWN, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7,
     DELAYED | AWAITED | BLOCKED | UNREACHABLE | DOWN},
    {QUIET_SILENCED, 14, "web01/silenced", VERDICT_CRITICAL, STATE_HARD, 7,
     DELAYED | AWAITED | BLOCKED | UNREACHABLE | DOWN},
    {QUIET_DOWNTIME, 15, "web01/downtime", VERDICT_CRITICAL, STATE_HARD, 7,
     DELAYED | AWAITED | BLOCKED | UNREACHABLE | DOWN},
    {QUIET_ACKNOWLEDGED, 13, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7,
     DELAYED | AWAITED | BLOCKED | DOWN | ACKNOWLEDGED},
    {QUIET_FLAPPING, 0, "web01/http", VERDICT_CRITICAL, STATE_HARD, 7,
     DELAYED | AWAITED | BLOCKED | DOWN | ACKNOWLEDGED | FLAPPING},
    {QUIET_SOFT, 0, "web01/http", VERDICT_CRITICAL, STATE_SOFT, 7,
     DELAYED | AWAITED | BLOCKED | DOWN | ACKNOWLEDGED | FLAPPING},
    {QUIET_STATUS, 0, "web02/http", VERDICT_CRITICAL, STATE_SOFT, 7,
     DELAYED | AWAITED | BLOCKED | DOWN | ACKNOWLEDGED | FLAPPING},
    {QUIET_NO_URGENCY, 0, "web02/http", VERDICT_WARNING, STATE_SOFT, 7,
     DELAYED | AWAITED | BLOCKED | DOWN | ACKNOWLEDGED | FLAPPING},
    {QUIET_NO_RULE, 0, "web01/bare", VERDICT_WARNING, STATE_SOFT, 7,
     DELAYED | AWAITED | BLOCKED | DOWN | ACKNOWLEDGED | FLAPPING},
};

static void test_order(void **state)
{
    (void)state;
    char text[] = "geoff";
    const struct silence silence = {.id = 1, .owner = text, .comment = text, .until = FRIDAY + 14 * HOUR};
    const struct downtime downtime = {.id = 1, .author = text, .comment = text};
    struct model *model = site_model(lines);
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        const struct scene *scene = &scenes[i];
        int64_t now = FRIDAY + scene->hour * HOUR;
        const struct state about = {.known = true,
                                    .verdict = scene->verdict,
                                    .hard = scene->verdict,
                                    .type = scene->type,
                                    .attempt = 1,
                                    .flapping = scene->spoilt & FLAPPING};
        const struct quiet_facts facts = {
            .model = model,
            .binding = &model->bindings[model_binding_named(model, scene->check)],
            .state = &about,
            .acknowledged_by = scene->spoilt & ACKNOWLEDGED ? "max" : NULL,
            .acknowledged_until = FRIDAY + 13 * HOUR,
            .silence = strstr(scene->check, "bare")   ? NULL
                       : strstr(scene->check, "http") ? NULL
                                                      : &silence,
            .downtime = strstr(scene->check, "downtime") ? &downtime : NULL,
            .downtime_until = FRIDAY + 15 * HOUR,
            .down = scene->spoilt & DOWN ? "ping" : NULL,
            .unreachable = scene->spoilt & UNREACHABLE ? "r1" : NULL,
            .blocked_by = scene->spoilt & BLOCKED ? "db01/ping" : NULL,
            .awaited = scene->spoilt & AWAITED ? &model->bindings[0] : NULL,
            .awaited_until = now + 30000,
            .delay_from = scene->spoilt & DELAYED ? now - 1 : 0,
        };
        struct quiet_answer answer;
        quiet_problem(&facts, now, &answer);
        assert_int_equal(answer.reason, scene->reason);
        if (scene->next)
            assert_int_equal(answer.next, FRIDAY + scene->next * HOUR);
        if (scene->reason == QUIET_DELAY)
            assert_int_equal(answer.next, now - 1 + 600000);
        assert_int_equal(answer.text[0] == '\0', scene->reason == QUIET_NOT);
    }
    model_free(model);
}

static void test_delay_only_before_the_first(void **state)
{
    (void)state;
    struct model *model = site_model(lines);
    const struct state about = {.known = true, .verdict = VERDICT_CRITICAL, .type = STATE_HARD};
    struct quiet_facts facts = {.model = model,
                                .binding = &model->bindings[model_binding_named(model, "web01/http")],
                                .state = &about,
                                .delay_from = FRIDAY + 12 * HOUR};
    struct quiet_answer answer;
    quiet_problem(&facts, FRIDAY + 12 * HOUR + 599999, &answer);
    assert_int_equal(answer.reason, QUIET_DELAY);
    quiet_problem(&facts, FRIDAY + 12 * HOUR + 600000, &answer);
    assert_int_equal(answer.reason, QUIET_NOT);
    facts.told = true;
    quiet_problem(&facts, FRIDAY + 12 * HOUR, &answer);
    assert_int_equal(answer.reason, QUIET_NOT);
    model_free(model);
}

static void test_group(void **state)
{
    (void)state;
    struct model *model = site_model(lines);
    const struct state about = {.known = true, .verdict = VERDICT_CRITICAL, .type = STATE_HARD};
    const struct quiet_facts facts = {.model = model,
                                      .binding = &model->bindings[model_binding_named(model, "web01/http")],
                                      .state = &about};
    const struct group *admins = model_group(model, "admins");
    int64_t noon = FRIDAY + 12 * HOUR;
    struct quiet_last last = {.told = false};
    struct quiet_answer answer;
    quiet_group(&facts, admins, facts.binding->plan->alert->urgency[facts.state->verdict], &last, false, noon,
                &answer);
    assert_int_equal(answer.reason, QUIET_NOT);
    quiet_group(&facts, admins, facts.binding->plan->alert->urgency[facts.state->verdict], &last, true,
                FRIDAY, &answer);
    assert_int_equal(answer.reason, QUIET_NOBODY);
    assert_int_equal(answer.next, FRIDAY + 8 * HOUR);
    quiet_group(&facts, model_group(model, "weekend"),
                facts.binding->plan->alert->urgency[facts.state->verdict], &last, true, noon, &answer);
    assert_int_equal(answer.reason, QUIET_NOBODY);
    assert_int_equal(answer.next, FRIDAY + 56 * HOUR);
    last = (struct quiet_last){.told = true, .at = noon, .verdict = VERDICT_CRITICAL};
    quiet_group(&facts, admins, facts.binding->plan->alert->urgency[facts.state->verdict], &last, false,
                noon + 1, &answer);
    assert_int_equal(answer.reason, QUIET_TOLD);
    assert_int_equal(answer.next, noon + HOUR / 2);
    quiet_group(&facts, admins, facts.binding->plan->alert->urgency[facts.state->verdict], &last, false,
                noon + HOUR / 2, &answer);
    assert_int_equal(answer.reason, QUIET_NOT);
    quiet_group(&facts, admins, facts.binding->plan->alert->urgency[facts.state->verdict], &last, true,
                noon + 1, &answer);
    assert_int_equal(answer.reason, QUIET_NOT);
    last.verdict = VERDICT_UNKNOWN;
    quiet_group(&facts, admins, facts.binding->plan->alert->urgency[facts.state->verdict], &last, false,
                noon + 1, &answer);
    assert_int_equal(answer.reason, QUIET_NOT);
    model_free(model);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < QUIET_REASONS; i++) {
        enum quiet_reason reason = QUIET_REASONS;
        assert_true(quiet_read(quiet_name((enum quiet_reason)i), &reason));
        assert_int_equal(reason, i);
    }
    enum quiet_reason reason;
    assert_false(quiet_read("", &reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_delay_only_before_the_first),
        cmocka_unit_test(test_group),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

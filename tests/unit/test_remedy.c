/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/remedy.h"

#include "lib/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)

/* Tagged on 2026-11-01 for 30 days. */
static struct remediation remediation_of(void)
{
    return (struct remediation){.name = "clean",
                                .issue = "OPS-1",
                                .tagged = civil_days(2026, 11, 1),
                                .ttl = 30 * DAY,
                                .on_states = 1U << VERDICT_CRITICAL,
                                .after = 15 * MINUTE,
                                .cooldown = 10 * MINUTE,
                                .max.count = 3,
                                .max.span = 60 * MINUTE,
                                .concurrency = 2,
                                .share = 25};
}

static int64_t now_of(void)
{
    return civil_days(2026, 11, 20) * DAY;
}

static struct remedy_facts facts_of(const struct remediation *remediation)
{
    return (struct remedy_facts){.remediation = remediation,
                                 .verdict = VERDICT_CRITICAL,
                                 .since = now_of() - 15 * MINUTE,
                                 .last = REMEDY_NEVER,
                                 .hosts = 8};
}

static void expect(const struct remedy_facts *facts, enum remedy_step step, int64_t next)
{
    struct remedy_answer answer;
    remedy_decide(facts, now_of(), &answer);
    assert_int_equal(answer.step, step);
    assert_int_equal(answer.next, next);
    assert_int_equal(answer.text[0] == '\0', step == REMEDY_NOTHING);
}

/* Each spoils one thing more, from the last reason to the first. */
static void test_order(void **state)
{
    (void)state;
    struct remediation remediation = remediation_of();
    struct remedy_facts facts = facts_of(&remediation);
    int64_t now = now_of();
    expect(&facts, REMEDY_RUN, 0);
    facts.hosts_running = 1;
    expect(&facts, REMEDY_RUN, 0);
    facts.hosts_running = 2;
    expect(&facts, REMEDY_SHARE, 0);
    facts.total.running = 2;
    expect(&facts, REMEDY_CONCURRENCY, 0);
    facts.target.in_span = 3;
    facts.target.oldest = now - 50 * MINUTE;
    expect(&facts, REMEDY_MAX, now + 10 * MINUTE);
    facts.last = now - 9 * MINUTE;
    expect(&facts, REMEDY_COOLDOWN, now + MINUTE);
    remediation.ttl = 18 * DAY;
    expect(&facts, REMEDY_EXPIRED, 0);
    facts.since = now - 14 * MINUTE;
    expect(&facts, REMEDY_AFTER, now + MINUTE);
    facts.busy = "clean";
    expect(&facts, REMEDY_BUSY, 0);
    facts.vain = 2;
    expect(&facts, REMEDY_DISARMED, 0);
    facts.verdict = VERDICT_WARNING;
    expect(&facts, REMEDY_NOTHING, 0);
    facts.verdict = VERDICT_CRITICAL;
    facts.done = true;
    expect(&facts, REMEDY_NOTHING, 0);
}

/* The bounds of a service and of the site are asked after a remediation's own limits. */
static void test_bounds(void **state)
{
    (void)state;
    struct remediation remediation = remediation_of();
    struct remedy_facts facts = facts_of(&remediation);
    const struct bounds service = {.concurrency = 2}, site = {.max = {3, 60 * MINUTE}};
    facts.service_bounds = &service;
    facts.site_bounds = &site;
    for (int64_t ago = 70; ago >= 50; ago -= 10)
        remedy_count(&facts.site, &site.max, now_of() - ago * MINUTE, now_of());
    assert_int_equal(facts.site.in_span, 1); /* half-open: what began an hour ago no longer counts */
    expect(&facts, REMEDY_RUN, 0);
    remedy_count(&facts.site, &site.max, now_of() - MINUTE, now_of());
    remedy_count(&facts.site, &site.max, now_of(), now_of());
    expect(&facts, REMEDY_BOUNDS, now_of() + 10 * MINUTE);
    facts.service.running = 2;
    expect(&facts, REMEDY_BOUNDS, 0);
    remediation.max_total = (struct max){1, 30 * MINUTE};
    remedy_count(&facts.total, &remediation.max_total, now_of() - 20 * MINUTE, now_of());
    expect(&facts, REMEDY_MAX, now_of() + 10 * MINUTE);
}

static void test_modes(void **state)
{
    (void)state;
    struct remediation remediation = remediation_of();
    struct remedy_facts facts = facts_of(&remediation);
    remediation.mode = MODE_DRY_RUN;
    expect(&facts, REMEDY_DRY_RUN, 0);
    remediation.mode = MODE_ASK;
    remediation.approval = 30 * MINUTE;
    expect(&facts, REMEDY_ASK, now_of() + 30 * MINUTE);
    facts.asked_until = now_of() + 1;
    expect(&facts, REMEDY_ASKED, now_of() + 1);
    facts.approved_by = "geoff";
    expect(&facts, REMEDY_RUN, 0);
    facts.approved_by = NULL;
    facts.asked_until = now_of();
    expect(&facts, REMEDY_UNANSWERED, 0);
}

static void test_edges(void **state)
{
    (void)state;
    struct remediation remediation = remediation_of();
    struct remedy_facts facts = facts_of(&remediation);
    facts.last = now_of() - 10 * MINUTE;
    expect(&facts, REMEDY_RUN, 0);
    facts.hosts = 2; /* a quarter of two is none: one is allowed */
    expect(&facts, REMEDY_RUN, 0);
    facts.hosts_running = 1;
    expect(&facts, REMEDY_SHARE, 0);
    remediation.share = 0;
    remediation.concurrency = 0;
    remediation.max.count = 0;
    facts.target.in_span = facts.total.running = facts.hosts_running = 1000;
    expect(&facts, REMEDY_RUN, 0);
}

static void test_expiry(void **state)
{
    (void)state;
    struct remediation remediation = remediation_of();
    struct remedy_facts facts = facts_of(&remediation);
    struct remedy_answer answer;
    assert_int_equal(remedy_expiry(&remediation), civil_days(2026, 12, 2) * DAY);
    facts.since = 0;
    remedy_decide(&facts, civil_days(2026, 12, 2) * DAY - 1, &answer);
    assert_int_equal(answer.step, REMEDY_RUN);
    remedy_decide(&facts, civil_days(2026, 12, 2) * DAY, &answer);
    assert_int_equal(answer.step, REMEDY_EXPIRED);
    assert_non_null(strstr(answer.text, "2026-12-01"));
    remediation.ttl = DAY / 2; /* half a day ends with the day it was tagged */
    assert_int_equal(remedy_expiry(&remediation), civil_days(2026, 11, 2) * DAY);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < REMEDY_STEPS; i++) {
        enum remedy_step step = REMEDY_STEPS;
        assert_true(remedy_read(remedy_name((enum remedy_step)i), &step));
        assert_int_equal(step, i);
    }
    enum remedy_step step;
    assert_false(remedy_read("walk", &step));
    assert_true(remedy_is_limit(REMEDY_MAX));
    assert_false(remedy_is_limit(REMEDY_EXPIRED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order), cmocka_unit_test(test_bounds), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_edges), cmocka_unit_test(test_expiry), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

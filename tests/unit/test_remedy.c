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
    static const struct service service;
    static const struct host host = {.service = &service};
    static const struct host *hosts[8] = {&host, &host, &host, &host, &host, &host, &host, &host};
    static const struct model model = {.hosts = hosts, .host_count = 8};
    struct remedy_facts facts = {
        .remediation = remediation, .verdict = VERDICT_CRITICAL, .since = now_of() - 15 * MINUTE};
    remedy_limits(remediation, &service, &model, &facts.limits);
    return facts;
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
    struct limit_run past[8] = {{.started = LIMIT_NEVER}, {.started = LIMIT_NEVER}};
    facts.past = past;
    facts.past_count = 2;
    past[0].running = past[0].same_remediation = past[0].same_service = true;
    expect(&facts, REMEDY_RUN, 0);
    past[1] = past[0];
    facts.limits.concurrency = 3;
    expect(&facts, REMEDY_SHARE, 0);
    facts.limits.concurrency = 2;
    expect(&facts, REMEDY_CONCURRENCY, 0);
    for (; facts.past_count < 5; facts.past_count++)
        past[facts.past_count] =
            (struct limit_run){.started = now - 50 * MINUTE, .same_remediation = true, .same_target = true};
    expect(&facts, REMEDY_MAX, now + 10 * MINUTE);
    past[4].ended = now - 9 * MINUTE;
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

/* What the configuration sets, for a host of a service and for one of none. */
static void test_limits(void **state)
{
    (void)state;
    struct remediation remediation = remediation_of();
    const struct service service = {.bounds = {.concurrency = 2}};
    const struct host here = {.service = &service}, there = {.status = STATUS_ACTIVE};
    const struct host retired = {.service = &service, .status = STATUS_RETIRED};
    const struct host *hosts[] = {&here, &here, &here, &retired, &there};
    const struct model model = {.hosts = hosts, .host_count = 5, .governance.bounds.max = {3, 60 * MINUTE}};
    struct limits limits;
    remedy_limits(&remediation, &service, &model, &limits);
    assert_int_equal(limits.cooldown, 10 * MINUTE);
    assert_int_equal(limits.max.count, 3);
    assert_int_equal(limits.concurrency, 2);
    assert_int_equal(limits.service.concurrency, 2);
    assert_int_equal(limits.site.max.span, 60 * MINUTE);
    assert_int_equal(limits.hosts, 3); /* a quarter of three is none: one is allowed */
    assert_int_equal(limits.share, 1);
    remediation.share = 0;
    remedy_limits(&remediation, NULL, &model, &limits);
    assert_int_equal(limits.service.concurrency, 0);
    assert_int_equal(limits.share, 0);
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
    struct limit_run last = {
        .started = now_of() - 10 * MINUTE, .same_remediation = true, .same_target = true};
    facts.past = &last;
    facts.past_count = 1;
    expect(&facts, REMEDY_RUN, 0);
    last.started++;
    expect(&facts, REMEDY_COOLDOWN, now_of() + 1);
    facts.members = 2; /* a limit is told before what is lost */
    expect(&facts, REMEDY_COOLDOWN, now_of() + 1);
    last.started--;
    expect(&facts, REMEDY_REDUNDANCY, 0);
    remediation.despite_redundancy = true;
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
        cmocka_unit_test(test_order), cmocka_unit_test(test_limits), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_edges), cmocka_unit_test(test_expiry), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

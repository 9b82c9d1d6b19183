/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct alert_rule rule = {.info = "Status of the load balancer."};
static const struct check_plan plan = {.name = "haproxy", .attempts = 3, .alert = &rule};
static const struct service service = {.name = "www"};
static const struct host host = {.name = "web01", .address = "10.0.0.10", .service = &service};
static const struct binding binding = {&host, &plan};
static const struct state hard = {
    .known = true, .hard_since = INT64_C(1795000000000), .last_ok = INT64_C(1794999940000), .problem = 42};

static struct notice_facts facts_of(const struct decision *decision, const char *output)
{
    return (struct notice_facts){.decision = decision,
                                 .binding = &binding,
                                 .state = &hard,
                                 .output = output,
                                 .zone = zone_open("Europe/Berlin", NULL)};
}

static struct decision problem(void)
{
    return (struct decision){.kind = DECISION_ALERT,
                             .at = INT64_C(1795000065000),
                             .problem = 42,
                             .verdict = VERDICT_CRITICAL,
                             .type = STATE_HARD,
                             .attempt = 3,
                             .notice = NOTICE_PROBLEM};
}

static void the_subject_is_one_line(void **state)
{
    (void)state;
    struct decision decision = problem();
    struct notice_facts facts = facts_of(&decision, "HAPROXY CRITICAL - web2 is DOWN\nmore");
    struct text text = TEXT_INIT;
    notice_subject(&text, &facts);
    assert_string_equal(text.bytes, "PROBLEM: web01/haproxy is CRITICAL: HAPROXY CRITICAL - web2 is DOWN");
    text_release(&text);
}

static void the_body_tells_what_the_reader_needs(void **state)
{
    static const char *const wanted[] = {
        "Host:     web01\n",
        "Address:  10.0.0.10\n",
        "Service:  www\n",
        "State:    CRITICAL (hard, attempt 3 of 3)\n",
        "Since:    2026-11-18 12:06:40 +01:00 (1m5s ago)\n",
        "Last OK:  2026-11-18 12:05:40 +01:00 (2m5s ago)\n",
        "Info:     Status of the load balancer.\n",
        "\nHAPROXY CRITICAL - web2 is DOWN\nmore\n",
        "Problem:  42\n",
        "watchbill ack web01/haproxy --comment",
        "watchbill why web01/haproxy\n",
    };
    (void)state;
    struct decision decision = problem();
    struct notice_facts facts = facts_of(&decision, "HAPROXY CRITICAL - web2 is DOWN\nmore");
    struct text text = TEXT_INIT;
    notice_body(&text, &facts);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!strstr(text.bytes, wanted[i]))
            fail_msg("not in the body: \"%s\"\n%s", wanted[i], text.bytes);
    text_release(&text);
}

static void a_recovery_asks_for_no_acknowledgement(void **state)
{
    (void)state;
    struct decision decision = problem();
    decision.notice = NOTICE_RECOVERY;
    decision.verdict = VERDICT_OK;
    struct notice_facts facts = facts_of(&decision, NULL);
    struct text text = TEXT_INIT;
    notice_body(&text, &facts);
    assert_null(strstr(text.bytes, "watchbill ack"));
    assert_non_null(strstr(text.bytes, "RECOVERY: web01/haproxy is OK\n"));
    text_release(&text);
}

static void a_url_keeps_its_secrets(void **state)
{
    static const struct {
        enum channel channel;
        const char *address, *wanted;
    } cases[] = {
        {CHANNEL_MAIL, "a@example.org", "a@example.org"},
        {CHANNEL_COMMAND, "/usr/local/bin/sms", "/usr/local/bin/sms"},
        {CHANNEL_WEBHOOK, "https://hooks.example.org/T0/B1/secret", "https://hooks.example.org"},
        {CHANNEL_WEBHOOK, "https://me:pw@hooks.example.org:8443?key=x", "https://hooks.example.org:8443"},
        {CHANNEL_WEBHOOK, "https://hooks.example.org/a@b", "https://hooks.example.org"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct contact contact = {.channel = cases[i].channel, .address = cases[i].address};
        struct text text = TEXT_INIT;
        notice_contact(&text, &contact);
        assert_string_equal(text.bytes, cases[i].wanted);
        text_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subject_is_one_line),
        cmocka_unit_test(the_body_tells_what_the_reader_needs),
        cmocka_unit_test(a_url_keeps_its_secrets),
        cmocka_unit_test(a_recovery_asks_for_no_acknowledgement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice.h"
#include "scheduler/core/notice_facts.h"

#include "lib/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct user bob = {.name = "bob", .full_name = "Bob B.", .timezone = "Europe/Berlin"};
static const struct user amy = {.name = "amy"};
static const struct contact pager = {.channel = CHANNEL_MAIL, .address = "bob@example.org"};
static const struct user *const on_watch[] = {&amy, &bob};
static struct shift shifts[] = {{.users = (const struct user **)(uintptr_t)on_watch, .user_count = 2}};
static const struct group admins = {
    .name = "admins", .shifts = shifts, .shift_count = 1, .escalate_after = 900000};
static const struct group *const groups[] = {&admins};
static const struct alert_rule rule = {.groups = (const struct group **)(uintptr_t)groups,
                                       .group_count = 1,
                                       .repeat = 1800000,
                                       .info = "Status of the load balancer."};
static const struct check_plan plan = {.name = "haproxy", .attempts = 3, .alert = &rule};
static const struct service service = {.name = "www"};
static const struct host host = {.name = "web01", .address = "10.0.0.10", .service = &service};
static const struct host other = {.name = "web02", .address = "web02", .service = &service};
static struct binding bindings[] = {{&host, &plan}, {&other, &plan}};
static const struct model model = {
    .site = {.timezone = "UTC", .url = "https://w.example.org/"}, .bindings = bindings, .binding_count = 2};
static const struct state hard = {.known = true,
                                  .verdict = VERDICT_CRITICAL,
                                  .hard_since = INT64_C(1795000000000),
                                  .last_ok = INT64_C(1794999940000),
                                  .problem = 42};

static struct notice_known known(void *owner, uint32_t binding)
{
    (void)binding;
    return (struct notice_known){&hard, owner};
}

static struct decision problem(void)
{
    return (struct decision){.kind = DECISION_ALERT,
                             .at = INT64_C(1795000065000),
                             .subject = "web01",
                             .name = "haproxy",
                             .problem = 42,
                             .verdict = VERDICT_CRITICAL,
                             .type = STATE_HARD,
                             .attempt = 3,
                             .notice = NOTICE_PROBLEM,
                             .user = &bob,
                             .contact = &pager,
                             .urgency = URGENCY_ALERT,
                             .message_id = "<p42.1@watchbill>"};
}

static json_t *facts_of(const struct decision *decision, const char *output)
{
    static char text[70000];
    struct notice_source source = {.model = &model, .decision = decision, .known = known, .owner = text};
    (void)snprintf(text, sizeof text, "%s", output);
    return notice_facts(&source);
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("not there: \"%s\"\n%s", part, text);
}

static void subject_is(const struct decision *decision, const char *output, const char *wanted)
{
    json_t *alert = facts_of(decision, output);
    struct text text = TEXT_INIT;
    notice_subject(&text, alert);
    assert_string_equal(text.bytes, wanted);
    text_release(&text);
    json_decref(alert);
}

static void the_subject_is_one_line(void **state)
{
    (void)state;
    struct decision decision = problem();
    subject_is(&decision, "HAPROXY CRITICAL - web2 is DOWN\nmore",
               "PROBLEM: web01/haproxy is CRITICAL: HAPROXY CRITICAL - web2 is DOWN");
    subject_is(&decision, "a\rBcc: x@example.org\r\n",
               "PROBLEM: web01/haproxy is CRITICAL: a Bcc: x@example.org");
    subject_is(&decision, "bell\a and \x1b[31m", "PROBLEM: web01/haproxy is CRITICAL: bell  and  [31m");
    decision.notice = NOTICE_REMEDIATION;
    decision.reason = "it had\nno effect";
    subject_is(&decision, "x", "REMEDIATION: web01/haproxy is CRITICAL: it had no effect");
}

static void the_subject_of_several_and_of_the_site(void **state)
{
    (void)state;
    static const uint32_t members[] = {0, 1};
    struct decision decision = problem();
    decision.members = members;
    decision.member_count = 2;
    subject_is(&decision, "x", "PROBLEM: 2 checks of www: 2 CRITICAL: web01/haproxy, web02/haproxy");
    decision = problem();
    decision.binding = WORLD_SITE;
    decision.subject = "watchbill";
    decision.name = "storm";
    decision.reason = "12 messages were held back";
    subject_is(&decision, "x", "PROBLEM: watchbill/storm: 12 messages were held back");
}

static void a_long_subject_is_cut(void **state)
{
    (void)state;
    struct decision decision = problem();
    static char output[60000];
    memset(output, 'x', sizeof output - 1);
    json_t *alert = facts_of(&decision, output);
    struct text text = TEXT_INIT;
    notice_subject(&text, alert);
    assert_int_equal(text.length, 203);
    text_clear(&text);
    notice_text(&text, alert);
    assert_true(text.length < 20000);
    has(text.bytes, "[cut]");
    text_release(&text);
    json_decref(alert);
}

static void the_text_tells_what_the_reader_needs(void **state)
{
    static const char *const wanted[] = {
        "PROBLEM: web01/haproxy is CRITICAL: HAPROXY CRITICAL - web2 is DOWN\n\n",
        "State:     CRITICAL (hard, attempt 3 of 3)\n",
        "Problem:   42\n",
        "Since:     2026-11-18 12:06:40 +01:00 (1m5s ago)\n",
        "Last OK:   2026-11-18 12:05:40 +01:00 (2m5s ago)\n",
        "Host:      web01\n",
        "Address:   10.0.0.10\n",
        "Service:   www\n",
        "Info:      Status of the load balancer.\n",
        "Told:      bob at bob@example.org, of the group admins: number 2 of 2 on its rota\n",
        "Also told: amy at amy@example.org, 12:07:44\n",
        "Next:      told again at 12:37:45, unless it is acknowledged or over\n",
        "Escalates: the next of admins every 15m, until someone acknowledges\n",
        "\nHAPROXY CRITICAL - web2 is DOWN\nmore\n",
        "\nWhat happened before:\n12:06:00  web01 deploy: version=4.3\n",
        "\nRemediations:\n12:07:00  restart (OPS-1): wait: 15m\n",
        "OPS-1:  https://t.example.org/issues/1\n",
        "Acknowledge it:  watchbill ack web01/haproxy --comment",
        "The whole story:  watchbill why web01/haproxy\n",
        "Acknowledge web01/haproxy:  https://w.example.org/x?y&z\n",
        "Its page:  https://w.example.org/checks/web01/haproxy\n",
        "Diagnostics: /var/lib/w/diagnostics/p42-restart-1\n",
        "What they found:  https://w.example.org/diagnostics/p42-restart-1\n",
        "All checks:  https://w.example.org/\n",
    };
    (void)state;
    struct decision decision = problem();
    json_t *alert = facts_of(&decision, "HAPROXY CRITICAL - web2 is DOWN\nmore");
    json_set(alert, "told",
             json_pack("[{s:I, s:s, s:s}]", "at", (json_int_t)1795000064000, "user", "amy", "contact",
                       "amy@example.org"));
    json_set(alert, "events",
             json_pack("[{s:I, s:s, s:s}]", "at", (json_int_t)1794999960000, "subject", "web01", "text",
                       "deploy: version=4.3"));
    json_set(alert, "remediations",
             json_pack("[{s:I, s:s, s:s, s:s, s:s, s:s, s:s}]", "at", (json_int_t)1795000020000, "bundle",
                       "/var/lib/w/diagnostics/p42-restart-1", "remediation", "restart", "issue", "OPS-1",
                       "decision", "wait", "reason", "15m", "link", "https://t.example.org/issues/1"));
    json_set(alert, "acknowledge",
             json_pack("[{s:s, s:s}]", "subject", "web01/haproxy", "link", "https://w.example.org/x?y&z"));
    struct text text = TEXT_INIT;
    notice_text(&text, alert);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        has(text.bytes, wanted[i]);
    assert_true(strncmp(text.bytes, wanted[0], strlen(wanted[0])) == 0);
    text_clear(&text);
    notice_html(&text, alert);
    has(text.bytes, "<a href=\"https://w.example.org/x?y&amp;z\">Acknowledge web01/haproxy</a>");
    has(text.bytes, "<td>CRITICAL (hard, attempt 3 of 3)</td>");
    assert_null(strstr(text.bytes, "<img"));
    json_set(alert, "picture", json_string("AAAA"));
    text_clear(&text);
    notice_html(&text, alert);
    has(text.bytes, "src=\"cid:graph.p42.1.watchbill");
    text_release(&text);
    json_decref(alert);
}

static void hostile_text_is_text(void **state)
{
    (void)state;
    struct decision decision = problem();
    json_t *alert =
        facts_of(&decision, "<script>alert('1')</script> \xff\xfe \"&\n</pre><img src=x>\n\x1b[31m");
    struct text text = TEXT_INIT;
    assert_non_null(alert);
    notice_html(&text, alert);
    assert_null(strstr(text.bytes, "<script"));
    assert_null(strstr(text.bytes, "<img"));
    assert_null(strchr(text.bytes, '\x1b'));
    has(text.bytes, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; \xef\xbf\xbd\xef\xbf\xbd &quot;&amp;");
    text_release(&text);
    json_decref(alert);
}

static void a_recovery_asks_for_no_acknowledgement(void **state)
{
    (void)state;
    struct decision decision = problem();
    decision.notice = NOTICE_RECOVERY;
    decision.verdict = VERDICT_OK;
    json_t *alert = facts_of(&decision, "");
    struct text text = TEXT_INIT;
    notice_text(&text, alert);
    assert_null(strstr(text.bytes, "watchbill ack"));
    assert_null(strstr(text.bytes, "told again"));
    has(text.bytes, "RECOVERY: web01/haproxy is OK\n");
    text_release(&text);
    json_decref(alert);
}

static void an_event_in_a_few_words(void **state)
{
    static const struct {
        const char *row, *wanted;
    } cases[] = {
        {"{\"name\":\"http\",\"type\":\"status\",\"data\":{\"type\":\"state\",\"state\":\"CRITICAL\","
         "\"state_type\":\"SOFT\",\"attempt\":1}}",
         "http: CRITICAL SOFT"},
        {"{\"name\":\"http\",\"type\":\"archive\",\"data\":{\"remediation\":\"restart\",\"run\":\"p1\","
         "\"outcome\":1}}",
         "http: remediation restart: no effect"},
        {"{\"name\":\"http\",\"type\":\"archive\",\"data\":{\"remediation\":\"restart\",\"outcome\":0}}",
         "http: remediation restart: it says that it helped"},
        {"{\"name\":\"http\",\"type\":\"archive\",\"data\":{\"remediation\":\"restart\",\"outcome\":0,"
         "\"dry_run\":true}}",
         "http: remediation restart: rehearsed"},
        {"{\"name\":\"deploy\",\"type\":\"archive\",\"data\":{\"text\":\"a\\nb\",\"value\":2.5,"
         "\"tags\":{\"version\":\"4.3\"}}}",
         "deploy: text=a b value=2.5 version=4.3"},
        {"{\"name\":\"deploy\",\"data\":[1]}", "deploy:"},
        {"{}", ":"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *row = json_loads(cases[i].row, 0, NULL);
        struct text text = TEXT_INIT;
        notice_event(&text, row);
        assert_string_equal(text.bytes, cases[i].wanted);
        text_release(&text);
        json_decref(row);
    }
}

static void links_to_issues(void **state)
{
    static const struct {
        const char *type, *url, *wanted;
    } cases[] = {
        {"redmine", "https://t.example.org", "https://t.example.org/issues/7"},
        {"jira", "https://t.example.org/", "https://t.example.org/browse/OPS-7"},
        {"gitlab", "https://t.example.org/a/b", "https://t.example.org/a/b/-/issues/7"},
        {"file", NULL, ""},
        {"redmine", NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tracker tracker = {.type = cases[i].type, .url = cases[i].url};
        struct text text = TEXT_INIT;
        notice_issue_link(&text, &tracker, "OPS-7");
        assert_string_equal(text.bytes, cases[i].wanted);
        text_release(&text);
    }
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
        cmocka_unit_test(the_subject_is_one_line), cmocka_unit_test(the_subject_of_several_and_of_the_site),
        cmocka_unit_test(a_long_subject_is_cut),   cmocka_unit_test(the_text_tells_what_the_reader_needs),
        cmocka_unit_test(hostile_text_is_text),    cmocka_unit_test(a_recovery_asks_for_no_acknowledgement),
        cmocka_unit_test(an_event_in_a_few_words), cmocka_unit_test(links_to_issues),
        cmocka_unit_test(a_url_keeps_its_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

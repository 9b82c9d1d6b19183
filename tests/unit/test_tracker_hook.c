/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/tracker_hook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What ${body} says of OPS-12 and of OPS-1. */
static void expect(const char *type, const char *body, bool twelve, bool one)
{
    json_t *document = json_loads(body, JSON_DECODE_ANY, NULL);
    if (tracker_hook_concerns(type, document, "OPS-12") != twelve ||
        tracker_hook_concerns(type, document, "OPS-1") != one)
        fail_msg("%s: %s", type, body);
    json_decref(document);
}

/* Cut down from what each sends when an issue is closed, and when it is commented on. */
static void test_the_issue_that_is_named(void **state)
{
    static const char *const bodies[][2] = {
        {"github",
         "{\"action\": \"closed\", \"issue\": {\"id\": 73464126, \"number\": 12, \"state\": \"closed\"}}"},
        {"github", "{\"action\": \"created\", \"issue\": {\"number\": 12}, \"comment\": {\"id\": 1}}"},
        {"gitlab", "{\"object_kind\": \"issue\", \"object_attributes\": {\"id\": 301, \"iid\": 12}}"},
        {"gitlab", "{\"object_kind\": \"note\", \"object_attributes\": {\"id\": 1}, \"issue\": {\"id\": 9, "
                   "\"iid\": 12}}"},
        {"jira",
         "{\"webhookEvent\": \"jira:issue_updated\", \"issue\": {\"id\": \"99291\", \"key\": \"OPS-12\"}}"},
        {"redmine", "{\"type\": \"issue.updated\", \"data\": {\"issue\": {\"id\": 12, \"subject\": \"x\"}}}"},
        {"redmine",
         "{\"payload\": {\"action\": \"updated\", \"issue\": {\"id\": 12}, \"journal\": {\"id\": 1}}}"},
        {"redmine", "{\"event_type\": \"issue\", \"issue\": {\"id\": 12}}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        expect(bodies[i][0], bodies[i][1], true, false);
    expect("jira", "{\"issue\": {\"key\": \"DEV-12\"}}", false, false);
    expect("github", "{\"issue\": {\"number\": -12}}", false, false);
}

/* A ping, a push, a form, nothing: whoever has the secret may have all of them asked. */
static void test_none_is_named(void **state)
{
    static const char *const types[] = {"github", "gitlab", "jira", "redmine", "file", "command"};
    static const char *const bodies[] = {
        "",
        "{",
        "payload=%7B%7D",
        "7",
        "null",
        "[]",
        "{}",
        "{\"issue\": 12}",
        "{\"issue\": {\"number\": {}}}",
        "{\"issue\": {\"number\": 12.5, \"iid\": null, \"key\": [], \"id\": true}}",
        "{\"zen\": \"Design for failure.\", \"hook_id\": 30}"};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (size_t k = 0; k < sizeof bodies / sizeof bodies[0]; k++)
            expect(types[i], bodies[k], true, true);
    expect("command", "{\"issue\": {\"number\": 12}}", true, true);
}

static void test_proofs(void **state)
{
    bool is_signed = false;
    (void)state;
    assert_string_equal(tracker_hook_header("github", &is_signed), "X-Hub-Signature-256");
    assert_true(is_signed);
    assert_string_equal(tracker_hook_header("gitlab", &is_signed), "X-Gitlab-Token");
    assert_false(is_signed);
    assert_null(tracker_hook_header("file", &is_signed));
    assert_string_equal(tracker_hook_signature("sha256=ab"), "ab");
    assert_null(tracker_hook_signature("sha1=ab"));
    assert_null(tracker_hook_signature("SHA256=ab"));
    assert_null(tracker_hook_signature(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_issue_that_is_named),
        cmocka_unit_test(test_none_is_named),
        cmocka_unit_test(test_proofs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

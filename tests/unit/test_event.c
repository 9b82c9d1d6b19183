/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_deploy(void **state)
{
    (void)state;
    struct event event;
    struct error error = {""};
    json_t *given = json_loads("{\"subject\":\"web01\",\"name\":\"deploy\",\"tags\":{\"version\":\"4.3\"},"
                               "\"data\":{\"text\":\"by hand\"},\"value\":2.5}",
                               0, NULL);
    assert_true(event_read(given, "bob", &event, &error));
    assert_string_equal(event.type, "archive");
    assert_string_equal(event.subject, "web01");
    assert_string_equal(event.name, "deploy");
    assert_int_equal(event.severity, 0);
    char *data = json_dumps(event.data, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(
        data, "{\"author\":\"bob\",\"tags\":{\"version\":\"4.3\"},\"text\":\"by hand\",\"value\":2.5}");
    /* What was given is as it was. */
    assert_null(json_object_get(json_object_get(given, "data"), "value"));
    free(data);
    event_release(&event);
    json_decref(given);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *given, *sentence;
    } cases[] = {
        {"[]", "an event is a JSON object"},
        {"{}", "the \"subject\" of an event is a text"},
        {"{\"subject\":\"\",\"name\":\"x\"}", "the \"subject\" of an event is a text"},
        {"{\"subject\":\"a\"}", "the \"name\" of an event is a text"},
        {"{\"subject\":\"a\",\"name\":7}", "the \"name\" of an event is a text"},
        {"{\"subject\":\"a\",\"name\":\"b\\nc\"}", "the \"name\" of an event has a control character in it"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"type\":\"other\"}",
         "the \"type\" of an event is metric, status or archive"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"type\":null}",
         "the \"type\" of an event is metric, status or archive"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"type\":\"metric\"}", "a metric needs a \"value\""},
        {"{\"subject\":\"a\",\"name\":\"b\",\"value\":\"1\"}", "the \"value\" of an event is a number"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"severity\":4}",
         "the \"severity\" of an event is a whole number from 0 to 3"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"severity\":1.5}",
         "the \"severity\" of an event is a whole number from 0 to 3"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"tags\":{\"k\":1}}",
         "the \"tags\" of an event are a map of at most 64 texts"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"data\":[]}", "the \"data\" of an event are an object"},
        {"{\"subject\":\"a\",\"name\":\"b\",\"at\":1}", "an event has no member \"at\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event event;
        struct error error = {""};
        json_t *given = json_loads(cases[i].given, 0, NULL);
        assert_false(event_read(given, NULL, &event, &error));
        assert_string_equal(error.text, cases[i].sentence);
        json_decref(given);
    }
}

static void large_ones_are_refused(void **state)
{
    (void)state;
    struct event event;
    struct error error = {""};
    static char text[20000];
    memset(text, 'x', sizeof text - 1);
    json_t *given = json_pack("{s:s, s:s, s:{s:s}}", "subject", "a", "name", "b", "data", "text", text);
    assert_false(event_read(given, NULL, &event, &error));
    assert_string_equal(error.text, "the data of an event are more than 16384 bytes");
    json_decref(given);
    text[201] = '\0';
    given = json_pack("{s:s, s:s}", "subject", "a", "name", text);
    assert_false(event_read(given, NULL, &event, &error));
    assert_string_equal(error.text, "the \"name\" of an event is longer than 200 bytes");
    json_decref(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deploy),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(large_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/alert_channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

static const char whole[] =
    "{\"id\":\"a\",\"user\":\"b\",\"urgency\":\"c\",\"kind\":\"d\",\"host\":\"e\",\"check\":\"f\",\"state\":"
    "\"g\",\"subject\":\"h\",\"text\":\"i\",\"problem\":7,\"at\":1800000000123}";

static void reads_the_facts(void **state)
{
    struct alert_facts facts;
    struct error error = {""};
    (void)state;
    json_t *alert = json_loads(whole, 0, NULL);
    assert_true(alert_channel_facts(alert, &facts, &error));
    const char *const texts[] = {facts.id,    facts.user,  facts.urgency, facts.kind, facts.host,
                                 facts.check, facts.state, facts.subject, facts.text};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(texts[i][0], 'a' + (int)i);
    assert_int_equal(facts.problem, 7);
    assert_int_equal(facts.at, INT64_C(1800000000123));
    json_decref(alert);
}

static void names_the_fact_that_is_wrong(void **state)
{
    static const struct {
        const char *key, *value, *sentence;
    } rows[] = {
        {"id", NULL, "\"id\" is missing"},
        {"text", "null", "\"text\" is not a text"},
        {"host", "7", "\"host\" is not a text"},
        {"problem", NULL, "\"problem\" is missing"},
        {"problem", "-1", "\"problem\" is not a whole number"},
        {"problem", "1.5", "\"problem\" is not a whole number"},
        {"at", "\"7\"", "\"at\" is not a whole number"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct alert_facts facts;
        struct error error = {""};
        json_t *alert = json_loads(whole, 0, NULL);
        (void)json_object_del(alert, rows[i].key);
        if (rows[i].value)
            json_object_set_new(alert, rows[i].key, json_loads(rows[i].value, JSON_DECODE_ANY, NULL));
        assert_false(alert_channel_facts(alert, &facts, &error));
        assert_string_equal(error.text, rows[i].sentence);
        json_decref(alert);
    }
}

static void keeps_the_time_within_bounds(void **state)
{
    static const struct {
        const char *alert;
        int64_t timeout;
    } rows[] = {
        {"{}", 30000},
        {"{\"timeout_ms\":50000}", 50000},
        {"{\"timeout_ms\":\"50000\"}", 30000},
        {"{\"timeout_ms\":0}", 1000},
        {"{\"timeout_ms\":-9223372036854775808}", 1000},
        {"{\"timeout_ms\":9223372036854775807}", 600000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *alert = json_loads(rows[i].alert, 0, NULL);
        assert_int_equal(alert_channel_timeout(alert), rows[i].timeout);
        json_decref(alert);
    }
}

/* Writes a file of these bytes, reads the secret in it, removes it. */
static bool read_secret(const char *bytes, size_t length, char *secret, struct error *error)
{
    char path[] = "/tmp/test_alert_channel.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    assert_int_equal(close(fd), 0);
    bool ok = alert_channel_secret(path, "token", secret, error);
    assert_int_equal(unlink(path), 0);
    return ok;
}

static void reads_the_first_line_of_a_secret(void **state)
{
    static char large[ALERT_CHANNEL_SECRET_MOST * 2];
    char secret[ALERT_CHANNEL_SECRET_MOST];
    struct error error;
    (void)state;
    assert_true(read_secret("one\r\ntwo\n", 9, secret, &error));
    assert_string_equal(secret, "one");
    assert_true(read_secret("one", 3, secret, &error));
    assert_string_equal(secret, "one");
    assert_false(read_secret("", 0, secret, &error));
    assert_false(read_secret("\none", 4, secret, &error));
    assert_non_null(strstr(error.text, "is empty"));
    memset(large, 'x', sizeof large);
    assert_false(read_secret(large, sizeof large, secret, &error));
    assert_non_null(strstr(error.text, "longer than"));
    assert_false(alert_channel_secret("/nonexistent/token", "token", secret, &error));
    assert_string_equal(error.text,
                        "the token file \"/nonexistent/token\" cannot be read: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_facts),
        cmocka_unit_test(names_the_fact_that_is_wrong),
        cmocka_unit_test(keeps_the_time_within_bounds),
        cmocka_unit_test(reads_the_first_line_of_a_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

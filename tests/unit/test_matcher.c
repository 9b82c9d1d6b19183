/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/matcher.h"

#include "tests/unit/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct pair check_tags[] = {{"env", "prod east"}, {"version", "4.2"}};
static struct pair host_tags[] = {{"env", "test"}, {"rack", "r1"}};
static struct pair service_tags[] = {{"rack", "none"}, {"team", "web"}};
static const struct service service = {.name = "www", .tags = {service_tags, 2}};
static const struct host host = {.name = "web01", .service = &service, .tags = {host_tags, 2}};
static const struct host bare_host = {.name = "db01"};
static const struct check_plan http = {.name = "http", .tags = {check_tags, 2}};
static const struct check_plan bare_check = {.name = "disk"};
static const struct binding web = {&host, &http};
static const struct binding bare = {&bare_host, &bare_check};

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool web, bare, host, bare_host;
    } rows[] = {
        {"web01/http", true, false, true, false},
        {"web01/https", false, false, true, false},
        {"web01", true, false, true, false},
        {"web0", false, false, false, false},
        {" web01/http ", true, false, true, false},
        {"/b01\\/(http|disk)$/", true, true, false, false},
        {"/^http/", false, false, false, false},
        {"host=web01", true, false, true, false},
        {"host=/^(web|db)/", true, true, true, true},
        {"host=/^(web|db)/ check=disk", false, true, true, true},
        {"check=/t/", true, false, false, false},
        {"service=www", true, false, true, false},
        {"service=/./", true, false, true, false},
        {"tag.env=\"prod east\"", true, false, false, false},
        {"tag.env=/east$/", true, false, false, false},
        {"tag.env=/ /", true, false, false, false},
        {"tag.env=test", false, false, true, false},
        {"tag.rack=r1", true, false, true, false},
        {"tag.team=web", true, false, true, false},
        {"tag.nothing=", true, true, true, true},
        {"tag.env=", false, true, false, true},
        {"check=http host=web01\tservice=www", true, false, true, false},
        {"host=/.*/", true, true, true, true},
        {"host=/^[a-z]+[0-9]+$/ check=/^[a-z]+$/", true, true, true, true},
        {"host=/^[]+a{9}[:digit:]w]e+b+0+1+|x+y+z+u+v+/", true, false, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {""};
        struct matcher *matcher = matcher_read(rows[i].text, &error);
        if (!matcher)
            fail_msg("%s: %s", rows[i].text, error.text);
        assert_string_equal(matcher_text(matcher), rows[i].text);
        if (matcher_matches(matcher, &web) != rows[i].web ||
            matcher_matches(matcher, &bare) != rows[i].bare ||
            matcher_matches_host(matcher, &host) != rows[i].host ||
            matcher_matches_host(matcher, &bare_host) != rows[i].bare_host)
            fail_msg("%s matches what it should not, or not what it should", rows[i].text);
        matcher_free(matcher);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        {"", "nothing is matched"},
        {" \t ", "nothing is matched"},
        {"web01/", "the check is missing behind \"web01/\""},
        {"hots=web01", "not host, check, service or tag.NAME: \"hots\""},
        {"tag.=x", "not host, check, service or tag.NAME: \"tag.\""},
        {"=x", "not host, check"},
        {"host=", "\"host=\" has no value"},
        {"host= web01", "\"host=\" has no value"},
        {"host=/web", "the closing / is missing: \"/web\""},
        {"host=\"web", "the closing \" is missing"},
        {"host=/web/x", "a blank is missing before \"x\""},
        {"host=//", "the expression is empty"},
        {"host=/(/", "not a regular expression: "},
        {"host=/[/", "not a regular expression: "},
        {"host=/(a)\\1/", "an expression may not refer back"},
        {"host=/a{2000}/", "an expression may not repeat so much"},
        {"host=/(a{50}){50}/", "an expression may not repeat so much"},
        {"host=/(a{0,99}){9,12}/", "an expression may not repeat so much"},
        {"host=/a{99999999999999999999}/", "an expression may not repeat so much"},
        {"host=/a++++++++++++++++++++++/", "an expression may not repeat repetitions more than 3 deep"},
        {"host=/a???????+++++++/", "more than 3 deep"},
        {"host=/((((a+))?))*{2}/", "more than 3 deep"},
        {"host=/((((((((((a+)+)+)+)+)+)+)+)+)+)+/", "more than 3 deep"},
        {"host=/([]+[:alpha:]]+b){900}/", "an expression may not repeat so much"},
        {"\"web01\"", "a text in quotes needs a key"},
        {"host=web\n01", "not one line of UTF-8"},
        {"host=web\xff", "not one line of UTF-8"},
        {"a a a a a a a a a a a a a a a a a", "more than 15 terms"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {""};
        if (matcher_read(rows[i].text, &error) || !strstr(error.text, rows[i].sentence))
            fail_msg("%s: %s", rows[i].text, error.text);
    }
}

static void test_lengths(void **state)
{
    (void)state;
    struct error error = {""};
    char text[MATCHER_BYTES + 2];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_null(matcher_read(text, &error));
    assert_string_equal(error.text, "more than 1000 bytes");
    text[0] = text[MATCHER_REGEX_BYTES + 2] = '/';
    text[MATCHER_REGEX_BYTES + 3] = '\0';
    assert_null(matcher_read(text, &error));
    assert_non_null(strstr(error.text, "more than 200 bytes"));
}

/* What is slow in an engine that tries and goes back is not so here. */
static void test_slow(void **state)
{
    (void)state;
    static const char *const slow[] = {"host=/^(a+)+$/", "host=/^(a|aa)+$/", "host=/(a*)*b/",
                                       "host=/(a|b)*a(a|b){20}$/"};
    const struct host many = {.name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"};
    const struct binding binding = {&many, &http};
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
        struct error error = {""};
        struct matcher *matcher = matcher_read(slow[i], &error);
        assert_non_null(matcher);
        for (int round = 0; round < 100; round++)
            assert_false(matcher_matches(matcher, &binding));
        matcher_free(matcher);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char rules[] = "# host                       class   environment\n\n"
                            "nagios-(c[0-9]+)\\.([a-z]+)\\..*  cell    \\2/\\1\r\n"
                            "nagios\\.([a-z]+)\\..*           global  \\1/global\n"
                            "small-.*|tiny                  mixed   all-in-one";

static void finds(void **state)
{
    static const struct {
        const char *host, *class, *environment;
        unsigned line;
    } cases[] = {
        {"nagios-c0001.test.example.org", "cell", "test/c0001", 3},
        {"nagios.prod.example.org", "global", "prod/global", 4},
        {"small-1", "mixed", "all-in-one", 5},
        {"tiny", "mixed", "all-in-one", 5},
        {"tiny2", NULL, NULL, 0},
        {"web1.example.org", NULL, NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct nagios_rule rule = {0};
        struct error error = {""};
        bool found = nagios_rules_find(rules, sizeof rules - 1, cases[i].host, arena, &rule, &error);
        assert_int_equal(found, cases[i].class != NULL);
        if (found) {
            assert_string_equal(rule.class, cases[i].class);
            assert_string_equal(rule.environment, cases[i].environment);
            assert_int_equal(rule.line, cases[i].line);
        } else {
            assert_non_null(strstr(error.text, cases[i].host));
        }
        arena_free(arena);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *rules, *host, *words;
    } cases[] = {
        {"a b", "a", "line 1: a rule has three words"}, {"x y z\na b c d", "a", "line 2"},
        {"(a b c", "a", "not a regular expression"},    {"(.*) ../\\1 x", "a", "not a class"},
        {"(.*) x ../\\1", "a", "not an environment"},   {"(.*) x /\\1", "a", "not an environment"},
        {"(.*) x a//b", "a", "not an environment"},     {"(.*) x \\9", "a", "not an environment"},
        {".* x y", "../etc", "not a host name"},        {".* x y", "", "not a host name"},
        {".* x y", "a b", "not a host name"},           {"", "a", "no rule matches"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct nagios_rule rule = {0};
        struct error error = {""};
        bool found =
            nagios_rules_find(cases[i].rules, strlen(cases[i].rules), cases[i].host, arena, &rule, &error);
        if (found || !strstr(error.text, cases[i].words))
            fail_msg("%s: %s", cases[i].rules, error.text);
        arena_free(arena);
    }
}

static void hostile(void **state)
{
    char bytes[70000];
    struct arena *arena = arena_create();
    struct nagios_rule rule = {0};
    struct error error = {""};
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 % 256);
    assert_false(nagios_rules_find(bytes, sizeof bytes, "a", arena, &rule, &error));
    memset(bytes, '(', sizeof bytes);
    assert_false(nagios_rules_find(bytes, sizeof bytes, "a", arena, &rule, &error));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(refuses),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

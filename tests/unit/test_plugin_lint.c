/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/plugin_lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void take(void *owner, const char *rule, const char *sentence)
{
    struct text *told = owner;
    assert_true(sentence[0] != '\0');
    text_format(told, "%s%s", told->length ? " " : "", rule);
}

static void expect(const struct plugin_lint_run *run, const char *rules)
{
    struct text told = TEXT_INIT;
    plugin_lint(run, take, &told);
    assert_string_equal(told.bytes, rules);
    text_release(&told);
}

static void answers(void **state)
{
    static const struct {
        const char *output;
        int code;
        const char *rules;
    } cases[] = {
        {"LOAD OK - all is well | load=1;2;3;0;", 0, ""},
        {"LOAD OK", 0, ""},
        {"LOAD OK - fine\nmore | a=1\nb=2", 0, ""},
        {"", 0, "output"},
        {"\nLOAD OK", 0, "output"},
        {"LOAD OK", 2, "status"},
        {"CRITICAL: OK was yesterday", 2, ""},
        {"all is well", 0, "status"},
        {"BROKEN OK", 0, ""},
        {"NOTOK at all", 0, "status"},
        {"LOAD OK", 4, "exit"},
        {"LOAD OK\tbad", 0, "line"},
        {"LOAD OK \x1b[1m", 0, "line"},
        {"LOAD OK \xff", 0, "line"},
        {"LOAD OK | load=1,5", 0, "perfdata"},
        {"LOAD OK | load=1e5", 0, "perfdata"},
        {"LOAD OK | 'a e1'=15", 0, ""},
        {"LOAD OK | a=1 a=2", 0, "perfdata"},
        {"LOAD OK | abcdefghijklmnopqrst1=1 abcdefghijklmnopqrst2=1", 0, "perfdata"},
        {"LOAD OK | 'a=b'=1", 0, "perfdata"},
        {"LOAD OK | a=120%", 0, "perfdata"},
        {"LOAD OK | a=1;;;9;2", 0, "perfdata"},
        {"LOAD OK | a=1;2:1", 0, "perfdata"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(&(struct plugin_lint_run){.exited = true,
                                         .code = cases[i].code,
                                         .output = cases[i].output,
                                         .length = strlen(cases[i].output)},
               cases[i].rules);
}

static void endings(void **state)
{
    static const char help[] = "usage: check_x [-w RANGE]\n", version[] = "check_x 1.0\n";
    (void)state;
    expect(
        &(struct plugin_lint_run){
            .way = PLUGIN_LINT_HELP, .exited = true, .code = 3, .output = help, .length = sizeof help - 1},
        "");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_HELP, .exited = true, .output = ""}, "exit help");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_VERSION,
                                     .exited = true,
                                     .code = 3,
                                     .output = version,
                                     .length = sizeof version - 1},
           "");
    expect(
        &(struct plugin_lint_run){
            .way = PLUGIN_LINT_VERSION, .exited = true, .code = 0, .output = "a\nb\n", .length = 4},
        "exit version");
    expect(
        &(struct plugin_lint_run){
            .way = PLUGIN_LINT_MISUSE, .exited = true, .code = 1, .output = "no", .length = 2},
        "misuse");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_BARE, .exited = true, .code = 3, .output = ""},
           "output");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_LIMIT,
                                     .exited = true,
                                     .code = 3,
                                     .output = "late",
                                     .length = 4,
                                     .limit = 1000,
                                     .elapsed = 1900},
           "");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_LIMIT,
                                     .exited = true,
                                     .code = 3,
                                     .output = "late",
                                     .length = 4,
                                     .limit = 1000,
                                     .elapsed = 2100},
           "timeout");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_BARE, .code = 11, .output = "x", .length = 1},
           "exit");
    expect(&(struct plugin_lint_run){.way = PLUGIN_LINT_BARE, .late = true, .output = "x", .length = 1},
           "timeout");
    expect(&(struct plugin_lint_run){.exited = true, .output = "X OK", .length = 4, .complained = true},
           "output");
}

static void hostile(void **state)
{
    struct text huge = TEXT_INIT;
    (void)state;
    for (int i = 0; i < 300000; i++)
        text_add_char(&huge, (char)(i * 7 % 251));
    struct text told = TEXT_INIT;
    plugin_lint(&(struct plugin_lint_run){.exited = true, .output = huge.bytes, .length = huge.length}, take,
                &told);
    assert_non_null(strstr(told.bytes, "output"));
    text_release(&told);
    text_release(&huge);
    expect(&(struct plugin_lint_run){.exited = true, .output = "X OK\0|a=1", .length = 9}, "line");
}

static void knows(void **state)
{
    static const char help[] = " -w, --warning=RANGE\n --timeouts\n";
    (void)state;
    assert_true(plugin_lint_knows(help, sizeof help - 1, "--warning"));
    assert_true(plugin_lint_knows(help, sizeof help - 1, "-w"));
    assert_false(plugin_lint_knows(help, sizeof help - 1, "--timeout"));
    assert_false(plugin_lint_knows(help, 0, "--warning"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(endings),
        cmocka_unit_test(hostile),
        cmocka_unit_test(knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

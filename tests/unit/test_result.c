/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct outcomes plain = {0};

#define EXITED(code_, output_)                                                                               \
    {                                                                                                        \
        RESULT_EXITED, code_, 0, output_, sizeof(output_) - 1, false                                         \
    }

static const struct row {
    struct result_ending ending;
    enum verdict verdict;
    const char *text;
} rows[] = {
    {EXITED(0, "HTTP OK | t=1s"), VERDICT_OK, "HTTP OK | t=1s"},
    {EXITED(1, "w"), VERDICT_WARNING, "w"},
    {EXITED(2, "line 1\nline 2\n"), VERDICT_CRITICAL, "line 1\nline 2\n"},
    {EXITED(3, "u"), VERDICT_UNKNOWN, "u"},
    {EXITED(0, ""), VERDICT_UNKNOWN, "(no output from plugin)"},
    {EXITED(0, "a\0b"), VERDICT_UNKNOWN, "binary output: a"},
    {EXITED(1, "a\0b"), VERDICT_WARNING, "binary output: a"},
    {{RESULT_EXITED, 0, 0, "xxx", 3, true}, VERDICT_UNKNOWN, "more output than is kept (64 KB): xxx"},
    {{RESULT_EXITED, 2, 0, "xxx", 3, true}, VERDICT_CRITICAL, "more output than is kept (64 KB): xxx"},
    {EXITED(2, " \n\t\r\n"), VERDICT_CRITICAL, "(no output from plugin)"},
    {EXITED(4, ""), VERDICT_UNKNOWN, "return code 4 is out of bounds"},
    {EXITED(7, "odd | a=1"), VERDICT_UNKNOWN, "return code 7 is out of bounds: odd | a=1"},
    {EXITED(126, ""), VERDICT_UNKNOWN, "return code 126 is out of bounds (the command is not executable)"},
    {EXITED(127, ""), VERDICT_UNKNOWN, "return code 127 is out of bounds (the command was not found)"},
    {EXITED(137, ""), VERDICT_UNKNOWN,
     "return code 137 is out of bounds (a shell reports signal 9 (SIGKILL))"},
    {EXITED(255, ""), VERDICT_UNKNOWN, "return code 255 is out of bounds"},
    {EXITED(-1, ""), VERDICT_UNKNOWN, "return code -1 is out of bounds"},
    {{RESULT_SIGNALLED, 11, 0, "half", 4, false}, VERDICT_UNKNOWN, "ended by signal 11 (SIGSEGV): half"},
    {{RESULT_SIGNALLED, 99, 0, NULL, 0, false}, VERDICT_UNKNOWN, "ended by signal 99"},
    {{RESULT_TIMEOUT, 0, 10000, NULL, 0, false}, VERDICT_UNKNOWN, "timed out after 10s"},
    {{RESULT_TIMEOUT, 0, 10000, "part", 4, false}, VERDICT_UNKNOWN, "timed out after 10s: part"},
    {{RESULT_NOT_STARTED, 2, 0, "no such file", 12, false},
     VERDICT_UNKNOWN,
     "could not be started: no such file"},
    {{RESULT_STUCK, 0, 0, "in nfs_wait", 11, false},
     VERDICT_UNKNOWN,
     "does not end, not even by SIGKILL: in nfs_wait"},
};

static void test_endings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text text = TEXT_INIT;
        assert_int_equal(result_judge(&plain, &rows[i].ending, &text), rows[i].verdict);
        assert_string_equal(text.bytes, rows[i].text);
        text_release(&text);
    }
}

static void test_outcomes(void **state)
{
    (void)state;
    struct outcome_code codes[] = {{7, VERDICT_WARNING}, {127, VERDICT_CRITICAL}};
    const struct outcomes outcomes = {.timeout_given = true,
                                      .timeout = VERDICT_CRITICAL,
                                      .signal_given = true,
                                      .signal = VERDICT_CRITICAL,
                                      .codes = codes,
                                      .code_count = 2};
    static const struct row mapped[] = {
        {EXITED(7, "seven"), VERDICT_WARNING, "seven"},
        {EXITED(7, ""), VERDICT_WARNING, "(no output from plugin)"},
        {EXITED(127, ""), VERDICT_CRITICAL, "(no output from plugin)"},
        {EXITED(8, ""), VERDICT_UNKNOWN, "return code 8 is out of bounds"},
        {EXITED(1, "w"), VERDICT_WARNING, "w"},
        {{RESULT_SIGNALLED, 15, 0, NULL, 0, false}, VERDICT_CRITICAL, "ended by signal 15 (SIGTERM)"},
        {{RESULT_TIMEOUT, 0, 1500, NULL, 0, false}, VERDICT_CRITICAL, "timed out after 1s500ms"},
    };
    for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++) {
        struct text text = TEXT_INIT;
        assert_int_equal(result_judge(&outcomes, &mapped[i].ending, &text), mapped[i].verdict);
        assert_string_equal(text.bytes, mapped[i].text);
        text_release(&text);
    }
}

static void test_binary_output(void **state)
{
    (void)state;
    static const char bytes[] = "a\0b\xff";
    const struct result_ending ending = {RESULT_EXITED, 9, 0, bytes, sizeof bytes - 1, false};
    struct text text = TEXT_INIT;
    assert_int_equal(result_judge(&plain, &ending, &text), VERDICT_UNKNOWN);
    assert_int_equal(text.length, strlen("return code 9 is out of bounds: ") + sizeof bytes - 1);
    assert_memory_equal(text.bytes + text.length - 4, bytes, 4);
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_binary_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

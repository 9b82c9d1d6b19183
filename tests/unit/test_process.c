/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/process.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

enum { LONG_MS = 20000 };

static struct process shell(const char *const *argv, int64_t milliseconds)
{
    return (struct process){.argv = argv, .deadline = process_now() + milliseconds, .output_cap = 1024};
}

static void tells_how_it_ended(void **state)
{
    static const struct {
        const char *script;
        enum process_end end;
        int code;
        const char *output, *sentence;
    } rows[] = {
        {"echo out; echo err >&2", PROCESS_EXITED, 0, "out\nerr\n", NULL},
        {"cat", PROCESS_EXITED, 0, "", NULL}, /* reads /dev/null */
        {"echo first; echo 'no such port'; exit 7", PROCESS_EXITED, 7, "first\nno such port\n",
         "\"/bin/sh\" ended with 7: no such port"},
        {"kill -9 $$", PROCESS_SIGNALLED, 9, "", "\"/bin/sh\" was killed by signal 9"},
        {"ls /proc/self/fd | tail -n +5", PROCESS_EXITED, 0, "", NULL}, /* holds nothing of ours */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const argv[] = {"/bin/sh", "-c", rows[i].script, NULL};
        struct process process = shell(argv, LONG_MS);
        struct process_outcome outcome;
        struct error error = {""};
        process_run(&process, &outcome);
        assert_int_equal(outcome.end, rows[i].end);
        assert_int_equal(outcome.code, rows[i].code);
        assert_string_equal(outcome.output.bytes, rows[i].output);
        assert_int_equal(process_succeeded(&process, &outcome, &error), rows[i].sentence == NULL);
        if (rows[i].sentence)
            assert_string_equal(error.text, rows[i].sentence);
        process_outcome_release(&outcome);
    }
}

static void says_what_could_not_start(void **state)
{
    const char *const argv[] = {"/nonexistent/program", NULL};
    struct process process = shell(argv, LONG_MS);
    struct process_outcome outcome;
    struct error error;
    (void)state;
    process_run(&process, &outcome);
    assert_int_equal(outcome.end, PROCESS_NOT_STARTED);
    assert_int_equal(outcome.code, ENOENT);
    assert_false(process_succeeded(&process, &outcome, &error));
    assert_string_equal(error.text,
                        "No such file or directory: \"/nonexistent/program\" could not be started");
    process_outcome_release(&outcome);
}

static void ends_it_at_the_deadline(void **state)
{
    static const char *const scripts[] = {"echo begun; sleep 60",
                                          "trap '' TERM; echo begun; sleep 60; sleep 60",
                                          "echo begun; sleep 60 & wait", "while :; do echo begun; done"};
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const char *const argv[] = {"/bin/sh", "-c", scripts[i], NULL};
        int64_t begin = process_now();
        struct process process = shell(argv, 200);
        struct process_outcome outcome;
        process_run(&process, &outcome);
        assert_int_equal(outcome.end, PROCESS_TIMEOUT);
        assert_memory_equal(outcome.output.bytes, "begun\n", 6);
        assert_true(process_now() - begin < 4000);
        process_outcome_release(&outcome);
    }
}

static void caps_the_output(void **state)
{
    const char *const argv[] = {"/bin/sh", "-c", "head -c 1000000 /dev/zero", NULL};
    struct process process = shell(argv, LONG_MS);
    struct process_outcome outcome;
    (void)state;
    process_run(&process, &outcome);
    assert_int_equal(outcome.end, PROCESS_EXITED);
    assert_int_equal(outcome.output.length, 1024);
    assert_true(outcome.truncated);
    process_outcome_release(&outcome);
}

static void does_not_wait_for_what_it_leaves(void **state)
{
    const char *const argv[] = {"/bin/sh", "-c", "sleep 60 & echo $!", NULL};
    (void)state;
    for (int leaves = 0; leaves < 2; leaves++) {
        int64_t begin = process_now();
        struct process process = shell(argv, LONG_MS);
        struct process_outcome outcome;
        process.leaves = leaves;
        process_run(&process, &outcome);
        pid_t left = (pid_t)strtol(outcome.output.bytes, NULL, 10);
        assert_true(left > 1);
        assert_true(process_now() - begin < LONG_MS / 2);
        if (leaves)
            assert_int_equal(kill(left, SIGKILL), 0);
        process_outcome_release(&outcome);
    }
}

static void stops_when_asked(void **state)
{
    const char *const argv[] = {"sleep", "60", NULL};
    int ends[2];
    struct process_outcome outcome;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    struct process process = shell(argv, LONG_MS);
    process.stop = ends[0];
    process_run(&process, &outcome);
    assert_int_equal(outcome.end, PROCESS_STOPPED);
    process_outcome_release(&outcome);
    close(ends[0]);
    close(ends[1]);
}

static int speak(void *owner)
{
    printf("%s from %s\n", (const char *)owner, getppid() > 1 ? "a child" : "nobody's child");
    return 5;
}

static int crash(void *owner)
{
    (void)owner;
    (void)raise(SIGKILL);
    return 0;
}

static void gives_it_an_input(void **state)
{
    const char *const argv[] = {"/bin/cat", NULL};
    struct process process = shell(argv, LONG_MS);
    struct process_outcome outcome;
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "words", 5), 5);
    assert_int_equal(close(ends[1]), 0);
    process.input = ends[0];
    process_run(&process, &outcome);
    assert_int_equal(outcome.end, PROCESS_EXITED);
    assert_string_equal(outcome.output.bytes, "words");
    process_outcome_release(&outcome);
    assert_int_equal(close(ends[0]), 0);
}

static void calls_a_function_apart(void **state)
{
    static char word[] = "hello";
    struct process process = {
        .call = speak, .owner = word, .deadline = process_now() + LONG_MS, .output_cap = 1024};
    struct process_outcome outcome;
    (void)state;
    process_run(&process, &outcome);
    assert_int_equal(outcome.end, PROCESS_EXITED);
    assert_int_equal(outcome.code, 5);
    assert_string_equal(outcome.output.bytes, "hello from a child\n");
    process_outcome_release(&outcome);
    process.call = crash;
    process_run(&process, &outcome);
    assert_int_equal(outcome.end, PROCESS_SIGNALLED);
    process_outcome_release(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_how_it_ended),
        cmocka_unit_test(says_what_could_not_start),
        cmocka_unit_test(ends_it_at_the_deadline),
        cmocka_unit_test(caps_the_output),
        cmocka_unit_test(does_not_wait_for_what_it_leaves),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(gives_it_an_input),
        cmocka_unit_test(calls_a_function_apart),
    };
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* so that a fork copies no half-written report */
    return cmocka_run_group_tests(tests, NULL, NULL);
}

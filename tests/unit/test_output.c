/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats of a made-up collector, and a check whose time is over. */
#include "lib/check.h"
#include "lib/invoke.h"
#include "lib/output.h"

#include <math.h>
#include <sys/socket.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { IN, OUT, LEVEL, LOST };

static const struct metric_row metrics[] = {
    [IN] = {"bytes_in", "bytes \"received\"", .unit = "B", .type = METRIC_COUNTER, .negative = "bytes_out",
            .draw = "AREA"},
    [OUT] = {"bytes_out", "bytes sent", .unit = "B", .type = METRIC_DERIVE},
    [LEVEL] = {"level", "level", .unit = "%", .has_min = true, .has_max = true, .max = 100},
    [LOST] = {"lost", "lost since the last reading", .unit = "", .type = METRIC_ABSOLUTE},
    {0},
};

struct args {
    bool fail, slow, half;
    int64_t never;
};

static const struct option_row options[] = {
    {"fail", 0, FLAG(struct args, fail), .help = "Fail."},
    {"slow", 0, FLAG(struct args, slow), .help = "Fail when the time is over."},
    {"half-way", 0, FLAG(struct args, half), .help = "Fail after the first value."},
    {"never", 0, WHOLE(struct args, never), .value = "N", .help = "Not allowed with -4."},
    {0},
};

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    assert_true(run_remaining(run) > 0 || args->slow);
    if (args->fail)
        return report_failure(report, VERDICT_CRITICAL, "refused|by\n\"%s\"",
                              run->host ? run->host : "nobody");
    if (args->slow) {
        run_stage(run, "reading from \"%s\"", "x");
        while (run_remaining(run) > 0)
            (void)usleep(1000);
        return report_failure(report, VERDICT_CRITICAL, "no more bytes");
    }
    report_value(report, IN, "eth 0", 1000);
    if (args->half)
        return report_failure(report, VERDICT_UNKNOWN, "the second line is cut");
    report_value(report, IN, "a\"b\\", 2.6);
    report_value(report, OUT, "eth 0", 7);
    report_value(report, LEVEL, NULL, -1.5);
    report_value(report, LOST, NULL, 3);
    report_value(report, LOST, "x", (double)NAN);
    return true;
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (args->never && run->family == AF_INET)
        return error_set(error, "--never and -4 exclude each other");
    return true;
}

static const struct check collector = {
    .name = "demo",
    .title = "DEMO",
    .summary = "made up",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
    .collects = true,
};

static struct check as_check(void)
{
    struct check check = collector;
    check.collects = false;
    return check;
}

struct answer {
    struct text output, complaint;
    int code;
};

static void answer_release(struct answer *answer)
{
    text_release(&answer->output);
    text_release(&answer->complaint);
}

static void ask(struct answer *answer, const struct check *check, const char *const *words)
{
    char copies[8][128];
    char *argv[8] = {NULL};
    int argc = 0;
    for (; words[argc]; argc++) {
        (void)snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    *answer = (struct answer){.output = TEXT_INIT, .complaint = TEXT_INIT};
    answer->code = invoke(check, argc, argv, 0, NULL, &answer->output, &answer->complaint);
}

#define ASK(answer, check, ...) ask(answer, check, (const char *const[]){__VA_ARGS__, NULL})

static void collects_in_each_format(void **state)
{
    static const struct {
        const char *word, *output;
    } cases[] = {
        {"--format=statsd", "demo.bytes_in.eth_0:1000|g\ndemo.bytes_in.a_b_:2.6|g\ndemo.bytes_out.eth_0:7|g\n"
                            "demo.level:0|g\ndemo.level:-1.5|g\ndemo.lost:3|c\n"},
        {"--format=cacti", "bytes_in_eth_0:1000 bytes_in_a_b_:2.6 bytes_out_eth_0:7 level:-1.5 lost:3\n"},
        {"--format=perfdata", "'bytes_in_eth 0'=1000B 'bytes_in_a\"b\\'=2.6B 'bytes_out_eth 0'=7B "
                              "level=-1.5%;;;0;100 lost=3 lost_x=U\n"},
        {"--format=openmetrics",
         "# TYPE watchbill_demo_bytes_in counter\n# HELP watchbill_demo_bytes_in bytes \\\"received\\\"\n"
         "watchbill_demo_bytes_in_total{instance=\"eth 0\"} 1000\n"
         "watchbill_demo_bytes_in_total{instance=\"a\\\"b\\\\\"} 2.6\n"
         "# TYPE watchbill_demo_bytes_out counter\n# HELP watchbill_demo_bytes_out bytes sent\n"
         "watchbill_demo_bytes_out_total{instance=\"eth 0\"} 7\n"
         "# TYPE watchbill_demo_level gauge\n# HELP watchbill_demo_level level\nwatchbill_demo_level -1.5\n"
         "# TYPE watchbill_demo_lost gauge\n# HELP watchbill_demo_lost lost since the last reading\n"
         "watchbill_demo_lost 3\n# EOF\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer;
        ASK(&answer, &collector, "collect_demo", cases[i].word);
        assert_string_equal(answer.output.bytes, cases[i].output);
        assert_string_equal(answer.complaint.bytes, "");
        assert_int_equal(answer.code, 0);
        answer_release(&answer);
    }
}

static void collects_json_by_default(void **state)
{
    struct answer answer;
    (void)state;
    ASK(&answer, &collector, "collect_demo");
    assert_memory_equal(answer.output.bytes,
                        "{\"collector\":\"demo\",\"details\":[],\"metrics\":[{\"name\":\"bytes_in\"", 60);
    assert_null(strstr(answer.output.bytes, "verdict"));
    answer_release(&answer);
}

static void complains_when_it_cannot_collect(void **state)
{
    (void)state;
    for (const char *const *name = output_collector_names; *name; name++) {
        struct answer answer;
        char word[64];
        (void)snprintf(word, sizeof word, "--format=%s", *name);
        ASK(&answer, &collector, "collect_demo", word, "--fail");
        assert_int_equal(answer.code, 3);
        assert_string_equal(answer.output.bytes, "");
        assert_non_null(strstr(answer.complaint.bytes, "refused/by \"nobody\"\n"));
        answer_release(&answer);
        ASK(&answer, &collector, "collect_demo", word, "--half-way");
        assert_int_equal(answer.code, 3);
        assert_string_equal(answer.output.bytes, "");
        answer_release(&answer);
    }
}

/* The option table's names are constants: they must be those of the formats. */
static void format_names_agree(void **state)
{
    (void)state;
    for (const char *const *name = output_check_names; *name; name++)
        assert_non_null(output_find(*name));
    for (const char *const *name = output_collector_names; *name; name++)
        assert_non_null(output_find(*name));
    assert_null(output_find("xml"));
}

static void asks_what_no_row_expresses(void **state)
{
    struct check check = as_check();
    struct answer answer;
    (void)state;
    ASK(&answer, &check, "check_demo", "--never=1", "-4");
    assert_string_equal(
        answer.output.bytes,
        "DEMO UNKNOWN - --never and -4 exclude each other\nUsage: check_demo [OPTION...], see --help\n");
    assert_int_equal(answer.code, 3);
    answer_release(&answer);
}

static void names_the_timeout(void **state)
{
    struct check check = as_check();
    struct answer answer;
    (void)state;
    ASK(&answer, &check, "check_demo", "--slow", "-t", "0.05");
    assert_string_equal(answer.output.bytes,
                        "DEMO UNKNOWN - timed out after 0.05 s while reading from \"x\": no more bytes\n");
    assert_int_equal(answer.code, 3);
    answer_release(&answer);
    ASK(&answer, &check, "check_demo", "--slow", "-t", "0.05", "--timeout-state=warning");
    assert_int_equal(answer.code, 1);
    answer_release(&answer);
}

static void keeps_the_callers_deadline(void **state)
{
    struct check check = as_check();
    char program[] = "check_demo", slow[] = "--slow";
    char *argv[] = {program, slow, NULL};
    struct text output = TEXT_INIT;
    struct timespec now;
    (void)state;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t deadline = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 50;
    assert_int_equal(check_run(&check, 2, argv, deadline, &output), 3);
    assert_non_null(strstr(output.bytes, "timed out after 0.0"));
    text_release(&output);
}

static void draws_in_munin(void **state)
{
    struct answer answer;
    (void)state;
    assert_int_equal(setenv("MUNIN_CAP_MULTIGRAPH", "1", 1), 0);
    ASK(&answer, &collector, "demo", "config");
    (void)unsetenv("MUNIN_CAP_MULTIGRAPH");
    assert_int_equal(answer.code, 0);
    assert_non_null(strstr(answer.output.bytes, "multigraph demo\ngraph_title DEMO: made up\n"));
    assert_non_null(strstr(answer.output.bytes, "bytes_in_eth_0.negative bytes_out_eth_0\n"));
    assert_non_null(strstr(answer.output.bytes, "bytes_out_eth_0.graph no\n"));
    assert_non_null(strstr(answer.output.bytes, "bytes_in_eth_0.draw AREA\n"));
    assert_non_null(strstr(answer.output.bytes, "multigraph demo_level\ngraph_title DEMO: level\n"));
    assert_non_null(strstr(answer.output.bytes, "level.min 0\nlevel.max 100\n"));
    assert_non_null(strstr(answer.output.bytes, "multigraph demo_lost\n"));
    assert_null(strstr(answer.output.bytes, ".value"));
    answer_release(&answer);
    ASK(&answer, &collector, "demo");
    assert_string_equal(answer.output.bytes,
                        "bytes_in_eth_0.value 1000\nbytes_in_a_b_.value 3\nbytes_out_eth_0.value 7\n");
    answer_release(&answer);
    ASK(&answer, &collector, "demo", "suggest");
    assert_string_equal(answer.output.bytes, "level\nlost\n");
    answer_release(&answer);
    ASK(&answer, &collector, "demo_nothing");
    assert_int_equal(answer.code, 3);
    assert_string_equal(answer.complaint.bytes, "demo_nothing: this plugin has no such graph\n");
    answer_release(&answer);
}

static void takes_munins_environment(void **state)
{
    struct answer answer;
    (void)state;
    assert_int_equal(setenv("fail", "on", 1), 0);
    assert_int_equal(setenv("hostname", "h", 1), 0);
    ASK(&answer, &collector, "demo", "autoconf");
    assert_string_equal(answer.output.bytes, "no (refused/by \"h\")\n");
    answer_release(&answer);
    ASK(&answer, &collector, "collect_demo", "--format=cacti"); /* not without the link's name */
    assert_int_equal(answer.code, 0);
    answer_release(&answer);
    (void)unsetenv("fail");
    (void)unsetenv("hostname");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_in_each_format),          cmocka_unit_test(collects_json_by_default),
        cmocka_unit_test(complains_when_it_cannot_collect), cmocka_unit_test(format_names_agree),
        cmocka_unit_test(asks_what_no_row_expresses),       cmocka_unit_test(names_the_timeout),
        cmocka_unit_test(keeps_the_callers_deadline),       cmocka_unit_test(draws_in_munin),
        cmocka_unit_test(takes_munins_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

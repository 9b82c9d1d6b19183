/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole runs of made-up checks, as the warm worker calls them. */
#include "lib/check.h"
#include "lib/rates.h"

#include <jansson.h>
#include <math.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { SESSIONS, SHARE, HIDDEN };

static const struct metric_row metrics[] = {
    [SESSIONS] = {"sessions", "sessions in use", .unit = "sessions", .label = "sess_%s", .has_min = true},
    [SHARE] = {"share", "share of the limit", .unit = "%", .critical = "90"},
    [HIDDEN] = {"hidden_count", "seldom wanted", .unit = "", .quiet = true},
    {0},
};

struct args {
    const char *say;
};

static const struct option_row options[] = {
    {"say", 0, TEXT(struct args, say), .value = "WHAT", .help = "What to do."},
    {0},
};

/* What each --say does. */
static void say_seed(struct report *report)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    frame.max = 20000;
    report_value_framed(report, SESSIONS, "cluster1", 0, &frame);
    report_text(report, " cluster1 (Active: 60/60)");
}

static void say_many(struct report *report)
{
    for (int i = 0; i < 1000; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "instance%d", i);
        report_value(report, SESSIONS, name, i);
        report_detail(report, "a line of long text for instance %d", i);
    }
}

static void say_odd(struct report *report)
{
    report_value(report, SESSIONS, "a b", 1);
    report_value(report, SESSIONS, "a=b'c|d\ne", 2);
    report_value(report, SESSIONS, "a_b_c_d_e", 3);
    report_value(report, SESSIONS, "a=b_c d e", 1e-7);
    report_value(report, SHARE, NULL, (double)INFINITY);
    report_text(report, "one | two\nthree\x01 \xff");
    report_detail(report, "four | five\nsix");
}

static void say_unknown(struct report *report)
{
    report_value(report, SHARE, "x", 95);
    report_value(report, SHARE, "y", 5);
    report_value(report, SESSIONS, "z", (double)NAN);
}

static void say_long(struct report *report)
{
    struct text text = TEXT_INIT;
    for (int i = 0; i < 40; i++)
        text_format(&text, "cluster%d (Active: 1/1) ", i);
    report_text(report, "%s", text.bytes);
    report_value(report, SESSIONS, "q", 6);
    report_value(report, SHARE, NULL, 1);
    text_release(&text);
}

static void say_worst(struct report *report)
{
    report_verdict(report, VERDICT_WARNING, "server \"b\" is slow");
    say_unknown(report);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    const char *say = args->say ? args->say : "seed";
    if (strcmp(say, "nothing") == 0)
        return true;
    if (strcmp(say, "failure") == 0)
        return report_failure(report, VERDICT_CRITICAL, "connection refused by \"%s\"", run->host);
    if (strcmp(say, "late") == 0)
        return report_late(report, "timed out after 10.0 s while reading \"%s\"", run->host);
    if (strcmp(say, "silent") == 0)
        return false;
    if (strcmp(say, "ok-failure") == 0)
        return report_failure(report, VERDICT_OK, "fine");
    if (strcmp(say, "nan") == 0)
        report_value(report, SHARE, NULL, (double)NAN);
    if (strcmp(say, "rate") == 0)
        report_value(report, SESSIONS, NULL, rates_per_second(run->rates, "k", 5, 1000));
    if (strcmp(say, "found") == 0)
        report_verdict(report, VERDICT_OK, "no such queue");
    if (strcmp(say, "plain") == 0) {
        report_value(report, SESSIONS, "q", 5);
        report_value(report, HIDDEN, NULL, 7);
    }
    if (strcmp(say, "seed") == 0)
        say_seed(report);
    if (strcmp(say, "many") == 0)
        say_many(report);
    if (strcmp(say, "odd") == 0)
        say_odd(report);
    if (strcmp(say, "unknown") == 0)
        say_unknown(report);
    if (strcmp(say, "long") == 0)
        say_long(report);
    if (strcmp(say, "worst") == 0)
        say_worst(report);
    return true;
}

static void judge(const void *arguments, struct report *report)
{
    const struct args *args = arguments;
    if (args->say && strcmp(args->say, "plain") == 0 && report_verdict_now(report) == VERDICT_WARNING)
        report_verdict(report, VERDICT_CRITICAL, "worse than it seems");
}

static const struct check check = {
    .name = "demo",
    .title = "DEMO",
    .summary = "made up",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .judge = judge,
};

static int run_words(const struct check *which, struct text *output, const char *const *words)
{
    char copies[12][128];
    char *argv[12] = {NULL};
    int argc = 0;
    for (; words[argc]; argc++) {
        (void)snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    text_clear(output);
    return check_run(which, argc, argv, 0, output);
}

#define RUN(output, ...) run_words(&check, output, (const char *const[]){"check_demo", __VA_ARGS__, NULL})

static void expect(const char *const *words, int code, const char *line)
{
    struct text output = TEXT_INIT;
    int found = run_words(&check, &output, words);
    assert_string_equal(output.bytes, line);
    assert_int_equal(found, code);
    text_release(&output);
}

#define EXPECT(code, line, ...) expect((const char *const[]){"check_demo", __VA_ARGS__, NULL}, code, line)

static void prints_the_seeds_line(void **state)
{
    (void)state;
    EXPECT(0, "DEMO OK -  cluster1 (Active: 60/60) | sess_cluster1=0sessions;;;0;20000\n", "--say=seed");
    EXPECT(0, "DEMO OK -  cluster1 (Active: 60/60) | sess_cluster1=0sessions;2;10;0;20000\n", "-w", "2",
           "-c10");
}

static void judges_by_thresholds(void **state)
{
    (void)state;
    EXPECT(0, "DEMO OK - sessions of \"q\" 5 | sess_q=5sessions;;;0;\n", "--say=plain");
    EXPECT(2,
           "DEMO CRITICAL - worse than it seems, sessions of \"q\" 5 (warning 4) | sess_q=5sessions;4;;0;\n",
           "--say=plain", "-w4");
    EXPECT(0, "DEMO OK - sessions of \"q\" 5 | sess_q=5sessions;5;6;0;\n", "--say=plain", "-w5", "-c6");
    EXPECT(2, "DEMO CRITICAL - sessions of \"q\" 5 (critical 6:) | sess_q=5sessions;;6:;0;\n", "--say=plain",
           "-c", "sessions[q]=6:");
    EXPECT(0, "DEMO OK - sessions of \"q\" 5 | sess_q=5sessions;;9;0;\n", "--say=plain", "-c",
           "sessions[q]=9", "-c", "1");
    EXPECT(3, "DEMO UNKNOWN - \"sessions\" of \"r\" was not found | sess_q=5sessions;;;0;\n", "--say=plain",
           "-c", "sessions[r]=6:");
    EXPECT(2, "DEMO CRITICAL - hidden count 7 (critical 6) | sess_q=5sessions;;;0; hidden_count=7;;6;;\n",
           "--say=plain", "-chidden_count=6", "-v");
    EXPECT(2,
           "DEMO CRITICAL - share of \"x\" 95 % (critical 90), server \"b\" is slow | "
           "share_x=95%;;90;; share_y=5%;;90;; sess_z=U;;;0;\n",
           "--say=worst");
    EXPECT(1, "DEMO WARNING - server \"b\" is slow | share_x=95% share_y=5% sess_z=U;;;0;\n", "--say=worst",
           "-c", "share=");
}

static void is_never_ok_without_a_value(void **state)
{
    (void)state;
    EXPECT(3, "DEMO UNKNOWN - nothing was found to measure\n", "--say=nothing");
    EXPECT(3, "DEMO UNKNOWN - share is not known | share=U;;90;;\n", "--say=nan");
    EXPECT(3, "DEMO UNKNOWN - BUG: the check failed and does not say why\n", "--say=silent");
    EXPECT(3, "DEMO UNKNOWN - fine\n", "--say=ok-failure");
    EXPECT(2, "DEMO CRITICAL - connection refused by \"h\"\n", "--say=failure", "-H", "h");
    /* A source says that the time is over by its own clock, which may be a millisecond ahead. */
    EXPECT(3, "DEMO UNKNOWN - timed out after 10.0 s while reading \"h\"\n", "--say=late", "-H", "h");
    EXPECT(2, "DEMO CRITICAL - timed out after 10.0 s while reading \"h\"\n", "--say=late", "-H", "h",
           "--timeout-state=critical");
    EXPECT(0, "DEMO OK - no such queue\n", "--say=found", "-w", "3");
    EXPECT(3, "DEMO UNKNOWN - sessions of \"z\" is not known | share_x=95% share_y=5% sess_z=U;;1;0;\n",
           "--say=unknown", "-c1", "-cshare=");
}

static void names_bad_words(void **state)
{
    static const struct {
        const char *word, *said;
    } cases[] = {
        {"--warning=2:1", "--warning: the start of a range is above its end: \"2:1\""},
        {"--critical=sesions=1", "--critical: unknown metric \"sesions\", the nearest is \"sessions\""},
        {"--critical=sessions[a=1",
         "--critical: not a range such as 10, 5:10, ~:10 or @5:10: \"sessions[a=1\""},
        {"-t0", "--timeout: not a number of seconds from 0.001 to 86400: \"0\""},
        {"--timeout-state=GREAT", "--timeout-state: not a state: \"GREAT\""},
        {"--port=99999", "--port: not a whole number from 1 to 65535: \"99999\""},
        {"--format=xml",
         "--format: unknown choice \"xml\", it takes nagios, json, munin, openmetrics, graphite, cacti"},
        {"-46", "-4 and -6 exclude each other"},
        {"word", "unexpected word \"word\""},
        {"--extra-opts=x@/nonexistent", "--extra-opts: No such file or directory: \"/nonexistent\""},
        {"--extra-opt=x", "--extra-opts must be written out, and its value behind \"=\""},
        {"a\nb|c", "unexpected word \"a b/c\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text wanted = TEXT_INIT;
        text_format(&wanted, "DEMO UNKNOWN - %s\nUsage: check_demo [OPTION...], see --help\n", cases[i].said);
        EXPECT(3, wanted.bytes, cases[i].word);
        text_release(&wanted);
    }
}

static void cleans_what_leaves(void **state)
{
    struct text output = TEXT_INIT;
    (void)state;
    assert_int_equal(RUN(&output, "--say=odd", "-v", "-c", "share="), 0);
    assert_string_equal(output.bytes, "DEMO OK - one / two three  \xef\xbf\xbd | 'sess_a b'=1sessions;;;0; "
                                      "'sess_a_b_c_d e'=2sessions;;;0; sess_a_b_c_d_e=3sessions;;;0; "
                                      "'sess_a_b_c d e'=0.0000001sessions;;;0; share=U\nfour / five six\n");
    text_release(&output);
}

static void stays_within_4_kilobytes(void **state)
{
    struct text output = TEXT_INIT;
    (void)state;
    assert_int_equal(RUN(&output, "--say=many", "-vvv", "-w", "5"), 1);
    assert_true(output.length < 4096);
    const char *line = strchr(output.bytes, '\n');
    assert_non_null(line);
    assert_int_equal(line[-1], ';'); /* a whole item */
    assert_non_null(strstr(output.bytes, "values found no room here"));
    text_release(&output);
}

/* What is wrong is read however long the check's own text is. */
static void keeps_the_fault_in_sight(void **state)
{
    struct text output = TEXT_INIT;
    (void)state;
    assert_int_equal(RUN(&output, "--say=long", "-w", "5", "-c", "share="), 1);
    assert_non_null(strstr(output.bytes, "...; sessions of \"q\" 6 (warning 5) | "));
    assert_int_equal(RUN(&output, "--say=long", "-c", "share="), 0);
    assert_null(strstr(output.bytes, "..."));
    text_release(&output);
}

static json_t *run_json(const char *say)
{
    struct text output = TEXT_INIT;
    char word[64];
    (void)snprintf(word, sizeof word, "--say=%s", say);
    (void)RUN(&output, word, "--format=json", "-w", "sessions=4");
    json_t *document = json_loadb(output.bytes, output.length, 0, NULL);
    text_release(&output);
    assert_non_null(document);
    return document;
}

static void writes_json(void **state)
{
    static const char wanted[] =
        "{\"check\":\"demo\",\"verdict\":\"CRITICAL\",\"exit\":2,\"text\":\"worse than it seems, sessions of "
        "\\\"q\\\" 5 "
        "(warning "
        "4)\",\"details\":[],\"metrics\":[{\"name\":\"sessions\",\"instance\":\"q\",\"value\":5,\"unit\":"
        "\"sessions\",\"type\":\"GAUGE\",\"warning\":\"4\",\"critical\":null,\"min\":0,\"max\":null},{"
        "\"name\":"
        "\"hidden_count\",\"instance\":null,\"value\":7,\"unit\":\"\",\"type\":\"GAUGE\",\"warning\":null,"
        "\"critical\":"
        "null,\"min\":null,\"max\":null}]}";
    (void)state;
    json_t *document = run_json("plain");
    assert_true(json_is_number(json_object_get(document, "elapsed")));
    (void)json_object_del(document, "elapsed");
    char *bytes = json_dumps(document, JSON_COMPACT);
    assert_string_equal(bytes, wanted);
    free(bytes);
    json_decref(document);
    json_decref(run_json("odd"));
    json_decref(run_json("many"));
    json_decref(run_json("failure"));
}

/* The first run of a rate: UNKNOWN, for nothing else was found. */
static void waits_for_the_second_sample(void **state)
{
    char path[] = "/tmp/check_state.XXXXXX";
    char word[64], lock[64];
    struct text output = TEXT_INIT;
    (void)state;
    int file = mkstemp(path);
    assert_true(file >= 0);
    (void)close(file);
    (void)snprintf(word, sizeof word, "--state-file=%s", path);
    (void)snprintf(lock, sizeof lock, "%s.lock", path);
    assert_int_equal(RUN(&output, "--say=rate", word, "-w", "5"), 3);
    assert_string_equal(output.bytes,
                        "DEMO UNKNOWN - the first sample of a rate: the next run knows it | sess_=U;5;;0;\n");
    assert_int_equal(RUN(&output, "--say=rate", "--state-file=/nonexistent/x/y", "-v"), 3);
    assert_non_null(strstr(output.bytes, "no value is known: No such file or directory"));
    (void)unlink(path);
    (void)unlink(lock);
    text_release(&output);
}

static void has_no_state(void **state)
{
    struct text first = TEXT_INIT;
    struct text output = TEXT_INIT;
    (void)state;
    (void)RUN(&first, "--say=worst", "-v");
    for (int i = 0; i < 1000; i++) {
        (void)RUN(&output, i % 2 ? "--say=odd" : "--help");
        (void)RUN(&output, "--say=worst", "-v");
        assert_string_equal(output.bytes, first.bytes);
    }
    text_release(&output);
    text_release(&first);
}

static void tells_its_own_mistakes(void **state)
{
    static const struct metric_row bad[][3] = {
        {{"a", "x", .unit = ""}, {"a", "x", .unit = ""}},
        {{"A", "x", .unit = ""}},
        {{"a", "", .unit = ""}},
        {{"a", NULL, .unit = ""}},
        {{"a", "x", .unit = "2"}},
        {{"a", "x", .unit = "", .warning = "2:1"}},
        {{"a", "x", .unit = "", .critical = "x"}},
        {{"a", "x", .unit = "", .label = "%d"}},
        {{"a", "x", .unit = "", .label = "%s%s"}},
        {{"a", "x", .unit = "", .negative = "b"}},
        {{"a", "x", .unit = "s", .graph = "g"}, {"b", "x", .unit = "B", .graph = "g"}},
        {{"a", "x", .unit = "", .has_min = true, .has_max = true, .min = 2, .max = 1}},
        {{NULL, "x", .unit = ""}},
    };
    static const struct option_row clash[] = {
        {"warning", 0, TEXT(struct args, say), .value = "X", .help = "Another meaning."}, {0}};
    struct check broken = check;
    struct text output = TEXT_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        broken.metrics = bad[i];
        assert_int_equal(run_words(&broken, &output, (const char *const[]){"check_demo", NULL}), 3);
        assert_memory_equal(output.bytes, "DEMO UNKNOWN - BUG: ", 20);
    }
    broken = check;
    broken.options = clash;
    assert_int_equal(run_words(&broken, &output, (const char *const[]){"check_demo", "--help", NULL}), 3);
    assert_string_equal(output.bytes, "DEMO UNKNOWN - BUG: option \"warning\" stands in the tables twice\n");
    text_release(&output);
}

static void answers_munin(void **state)
{
    struct text output = TEXT_INIT;
    (void)state;
    assert_int_equal(RUN(&output, "--format=munin", "--say=odd"), 0);
    assert_string_equal(output.bytes, "a_b.value 1\na_b_c_d_e.value 2\na_b_c_d_e_2.value 3\n"
                                      "a_b_c_d_e_3.value 0.0000001\n");
    assert_int_equal(RUN(&output, "--format=munin", "--say=worst", "autoconf"), 0);
    assert_string_equal(output.bytes, "yes\n");
    assert_int_equal(RUN(&output, "--format=munin", "--say=failure", "autoconf", "-H", "h"), 0);
    assert_string_equal(output.bytes, "no (connection refused by \"h\")\n");
    assert_int_equal(RUN(&output, "--format=munin", "--say=failure", "-H", "h"), 3);
    assert_string_equal(output.bytes, "");
    assert_int_equal(RUN(&output, "--format=munin", "nonsense"), 3);
    assert_int_equal(run_words(&check, &output, (const char *const[]){"demo_share", "--say=worst", NULL}), 0);
    assert_string_equal(output.bytes, "x.value 95\ny.value 5\n");
    assert_int_equal(
        run_words(&check, &output,
                  (const char *const[]){"demo", "--say=plain", "-w", "4", "-c", "@1:2", "config", NULL}),
        0);
    assert_non_null(strstr(output.bytes, "graph_title DEMO: made up\n"));
    assert_non_null(strstr(output.bytes, "q.label q\n"));
    assert_non_null(strstr(output.bytes, "q.warning 0:4\n"));
    assert_null(strstr(output.bytes, "critical"));
    text_release(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_the_seeds_line),       cmocka_unit_test(judges_by_thresholds),
        cmocka_unit_test(is_never_ok_without_a_value), cmocka_unit_test(names_bad_words),
        cmocka_unit_test(cleans_what_leaves),          cmocka_unit_test(stays_within_4_kilobytes),
        cmocka_unit_test(keeps_the_fault_in_sight),    cmocka_unit_test(writes_json),
        cmocka_unit_test(waits_for_the_second_sample), cmocka_unit_test(has_no_state),
        cmocka_unit_test(tells_its_own_mistakes),      cmocka_unit_test(answers_munin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

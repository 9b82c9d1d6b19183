/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Munin personality of made-up checks that go by the names of munin/links. */
#include "lib/invoke.h"
#include "lib/munin.h"
#include "lib/rates.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct args {
    const char *socket, *password;
    struct option_list devices;
    bool insecure;
};

static const struct option_row options[] = {
    {"socket", 'S', TEXT(struct args, socket), .value = "PATH", .alias = "admin-socket", .help = "Socket."},
    {"password-text", 0, SECRET(struct args, password), .value = "TEXT", .help = "Secret."},
    {"device", 0, LIST(struct args, devices), .value = "GLOB", .help = "Devices."},
    {"insecure", 0, FLAG(struct args, insecure), .help = "Insecure."},
    {0},
};

enum { TIME, SESSIONS, IN, OUT, RATE };

static const struct metric_row metrics[] = {
    [TIME] = {"t", "time", "s", .warning = "2", .critical = "@1:3"},
    [SESSIONS] = {"sessions", "sessions", "", METRIC_COUNTER, .graph = "sessions"},
    [IN] = {"bytes_in", "bytes in", "B", METRIC_DERIVE, .graph = "volume"},
    [OUT] = {"bytes_out", "bytes out", "B", METRIC_DERIVE, .graph = "volume", .negative = "bytes_in"},
    [RATE] = {"rate", "rate", "/s", .graph = "errors"},
    {0},
};

/* The socket's name says what to report. */
static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    const char *what = args->socket ? args->socket : "plain";
    if (strcmp(what, "refuses") == 0)
        return report_failure(report, VERDICT_CRITICAL, "connection refused\nby \"%s\"", what);
    report_value(report, TIME, NULL, 0.5);
    if (strcmp(what, "names") == 0) {
        static const char *const names[] = {"a-b", "a_b", "10.0.0.1", "root", "x\ny z", "_2"};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            report_value(report, SESSIONS, names[i], (double)i);
        return true;
    }
    if (strcmp(what, "counts") == 0) {
        report_value(report, RATE, "r", rates_per_second(run->rates, "r", (double)args->devices.count, 1000));
        return true;
    }
    report_value(report, SESSIONS, "cluster2", 146761052);
    report_value(report, SESSIONS, "cluster1", (double)NAN);
    report_value(report, IN, "cluster2", 10.4);
    report_value(report, OUT, "cluster2", 20);
    report_detail(report, "%s %zu %d", args->password ? args->password : "", args->devices.count,
                  args->insecure);
    return true;
}

static bool dump(const void *arguments, struct run *run, struct report *report, struct text *text)
{
    const struct args *args = arguments;
    (void)run;
    text_add(text, "# pxname,svname,\n");
    return !args->socket || report_failure(report, VERDICT_CRITICAL, "refused by %s", args->socket);
}

static const struct check check = {
    .name = "haproxy",
    .title = "HAPROXY",
    .summary = "made up",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .dump = dump,
};

struct answer {
    struct text output, complaint;
    int code;
};

static void ask_check(struct answer *answer, const struct check *asked, const char *const *words)
{
    char copies[8][128];
    char *argv[8] = {NULL};
    int argc = 0;
    for (; words[argc]; argc++) {
        (void)snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    text_clear(&answer->output);
    text_clear(&answer->complaint);
    answer->code = invoke(asked, argc, argv, 0, NULL, &answer->output, &answer->complaint);
}

#define ASK(...) ask_check(*state, &check, (const char *const[]){__VA_ARGS__, NULL})

static void expect(const struct answer *answer, int code, const char *output)
{
    assert_string_equal(answer->output.bytes, output);
    assert_int_equal(answer->code, code);
}

static void expect_part(const struct answer *answer, const char *part)
{
    if (!strstr(answer->output.bytes, part))
        fail_msg("\"%s\" lacks \"%s\"", answer->output.bytes, part);
}

static void finds_its_row_by_name(void **state)
{
    static const struct {
        const char *own, *program, *graphs, *instance;
        bool called;
    } cases[] = {
        {"check_haproxy", "haproxy_sessions", "sessions", "", true},
        {"check_haproxy", "haproxy_check_duration", "check_duration", "", true},
        {"check_haproxy", "haproxy", "*", "", true},
        {"check_haproxy", "haproxy_share", "share", "", true},
        {"check_haproxy", "haproxy_", "*", "", true},
        {"check_haproxy", "check_haproxy", "*", "", false},
        {"check_haproxy", "iowait", "*", "", false},
        {"check_queue", "queue_", "-,age,size,entries", "", true},
        {"check_queue", "queue_jobs_in", "-,age,size,entries", "jobs_in", true},
        {"check_iowait", "disk_await", "await", "", true},
        {"check_iowait", "disk_awaits", "*", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct munin_call call;
        struct check named = {.name = strchr(cases[i].own, '_') + 1};
        assert_int_equal(munin_called(&named, cases[i].own, cases[i].program, &call), cases[i].called);
        assert_string_equal(call.graphs, cases[i].graphs);
        assert_string_equal(call.instance, cases[i].instance);
    }
}

static void knows_which_graphs_are_meant(void **state)
{
    static const struct {
        const char *graphs, *graph;
        bool wanted;
    } cases[] = {
        {"*", "", true},           {"*", "age", true},     {"-", "", true},         {"-", "age", false},
        {"-,age,size", "", true},  {"-,age", "age", true}, {"size,age", "", false}, {"age", "ag", false},
        {"size,age", "age", true}, {"ages", "age", false}, {"size", "-", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct munin_call call = {.graphs = cases[i].graphs};
        assert_int_equal(munin_wants(&call, cases[i].graph), cases[i].wanted);
    }
}

static void prints_the_seeds_line(void **state)
{
    ASK("/etc/munin/plugins/haproxy_sessions");
    expect(*state, 0, "cluster2.value 146761052\ncluster1.value U\n");
    ASK("haproxy_sessions", "fetch");
    expect(*state, 0, "cluster2.value 146761052\ncluster1.value U\n");
    ASK("haproxy_volume");
    expect(*state, 0, "bytes_in_cluster2.value 10\nbytes_out_cluster2.value 20\n");
}

/* A counter as DERIVE from 0 on: what begins anew is no spike. */
static void configures_counters_without_spikes(void **state)
{
    ASK("haproxy_sessions", "config");
    expect(*state, 0,
           "graph_title HAPROXY: sessions\ngraph_vlabel sessions per ${graph_period}\n"
           "graph_category loadbalancer\ngraph_info sessions\n"
           "cluster2.label cluster2\ncluster2.info sessions\ncluster2.type DERIVE\ncluster2.min 0\n"
           "cluster1.label cluster1\ncluster1.info sessions\ncluster1.type DERIVE\ncluster1.min 0\n");
    ASK("haproxy_volume", "config");
    expect_part(*state, "graph_vlabel bytes in (-) / bytes out (+) per ${graph_period}\n");
    expect_part(*state, "bytes_in_cluster2.graph no\n");
    expect_part(*state, "bytes_out_cluster2.label cluster2\n");
    expect_part(*state, "bytes_out_cluster2.negative bytes_in_cluster2\n");
}

static void adds_values_to_a_dirty_configuration(void **state)
{
    assert_int_equal(setenv("MUNIN_CAP_DIRTYCONFIG", "1", 1), 0);
    ASK("haproxy_sessions", "config");
    (void)unsetenv("MUNIN_CAP_DIRTYCONFIG");
    expect_part(*state, "cluster2.value 146761052\n");
}

static void draws_several_graphs_only_when_asked(void **state)
{
    assert_int_equal(setenv("MUNIN_CAP_MULTIGRAPH", "1", 1), 0);
    ASK("haproxy");
    expect(*state, 0,
           "multigraph haproxy\nt.value 0.5\nmultigraph haproxy_sessions\ncluster2.value 146761052\n"
           "cluster1.value U\nmultigraph haproxy_volume\nbytes_in_cluster2.value 10\n"
           "bytes_out_cluster2.value 20\n");
    ASK("haproxy_sessions"); /* one graph needs no such line */
    expect(*state, 0, "cluster2.value 146761052\ncluster1.value U\n");
    (void)unsetenv("MUNIN_CAP_MULTIGRAPH");
    ASK("haproxy");
    expect(*state, 0, "t.value 0.5\n");
}

static void makes_field_names_that_munin_takes(void **state)
{
    ASK("haproxy_sessions", "--socket=names");
    expect(*state, 0, "a_b.value 0\na_b_2.value 1\n_.value 2\n__root.value 3\nx_y_z.value 4\n_2.value 5\n");
    ASK("haproxy_sessions", "--socket=names", "config");
    expect_part(*state, "_.label 10.0.0.1\n");
    expect_part(*state, "x_y_z.label x y z\n");
}

static void converts_thresholds(void **state)
{
    ASK("haproxy", "config");
    expect_part(*state, "t.warning 0:2\n");
    assert_null(strstr(((struct answer *)*state)->output.bytes, "critical")); /* inside: cannot be said */
    ASK("haproxy", "config", "-w", "~:4", "-c", "5:");
    expect_part(*state, "t.warning :4\nt.critical 5:\n");
    assert_int_equal(setenv("warning", "7 t=9", 1), 0); /* the bare one is for the graph's metric */
    ASK("haproxy_sessions", "config");
    expect_part(*state, "cluster2.warning 0:7\n");
    assert_int_equal(setenv("cluster2_warning", "30", 1), 0); /* Munin's own goes first */
    assert_int_equal(setenv("cluster1_warning", "30 rm", 1), 0);
    ASK("haproxy_sessions", "config");
    expect_part(*state, "cluster2.warning 30\n");
    expect_part(*state, "cluster1.warning 0:7\n");
    (void)unsetenv("warning");
    (void)unsetenv("cluster2_warning");
    (void)unsetenv("cluster1_warning");
}

static void takes_options_of_the_environment(void **state)
{
    static const char *const names[] = {"password_text", "device", "insecure", "admin_socket"};
    static const char *const values[] = {"it's \"secret\" --x", "sda  nvme*", "no", "names"};
    struct answer *answer = *state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(setenv(names[i], values[i], 1), 0);
    ASK("check_haproxy", "-vv"); /* the environment alone decides nothing */
    assert_null(strstr(answer->output.bytes, "secret"));
    assert_non_null(strstr(answer->output.bytes, " 0 0\n"));
    ASK("haproxy_sessions");
    expect(answer, 0, "cluster2.value 146761052\ncluster1.value U\n");
    assert_int_equal(setenv(names[3], values[3], 1), 0);
    ASK("check_haproxy", "--format=munin");
    expect(answer, 0, "t.value 0.5\n");
    ASK("haproxy_sessions");
    expect_part(answer, "a_b_2.value 1\n");
    ASK("haproxy_sessions", "--socket=plain"); /* what is said last wins */
    expect_part(answer, "cluster2.value 146761052\n");
    for (size_t i = 0; i < 4; i++)
        (void)unsetenv(names[i]);
}

static void answers_autoconf_in_one_line(void **state)
{
    static const struct {
        const char *program, *word, *output;
    } cases[] = {
        {"haproxy_sessions", "--socket=plain", "yes\n"},
        {"haproxy_sessions", "--socket=refuses", "no (connection refused by \"refuses\")\n"},
        {"haproxy_sessions", "--nonsense", "no (unknown option \"--nonsense\")\n"},
        {"haproxy_errors", "--socket=plain", "no (the source has no such values)\n"},
        {"haproxy_check_duration", "--socket=plain", "no (this plugin has no such graph)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ASK(cases[i].program, cases[i].word, "autoconf");
        expect(*state, 0, cases[i].output);
    }
}

static void fails_on_standard_error(void **state)
{
    struct answer *answer = *state;
    static const char *const words[] = {"", "config", "fetch", "nonsense"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        ASK("haproxy_sessions", "--socket=refuses", words[i]);
        expect(answer, 3, "");
        assert_memory_equal(answer->complaint.bytes, "haproxy_sessions: ", 18);
    }
    ASK("haproxy_errors", "--socket=plain");
    expect(answer, 3, "");
}

static void dumps_the_source(void **state)
{
    struct answer *answer = *state;
    ASK("haproxy_sessions", "dump");
    expect(answer, 0, "# pxname,svname,\n");
    ASK("haproxy_sessions", "--socket=x", "dump");
    expect(answer, 3, "");
    assert_string_equal(answer->complaint.bytes, "haproxy_sessions: refused by x\n");
}

static void suggests_instances_for_wildcards_alone(void **state)
{
    struct check queue = check;
    char place[] = "/tmp/test_munin.XXXXXX";
    struct munin_link link = {.name = "queue_", .graphs = "*", .options = ""};
    const struct munin_call call = {.link = &link, .graphs = "sessions"};
    struct report report;
    struct text text = TEXT_INIT;
    struct arena *arena = arena_create();
    (void)state;
    report_init(&report, &queue, arena);
    report_value(&report, SESSIONS, "jobs", 1);
    report_value(&report, SESSIONS, "jobs", 2);
    report_value(&report, SESSIONS, "no good", 2);
    report_value(&report, IN, "other", 2);
    munin_suggest(&report, &call, &text);
    assert_string_equal(text.bytes, "jobs\n");
    text_clear(&text);
    assert_non_null(mkdtemp(place));
    const char *mail = arena_format(arena, "%s/mail", place), *odd = arena_format(arena, "%s/no good", place);
    assert_int_equal(mkdir(mail, 0700) + mkdir(odd, 0700), 0);
    link.options = arena_format(arena, "--type=spool --directory=%s/%%", place);
    munin_suggest(&report, &call, &text);
    assert_string_equal(text.bytes, "mail\n");
    assert_int_equal(rmdir(mail) + rmdir(odd) + rmdir(place), 0);
    text_clear(&text);
    munin_suggest(&report, &call, &text);
    assert_string_equal(text.bytes, "");
    text_release(&text);
    arena_free(arena);
    ASK("haproxy_sessions", "suggest");
    expect(*state, 0, "");
    ASK("haproxy", "suggest");
    expect(*state, 0, "sessions\nvolume\nerrors\n");
}

/* Asking for the configuration must not shorten the time over which the next value is taken. */
static void keeps_samples_of_values_alone(void **state)
{
    char place[] = "/tmp/test_munin.XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(place));
    (void)snprintf(path, sizeof path, "%s/haproxy_errors-127.0.0.1", place);
    assert_int_equal(setenv("MUNIN_STATEFILE", path, 1), 0);
    ASK("haproxy_errors", "--socket=counts", "autoconf");
    expect(*state, 0, "yes\n");
    ASK("haproxy_errors", "--socket=counts", "config");
    assert_int_not_equal(access(path, F_OK), 0);
    ASK("haproxy_errors", "--socket=counts");
    expect(*state, 0, "r.value U\n");
    assert_int_equal(access(path, F_OK), 0);
    (void)unsetenv("MUNIN_STATEFILE");
    char command[128];
    (void)snprintf(command, sizeof command, "%s.lock", path);
    (void)unlink(command);
    assert_int_equal(unlink(path), 0);
    (void)rmdir(place);
}

static int begin(void **state)
{
    static struct answer answer;
    answer = (struct answer){.output = TEXT_INIT, .complaint = TEXT_INIT};
    *state = &answer;
    return 0;
}

static int end(void **state)
{
    struct answer *answer = *state;
    text_release(&answer->output);
    text_release(&answer->complaint);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_its_row_by_name),
        TEST(knows_which_graphs_are_meant),
        TEST(prints_the_seeds_line),
        TEST(configures_counters_without_spikes),
        TEST(adds_values_to_a_dirty_configuration),
        TEST(draws_several_graphs_only_when_asked),
        TEST(makes_field_names_that_munin_takes),
        TEST(converts_thresholds),
        TEST(takes_options_of_the_environment),
        TEST(answers_autoconf_in_one_line),
        TEST(fails_on_standard_error),
        TEST(dumps_the_source),
        TEST(suggests_instances_for_wildcards_alone),
        TEST(keeps_samples_of_values_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

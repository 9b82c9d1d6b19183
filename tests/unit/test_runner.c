/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runner against real programs: each ending, hostile programs, and processes that are killed. */
#include "lib/memory.h"
#include "scheduler/io/runner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE = 20 * 1000 * 1000 /* microseconds that a test may take */ };

struct place {
    struct loop *loop;
    struct loop_timer *limit;
    struct runner *runner;
    char libexec[512], bin[512], checks[512];
    size_t waiting; /* outcomes that are still to come */
};

struct result {
    struct place *place;
    bool came;
    enum outcome_kind kind;
    int code;
    bool truncated;
    int64_t took; /* microseconds */
    size_t length;
    char *output;
};

static void out_of_patience(void *owner)
{
    (void)owner;
    fail_msg("the outcomes did not come in time");
}

static void came(void *owner, const struct outcome *outcome)
{
    struct result *result = owner;
    assert_false(result->came);
    result->came = true;
    result->kind = outcome->kind;
    result->code = outcome->code;
    result->truncated = outcome->truncated;
    result->took = outcome->ended - outcome->started;
    result->length = outcome->length;
    result->output = memory_text_of(outcome->output, outcome->length);
    assert_int_equal(outcome->output[outcome->length], '\0');
    if (--result->place->waiting == 0)
        loop_stop(result->place->loop);
}

static void path_in(char *path, size_t size, const char *folder)
{
    const char *build = getenv("BUILD");
    char here[256];
    assert_non_null(getcwd(here, sizeof here));
    bool whole = build && build[0] == '/';
    (void)snprintf(path, size, "%s%s%s/%s", whole ? "" : here, whole ? "" : "/", build ? build : "build",
                   folder);
}

static struct place *place_open(size_t runners, size_t warm)
{
    struct place *place = memory_get(1, sizeof *place);
    struct error error = {""};
    path_in(place->libexec, sizeof place->libexec, "libexec");
    path_in(place->bin, sizeof place->bin, "bin");
    path_in(place->checks, sizeof place->checks, "checks");
    place->loop = loop_create();
    place->limit = loop_timer_add(place->loop, out_of_patience, NULL);
    struct runner_settings settings = {.libexec = place->libexec,
                                       .bin = place->bin,
                                       .checks = place->checks,
                                       .directory = "/tmp",
                                       .runners = runners,
                                       .warm = warm};
    place->runner = runner_create(place->loop, &settings, &error);
    if (!place->runner)
        fail_msg("%s", error.text);
    return place;
}

static void place_close(struct place *place)
{
    runner_free(place->runner);
    loop_timer_remove(place->limit);
    loop_free(place->loop);
    free(place);
}

static void submit(struct place *place, struct result *result, const struct job *job)
{
    *result = (struct result){.place = place};
    place->waiting++;
    runner_submit(place->runner, job, came, result);
    assert_false(result->came);
}

static void wait_all(struct place *place)
{
    loop_timer_at(place->limit, loop_now() + PATIENCE);
    if (place->waiting)
        loop_run(place->loop);
}

static void shell(struct place *place, struct result *result, const char *script, int64_t timeout, size_t cap)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    submit(place, result, &(struct job){.argv = argv, .timeout = timeout, .output_cap = cap});
}

static void result_free(struct result *result)
{
    free(result->output);
}

/* One script after another, in one runner. */
static void endings(void **state)
{
    static const struct {
        const char *script;
        int64_t timeout;
        enum outcome_kind kind;
        int code;
        const char *output;
        int64_t most; /* ms that it may take */
    } rows[] = {
        {"echo one; exit 0", 5000, OUTCOME_EXITED, 0, "one\n", 2000},
        {"printf two; exit 2", 5000, OUTCOME_EXITED, 2, "two", 2000},
        {"exit 255", 5000, OUTCOME_EXITED, 255, "", 2000},
        {"echo lost >&2; echo kept", 5000, OUTCOME_EXITED, 0, "kept\n", 2000},
        {"kill -9 $$", 5000, OUTCOME_SIGNALLED, SIGKILL, "", 2000},
        {"echo before; kill -SEGV $$", 5000, OUTCOME_SIGNALLED, SIGSEGV, "before\n", 2000},
        /* what it says after TERM does not count */
        {"trap 'exit 0' TERM; echo part; while :; do sleep 0.05; done", 200, OUTCOME_TIMEOUT, 0, "part\n",
         1500},
        {"trap '' TERM; echo deaf; while :; do sleep 0.05; done", 100, OUTCOME_TIMEOUT, SIGKILL, "deaf\n",
         4000},
        /* a grandchild holds the pipe */
        {"sleep 30 & echo gone; exit 1", 10000, OUTCOME_EXITED, 1, "gone\n", 2000},
        {"sleep 30 & sleep 30", 100, OUTCOME_TIMEOUT, SIGTERM, "", 2000},
        /* standard output is closed long before the end */
        {"echo early; exec >&-; sleep 0.2; exit 3", 5000, OUTCOME_EXITED, 3, "early\n", 2000},
        {"echo \"$PATH|$LC_ALL|$HOME\"", 5000, OUTCOME_EXITED, 0,
         "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|C|\n", 2000},
        {"pwd; cat", 5000, OUTCOME_EXITED, 0, "/tmp\n", 2000},
        {"ulimit -c", 5000, OUTCOME_EXITED, 0, "0\n", 2000},
        {"ls /proc/self/fd | wc -l", 5000, OUTCOME_EXITED, 0, "4\n", 2000},
        /* signals 32 and 33 belong to libc: a shell that ignores them cannot be told otherwise */
        {"grep SigBlk /proc/self/status; grep -c 'SigIgn:.*0000000$' /proc/self/status", 5000, OUTCOME_EXITED,
         0, "SigBlk:\t0000000000000000\n1\n", 2000},
    };
    struct place *place = place_open(1, 0);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result;
        shell(place, &result, rows[i].script, rows[i].timeout, 4096);
        wait_all(place);
        if (result.kind != rows[i].kind || strcmp(result.output, rows[i].output) != 0 ||
            (rows[i].kind != OUTCOME_TIMEOUT && result.code != rows[i].code) ||
            result.took > rows[i].most * 1000)
            fail_msg("%s: kind %d, code %d, %lld us, \"%s\"", rows[i].script, (int)result.kind, result.code,
                     (long long)result.took, result.output);
        result_free(&result);
    }
    place_close(place);
}

static void not_started(void **state)
{
    static const struct {
        const char *path;
        int code;
    } rows[] = {{"/nonexistent/plugin", ENOENT}, {"/etc/passwd", EACCES}, {"/tmp", EACCES}, {"", ENOENT}};
    struct place *place = place_open(1, 0);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *argv[] = {rows[i].path, NULL};
        struct result result;
        submit(place, &result, &(struct job){.argv = argv, .timeout = 1000, .output_cap = 100});
        wait_all(place);
        assert_int_equal(result.kind, OUTCOME_NOT_STARTED);
        assert_int_equal(result.code, rows[i].code);
        assert_non_null(strstr(result.output, rows[i].path));
        result_free(&result);
    }
    place_close(place);
}

static void input_and_environment(void **state)
{
    static const char *const env[] = {"COLOUR=blue", "LC_ALL=C.UTF-8", NULL};
    static const char *const argv[] = {"/bin/sh", "-c", "cat; echo \"$COLOUR $LC_ALL ${PATH:+path}\"", NULL};
    struct place *place = place_open(1, 0);
    size_t length = 300000; /* more than a pipe holds */
    char *input = memory_get(length, 1);
    memset(input, 'x', length);
    struct result result;
    (void)state;
    submit(place, &result,
           &(struct job){.argv = argv,
                         .env = env,
                         .input = input,
                         .input_length = length,
                         .timeout = 5000,
                         .output_cap = 1 << 20});
    wait_all(place);
    assert_int_equal(result.kind, OUTCOME_EXITED);
    assert_memory_equal(result.output, input, length);
    assert_string_equal(result.output + length, "blue C.UTF-8 path\n");
    result_free(&result);
    free(input);
    place_close(place);
}

static void output_is_capped(void **state)
{
    struct place *place = place_open(1, 0);
    struct result big, forever, binary, exact;
    (void)state;
    shell(place, &big, "head -c 100000000 /dev/zero | tr '\\0' y; exit 1", 15000, 1000);
    shell(place, &forever, "yes", 300, 1000);
    shell(place, &binary, "printf 'a\\000b\\377'", 5000, 1000);
    shell(place, &exact, "printf 1234", 5000, 4);
    wait_all(place);
    assert_int_equal(big.kind, OUTCOME_EXITED);
    assert_int_equal(big.code, 1);
    assert_true(big.truncated);
    assert_int_equal(big.length, 1000);
    assert_int_equal(forever.kind, OUTCOME_TIMEOUT);
    assert_true(forever.truncated);
    assert_int_equal(binary.length, 4);
    assert_memory_equal(binary.output, "a\0b\377", 4);
    assert_int_equal(exact.length, 4);
    assert_false(exact.truncated);
    result_free(&big);
    result_free(&forever);
    result_free(&binary);
    result_free(&exact);
    place_close(place);
}

static void too_long(void **state)
{
    static const char *const argv[] = {"/bin/cat", NULL};
    struct place *place = place_open(1, 0);
    size_t length = 20 << 20;
    char *input = memory_get(length, 1);
    struct result result;
    (void)state;
    submit(place, &result,
           &(struct job){
               .argv = argv, .input = input, .input_length = length, .timeout = 1000, .output_cap = 1});
    wait_all(place);
    assert_int_equal(result.kind, OUTCOME_NOT_STARTED);
    assert_int_equal(result.code, E2BIG);
    result_free(&result);
    free(input);
    place_close(place);
}

/* More at once than a runner takes: the rest waits, and each has exactly one outcome. */
static void many(void **state)
{
    enum { COUNT = 3000 };
    static const char *const argv[] = {"/bin/true", NULL};
    struct place *place = place_open(2, 0);
    struct result *results = memory_get(COUNT, sizeof *results);
    struct runner_counts counts;
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        submit(place, &results[i],
               &(struct job){.argv = argv, .timeout = 20000, .output_cap = 100, .background = i % 2 == 1});
    runner_counts(place->runner, &counts);
    assert_int_equal(counts.waiting, COUNT);
    wait_all(place);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(results[i].kind, OUTCOME_EXITED);
        assert_int_equal(results[i].code, 0);
        result_free(&results[i]);
    }
    runner_counts(place->runner, &counts);
    assert_int_equal(counts.started_total, COUNT);
    assert_int_equal(counts.running, 0);
    assert_int_equal(counts.waiting, 0);
    free(results);
    place_close(place);
}

/* The children of this process, by /proc. */
static size_t own_children(pid_t *pids, size_t most)
{
    char path[64];
    size_t count = 0;
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    long pid;
    while (count < most && fscanf(file, "%ld", &pid) == 1)
        pids[count++] = (pid_t)pid;
    (void)fclose(file);
    return count;
}

static bool process_exists(pid_t pid)
{
    char path[64], line[256] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    (void)!fgets(line, sizeof line, file);
    (void)fclose(file);
    return !strstr(line, ") Z ");
}

static void killer(void *owner)
{
    (void)kill(*(const pid_t *)owner, SIGKILL);
}

static void stop(void *owner)
{
    loop_stop(owner);
}

/* kill -9 of the only runner: its job is answered, its children die, and the next job runs. */
static void runner_killed(void **state)
{
    struct place *place = place_open(1, 0);
    pid_t pids[8];
    struct result lost, next;
    char name[] = "/tmp/test_runner.XXXXXX";
    char script[128];
    (void)state;
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(own_children(pids, 8), 1);
    (void)snprintf(script, sizeof script, "sleep 60 & echo $! >%s; wait", name);
    shell(place, &lost, script, 60000, 100);
    struct loop_timer *timer = loop_timer_add(place->loop, killer, &pids[0]);
    loop_timer_at(timer, loop_now() + 300000);
    wait_all(place);
    assert_int_equal(lost.kind, OUTCOME_NOT_STARTED);
    assert_non_null(strstr(lost.output, "runner"));
    shell(place, &next, "echo again", 5000, 100);
    wait_all(place);
    /* started again only after a second: meanwhile nobody runs it, and that is said */
    if (next.kind == OUTCOME_NOT_STARTED) {
        assert_non_null(strstr(next.output, "no runner"));
        loop_timer_remove(timer);
        timer = loop_timer_add(place->loop, stop, place->loop);
        loop_timer_at(timer, loop_now() + 1200000);
        loop_run(place->loop);
        result_free(&next);
        shell(place, &next, "echo again", 5000, 100);
        wait_all(place);
    }
    assert_int_equal(next.kind, OUTCOME_EXITED);
    assert_string_equal(next.output, "again\n");
    char text[32] = "";
    assert_true(pread(fd, text, sizeof text - 1, 0) > 0);
    assert_false(process_exists((pid_t)strtol(text, NULL, 10)));
    (void)close(fd);
    (void)unlink(name);
    loop_timer_remove(timer);
    result_free(&lost);
    result_free(&next);
    place_close(place);
}

/* What runs when the runner is freed does not survive, also when it ignores TERM. */
static void freed_while_running(void **state)
{
    struct place *place = place_open(1, 0);
    struct result quick, deaf;
    char name[] = "/tmp/test_runner.XXXXXX";
    char script[160], text[32] = "";
    (void)state;
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    (void)snprintf(script, sizeof script, "trap '' TERM; echo $$ >%s; while :; do sleep 0.1; done", name);
    shell(place, &deaf, script, 60000, 100);
    shell(place, &quick, "sleep 0.3", 5000, 100);
    place->waiting--; /* nobody waits for the deaf one */
    wait_all(place);
    assert_int_equal(quick.kind, OUTCOME_EXITED);
    result_free(&quick);
    place_close(place);
    assert_true(pread(fd, text, sizeof text - 1, 0) > 0);
    assert_false(process_exists((pid_t)strtol(text, NULL, 10)));
    assert_false(deaf.came);
    (void)close(fd);
    (void)unlink(name);
}

static void cannot_be_made(void **state)
{
    struct loop *loop = loop_create();
    struct error error = {""};
    struct runner_settings settings = {.libexec = "/nonexistent",
                                       .bin = "/nonexistent",
                                       .checks = "/nonexistent",
                                       .directory = "/",
                                       .runners = 1};
    (void)state;
    assert_null(runner_create(loop, &settings, &error));
    assert_non_null(strstr(error.text, "/nonexistent/watchbill-runner"));
    assert_non_null(strstr(error.text, "No such file"));
    loop_free(loop);
}

/* A process that cannot be killed: it stands in a frozen control group (version 1) until it is thawed. */
static void stuck(void **state)
{
    struct place *place = place_open(1, 0);
    struct runner_counts counts;
    char group[64], path[128], script[300];
    struct result result, next;
    (void)state;
    (void)snprintf(group, sizeof group, "/sys/fs/cgroup/freezer/watchbill.%d", (int)getpid());
    if (mkdir(group, 0700) != 0) {
        place_close(place);
        skip();
    }
    (void)snprintf(script, sizeof script,
                   "echo part; echo $$ >%s/tasks; echo FROZEN >%s/freezer.state; echo more", group, group);
    shell(place, &result, script, 200, 100);
    wait_all(place);
    assert_int_equal(result.kind, OUTCOME_STUCK);
    assert_non_null(strstr(result.output, "does not end"));
    runner_counts(place->runner, &counts);
    assert_int_equal(counts.stuck, 1);
    assert_int_equal(counts.running, 1);
    shell(place, &next, "echo well", 5000, 100);
    wait_all(place);
    assert_string_equal(next.output, "well\n");
    (void)snprintf(path, sizeof path, "%s/freezer.state", group);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("THAWED\n", file);
    (void)fclose(file);
    for (int64_t end = loop_now() + PATIENCE; counts.stuck && loop_now() < end;) {
        result_free(&next);
        shell(place, &next, "sleep 0.05", 5000, 100);
        wait_all(place);
        runner_counts(place->runner, &counts);
    }
    assert_int_equal(counts.stuck, 0);
    assert_int_equal(counts.running, 0);
    result_free(&result);
    result_free(&next);
    place_close(place);
    assert_int_equal(rmdir(group), 0);
}

static void submit_check(struct place *place, struct result *result, const char *name, const char *word)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", place->checks, name);
    const char *argv[] = {path, word, NULL};
    submit(place, result, &(struct job){.argv = argv, .timeout = 10000, .output_cap = 1 << 20});
    wait_all(place);
}

static size_t ran_warm(const struct place *place)
{
    struct runner_counts counts;
    runner_counts(place->runner, &counts);
    return counts.warm_total;
}

/* Our own checks answer alike as programs and in a worker. */
static void warm_is_the_same(void **state)
{
    static const char *const words[] = {"--help", "--version", "--describe", "--no-such-option",
                                        "--warning=1:x"};
    struct place *place = place_open(1, 0);
    struct place *warm = place_open(1, 1);
    struct dirent *entry;
    size_t compared = 0;
    (void)state;
    DIR *folder = opendir(place->checks);
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        if (strncmp(entry->d_name, "check_", 6) != 0)
            continue;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            struct result one, two = {0};
            submit_check(place, &one, entry->d_name, words[i]);
            /* until the workers have said what they hold, their checks are executed */
            int64_t end = loop_now() + PATIENCE;
            for (size_t before = ran_warm(warm); ran_warm(warm) == before;) {
                if (loop_now() > end)
                    fail_msg("%s never ran in a worker: is watchbill-worker older than it?", entry->d_name);
                result_free(&two);
                submit_check(warm, &two, entry->d_name, words[i]);
            }
            if (one.kind != two.kind || one.code != two.code || strcmp(one.output, two.output) != 0)
                fail_msg("%s %s: %d, \"%s\"; in a worker %d, \"%s\"", entry->d_name, words[i], one.code,
                         one.output, two.code, two.output);
            result_free(&one);
            result_free(&two);
            compared++;
        }
    }
    (void)closedir(folder);
    assert_true(compared > 0);
    place_close(warm);
    place_close(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endings),
        cmocka_unit_test(not_started),
        cmocka_unit_test(input_and_environment),
        cmocka_unit_test(output_is_capped),
        cmocka_unit_test(too_long),
        cmocka_unit_test(many),
        cmocka_unit_test(runner_killed),
        cmocka_unit_test(freed_while_running),
        cmocka_unit_test(cannot_be_made),
        cmocka_unit_test(stuck),
        cmocka_unit_test(warm_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

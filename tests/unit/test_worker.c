/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The warm workers, with checks that hang, crash and leave things changed. This program is the worker too: it is
 * found under that name in a directory of its own. */
int worker_main(void);
#define main worker_main
#include "scheduler/worker.c" // NOLINT(bugprone-suspicious-include): its checks are those below
#undef main

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

enum { PATIENCE = 20 * 1000 * 1000 /* microseconds that a test may take */ };

/* The checks */

static const struct option_row no_options[] = {{.name = NULL}};
static const struct metric_row one_metric[] = {{.name = "value", .help = "a value", .unit = ""},
                                               {.name = NULL}};

/* Tells what it finds around it, and changes all of it. */
static bool measure_dirty(const void *args, struct run *run, struct report *report)
{
    char here[PATH_MAX] = "?";
    sigset_t blocked;
    const char *colour = getenv("COLOUR");
    mode_t mask = umask(0);
    (void)args;
    (void)run;
    (void)sigprocmask(SIG_SETMASK, NULL, &blocked);
    struct sigaction alarm_action;
    (void)sigaction(SIGALRM, NULL, &alarm_action);
    report_text(report, "colour %s, leak %s, in %s, mask %03o, blocked %d, alarm %s",
                colour ? colour : "none", getenv("LEAK") ? "yes" : "no",
                getcwd(here, sizeof here) ? here : "?", (unsigned)mask, sigismember(&blocked, SIGTERM),
                alarm_action.sa_handler == SIG_DFL ? "default" : "changed");
    report_value(report, 0, NULL, 1);
    (void)setenv("LEAK", "1", 1);
    if (chdir("/") != 0)
        return false;
    (void)signal(SIGALRM, SIG_IGN);
    (void)sigfillset(&blocked);
    (void)sigdelset(&blocked, SIGTERM);
    (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
    (void)setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 500000}}, NULL);
    return true;
}

static bool measure_crash(const void *args, struct run *run, struct report *report)
{
    (void)args;
    (void)run;
    (void)report;
    (void)signal(SIGSEGV, SIG_DFL); /* also under a sanitizer */
    (void)raise(SIGSEGV);
    return true;
}

static bool measure_exit(const void *args, struct run *run, struct report *report)
{
    (void)args;
    (void)run;
    (void)report;
    _exit(7);
}

static bool measure_hang(const void *args, struct run *run, struct report *report)
{
    (void)args;
    (void)run;
    (void)report;
    while (true)
        (void)pause();
    return true;
}

static bool measure_deaf(const void *args, struct run *run, struct report *report)
{
    (void)signal(SIGTERM, SIG_IGN);
    return measure_hang(args, run, report);
}

static bool measure_pid(const void *args, struct run *run, struct report *report)
{
    (void)args;
    (void)run;
    report_text(report, "%d", (int)getpid());
    report_value(report, 0, NULL, 1);
    return true;
}

/* Says something of its own on the stream that the worker answers on. */
static bool measure_babble(const void *args, struct run *run, struct report *report)
{
    struct text frame = TEXT_INIT;
    wire_outcome_put(&frame, 0,
                     &(struct wire_outcome){.kind = OUTCOME_EXITED, .output = "babble", .length = 6});
    for (int fd = 3; fd < 16; fd++)
        (void)!send(fd, frame.bytes, frame.length, MSG_NOSIGNAL | MSG_DONTWAIT);
    text_release(&frame);
    return measure_pid(args, run, report);
}

static void write_line(const char *path, const char *line)
{
    FILE *file = fopen(path, "we");
    if (file) {
        (void)fputs(line, file);
        (void)fclose(file);
    }
}

/* Puts itself into the control group that the environment names, and freezes it. */
static bool measure_freeze(const void *args, struct run *run, struct report *report)
{
    char path[PATH_MAX], line[32];
    const char *group = getenv("GROUP");
    (void)snprintf(path, sizeof path, "%s/tasks", group ? group : "");
    (void)snprintf(line, sizeof line, "%d\n", (int)getpid());
    write_line(path, line);
    (void)snprintf(path, sizeof path, "%s/freezer.state", group ? group : "");
    write_line(path, "FROZEN\n");
    return measure_hang(args, run, report);
}

#define CHECK(identifier, function)                                                                          \
    static const struct check identifier = {.name = #identifier,                                             \
                                            .title = "TEST",                                                 \
                                            .summary = "a check for this test",                              \
                                            .args_size = 1,                                                  \
                                            .options = no_options,                                           \
                                            .metrics = one_metric,                                           \
                                            .measure = function}
CHECK(dirty, measure_dirty);
CHECK(crash, measure_crash);
CHECK(quit, measure_exit);
CHECK(hang, measure_hang);
CHECK(deaf, measure_deaf);
CHECK(number, measure_pid);
CHECK(freeze, measure_freeze);
CHECK(babble, measure_babble);

const struct check *const worker_checks[] = {&dirty,  &crash,  &quit,   &hang, &deaf,
                                             &number, &freeze, &babble, NULL};

/* The place */

struct place {
    struct loop *loop;
    struct loop_timer *limit, *look;
    struct runner *runner;
    char directory[64], libexec[PATH_MAX], program[PATH_MAX];
    size_t waiting;
};

struct result {
    struct place *place;
    bool came;
    struct outcome outcome;
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
    result->outcome = *outcome;
    result->output = memory_text_of(outcome->output, outcome->length);
    if (--result->place->waiting == 0)
        loop_stop(result->place->loop);
}

static void submit(struct place *place, struct result *result, const char *program, const char *const *env,
                   int64_t timeout)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", place->directory, program);
    const char *argv[] = {path, NULL};
    *result = (struct result){.place = place};
    place->waiting++;
    runner_submit(place->runner,
                  &(struct job){.argv = argv, .env = env, .timeout = timeout, .output_cap = 1000}, came,
                  result);
}

static void wait_all(struct place *place)
{
    loop_timer_at(place->limit, loop_now() + PATIENCE);
    if (place->waiting)
        loop_run(place->loop);
}

/* A job of a check that the workers hold is refused until the template has said what it holds: such a program
 * does not exist here. */
static void wait_ready(struct place *place)
{
    struct result result;
    bool ready = false;
    for (int64_t end = loop_now() + PATIENCE; !ready && loop_now() < end;) {
        submit(place, &result, "check_number", NULL, 5000);
        wait_all(place);
        ready = result.outcome.kind == OUTCOME_EXITED;
        free(result.output);
    }
    assert_true(ready);
}

static struct place *place_open(size_t warm)
{
    struct place *place = memory_get(1, sizeof *place);
    struct error error = {""};
    const char *build = getenv("BUILD");
    char here[PATH_MAX], self[PATH_MAX] = "", link[PATH_MAX];
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/test_worker.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    assert_non_null(getcwd(here, sizeof here));
    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    (void)snprintf(link, sizeof link, "%.64s/watchbill-worker", place->directory);
    assert_int_equal(symlink(self, link), 0);
    bool whole = build && build[0] == '/';
    struct text libexec = TEXT_INIT;
    text_format(&libexec, "%s%s%s/libexec", whole ? "" : here, whole ? "" : "/", build ? build : "build");
    place->loop = loop_create();
    place->limit = loop_timer_add(place->loop, out_of_patience, NULL);
    struct runner_settings settings = {.libexec = libexec.bytes,
                                       .bin = place->directory,
                                       .checks = place->directory,
                                       .directory = "/tmp",
                                       .runners = 1,
                                       .warm = warm};
    place->runner = runner_create(place->loop, &settings, &error);
    text_release(&libexec);
    if (!place->runner)
        fail_msg("%s", error.text);
    wait_ready(place);
    return place;
}

static void place_close(struct place *place)
{
    char link[PATH_MAX];
    runner_free(place->runner);
    loop_timer_remove(place->limit);
    loop_free(place->loop);
    (void)snprintf(link, sizeof link, "%s/watchbill-worker", place->directory);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(rmdir(place->directory), 0);
    free(place);
}

/* The tests */

static void endings(void **state)
{
    static const struct {
        const char *program;
        int64_t timeout;
        enum outcome_kind kind;
        int code;
    } rows[] = {
        {"check_number", 5000, OUTCOME_EXITED, 0},     {"check_crash", 5000, OUTCOME_SIGNALLED, SIGSEGV},
        {"check_quit", 5000, OUTCOME_EXITED, 7},       {"check_hang", 200, OUTCOME_TIMEOUT, SIGTERM},
        {"check_deaf", 200, OUTCOME_TIMEOUT, SIGKILL}, {"check_absent", 5000, OUTCOME_NOT_STARTED, ENOENT},
        {"check_number", 5000, OUTCOME_EXITED, 0},
    };
    struct place *place = place_open(2);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result;
        submit(place, &result, rows[i].program, NULL, rows[i].timeout);
        wait_all(place);
        if (result.outcome.kind != rows[i].kind || result.outcome.code != rows[i].code)
            fail_msg("%s: kind %d, code %d, \"%s\"", rows[i].program, (int)result.outcome.kind,
                     result.outcome.code, result.output);
        free(result.output);
    }
    place_close(place);
}

/* One worker runs one after another; each finds what a new process would find. */
static void nothing_is_left(void **state)
{
    static const char *const blue[] = {"COLOUR=blue", NULL};
    static const char *const want[] = {"colour blue", "colour none", "colour blue"};
    char rest[128];
    struct place *place = place_open(1);
    (void)state;
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)snprintf(rest, sizeof rest, "leak no, in /tmp, mask %03o, blocked 0, alarm default",
                   (unsigned)mask);
    for (size_t i = 0; i < 3; i++) {
        struct result result;
        submit(place, &result, "check_dirty", i == 1 ? NULL : blue, 5000);
        wait_all(place);
        assert_int_equal(result.outcome.kind, OUTCOME_EXITED);
        if (!strstr(result.output, want[i]) || !strstr(result.output, rest))
            fail_msg("run %zu: %s", i, result.output);
        free(result.output);
    }
    place_close(place);
}

static void many_share_few(void **state)
{
    enum { COUNT = 3000, WARM = 3 };
    struct place *place = place_open(WARM);
    struct result *results = memory_get(COUNT, sizeof *results);
    struct runner_counts counts;
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        submit(place, &results[i], "check_number", NULL, 20000);
    wait_all(place);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(results[i].outcome.kind, OUTCOME_EXITED);
        free(results[i].output);
    }
    runner_counts(place->runner, &counts);
    assert_true(counts.warm_total > COUNT);
    assert_true(counts.workers <= WARM);
    assert_int_equal(counts.running, 0);
    free(results);
    place_close(place);
}

/* The loop stands still until the time of the run is over. */
static void stand_still(void *owner)
{
    const int64_t *until = owner;
    while (loop_now() < *until)
        (void)poll(NULL, 0, (int)((*until - loop_now()) / 1000) + 1);
}

static void answers_while_nobody_looks(void **state)
{
    struct place *place = place_open(1);
    struct result result;
    (void)state;
    int64_t until = loop_now() + 400000;
    struct loop_timer *timer = loop_timer_add(place->loop, stand_still, &until);
    submit(place, &result, "check_number", NULL, 200);
    loop_timer_at(timer, loop_now() + 2000);
    wait_all(place);
    assert_int_equal(result.outcome.kind, OUTCOME_EXITED);
    free(result.output);
    loop_timer_remove(timer);
    place_close(place);
}

static void end_loop(void *owner)
{
    loop_stop(owner);
}

/* An answer that waits for the next look is forgotten with the runner, as a run that has not ended is. */
static void freed_before_the_look(void **state)
{
    struct place *place = place_open(1);
    struct result result;
    struct runner_counts counts;
    (void)state;
    struct loop_timer *timer = loop_timer_add(place->loop, end_loop, place->loop);
    submit(place, &result, "check_number", NULL, 5000);
    loop_timer_at(timer, 0); /* behind the turn that hands it out */
    loop_run(place->loop);
    int64_t until = loop_now() + 200000;
    stand_still(&until);
    runner_counts(place->runner, &counts);
    assert_int_equal(counts.running, 1);
    loop_timer_remove(timer);
    place_close(place);
    assert_false(result.came);
}

/* What is no answer to this run ends the worker, and the next run has another. */
static void speaks_out_of_turn(void **state)
{
    struct place *place = place_open(1);
    struct result results[2];
    (void)state;
    submit(place, &results[0], "check_babble", NULL, 5000);
    submit(place, &results[1], "check_number", NULL, 5000);
    wait_all(place);
    assert_int_equal(results[0].outcome.kind, OUTCOME_SIGNALLED);
    assert_int_equal(results[0].outcome.code, SIGKILL);
    assert_int_equal(results[1].outcome.kind, OUTCOME_EXITED);
    assert_null(strstr(results[1].output, "babble"));
    free(results[0].output);
    free(results[1].output);
    place_close(place);
}

struct victim {
    struct place *place;
    pid_t pid;
};

static void kill_it(void *owner)
{
    const struct victim *victim = owner;
    (void)kill(victim->pid, SIGKILL);
}

static void kill_later(struct place *place, struct victim *victim)
{
    victim->place = place;
    place->look = loop_timer_add(place->loop, kill_it, victim);
    loop_timer_at(place->look, loop_now() + 200000);
}

static pid_t worker_pid(struct place *place)
{
    struct result result;
    submit(place, &result, "check_number", NULL, 5000);
    wait_all(place);
    const char *digits = strpbrk(result.output, "0123456789");
    assert_non_null(digits);
    pid_t pid = (pid_t)strtol(digits, NULL, 10);
    free(result.output);
    assert_true(pid > 1);
    return pid;
}

static void worker_killed(void **state)
{
    struct place *place = place_open(1);
    struct victim victim = {.pid = worker_pid(place)};
    struct result result;
    (void)state;
    kill_later(place, &victim);
    submit(place, &result, "check_hang", NULL, 60000);
    wait_all(place);
    assert_int_equal(result.outcome.kind, OUTCOME_SIGNALLED);
    assert_int_equal(result.outcome.code, SIGKILL);
    free(result.output);
    assert_int_not_equal(worker_pid(place), victim.pid);
    loop_timer_remove(place->look);
    place_close(place);
}

/* What stands behind the name of the process in /proc/PID/stat: its state and the number of its parent. */
static bool process_look(pid_t pid, char *life, pid_t *parent)
{
    char path[64], line[512] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    const char *rest = NULL;
    if (file) {
        if (fgets(line, sizeof line, file))
            rest = strrchr(line, ')');
        (void)fclose(file);
    }
    if (!rest)
        return false;
    *life = rest[2];
    *parent = (pid_t)strtol(rest + 4, NULL, 10);
    return true;
}

/* With the template its workers die; a new one takes its place. */
static void template_killed(void **state)
{
    struct place *place = place_open(2);
    pid_t worker = worker_pid(place);
    struct victim victim = {0};
    struct result result;
    char life = '?';
    (void)state;
    assert_true(process_look(worker, &life, &victim.pid));
    kill_later(place, &victim);
    submit(place, &result, "check_hang", NULL, 60000);
    wait_all(place);
    assert_int_equal(result.outcome.kind, OUTCOME_NOT_STARTED);
    free(result.output);
    wait_ready(place);
    assert_true(!process_look(worker, &life, &victim.pid) || life == 'Z');
    loop_timer_remove(place->look);
    place_close(place);
}

/* A worker that cannot be killed (version 1 of control groups): its place stays taken until it ends. */
static void stuck(void **state)
{
    struct place *place = place_open(2);
    struct runner_counts counts;
    struct result result;
    char group[64], variable[80], path[PATH_MAX];
    const char *env[] = {variable, NULL};
    (void)state;
    (void)snprintf(group, sizeof group, "/sys/fs/cgroup/freezer/watchbill.%d", (int)getpid());
    if (mkdir(group, 0700) != 0) {
        place_close(place);
        skip();
    }
    (void)snprintf(variable, sizeof variable, "GROUP=%s", group);
    submit(place, &result, "check_freeze", env, 200);
    wait_all(place);
    assert_int_equal(result.outcome.kind, OUTCOME_STUCK);
    assert_non_null(strstr(result.output, "does not end"));
    free(result.output);
    runner_counts(place->runner, &counts);
    assert_int_equal(counts.stuck, 1);
    (void)worker_pid(place); /* the other worker serves */
    (void)snprintf(path, sizeof path, "%s/freezer.state", group);
    write_line(path, "THAWED\n");
    for (int64_t end = loop_now() + PATIENCE; counts.stuck && loop_now() < end;) {
        (void)worker_pid(place);
        runner_counts(place->runner, &counts);
    }
    assert_int_equal(counts.stuck, 0);
    assert_int_equal(counts.running, 0);
    place_close(place);
    assert_int_equal(rmdir(group), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endings),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(many_share_few),
        cmocka_unit_test(answers_while_nobody_looks),
        cmocka_unit_test(freed_before_the_look),
        cmocka_unit_test(speaks_out_of_turn),
        cmocka_unit_test(worker_killed),
        cmocka_unit_test(template_killed),
        cmocka_unit_test(stuck),
    };
    if (argc == 1 && strstr(argv[0], "/watchbill-worker"))
        return worker_main();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

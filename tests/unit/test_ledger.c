/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"
#include "lib/ledger_begin.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <signal.h>
#include <cmocka.h>

enum { DAY = 86400, NOW = 1795200000 }; /* midnight in UTC */

struct place {
    char directory[64];
    char ledger[128];
};

static int make_place(void **state)
{
    struct place *place = memory_get(1, sizeof *place);
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/test_ledger.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->ledger, sizeof place->ledger, "%s/state/ledger.jsonl", place->directory);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    char folder[96];
    (void)snprintf(folder, sizeof folder, "%s/state", place->directory);
    (void)unlink(place->ledger);
    (void)rmdir(folder);
    (void)rmdir(place->directory);
    free(place);
    return 0;
}

static json_t *begin_of(const char *run, const char *issue, int64_t at)
{
    json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:I, s:b}", "event", "begin", "run", run, "remediation",
                             "clean", "issue", issue, "expires", (json_int_t)(at + 10 * DAY), "diagnosed", 0);
    assert_non_null(line);
    ledger_stamp(line, at);
    return line;
}

static void begin(const char *path, const char *run, const char *issue, int64_t at)
{
    struct error error = {""};
    struct ledger_answer answer;
    json_t *line = begin_of(run, issue, at);
    if (!ledger_begin(path, line, NULL, &answer, &error))
        fail_msg("%s", error.text);
    json_decref(line);
}

static void end(const char *path, const char *run, const char *outcome)
{
    struct error error;
    json_t *line = json_pack("{s:s, s:s, s:s}", "event", "end", "run", run, "outcome", outcome);
    assert_true(ledger_append(path, line, &error));
    json_decref(line);
}

static void add_raw(const char *path, const void *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static void count_line(void *owner, const json_t *line)
{
    assert_true(json_is_object(line));
    ++*(size_t *)owner;
}

static size_t lines_of(const char *path, size_t *bad)
{
    size_t lines = 0;
    struct error error;
    assert_true(ledger_read(path, count_line, &lines, bad, &error));
    return lines;
}

static json_int_t number(const json_t *array, size_t row, const char *key)
{
    return json_integer_value(json_object_get(json_array_get(array, row), key));
}

static void counts_what_happened(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    begin(path, "a", "OPS-1", NOW);
    end(path, "a", "fixed");
    begin(path, "b", "OPS-1", NOW + 60);
    end(path, "b", "no_effect");
    begin(path, "c", "OPS-1", NOW + 120);
    assert_true(ledger_interrupt(path, "c", 0, NOW + 130, "killed by signal 9", &error));
    begin(path, "d", "OPS-1", NOW + 180); /* still running */
    begin(path, "e", "DEMO-1", NOW - DAY);
    end(path, "e", "failed");
    end(path, "e", "failed"); /* a second end changes nothing */

    json_t *all = ledger_summary(path, NULL, 0, NOW + DAY, NULL, &error);
    assert_int_equal(json_array_size(all), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(all, 0), "issue")), "DEMO-1");
    assert_int_equal(number(all, 0, "failed"), 1);
    assert_int_equal(number(all, 1, "runs"), 4);
    assert_int_equal(number(all, 1, "fixed"), 1);
    assert_int_equal(number(all, 1, "no_effect"), 1);
    assert_int_equal(number(all, 1, "failed"), 1);
    assert_int_equal(number(all, 1, "refused"), 0);
    assert_int_equal(number(all, 1, "last_run"), NOW + 180);
    assert_int_equal(number(all, 1, "days_left"), 9);
    assert_true(json_is_false(json_object_get(json_array_get(all, 1), "diagnosed")));
    json_decref(all);

    json_t *late = ledger_summary(path, NULL, NOW + 100, NOW, NULL, &error);
    assert_int_equal(json_array_size(late), 2);
    assert_int_equal(number(late, 0, "runs"), 0); /* but what is known of it stays */
    assert_int_equal(number(late, 0, "last_run"), NOW - DAY);
    assert_int_equal(number(late, 0, "rehearsed"), NOW - DAY);
    assert_int_equal(number(late, 1, "runs"), 2);
    json_decref(late);

    json_t *one = ledger_summary(path, "DEMO-1", 0, NOW + 10 * DAY, NULL, &error);
    assert_int_equal(json_array_size(one), 1);
    assert_int_equal(number(one, 0, "days_left"), -1);
    json_decref(one);
}

static void counts_refusals_apart(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    json_t *line = begin_of("r", "OPS-9", NOW);
    json_object_set_new(line, "event", json_string("refused"));
    assert_true(ledger_append(path, line, &error));
    json_decref(line);
    json_t *rows = ledger_summary(path, NULL, 0, NOW, NULL, &error);
    assert_int_equal(number(rows, 0, "refused"), 1);
    assert_int_equal(number(rows, 0, "runs"), 0);
    assert_true(json_is_null(json_object_get(json_array_get(rows, 0), "last_run")));
    json_decref(rows);
}

static void judge(const char *path, const char *run, const char *verdict, int lasted, int without, bool paged)
{
    struct error error = {""};
    json_t *line = json_pack("{s:s, s:s, s:i, s:i, s:b}", "run", run, "verdict", verdict, "lasted", lasted,
                             "without", without, "paged", paged);
    assert_true(ledger_verdict(path, line, NOW, &error));
    json_decref(line);
}

/* The check's verdict replaces the program's word, once; what a run saved is counted of those that helped. */
static void counts_verdicts(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error = {""};
    static const char *const runs[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) {
        begin(path, runs[i], "OPS-1", NOW + (int64_t)i);
        end(path, runs[i], "fixed");
    }
    judge(path, "a", "fixed", 60, 600, false);
    judge(path, "b", "no_effect", 900, 600, true);
    judge(path, "c", "worse", 900, 600, true);
    judge(path, "d", "fixed", 900, 600, true);
    judge(path, "d", "worse", 900, 600, true); /* a run is judged once */
    json_t *line = json_pack("{s:s, s:s}", "run", "nobody's", "verdict", "fixed");
    assert_false(ledger_verdict(path, line, NOW, &error));
    assert_string_equal(error.text, "the ledger knows no run \"nobody's\"");
    json_decref(line);
    json_t *rows = ledger_summary(path, NULL, 0, NOW, NULL, &error);
    assert_int_equal(number(rows, 0, "fixed"), 2);
    assert_int_equal(number(rows, 0, "no_effect"), 1);
    assert_int_equal(number(rows, 0, "worse"), 1);
    assert_int_equal(number(rows, 0, "avoided_minutes"), 9);
    assert_int_equal(number(rows, 0, "pages_saved"), 25);
    json_decref(rows);
}

/* What was refused or rehearsed under a later day is no renewal, and says nothing of the TTL. */
static void counts_no_renewal_that_was_refused(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error = {""};
    struct ledger_answer answer;
    static const char *const events[] = {"refused", "rehearsal", "refused"};
    json_t *line = begin_of("a", "OPS-1", NOW);
    json_object_set_new(line, "tagged", json_string("2026-01-01"));
    assert_true(ledger_begin(path, line, NULL, &answer, &error));
    for (size_t i = 0; i < 3; i++) {
        json_object_set_new(line, "event", json_string(events[i]));
        json_object_set_new(line, "tagged", json_sprintf("2026-02-0%zu", i + 1));
        json_object_set_new(line, "expires", json_integer(NOW + (i == 1 ? 10 : 99) * DAY));
        assert_true(ledger_append(path, line, &error));
    }
    json_decref(line);
    json_t *rows = ledger_summary(path, NULL, 0, NOW, NULL, &error);
    assert_int_equal(number(rows, 0, "renewals"), 0);
    assert_int_equal(number(rows, 0, "runs"), 1);
    assert_int_equal(number(rows, 0, "dry_runs"), 1);
    assert_int_equal(number(rows, 0, "days_left"), 10);
    json_decref(rows);
}

/* Renewals and the first run are of the whole ledger; `before` is of the span before. */
static void counts_over_spans(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error = {""};
    static const int64_t days[] = {-30, -12, -11, -3, -2, -1};
    static const char *const tags[] = {"2026-01-01", "2026-02-01", "2026-02-01",
                                       "2026-01-15", "2026-03-01", "odd"};
    for (size_t i = 0; i < 6; i++) {
        char run[8];
        struct ledger_answer answer;
        (void)snprintf(run, sizeof run, "r%zu", i);
        json_t *line = begin_of(run, "OPS-1", NOW + days[i] * DAY);
        json_object_set_new(line, "tagged", json_string(tags[i]));
        json_object_set_new(line, "renewal", json_sprintf("because of %zu", i));
        assert_true(ledger_begin(path, line, NULL, &answer, &error));
        json_decref(line);
    }
    json_t *rows = ledger_summary(path, NULL, NOW - 10 * DAY, NOW, NULL, &error);
    assert_int_equal(number(rows, 0, "runs"), 3);
    assert_int_equal(number(rows, 0, "before"), 2);
    assert_int_equal(number(rows, 0, "first_run"), NOW - 30 * DAY);
    assert_int_equal(number(rows, 0, "renewals"), 2);
    json_decref(rows);
}

static void refuses_a_known_run(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    bool known = false;
    struct ledger_answer answer;
    begin(path, "same", "OPS-1", NOW);
    json_t *line = begin_of("same", "OPS-2", NOW + 5);
    assert_false(ledger_begin(path, line, NULL, &answer, &error));
    assert_int_equal(answer.refusal, LEDGER_KNOWN);
    assert_true(ledger_knows(path, "same", &known, &error) && known);
    assert_true(ledger_knows(path, "other", &known, &error) && !known);
    assert_non_null(strstr(error.text, "the run \"same\" is in the ledger"));
    json_object_del(line, "run");
    assert_false(ledger_begin(path, line, NULL, &answer, &error));
    assert_int_equal(answer.refusal, LEDGER_FAULT);
    json_decref(line);
    assert_int_equal(lines_of(path, NULL), 1);
}

static void ends_only_what_is_open(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    begin(path, "done", "OPS-1", NOW);
    end(path, "done", "fixed");
    assert_true(ledger_interrupt(path, "done", 0, NOW, "died", &error));
    assert_true(ledger_interrupt(path, "unknown", 0, NOW, "died", &error));
    assert_int_equal(lines_of(path, NULL), 2);
}

static void step(const char *path, const char *run, const char *text)
{
    struct error error;
    json_t *line = json_pack("{s:s, s:s, s:s}", "event", "step", "run", run, "text", text);
    assert_true(ledger_append(path, line, &error));
    json_decref(line);
}

static void keep_text(void *owner, const json_t *line)
{
    char *kept = owner;
    const char *text = json_string_value(json_object_get(line, "text"));
    if (strcmp(json_string_value(json_object_get(line, "event")), "end") == 0)
        (void)snprintf(kept, 256, "%s", text ? text : "");
}

static void tells_in_which_step_it_died(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    char text[256];
    begin(path, "a", "OPS-1", NOW);
    step(path, "a", "in step 1 of 2 (haproxy_server)");
    begin(path, "b", "OPS-1", NOW);
    step(path, "b", "in step 1 of 1 (run_command)");
    step(path, "a", "in step 2 of 2 (restart_service)");
    assert_true(ledger_interrupt(path, "a", 0, NOW, "killed by signal 9", &error));
    assert_true(ledger_read(path, keep_text, text, NULL, &error));
    assert_string_equal(text, "killed by signal 9; it was in step 2 of 2 (restart_service)");
    json_t *all = ledger_summary(path, NULL, 0, NOW, NULL, &error); /* a step is no run */
    assert_int_equal(number(all, 0, "runs"), 2);
    json_decref(all);
}

static json_t *begin_by(const char *run, pid_t pid, int64_t at)
{
    json_t *line = begin_of(run, "OPS-1", at);
    json_object_set_new(line, "pid", json_integer(pid));
    return line;
}

static void ends_only_what_the_process_began(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    struct ledger_answer answer;
    json_t *line = begin_by("run", 4711, NOW);
    assert_true(ledger_begin(path, line, NULL, &answer, &error));
    json_decref(line);
    assert_true(ledger_interrupt(path, "run", 4712, NOW, "died", &error));
    assert_int_equal(lines_of(path, NULL), 1);
    assert_true(ledger_interrupt(path, "run", 4711, NOW, "died", &error));
    assert_int_equal(lines_of(path, NULL), 2);
}

static void ends_what_died(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    int64_t now = (int64_t)time(NULL);
    struct error error;
    struct ledger_answer answer;
    pid_t zombie = fork();
    if (zombie == 0)
        _exit(0);
    assert_int_equal(waitid(P_PID, (id_t)zombie, NULL, WEXITED | WNOWAIT), 0);
    json_t *lines[] = {
        begin_by("alive", getpid(), now), begin_by("zombie", zombie, now), begin_by("reused", getpid(), 1000),
        begin_by("gone", INT32_MAX, now), begin_by("none", 0, now),
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_true(ledger_begin(path, lines[i], NULL, &answer, &error));
        json_decref(lines[i]);
    }
    assert_true(ledger_interrupt_dead(path, now, &error));
    assert_int_equal(lines_of(path, NULL), 5 + 3);
    assert_true(ledger_interrupt_dead(path, now, &error));
    assert_int_equal(lines_of(path, NULL), 5 + 3);
    assert_int_equal(waitpid(zombie, NULL, 0), zombie);
}

static void makes_no_ledger_to_end_something(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    assert_true(ledger_interrupt_dead(path, NOW, NULL));
    assert_true(ledger_interrupt(path, "a", 0, NOW, "died", NULL));
    assert_int_equal(access(path, F_OK), -1);
}

static void closes_a_torn_line(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct stat found;
    size_t bad;
    begin(path, "a", "OPS-1", NOW);
    begin(path, "b", "OPS-1", NOW);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0660);
    assert_int_equal(truncate(path, found.st_size - 20), 0);
    assert_int_equal(lines_of(path, &bad), 1);
    assert_int_equal(bad, 1);
    begin(path, "c", "OPS-1", NOW);
    assert_int_equal(lines_of(path, &bad), 2);
    assert_int_equal(bad, 1);
}

static void takes_a_last_line_without_its_newline(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct stat found;
    size_t bad;
    begin(path, "a", "OPS-1", NOW);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(truncate(path, found.st_size - 1), 0);
    assert_int_equal(lines_of(path, &bad), 1);
    assert_int_equal(bad, 0);
    begin(path, "b", "OPS-1", NOW);
    assert_int_equal(lines_of(path, &bad), 2);
    assert_int_equal(bad, 0);
}

static void skips_what_is_hostile(void **state)
{
    static const char *const lines[] = {
        "not json\n",
        "[1,2]\n",
        "{\"event\":\"begin\",\n",
        "\xff\xfe\x01\n",
        "{\"event\":7,\"run\":[],\"at\":\"x\"}\n",
        "{\"event\":\"begin\",\"run\":\"z\",\"at\":-9223372036854775808,\"expires\":9223372036854775807}\n",
        "\n",
        "{\"event\":\"end\"}\n"};
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    size_t bad;
    begin(path, "a", "OPS-1", NOW);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        add_raw(path, lines[i], strlen(lines[i]));
    add_raw(path, "{\"a\":\"\0\"}\n\0\n", 12);
    char *huge = memory_get(1, 3 << 20);
    memset(huge, '{', 3 << 20);
    add_raw(path, huge, 3 << 20);
    free(huge);
    begin(path, "b", "OPS-1", NOW);
    assert_int_equal(lines_of(path, &bad), 5);
    assert_int_equal(bad, 7);
    json_decref(ledger_summary(path, NULL, 0, NOW, &bad, &error));
    assert_int_equal(bad, 7);
    json_t *rows = ledger_summary(path, "OPS-1", 0, NOW, &bad, &error);
    assert_int_equal(bad, 0);
    assert_int_equal(number(rows, 0, "runs"), 2);
    json_decref(rows);
    json_decref(ledger_summary(path, NULL, INT64_MIN, INT64_MIN, NULL, &error));
}

/* What is not asked for is not even parsed, wherever the blocks of a read end. */
static void reads_with_words(void **state)
{
    enum { LINES = 3000, PADDING = 61, LONG = 200 * 1024 };
    const char *path = ((struct place *)*state)->ledger;
    const char *const words[] = {"\"mine\"", "\"ours\"", NULL}, *const none[] = {"nobody's", NULL};
    struct text text = TEXT_INIT;
    struct error error;
    size_t found = 0, expected = 0;
    begin(path, "a", "OPS-1", NOW);
    for (int i = 0; i < LINES; i++) {
        bool mine = i % 7 == 0, ours = i % 11 == 0;
        expected += mine || ours;
        text_format(&text, "{\"run\":\"%s\",\"for\":\"%s\",\"text\":\"%*d\"}\n", mine ? "mine" : "other",
                    ours ? "ours" : "theirs", i % PADDING + 1, i);
    }
    text_format(&text, "{\"text\":\"%*s\",\"run\":\"mine\"}\n{\"run\":\"mine\"", LONG, "");
    add_raw(path, text.bytes, text.length);
    text_release(&text);
    assert_true(ledger_read_with(path, words, count_line, &found, &error));
    assert_int_equal(found, expected + 1); /* the last one has no end */
    found = 0;
    assert_true(ledger_read_with(path, none, count_line, &found, &error));
    assert_int_equal(found, 0);
    assert_int_equal(lines_of(path, NULL), 1 + LINES + 1);
}

static void is_empty_when_missing(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    size_t bad = 9;
    assert_int_equal(lines_of(path, &bad), 0);
    assert_int_equal(bad, 0);
    json_t *rows = ledger_summary(path, NULL, 0, NOW, NULL, &error);
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
}

static void never_tears_between_writers(void **state)
{
    enum { WRITERS = 20, EACH = 5 };
    const char *path = ((struct place *)*state)->ledger;
    size_t bad;
    for (int writer = 0; writer < WRITERS; writer++) {
        if (fork() != 0)
            continue;
        for (int i = 0; i < EACH; i++) {
            char run[32];
            (void)snprintf(run, sizeof run, "%d-%d", writer, i);
            begin(path, run, "OPS-1", NOW);
        }
        _exit(0);
    }
    for (int writer = 0; writer < WRITERS; writer++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(lines_of(path, &bad), WRITERS * EACH);
    assert_int_equal(bad, 0);
}

static void lets_one_of_equal_runs_in(void **state)
{
    enum { WRITERS = 10 };
    const char *path = ((struct place *)*state)->ledger;
    int won = 0;
    for (int writer = 0; writer < WRITERS; writer++) {
        if (fork() != 0)
            continue;
        struct ledger_answer answer;
        json_t *line = begin_of("race", "OPS-1", NOW);
        bool first = ledger_begin(path, line, NULL, &answer, NULL);
        json_decref(line);
        _exit(first ? 1 : 0);
    }
    for (int writer = 0; writer < WRITERS; writer++) {
        int status;
        assert_true(wait(&status) > 0);
        won += WEXITSTATUS(status);
    }
    assert_int_equal(won, 1);
    assert_int_equal(lines_of(path, NULL), 1);
}

/* A limit on the size of files stands for the full disk: write() stops in the middle of the line. */
static void takes_back_half_a_line(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct stat found;
    int status;
    size_t bad;
    begin(path, "a", "OPS-1", NOW);
    assert_int_equal(stat(path, &found), 0);
    if (fork() == 0) {
        const struct rlimit limit = {(rlim_t)found.st_size + 10, (rlim_t)found.st_size + 10};
        struct ledger_answer answer;
        (void)signal(SIGXFSZ, SIG_IGN);
        json_t *line = begin_of("b", "OPS-1", NOW);
        bool began = setrlimit(RLIMIT_FSIZE, &limit) != 0 || ledger_begin(path, line, NULL, &answer, NULL);
        json_decref(line);
        _exit(began ? 1 : 0);
    }
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    assert_int_equal(lines_of(path, &bad), 1);
    assert_int_equal(bad, 0);
}

static void refuses_links_and_folders(void **state)
{
    struct place *place = *state;
    char target[160];
    struct error error;
    json_t *line = begin_of("a", "OPS-1", NOW);
    begin(place->ledger, "first", "OPS-1", NOW);
    (void)snprintf(target, sizeof target, "%s/elsewhere", place->directory);
    assert_int_equal(rename(place->ledger, target), 0);
    assert_int_equal(symlink(target, place->ledger), 0);
    assert_false(ledger_append(place->ledger, line, &error));
    assert_false(ledger_append(place->directory, line, &error));
    assert_false(ledger_append("/dev/null", line, &error));
    assert_false(ledger_append("/dev/null/x/ledger", line, &error));
    assert_int_equal(unlink(target), 0);
    json_decref(line);
}

static void makes_text_of_any_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
    } rows[] = {
        {"", 0, ""},
        {"plain", 5, "plain"},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"a\0b", 3, "a b"},
        {"\xff", 1, "\xef\xbf\xbd"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *value = ledger_text(rows[i].bytes, rows[i].length);
        assert_non_null(value);
        assert_string_equal(json_string_value(value), rows[i].text);
        json_decref(value);
    }
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_PLACE(counts_what_happened),
        IN_PLACE(counts_refusals_apart),
        IN_PLACE(counts_verdicts),
        IN_PLACE(counts_over_spans),
        IN_PLACE(counts_no_renewal_that_was_refused),
        IN_PLACE(refuses_a_known_run),
        IN_PLACE(ends_only_what_is_open),
        IN_PLACE(ends_only_what_the_process_began),
        IN_PLACE(tells_in_which_step_it_died),
        IN_PLACE(ends_what_died),
        IN_PLACE(makes_no_ledger_to_end_something),
        IN_PLACE(closes_a_torn_line),
        IN_PLACE(takes_a_last_line_without_its_newline),
        IN_PLACE(skips_what_is_hostile),
        IN_PLACE(reads_with_words),
        IN_PLACE(is_empty_when_missing),
        IN_PLACE(never_tears_between_writers),
        IN_PLACE(lets_one_of_equal_runs_in),
        IN_PLACE(takes_back_half_a_line),
        IN_PLACE(refuses_links_and_folders),
        cmocka_unit_test(makes_text_of_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger_begin.h"

#include "lib/ledger.h"
#include "lib/ledger_runs.h"
#include "lib/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define NOW    INT64_C(4102444800) /* 2100-01-01, epoch seconds: after this process began */

struct place {
    char directory[64];
    char ledger[128];
};

static int make_place(void **state)
{
    struct place *place = memory_get(1, sizeof *place);
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/test_ledger_begin.XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->ledger, sizeof place->ledger, "%s/ledger.jsonl", place->directory);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    (void)unlink(place->ledger);
    (void)rmdir(place->directory);
    free(place);
    return 0;
}

/* A line of a run of "clean" on "web01" for OPS-1 by a process that lives as long as this test; what is written into
 * ${more} ("target=web02 pid=7") replaces or adds. */
static json_t *line_of(const char *event, const char *run, int64_t at, const char *more)
{
    char words[256];
    char *rest = NULL;
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "event", event, "run", run, "remediation", "clean",
                  "issue", "OPS-1", "target", "web01", "tagged", "2026-11-01", "pid", (json_int_t)getpid());
    assert_non_null(line);
    ledger_stamp(line, at);
    (void)snprintf(words, sizeof words, "%s", more);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '=');
        *value++ = '\0';
        json_object_set_new(line, word,
                            strcmp(word, "pid") == 0 ? json_integer(strtoll(value, NULL, 10))
                                                     : json_string(value));
    }
    return line;
}

static void add(const char *path, const char *event, const char *run, int64_t at, const char *more)
{
    struct error error = {""};
    json_t *line = line_of(event, run, at, more);
    if (!ledger_append(path, line, &error))
        fail_msg("%s", error.text);
    json_decref(line);
}

/* A run that began and ended. */
static void add_run(const char *path, const char *run, int64_t begun, int64_t ended, const char *more)
{
    add(path, "begin", run, begun, more);
    add(path, "end", run, ended, more);
}

/* Both answers must be the same, and a refusal leaves no line. */
static enum ledger_refusal ask(const char *path, const char *run, int64_t at, const char *more,
                               const struct limits *limits, struct error *error, int64_t *next)
{
    struct ledger_answer early, answer;
    struct error before = {""};
    json_t *line = line_of("begin", run, at, more);
    error->text[0] = '\0';
    bool may = ledger_may_begin(path, line, limits, &early, &before);
    bool begun = ledger_begin(path, line, limits, &answer, error);
    json_decref(line);
    assert_int_equal(may, begun);
    assert_int_equal(early.refusal, answer.refusal);
    assert_int_equal(begun, answer.refusal == LEDGER_ALLOWED);
    assert_string_equal(before.text, error->text);
    if (next)
        *next = answer.limit.next / 1000;
    return answer.refusal;
}

static void expect(void **state, const char *run, int64_t at, const char *more, const struct limits *limits,
                   const char *sentence)
{
    struct place *place = *state;
    struct error error;
    (void)ask(place->ledger, run, at, more, limits, &error, NULL);
    assert_string_equal(error.text, sentence);
}

/* ---- renewals ---- */

static void asks_why_it_is_tagged_again(void **state)
{
    static const char why[] =
        "the workaround of \"OPS-1\" ran tagged \"2026-11-01\" and is tagged again \"2026-11-19\": say why "
        "with --renewal SENTENCE";
    add_run(((struct place *)*state)->ledger, "a", NOW, NOW, "");
    expect(state, "b", NOW, "", NULL, "");
    expect(state, "c", NOW, "tagged=2026-11-19", NULL, why);
    expect(state, "c", NOW, "tagged=2026-11-19", NULL, why);
    expect(state, "c", NOW, "tagged=2026-11-19 renewal=vendor_slipped", NULL, "");
    expect(state, "d", NOW, "tagged=2026-11-19", NULL, ""); /* it was said */
    expect(state, "e", NOW, "tagged=2026-11-01", NULL, ""); /* the words of before; their TTL binds them */
    expect(state, "f", NOW, "tagged=2026-11-19", NULL, "");
    expect(
        state, "g", NOW, "tagged=2026-11-20 renewal=vendor_slipped", NULL,
        "the workaround of \"OPS-1\" ran tagged \"2026-11-19\" and is tagged again \"2026-11-20\": say why "
        "with --renewal SENTENCE, and not as the time before");
    expect(state, "g", NOW, "tagged=2026-11-20 renewal=vendor_gone", NULL, "");
}

static void asks_of_each_workaround_by_itself(void **state)
{
    add_run(((struct place *)*state)->ledger, "a", NOW, NOW, "");
    expect(state, "b", NOW, "tagged=2026-11-19 issue=OPS-2", NULL, "");
    expect(state, "c", NOW, "tagged=2026-11-19 remediation=other", NULL, "");
    assert_int_not_equal(ask(((struct place *)*state)->ledger, "d", NOW, "tagged=2026-11-19 target=web02",
                             NULL, &(struct error){""}, NULL),
                         LEDGER_ALLOWED);
}

/* What did not act was no run: neither before the renewal nor, refused, in its place. */
static void counts_only_what_began(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    add(path, "refused", "a", NOW, "tagged=2026-10-01");
    add(path, "rehearsal", "b", NOW, "tagged=2026-10-02");
    add(path, "verdict", "b", NOW, "tagged=2026-10-02");
    expect(state, "c", NOW, "tagged=2026-11-10", NULL, "");
    add(path, "refused", "d", NOW, "tagged=2026-11-12");
    add(path, "rehearsal", "e", NOW, "tagged=2026-11-12");
    assert_int_equal(ask(path, "f", NOW, "tagged=2026-11-12", NULL, &(struct error){""}, NULL),
                     LEDGER_UNEXPLAINED);
}

/* ---- limits ---- */

static void rests_on_the_target(void **state)
{
    const struct limits limits = {.cooldown = 10 * MINUTE * 1000};
    const char *path = ((struct place *)*state)->ledger;
    add_run(path, "a", NOW, NOW + MINUTE, "");
    expect(state, "b", NOW + 11 * MINUTE - 3, "", &limits,
           "the last run on this target was within the cooldown of 10m; it may run at "
           "2100-01-01T00:11:00Z");
    expect(state, "c", NOW + 2 * MINUTE, "target=web02", &limits, "");
    expect(state, "d", NOW + 11 * MINUTE - 2, "", &limits, "");
    expect(state, "e", NOW + HOUR, "", &limits,
           "a run is under way on this target; it may run when that ends");
}

static void counts_runs_and_no_refusals(void **state)
{
    const struct limits limits = {.max = {2, HOUR * 1000}, .max_total = {3, HOUR * 1000}};
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    int64_t next = 0;
    add_run(path, "a", NOW, NOW, "");
    add(path, "refused", "b", NOW, "");
    add(path, "rehearsal", "c", NOW, "");
    expect(state, "d", NOW + MINUTE, "", &limits, "");
    assert_int_equal(ask(path, "e", NOW + 2 * MINUTE, "", &limits, &error, &next), LEDGER_LIMITED);
    assert_int_equal(next, NOW + HOUR);
    expect(state, "f", NOW + 2 * MINUTE, "remediation=other", &limits, "");
    expect(state, "g", NOW + 2 * MINUTE, "target=web02", &limits, "");
    expect(state, "h", NOW + 2 * MINUTE, "target=web03", &limits,
           "3 runs on all targets within 1h; it may run at 2100-01-01T01:00:00Z");
    expect(state, "h", NOW + HOUR, "target=web03", &limits, "");
}

static void counts_what_lives(void **state)
{
    struct limits limits = {.concurrency = 2};
    const char *path = ((struct place *)*state)->ledger;
    add(path, "begin", "dead", NOW, "pid=2147483647");
    add(path, "begin", "other", NOW, "remediation=other");
    add(path, "begin", "a", NOW, "");
    expect(state, "b", NOW, "target=web02", &limits, "");
    expect(state, "c", NOW, "target=web03", &limits,
           "2 of at most 2 runs are under way; it may run when one of them ends");
    add(path, "end", "a", NOW, "");
    expect(state, "c", NOW, "target=web03", &limits, "");
    limits.site.concurrency = 3;
    expect(state, "d", NOW, "remediation=third target=web04", &limits,
           "3 of at most 3 runs of all remediations on the site are under way; it may run when one of them "
           "ends");
}

/* Lines of before services were written are beside ours on the same target alone. */
static void counts_by_service(void **state)
{
    const struct limits limits = {.share = 2, .hosts = 8, .service = {.max = {4, HOUR * 1000}}};
    const char *path = ((struct place *)*state)->ledger;
    add(path, "begin", "a", NOW, "target=web02");
    add(path, "begin", "b", NOW, "target=web03 service=web");
    add(path, "begin", "c", NOW, "target=db01 service=db");
    expect(state, "d", NOW, "service=web", &limits, "");
    expect(state, "e", NOW, "target=web04 service=web", &limits,
           "under way on 2 of 8 hosts of the service; it may run when one of those runs ends");
    expect(state, "f", NOW, "target=db02 service=db", &limits, "");
    add_run(path, "g", NOW, NOW, "remediation=other service=web");
    add_run(path, "h", NOW, NOW, "remediation=other service=web");
    expect(state, "i", NOW, "remediation=third service=web", &limits,
           "4 runs of all remediations on this service within 1h; it may run at 2100-01-01T01:00:00Z");
}

/* It counts from when it was asked for; what is no such instant is passed over. */
static void counts_from_when_it_was_asked(void **state)
{
    static const struct {
        int64_t asked, counts;
    } rows[] = {{-20, -20}, {0, 0}, {1, 0}, {-3600, 0}, {-NOW, 0}};
    const struct limits limits = {.max = {1, HOUR * 1000}};
    const char *path = ((struct place *)*state)->ledger;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error;
        int64_t next = 0;
        json_t *line = line_of("begin", "a", NOW, "pid=2147483647");
        json_object_set_new(line, "asked_ms", json_integer((NOW + rows[i].asked) * 1000));
        (void)unlink(path);
        assert_true(ledger_append(path, line, &error));
        json_decref(line);
        assert_int_equal(ask(path, "b", NOW + MINUTE, "", &limits, &error, &next), LEDGER_LIMITED);
        assert_int_equal(next, NOW + rows[i].counts + HOUR);
    }
}

/* Set back by a day: what lies in the future holds as if it were just now, once, and not for a day. */
static void outlives_a_clock_that_is_set_back(void **state)
{
    const struct limits limits = {.cooldown = 10 * MINUTE * 1000, .max = {2, HOUR * 1000}};
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    int64_t next = 0;
    add_run(path, "a", NOW + 24 * HOUR, NOW + 24 * HOUR, "");
    assert_int_equal(ask(path, "b", NOW, "", &limits, &error, &next), LEDGER_LIMITED);
    assert_int_equal(next, NOW + 10 * MINUTE);
    assert_int_equal(ask(path, "b", NOW + HOUR, "", &limits, &error, &next), LEDGER_LIMITED);
    assert_int_equal(next, NOW + HOUR + 10 * MINUTE); /* no line tells yet when that was */
    add(path, "refused", "b", NOW + HOUR, "target=web09");
    add(path, "verdict", "a", NOW + HOUR + MINUTE, "");
    assert_int_equal(ask(path, "b", NOW + HOUR + 9 * MINUTE, "", &limits, &error, &next), LEDGER_LIMITED);
    assert_int_equal(next, NOW + HOUR + 10 * MINUTE);
    expect(state, "b", NOW + HOUR + 10 * MINUTE, "", &limits, "");
    add(path, "end", "b", NOW + HOUR + 10 * MINUTE, "");
    assert_int_equal(ask(path, "c", NOW + HOUR + 30 * MINUTE, "", &limits, &error, &next), LEDGER_LIMITED);
    assert_int_equal(next, NOW + 2 * HOUR);
    expect(state, "c", NOW + 2 * HOUR, "", &limits, "");
}

/* Lines wait for the lock after they were stamped: a few seconds of disorder are no step of the clock. */
static void takes_disorder_as_it_is(void **state)
{
    const struct limits limits = {.cooldown = 10 * MINUTE * 1000};
    const char *path = ((struct place *)*state)->ledger;
    struct error error;
    int64_t next = 0;
    add_run(path, "a", NOW, NOW + 10, "");
    add(path, "refused", "b", NOW + 1, "");
    assert_int_equal(ask(path, "c", NOW + 5, "", &limits, &error, &next), LEDGER_LIMITED);
    assert_int_equal(next, NOW + 10 + 10 * MINUTE);
}

static void is_not_moved_by_hostile_lines(void **state)
{
    static const char *const lines[] = {
        "{\"event\":\"begin\"}\n",
        "{\"event\":\"begin\",\"run\":7,\"at\":\"x\",\"remediation\":[],\"target\":{}}\n",
        "{\"event\":\"begin\",\"run\":\"x\",\"at\":1e308,\"remediation\":\"clean\",\"target\":\"web01\"}\n",
        "{\"event\":\"begin\",\"run\":\"y\",\"at\":-9223372036854775808,\"remediation\":\"clean\"}\n",
        "{\"event\":\"begin\",\"run\":\"z\",\"at\":9223372036854775807,\"remediation\":\"clean\",\"tagged\":"
        "7}\n",
        "{\"event\":\"end\",\"run\":\"nobody's\",\"at\":1}\n",
        "{\"event\":\"end\",\"at\":4102444800}\n",
    };
    const struct limits limits = {.cooldown = 1000, .max = {1, HOUR * 1000}, .concurrency = 1};
    const char *path = ((struct place *)*state)->ledger;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_true(fputs(lines[i], file) >= 0);
    assert_int_equal(fclose(file), 0);
    expect(state, "a", NOW, "", &limits, "");
    assert_int_equal(ask(path, "b", NOW, "", &limits, &(struct error){""}, NULL), LEDGER_LIMITED);
}

/* The look and the line are one. */
static void lets_one_in_at_once(void **state)
{
    enum { WRITERS = 10 };
    const struct limits rules[] = {{.concurrency = 1}, {.max = {1, HOUR * 1000}}, {.cooldown = 1000}};
    const char *path = ((struct place *)*state)->ledger;
    for (size_t rule = 0; rule < sizeof rules / sizeof rules[0]; rule++) {
        int won = 0;
        (void)unlink(path);
        for (int writer = 0; writer < WRITERS; writer++) {
            if (fork() != 0)
                continue;
            char run[16];
            char parent[24];
            struct ledger_answer answer;
            (void)snprintf(run, sizeof run, "r%d", writer);
            (void)snprintf(parent, sizeof parent, "pid=%d", (int)getppid());
            json_t *line = line_of("begin", run, (int64_t)time(NULL), parent);
            bool begun = ledger_begin(path, line, &rules[rule], &answer, NULL);
            json_decref(line);
            _exit(begun ? 1 : 0);
        }
        for (int writer = 0; writer < WRITERS; writer++) {
            int status;
            assert_true(wait(&status) > 0);
            won += WEXITSTATUS(status);
        }
        assert_int_equal(won, 1);
    }
}

/* ---- what is passed over unparsed is worth nothing ---- */

static unsigned below(unsigned *seed, unsigned bound)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 8) % bound;
}

/* Old and new ones, some out of order, some after the clock was set back; one in four by another hand, with blanks. */
static char *some_line(unsigned *seed, int number)
{
    static const char *const events[] = {"begin", "begin", "end", "end", "refused", "verdict"};
    static const char *const names[] = {"clean", "other"};
    char run[16], more[64];
    int64_t age = below(seed, 3) ? below(seed, 7200) : below(seed, 10) * 86400;
    int64_t at = below(seed, 12) ? NOW - age : NOW + below(seed, 100000);
    (void)snprintf(run, sizeof run, "r%u", below(seed, (unsigned)number + 1));
    (void)snprintf(more, sizeof more, "remediation=%s target=web0%u pid=%d", names[below(seed, 2)],
                   below(seed, 2), below(seed, 2) ? (int)getpid() : INT32_MAX);
    json_t *line = line_of(events[below(seed, 6)], run, at, more);
    json_object_set_new(line, "text", json_string("said \"at\": 1, \"begin\", \"tagged\":\"2099-01-01\""));
    char *bytes = json_dumps(line, below(seed, 4) ? JSON_COMPACT : 0);
    json_decref(line);
    assert_non_null(bytes);
    return bytes;
}

static bool no_service(void *owner, const json_t *begin)
{
    (void)owner;
    (void)begin;
    return false;
}

static void passes_over_nothing_that_counts(void **state)
{
    enum { ROUNDS = 3000, LINES = 24 };
    const struct limits limits = {.cooldown = 600000, .max = {3, 3600000}};
    unsigned seed = 7;
    size_t passed = 0, running = 0;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct ledger_aim aim = {"clean", "web01", &limits, NOW * 1000, below(&seed, 2), no_service, NULL};
        struct ledger_runs all, some;
        ledger_runs_init(&all, &aim);
        ledger_runs_init(&some, &aim);
        for (int i = 0; i < LINES; i++) {
            char *bytes = some_line(&seed, i);
            json_t *line = json_loads(bytes, 0, NULL);
            bool wanted = ledger_runs_wants(&some, bytes, strlen(bytes));
            bool ours = strstr(bytes, "\"clean\"") != NULL;
            if (wanted)
                ledger_runs_take(&some, line);
            if (ours || !aim.only)
                ledger_runs_take(&all, line);
            passed += !wanted;
            json_decref(line);
            free(bytes);
        }
        ledger_runs_finish(&all);
        ledger_runs_finish(&some);
        assert_int_equal(all.count, some.count);
        for (size_t i = 0; i < all.count; i++) {
            assert_int_equal(all.runs[i].same_remediation, some.runs[i].same_remediation);
            assert_int_equal(all.runs[i].same_target, some.runs[i].same_target);
            assert_int_equal(all.runs[i].running, some.runs[i].running);
            running += all.runs[i].running;
            if (aim.only) /* of the other's lines the instants count as well, which makes it exacter */
                continue;
            assert_int_equal(all.runs[i].started, some.runs[i].started);
            assert_int_equal(all.runs[i].ended, some.runs[i].ended);
        }
        ledger_runs_release(&all);
        ledger_runs_release(&some);
    }
    assert_true(passed > ROUNDS && running > ROUNDS);
}

static void makes_no_ledger_to_look(void **state)
{
    const char *path = ((struct place *)*state)->ledger;
    struct ledger_answer answer;
    struct error error;
    json_t *line = line_of("begin", "a", NOW, "");
    assert_true(ledger_may_begin(path, line, NULL, &answer, &error));
    assert_int_equal(access(path, F_OK), -1);
    assert_false(ledger_may_begin("/dev/null", line, NULL, &answer, &error));
    assert_int_equal(answer.refusal, LEDGER_FAULT);
    json_decref(line);
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_PLACE(asks_why_it_is_tagged_again),
        IN_PLACE(asks_of_each_workaround_by_itself),
        IN_PLACE(counts_only_what_began),
        IN_PLACE(rests_on_the_target),
        IN_PLACE(counts_runs_and_no_refusals),
        IN_PLACE(counts_what_lives),
        IN_PLACE(counts_by_service),
        IN_PLACE(counts_from_when_it_was_asked),
        IN_PLACE(outlives_a_clock_that_is_set_back),
        IN_PLACE(takes_disorder_as_it_is),
        IN_PLACE(is_not_moved_by_hostile_lines),
        IN_PLACE(lets_one_in_at_once),
        IN_PLACE(makes_no_ledger_to_look),
        cmocka_unit_test(passes_over_nothing_that_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

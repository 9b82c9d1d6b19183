/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/option.h"

#include "lib/nearest.h"
#include "lib/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct args {
    bool all;
    int loud;
    const char *socket, *password;
    double share;
    int64_t port, wait;
    int mode;
    struct option_list names;
};

static const char *const modes[] = {"overview", "node", "queue", NULL};

static const struct option_row rows[] = {
    {"all", 'a', FLAG(struct args, all), .help = "All."},
    {"loud", 'l', COUNT(struct args, loud), .help = "Loud."},
    {"socket", 's', TEXT(struct args, socket), .value = "PATH", .help = "Socket.", .alias = "unix-socket"},
    {"password", 'P', SECRET(struct args, password), .value = "PASSWORD", .help = "Password."},
    {"share", 0, NUMBER(struct args, share), .value = "SHARE", .help = "Share.", .low = 0, .high = 1},
    {"number", 'n', WHOLE(struct args, port), .value = "PORT", .help = "Port.", .low = 1, .high = 65535},
    {"wait", 0, DURATION(struct args, wait), .value = "TIME", .help = "Wait.", .low = 0, .high = 60},
    {"mode", 'm', CHOICE(struct args, mode), .value = "MODE", .help = "Mode.", .choices = modes},
    {"name", 0, LIST(struct args, names), .value = "NAME", .help = "Name."},
    {0},
};

enum { MOST_WORDS = 12 };

struct outcome {
    struct args args;
    struct option_list rest;
    struct error error;
    bool read;
    struct arena *arena;
    char *argv[MOST_WORDS];
};

static void parse_rows(struct outcome *outcome, const struct option_row *table, const char *const *words)
{
    struct option_set set = {table, &outcome->args};
    int argc = 0;
    *outcome = (struct outcome){.arena = arena_create(), .error = {"none"}};
    for (; words[argc]; argc++)
        outcome->argv[argc] = arena_text_of(outcome->arena, words[argc], strlen(words[argc]));
    outcome->read =
        option_parse(&set, 1, argc, outcome->argv, outcome->arena, &outcome->rest, &outcome->error);
}

#define PARSE(outcome, ...) parse_rows(outcome, rows, (const char *const[]){"program", __VA_ARGS__, NULL})

static void reads_every_manner(void **state)
{
    struct outcome outcome;
    (void)state;
    PARSE(&outcome, "-al", "-l", "-s", "/a", "--share=0.5", "--num", "80", "-mnode", "--name", "x",
          "--name=-y");
    assert_true(outcome.read);
    assert_true(outcome.args.all);
    assert_int_equal(outcome.args.loud, 2);
    assert_string_equal(outcome.args.socket, "/a");
    assert_true(outcome.args.share > 0.49 && outcome.args.share < 0.51);
    assert_int_equal(outcome.args.port, 80);
    assert_int_equal(outcome.args.mode, 1);
    assert_int_equal(outcome.args.names.count, 2);
    assert_string_equal(outcome.args.names.items[1], "-y");
    arena_free(outcome.arena);
    PARSE(&outcome, "one", "--unix-socket=x=y", "--wait", "1.5", "--", "--all", "-");
    assert_true(outcome.read);
    assert_string_equal(outcome.args.socket, "x=y");
    assert_int_equal(outcome.args.wait, 1500);
    assert_int_equal(outcome.rest.count, 3);
    assert_string_equal(outcome.rest.items[1], "--all");
    arena_free(outcome.arena);
    PARSE(&outcome, "--wait=10s", "-s=odd", "--name", "--all");
    assert_int_equal(outcome.args.wait, 10000);
    assert_string_equal(outcome.args.socket, "=odd");
    assert_false(outcome.args.all);
    arena_free(outcome.arena);
}

static void names_what_is_wrong(void **state)
{
    static const struct {
        const char *words[4];
        const char *said;
    } cases[] = {
        {{"p", "--sokcet", "x"}, "unknown option \"--sokcet\", the nearest is \"--socket\""},
        {{"p", "--zzzzz"}, "unknown option \"--zzzzz\""},
        {{"p", "-z"}, "unknown option \"-z\""},
        {{"p", "--n", "1"}, "more than one option begins with \"--n\""},
        {{"p", "--socket"}, "option \"--socket\" needs a value"},
        {{"p", "-s"}, "option \"--socket\" needs a value"},
        {{"p", "--all=x"}, "option \"--all\" takes no value: \"x\""},
        {{"p", "--number=0"}, "--number: not a whole number from 1 to 65535: \"0\""},
        {{"p", "--number=8x"}, "--number: not a whole number from 1 to 65535: \"8x\""},
        {{"p", "--share=2"}, "--share: not a number from 0 to 1: \"2\""},
        {{"p", "--share", "nan"}, "--share: not a number from 0 to 1: \"nan\""},
        {{"p", "--wait=61"}, "--wait: not a number of seconds from 0 to 60: \"61\""},
        {{"p", "--mode=nodes"}, "--mode: unknown choice \"nodes\", the nearest is \"node\""},
        {{"p", "--mode=zzz"}, "--mode: unknown choice \"zzz\", it takes overview, node, queue"},
        {{"p", "--=x"}, "unknown option \"--\""},
        {{"p", "--zzzzz", "--number=0"}, "unknown option \"--zzzzz\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome outcome;
        parse_rows(&outcome, rows, cases[i].words);
        assert_false(outcome.read);
        assert_string_equal(outcome.error.text, cases[i].said);
        arena_free(outcome.arena);
    }
}

static void tells_a_bad_value_before_a_missing_option(void **state)
{
    static const struct option_row required[] = {
        {"url", 'u', TEXT(struct args, socket), .value = "URL", .help = "Url.", .required = true},
        {"number", 'n', WHOLE(struct args, port), .value = "N", .help = "Number."},
        {0},
    };
    struct outcome outcome;
    (void)state;
    parse_rows(&outcome, required, (const char *const[]){"p", "-n", "x", NULL});
    assert_string_equal(outcome.error.text, "--number: not a whole number: \"x\"");
    arena_free(outcome.arena);
    parse_rows(&outcome, required, (const char *const[]){"p", "-n", "1", NULL});
    assert_string_equal(outcome.error.text, "option \"--url URL\" is missing");
    arena_free(outcome.arena);
}

/* Also when something else is wrong, and in each manner. */
static void wipes_secrets(void **state)
{
    struct outcome outcome;
    (void)state;
    PARSE(&outcome, "--zzzzz", "--password", "hunter2", "-Phunter3", "--password=hunter4", "-aP", "hunter5");
    assert_string_equal(outcome.args.password, "hunter5");
    for (size_t i = 0; outcome.argv[i]; i++)
        assert_null(strstr(outcome.argv[i], "hunter"));
    assert_null(strstr(outcome.error.text, "hunter"));
    struct option_set set = {rows, &outcome.args};
    struct text help = TEXT_INIT;
    option_help(&help, &set, 1);
    assert_null(strstr(help.bytes, "hunter"));
    text_release(&help);
    arena_free(outcome.arena);
}

static void shows_defaults(void **state)
{
    struct args defaults = {.socket = "/run/x", .share = 0.25, .wait = 90000, .mode = 2, .port = 0};
    struct option_set set = {rows, &defaults};
    struct text help = TEXT_INIT;
    (void)state;
    option_help(&help, &set, 1);
    assert_non_null(
        strstr(help.bytes, "  -s, --socket PATH, --unix-socket\n        Socket. Default: /run/x.\n"));
    assert_non_null(strstr(help.bytes, "Share. Default: 0.25.\n"));
    assert_non_null(strstr(help.bytes, "Wait. Default: 1m30s.\n"));
    assert_non_null(strstr(help.bytes, "Mode. One of overview, node, queue. Default: queue.\n"));
    assert_non_null(strstr(help.bytes, "Port.\n"));
    assert_non_null(strstr(help.bytes, "Name. May be given again.\n"));
    for (const char *line = help.bytes, *end; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line < 80);
    text_release(&help);
}

static void finds_mistakes_in_tables(void **state)
{
    static const struct option_row good[] = {{"all", 'a', FLAG(struct args, all), .help = "x"}, {0}};
    static const struct option_row bad[][3] = {
        {{"all", 0, FLAG(struct args, all), .help = "x"}, {"all", 0, FLAG(struct args, all), .help = "x"}},
        {{"x", 'a', FLAG(struct args, all), .help = "x"}, {"y", 'a', FLAG(struct args, all), .help = "x"}},
        {{"x", 0, FLAG(struct args, all), .help = "x", .alias = "y"},
         {"y", 0, FLAG(struct args, all), .help = "x"}},
        {{"x", 0, FLAG(struct args, all), .help = NULL}},
        {{"x", 0, FLAG(struct args, all), .help = ""}},
        {{"X y", 0, FLAG(struct args, all), .help = "x"}},
        {{"x", 'w', FLAG(struct args, all), .help = "x"}},
        {{"x", 'h', FLAG(struct args, all), .help = "x"}},
        {{"x", '!', FLAG(struct args, all), .help = "x"}},
        {{"x", 0, FLAG(struct args, all), .help = "x", .value = "X"}},
        {{"x", 0, TEXT(struct args, socket), .help = "x"}},
        {{"x", 0, CHOICE(struct args, mode), .help = "x", .value = "X"}},
        {{"x", 0, NUMBER(struct args, share), .help = "x", .value = "X", .choices = modes}},
        {{"x", 0, NUMBER(struct args, share), .help = "x", .value = "X", .low = 2, .high = 1}},
        {{"x", 0, FLAG(struct args, all), .help = "x", .required = true}},
    };
    struct option_set sets[2] = {{rows, NULL}, {good, NULL}};
    struct error error;
    (void)state;
    assert_true(option_self_test(sets, 1, &error));
    assert_false(option_self_test(sets, 2, &error)); /* across tables */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sets[0].rows = bad[i];
        error.text[0] = '\0';
        if (option_self_test(sets, 1, &error))
            fail_msg("table %zu was taken", i);
        assert_true(strlen(error.text) > 0);
    }
}

static void proposes_the_nearest(void **state)
{
    static const struct {
        const char *wanted, *name;
    } cases[] = {{"load1", "load1"}, {"laod5", "load5"}, {"loa", "load1"},
                 {"xyz", NULL},      {"", NULL},         {"session", "sessions"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct nearest nearest = {.wanted = cases[i].wanted};
        nearest_try(&nearest, "load1");
        nearest_try(&nearest, "load5");
        nearest_try(&nearest, "sessions");
        nearest_try(&nearest, NULL);
        if (cases[i].name)
            assert_string_equal(nearest.name, cases[i].name);
        else
            assert_null(nearest.name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_manner),
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(tells_a_bad_value_before_a_missing_option),
        cmocka_unit_test(wipes_secrets),
        cmocka_unit_test(shows_defaults),
        cmocka_unit_test(finds_mistakes_in_tables),
        cmocka_unit_test(proposes_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

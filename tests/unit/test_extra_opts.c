/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/extra_opts.h"

#include "lib/text.h"

#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void join(const struct words *words, struct text *text)
{
    for (int i = 0; i < words->count; i++)
        text_format(text, "%s%s", i ? "|" : "", words->items[i]);
}

static void reads_sections(void **state)
{
    static const struct {
        const char *bytes, *words;
    } cases[] = {
        {"[s]\nkey=value\n", "--key|value"},
        {"[s]\n  key =  two  words \t\n", "--key|two  words"},
        {"[s]\r\nkey=v\r\n", "--key|v"},
        {"[s]\nw=10\nc = 20:30\n", "-w|10|-c|20:30"},
        {"[s]\nflag=\nv=\n", "--flag|-v"},
        {"# no\n; no\n[other]\nkey=1\n[s]\n# no\nkey=2\n; no\n[more]\nkey=3\n", "--key|2"},
        {"[s]\na1=1\n[t]\na1=2\n[s]\na1=3\n", "--a1|1|--a1|3"},
        {"[ s ]\nkey=a=b#c;d\n", "--key|a=b#c;d"},
        {"[s]\n", ""},
        {"junk in front\n[s]\nkey=1", "--key|1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct words words = {0};
        struct text text = TEXT_INIT;
        struct error error;
        assert_true(extra_opts_parse(cases[i].bytes, "s", arena, &words, &error));
        join(&words, &text);
        assert_string_equal(text.bytes, cases[i].words);
        text_release(&text);
        arena_free(arena);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *bytes, *said;
    } cases[] = {
        {"", "no section \"s\""},
        {"[S]\nkey=1\n", "no section \"s\""},
        {"s\nkey=1\n", "no section \"s\""},
        {"[s]\nnonsense\n", "line 2 is no \"name = value\""},
        {"[s]\n=1\n", "line 2 is no \"name = value\""},
        {"[s]\n\n--key=1\n", "line 3 is no \"name = value\""},
        {"[s]\ntwo words=1\n", "line 2 is no \"name = value\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct words words = {0};
        struct error error = {""};
        assert_false(extra_opts_parse(cases[i].bytes, "s", arena, &words, &error));
        assert_string_equal(error.text, cases[i].said);
        arena_free(arena);
    }
}

static void expand(const char *const *words, bool good, const char *expected)
{
    struct arena *arena = arena_create();
    struct words found;
    struct text text = TEXT_INIT;
    struct error error = {""};
    char *argv[8] = {NULL};
    int argc = 0;
    for (; words[argc]; argc++)
        argv[argc] = arena_text_of(arena, words[argc], strlen(words[argc]));
    assert_int_equal(extra_opts_expand(argc, argv, "check_x", arena, &found, &error), good);
    if (good)
        join(&found, &text);
    else
        text_add(&text, error.text);
    assert_string_equal(text.bytes, expected);
    text_release(&text);
    arena_free(arena);
}

#define EXPAND(good, expected, ...) expand((const char *const[]){"p", __VA_ARGS__, NULL}, good, expected)

static void finds_files(void **state)
{
    char folder[] = "/tmp/extra_opts.XXXXXX";
    char path[64], list[96];
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/plugins.ini", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs("[check_x]\nw=1\n[other]\nw=2\n", file) >= 0);
    (void)fclose(file);
    assert_int_equal(setenv("MP_CONFIG_FILE", path, 1), 0);
    EXPAND(true, "p|-w|1|-w|5", "-w", "5", "--extra-opts");
    EXPAND(true, "p|-w|2|-w|1|-v", "--extra-opts=other", "--extra-opts", "-v");
    EXPAND(true, "p|-v|--|--extra-opts", "-v", "--", "--extra-opts");
    EXPAND(true, "p|--extra-optsx", "--extra-optsx");
    (void)unsetenv("MP_CONFIG_FILE");
    (void)snprintf(list, sizeof list, ":/nonexistent:%s", folder);
    assert_int_equal(setenv("NAGIOS_CONFIG_PATH", list, 1), 0);
    EXPAND(true, "p|-w|2", "--extra-opts=other");
    (void)unsetenv("NAGIOS_CONFIG_PATH");
    EXPAND(false, "--extra-opts: No such file or directory: \"/nonexistent/x.ini\"",
           "--extra-opts=a@/nonexistent/x.ini");
    EXPAND(false, "--extra-opts: No such file or directory: \"/nonexistent\"", "--extra-opts@/nonexistent");
    EXPAND(false, "--extra-opts: Is a directory: \"/tmp\"", "--extra-opts=@/tmp");
    EXPAND(false, "--extra-opts: not an INI file: \"/dev/zero\"", "--extra-opts=@/dev/zero");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections),
        cmocka_unit_test(refuses),
        cmocka_unit_test(finds_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory.h"
#include "scheduler/io/config_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* The tree on one line: maps in braces, lists in brackets, each text in quotes. */
static void render(struct text *text, const struct node *node)
{
    if (node->kind == NODE_TEXT) {
        text_format(text, "'%s'", node->text);
        return;
    }
    text_add_char(text, node->kind == NODE_MAP ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        text_add(text, i ? " " : "");
        if (node->kind == NODE_MAP)
            text_format(text, "%s:", node->entries[i].name);
        render(text, node->entries[i].value);
    }
    text_add_char(text, node->kind == NODE_MAP ? '}' : ']');
}

static void add_findings(struct text *text, struct findings_draft *draft)
{
    struct findings findings = {0};
    findings_finish(draft, &findings);
    for (size_t i = 0; i < findings.count; i++)
        text_format(text, "%s%s", text->length ? "\n" : "", findings.items[i].text);
    findings_release(&findings);
}

/* The tree, or the findings where there are any. */
static char *parse(const char *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct findings_draft draft = {0};
    struct text text = TEXT_INIT;
    const struct node *root = config_document_parse(bytes, length, "f", arena, arena, &draft);
    add_findings(&text, &draft);
    if (text.length == 0 && root)
        render(&text, root);
    arena_free(arena);
    return text_take(&text);
}

struct row {
    const char *yaml;
    const char *expected;
};

static const struct row rows[] = {
    {"", "{}"},
    {"# nothing\n", "{}"},
    {"---\n", "''"},
    {"a: 1\nb: [x, 'y', \"z\"]\n", "{a:'1' b:['x' 'y' 'z']}"},
    {"a: 1\r\nb:\r\n  - x\r\n", "{a:'1' b:['x']}"},
    {"\xef\xbb\xbf"
     "a: 1\n",
     "{a:'1'}"},
    {"on: yes\n10:22: no\n~: null\n0x1: 1e3\n", "{on:'yes' 10:22:'no' ~:'null' 0x1:'1e3'}"},
    {"a:\nb: ''\n", "{a:'' b:''}"},
    {"a: |\n  one\n  two\n", "{a:'one\ntwo\n'}"},
    {"n: Zo\xc3\xab\n", "{n:'Zo\xc3\xab'}"},
    {"just text\n", "'just text'"},
    /* each finding at its place */
    {"a: 1\nb: 2\na: 3\n", "f:3:1: key \"a\" stands here twice, first in line 1"},
    {"a: {x: 1, x: 2}\n", "f:1:11: key \"x\" stands here twice, first in line 1"},
    {"a: !!int 3\n", "f:1:4: tags are not read: \"tag:yaml.org,2002:int\""},
    {"a: ! 3\n", "f:1:4: tags are not read: \"!\""},
    {"a: &x 3\nb: *x\n", "f:1:4: anchors are not read: \"&x\"\nf:2:4: aliases are not read: \"*x\""},
    {"a: &x [1]\nb: &y {c: 1}\n", "f:1:4: anchors are not read: \"&x\"\nf:2:4: anchors are not read: \"&y\""},
    {"? [a]\n: 1\n", "f:1:3: a key must be a text"},
    {"? {a: 1}\n: 1\nb: 1\nb: 2\n",
     "f:1:3: a key must be a text\nf:4:1: key \"b\" stands here twice, first in line 3"},
    {"a: 1\n---\nb: 1\n", "f:2:1: a second document begins here: one file is one document"},
    {"a: \"x\\0y\"\n", "f:1:4: holds a NUL character"},
    {"<<: 1\n", "{<<:'1'}"},
    /* what is no YAML */
    {"a: [1, 2\n", "f:2:1: not YAML: while parsing a flow sequence: did not find expected ',' or ']'"},
    {"a: {b: 1\nc: 2", "f:2:2: not YAML: while parsing a flow mapping: did not find expected ',' or '}'"},
    {"a: \"x\n", "f:2:1: not YAML: while scanning a quoted scalar: found unexpected end of stream"},
    {"a: 1\n b: 2\n", "f:2:3: not YAML: mapping values are not allowed in this context"},
    {"a:\n\t- 1\n",
     "f:2:1: not YAML: while scanning for the next token: found character that cannot start any token"},
    {"a: *nope", "f:1:4: aliases are not read: \"*nope\""},
    {"%YAML 9.9\n---\na: 1\n", "f:1:1: not YAML: found incompatible YAML document"},
    {"caf\xe9: 1\n", "f:1:5: not text in UTF-8: invalid trailing UTF-8 octet"},
    {"ok: 1\nx: \xff\n", "f:2:4: not text in UTF-8: invalid leading UTF-8 octet"},
    {"ok: 1\nx: \x01\n", "f:2:4: not text in UTF-8: control characters are not allowed"},
    {"ok: 1\nx: \xed\xa0\x80\n", "f:2:4: not text in UTF-8: invalid Unicode character"},
    {"\xff\xfe"
     "a\0:\0",
     "f:1:1: not text in UTF-8: invalid leading UTF-8 octet"},
};

static void test_rows(void **state)
{
    (void)state;
    int failures = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *found = parse(rows[i].yaml, strlen(rows[i].yaml));
        if (strcmp(found, rows[i].expected) != 0) {
            print_error("row %zu: found    %s\n        expected %s\n", i, found, rows[i].expected);
            failures++;
        }
        free(found);
    }
    assert_int_equal(failures, 0);
}

static void test_nul_byte(void **state)
{
    (void)state;
    static const char yaml[] = "a: 1\nb: \0\n";
    char *found = parse(yaml, sizeof yaml - 1);
    assert_string_equal(found, "f:2:4: not text in UTF-8: control characters are not allowed");
    free(found);
}

static char *repeat(const char *part, size_t times)
{
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < times; i++)
        text_add(&text, part);
    return text_take(&text);
}

static void test_depth(void **state)
{
    (void)state;
    char *deep = repeat("[", 100000);
    char *found = parse(deep, strlen(deep));
    assert_string_equal(found, "f:1:33: nested deeper than 32 levels");
    free(found);
    free(deep);
    deep = repeat("- ", DOCUMENT_DEPTH - 1);
    found = parse(deep, strlen(deep));
    assert_memory_equal(found, "[[[[", 4);
    free(found);
    free(deep);
}

static void test_values(void **state)
{
    (void)state;
    char *many = repeat("- a\n", DOCUMENT_VALUES + 1);
    char *found = parse(many, strlen(many));
    assert_string_equal(found, "f:2000000:3: more than 2000000 values in one file");
    free(found);
    free(many);
}

/* Every beginning of a good document is read or refused, and nothing leaks. */
static void test_truncated(void **state)
{
    (void)state;
    static const char yaml[] =
        "a: {b: [1, \"two\", 'three'], c: |\n  text\n}\nd:\n  - e: f\n    g: >\n     h\n";
    for (size_t length = 0; length < sizeof yaml; length++)
        free(parse(yaml, length));
}

static char *load(const char *path)
{
    struct arena *arena = arena_create();
    struct findings_draft draft = {0};
    struct text text = TEXT_INIT;
    const struct node *root = config_document_load(path, "f", arena, arena, &draft);
    add_findings(&text, &draft);
    if (text.length == 0)
        render(&text, root);
    arena_free(arena);
    return text_take(&text);
}

static void expect_load(const char *path, const char *expected)
{
    char *found = load(path);
    assert_string_equal(found, expected);
    free(found);
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void test_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_config_document.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct arena *arena = arena_create();
    const char *plain = arena_format(arena, "%s/plain", folder);
    const char *link = arena_format(arena, "%s/link", folder);
    const char *pipe = arena_format(arena, "%s/pipe", folder);
    const char *large = arena_format(arena, "%s/large", folder);
    write_file(plain, "a: 1\n", 5);
    expect_load(plain, "{a:'1'}");
    expect_load(arena_format(arena, "%s/absent", folder), "{}");
    expect_load(folder, "f:1:1: not a regular file");
    assert_int_equal(symlink("plain", link), 0);
    expect_load(link, "{a:'1'}");
    assert_int_equal(unlink(link), 0);
    assert_int_equal(symlink("link", link), 0);
    expect_load(link, "f:1:1: cannot be opened: Too many levels of symbolic links");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    expect_load(pipe, "f:1:1: not a regular file");
    char *bytes = repeat("#23456789abcdef\n", (DOCUMENT_BYTES >> 4) + 1);
    write_file(large, bytes, strlen(bytes));
    free(bytes);
    expect_load(large, "f:1:1: larger than 16 MB");
    if (geteuid() != 0) {
        assert_int_equal(chmod(plain, 0), 0);
        expect_load(plain, "f:1:1: cannot be opened: Permission denied");
    }
    (void)unlink(plain);
    (void)unlink(link);
    (void)unlink(pipe);
    (void)unlink(large);
    (void)rmdir(folder);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_nul_byte),  cmocka_unit_test(test_depth),
        cmocka_unit_test(test_values), cmocka_unit_test(test_truncated), cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/memory.h"
#include "scheduler/io/config_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void render(struct text *text, const struct node *node)
{
    if (node->kind == NODE_TEXT) {
        text_add(text, node->text);
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

typedef const struct node *merge(const struct node *map, struct arena *scratch, struct findings_draft *draft);

/* The findings, one a line, and then the tree. */
static char *merged(merge *merge_by, const char *yaml)
{
    struct arena *arena = arena_create();
    struct findings_draft draft = {0};
    struct findings findings = {0};
    struct text text = TEXT_INIT;
    const struct node *root = config_document_parse(yaml, strlen(yaml), "f", arena, arena, &draft);
    assert_non_null(root);
    root = merge_by(root, arena, &draft);
    findings_finish(&draft, &findings);
    for (size_t i = 0; i < findings.count; i++)
        text_format(&text, "%s\n", findings.items[i].text);
    render(&text, root);
    findings_release(&findings);
    arena_free(arena);
    return text_take(&text);
}

struct row {
    const char *yaml;
    const char *expected;
};

static const struct row siblings[] = {
    /* nothing to inherit: all as it was */
    {"a: {x: 1}\nb: {}\n", "{a:{x:1} b:{}}"},
    {"", "{}"},
    /* lists append, maps join, other values are replaced */
    {"__base__: {l: [1, 2], m: {p: 1, q: 2}, v: old}\na: {l: [3], m: {q: 3, r: 4}, v: new}\n",
     "{a:{l:[1 2 3] m:{p:1 q:3 r:4} v:new}}"},
    /* maps one level deep only */
    {"__base__: {m: {p: {x: 1}, q: [1]}}\na: {m: {p: {y: 2}, q: [2]}}\n", "{a:{m:{p:{y:2} q:[2]}}}"},
    /* of two kinds the second counts */
    {"__base__: {v: [1]}\na: {v: text}\nb: {v: {x: 1}}\n", "{a:{v:text} b:{v:{x:1}}}"},
    /* all siblings, an empty one too */
    {"__base__: {v: 1}\na:\nb: {}\n", "{a:{v:1} b:{v:1}}"},
    {"__base__:\na: {v: 1}\n", "{a:{v:1}}"},
    /* post_ lists come last, whoever brings them */
    {"__base__: {run: [a], post_run: [y, z]}\nw: {run: [b]}\nv: {}\nu: {post_run: [x]}\n",
     "{w:{run:[a b y z]} v:{run:[a y z]} u:{run:[a y z x]}}"},
    {"a: {post_run: [x]}\n", "{a:{run:[x]}}"},
    {"a: {run: 1, post_run: [x]}\n", "f:1:13: \"run\" is no list to append to\n{a:{run:1}}"},
    {"a: {post_run: x}\n", "f:1:15: \"post_run\": write a list in brackets\n{a:{}}"},
    /* by name, in order, each with its own ancestors and each once */
    {"a: {v: 1, l: [a]}\nb: {inherit: [a], l: [b]}\nc: {inherit: [b, a], l: [c]}\n",
     "{a:{v:1 l:[a]} b:{v:1 l:[a b]} c:{v:1 l:[a b c]}}"},
    {"__base__: {l: [0]}\na: {l: [a]}\nb: {inherit: [a], l: [b]}\n", "{a:{l:[0 a]} b:{l:[0 a b]}}"},
    {"x: {v: 1}\ny: {v: 2}\nz: {inherit: [x, y]}\n", "{x:{v:1} y:{v:2} z:{v:2}}"},
    {"__slow__: {v: 1}\na: {inherit: [__slow__]}\nb: {w: 2}\n", "{a:{v:1} b:{w:2}}"},
    {"a: {inherit: [__base__], v: 1}\n", "{a:{v:1}}"},
    {"a: {inherit: }\n", "{a:{}}"},
    /* what cannot be */
    {"a: {inherit: [a]}\n", "f:1:15: \"a\" inherits from itself\n{a:{}}"},
    {"a: {inherit: [b]}\nb: {inherit: [a]}\n",
     "f:1:15: \"b\" inherits from itself\nf:2:15: \"a\" inherits from itself\n{a:{} b:{}}"},
    {"web: {v: 1}\na: {inherit: [wbe]}\n",
     "f:2:15: unknown name to inherit from \"wbe\"; did you mean \"web\"\n{web:{v:1} a:{}}"},
    {"a: {inherit: web}\n", "f:1:14: \"inherit\": write a list of names in brackets\n{a:{}}"},
    {"a: {inherit: [[b]]}\n", "f:1:15: \"inherit\": a name must be a text\n{a:{}}"},
    {"__base__: 7\na: {v: 1}\n", "f:1:11: \"__base__\" must be a map\n{a:{v:1}}"},
    {"a: text\n", "{a:text}"},
};

/* The node groups and the rules that the inheritance was asked for with. */
static const struct row documents[] = {
    {"inherit: [__base__]\nv: 1\n", "{v:1}"},
    {"__base__: {v: 1, l: [a]}\nl: [b]\n", "{v:1 l:[a b]}"},
    {"inherit: [common]\ncommon: {checks: {ping: {v: 1}}}\nchecks: {http: {v: 2}}\n",
     "{checks:{ping:{v:1} http:{v:2}}}"},
    {"inherit: [nothing]\nv: 1\n", "f:1:11: unknown name to inherit from \"nothing\"\n{v:1}"},
    {"__base__: {inherit: [more], l: [b]}\nmore: {l: [a]}\nl: [c]\n", "{l:[a b c]}"},
    {"__base__: {post_l: [z]}\nl: [a]\n", "{l:[a z]}"},
};

static void check(merge *merge_by, const struct row *row, size_t count)
{
    for (; count > 0; count--, row++) {
        char *found = merged(merge_by, row->yaml);
        assert_string_equal(found, row->expected);
        free(found);
    }
}

static void test_siblings(void **state)
{
    (void)state;
    check(config_merge_siblings, siblings, sizeof siblings / sizeof siblings[0]);
}

static void test_documents(void **state)
{
    (void)state;
    check(config_merge_document, documents, sizeof documents / sizeof documents[0]);
}

/* A chain of any length is bounded, and so is what a list may grow to. */
static void test_bounds(void **state)
{
    (void)state;
    struct text yaml = TEXT_INIT;
    text_add(&yaml, "n0: {v: 1}\n");
    for (int i = 1; i <= 20000; i++)
        text_format(&yaml, "n%d: {inherit: [n%d]}\n", i, i - 1);
    char *found = merged(config_merge_siblings, yaml.bytes);
    assert_non_null(strstr(found, "f:66:17: inherits from more than 64 others\n"));
    free(found);
    text_clear(&yaml);
    text_add(&yaml, "__base__: {l: [");
    for (int i = 0; i < 5000; i++)
        text_add(&yaml, "a, ");
    text_add(&yaml, "b]}\n");
    for (int i = 0; i < 1000; i++)
        text_format(&yaml, "n%d: {l: [c]}\n", i);
    found = merged(config_merge_siblings, yaml.bytes);
    assert_non_null(strstr(found, ": inheritance makes more than 4000000 values\n"));
    free(found);
    text_release(&yaml);
}

/* A joined list tells where each of its items stands. */
static void test_places(void **state)
{
    (void)state;
    static const char yaml[] = "__base__:\n  l: [a]\n  v: 1\nx:\n  l: [b]\n";
    struct arena *arena = arena_create();
    struct findings_draft draft = {0};
    const struct node *root = config_document_parse(yaml, sizeof yaml - 1, "f", arena, arena, &draft);
    root = config_merge_siblings(root, arena, &draft);
    const struct node *list = config_document_find(root->entries[0].value, "l")->value;
    assert_int_equal(list->count, 2);
    assert_int_equal(list->entries[0].place.line, 2);
    assert_int_equal(list->entries[1].place.line, 5);
    assert_int_equal(list->place.line, 5);
    assert_int_equal(config_document_find(root->entries[0].value, "v")->value->place.line, 3);
    assert_int_equal(draft.count, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_siblings), cmocka_unit_test(test_documents),
                                       cmocka_unit_test(test_bounds), cmocka_unit_test(test_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

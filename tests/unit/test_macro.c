/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/macro.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct pair variables[] = {{"STATS_PORT", "8000"}, {"EVIL", "a b; $HOSTNAME$"}, {"NONE", ""}};
static struct pair further[] = {{"CONTACTNAME", "geoff"}, {"ARG2", "second"}};
static const char *first_argument[] = {"one"};

static const struct host host = {
    .name = "web01",
    .address = "10.0.0.1",
    .vars = {variables, 3},
};
static const struct words arguments = {first_argument, 1};
static const struct pairs extra = {further, 2};

static const struct macro_source whole = {
    .host = &host, .check = "http", .args = &arguments, .extra = &extra};

static void expands(void **state)
{
    static const struct {
        const char *word, *expected;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"$HOSTNAME$", "web01"},
        {"http://$HOSTADDRESS$:$_HOSTSTATS_PORT$/x;csv", "http://10.0.0.1:8000/x;csv"},
        {"$_HOSTstats_port$", "8000"},
        {"$HOSTALIAS$$HOSTDISPLAYNAME$", "web01web01"},
        {"$SERVICEDESC$", "http"},
        {"$ARG1$-$ARG2$-$ARG3$-$ARG32$", "one-second--"},
        {"$$", "$"},
        {"$$HOSTNAME$$", "$HOSTNAME$"},
        {"^www$", "^www$"},
        {"$_HOSTEVIL$", "a b; $HOSTNAME$"},
        {"[$_HOSTNONE$]", "[]"},
        {"$CONTACTNAME$", "geoff"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = TEXT_INIT;
        struct error error = {""};
        assert_true(macro_expand(rows[i].word, &whole, &out, &error));
        assert_string_equal(out.bytes, rows[i].expected);
        text_release(&out);
    }
}

static void refuses(void **state)
{
    static const struct {
        const char *word, *sentence;
    } rows[] = {
        {"$HOSTNAM$", "unknown macro \"$HOSTNAM$\"; did you mean \"$HOSTNAME$\""},
        {"$SERVICEDESK$", "unknown macro \"$SERVICEDESK$\"; did you mean \"$SERVICEDESC$\""},
        {"$hostname$", "unknown macro \"$hostname$\"; \"$$\" is a dollar sign"},
        {"$ARG0$", "unknown macro \"$ARG0$\"; \"$$\" is a dollar sign"},
        {"$_HOST$", "unknown macro \"$_HOST$\"; \"$$\" is a dollar sign"},
        {"a$b", "a \"$\" that begins no macro in \"a$b\"; write \"$$\" for a dollar sign"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = TEXT_INIT;
        struct error error = {""};
        assert_false(macro_check(rows[i].word, &error));
        assert_string_equal(error.text, rows[i].sentence);
        error.text[0] = '\0';
        assert_false(macro_expand(rows[i].word, &whole, &out, &error));
        assert_string_equal(error.text, rows[i].sentence);
        text_release(&out);
    }
}

static void needs_its_host_and_variable(void **state)
{
    const struct macro_source bare = {.host = NULL};
    struct text out = TEXT_INIT;
    struct error error;
    (void)state;
    assert_false(macro_expand("$_HOSTCOLOUR$", &whole, &out, &error));
    assert_string_equal(error.text,
                        "host \"web01\" has no variable \"COLOUR\" for the macro \"$_HOSTCOLOUR$\"");
    assert_false(macro_expand("$HOSTADDRESS$", &bare, &out, &error));
    assert_string_equal(error.text, "the macro \"$HOSTADDRESS$\" needs a host");
    assert_false(macro_expand("$_HOSTSTATS_PORT$", &bare, &out, &error));
    assert_true(macro_expand("$SERVICEDESC$$ARG1$", &bare, &out, &error));
    text_release(&out);
}

static void never_adds_or_takes_words(void **state)
{
    const char *items[] = {"prog", "$_HOSTEVIL$", "$_HOSTNONE$", "$HOSTNAME$", NULL};
    const struct words words = {items, 4};
    struct words out;
    struct error error;
    struct arena *arena = arena_create();
    (void)state;
    assert_true(macro_expand_words(&words, &whole, arena, &out, &error));
    assert_int_equal(out.count, 4);
    assert_string_equal(out.items[1], "a b; $HOSTNAME$");
    assert_string_equal(out.items[2], "");
    assert_string_equal(out.items[3], "web01");
    assert_null(out.items[4]);
    items[3] = "$NO$";
    assert_false(macro_expand_words(&words, &whole, arena, &out, &error));
    arena_free(arena);
}

static void known_words_pass(void **state)
{
    static const char *const words[] = {"",       "x",       "$HOSTNAME$", "$_HOSTANY$",
                                        "$ARG1$", "$ARG32$", "$$",         "^a$"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_true(macro_check(words[i], NULL));
    assert_false(macro_check("$ARG33$", NULL));
}

static void mistakes_of_a_text(void **state)
{
    static const char text[] = "a $HOSTNAM$ $OWN$ $$ $_OWNX$\n$OTHER$ $5";
    static const char *const names[] = {"OWN", "_OWN*", NULL};
    static const size_t places[] = {2, 29, 37};
    const char *from = text;
    struct error error = {""};
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        assert_ptr_equal(macro_mistake(&from, names, &error), text + places[i]);
    assert_null(macro_mistake(&from, names, &error));
    from = "$_OWN$";
    assert_non_null(macro_mistake(&from, names, &error));
    from = "$$ and $HOSTNAME$ end$";
    assert_null(macro_mistake(&from, NULL, &error));
}

static void twice(struct text *out, const char *value)
{
    text_format(out, "%s%s", value, value);
}

static void values_are_written_by_the_caller(void **state)
{
    struct macro_source source = whole;
    struct text out = TEXT_INIT;
    (void)state;
    source.write = twice;
    assert_true(macro_expand("a $HOSTNAME$ $$", &source, &out, NULL));
    assert_string_equal(out.bytes, "a web01web01 $");
    text_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expands),
        cmocka_unit_test(refuses),
        cmocka_unit_test(needs_its_host_and_variable),
        cmocka_unit_test(never_adds_or_takes_words),
        cmocka_unit_test(known_words_pass),
        cmocka_unit_test(mistakes_of_a_text),
        cmocka_unit_test(values_are_written_by_the_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

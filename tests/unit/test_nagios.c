/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Object files of Nagios: text, templates, lists of hosts, commands. */
#include "scheduler/core/nagios_command.h"
#include "scheduler/core/nagios_import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static int setup(void **state)
{
    *state = nagios_source_create(arena_create());
    return 0;
}

static int teardown(void **state)
{
    arena_free(((struct nagios_source *)*state)->arena);
    return 0;
}

static void add(struct nagios_source *source, const char *text)
{
    nagios_text_objects(source, text, strlen(text), "x.cfg");
}

static const char *value_of(const struct nagios_definition *definition, const char *name)
{
    for (size_t i = 0; i < definition->count; i++)
        if (strcmp(definition->lines[i].name, name) == 0)
            return definition->lines[i].value;
    return "";
}

static void lines(void **state)
{
    struct nagios_source *source = *state;
    add(source, "# comment\n; another\ndefine host{\n  host_name\t a b ; c\n  _Var  x\\;y\n alias one \\\n   "
                " two\n }\r\n"
                "define service {\r\n hosts h\r\n normal_check_interval 3\r\n}\n");
    assert_int_equal(source->count, 2);
    assert_string_equal(source->definitions[0]->type, "host");
    assert_string_equal(value_of(source->definitions[0], "host_name"), "a b");
    assert_string_equal(value_of(source->definitions[0], "_VAR"), "x;y");
    assert_string_equal(value_of(source->definitions[0], "alias"), "one two");
    assert_string_equal(value_of(source->definitions[1], "host_name"), "h");
    assert_string_equal(value_of(source->definitions[1], "check_interval"), "3");
    assert_int_equal(source->definitions[0]->lines[2].place.line, 6);
    assert_int_equal(source->definitions[1]->place.line, 9);
    assert_int_equal(source->findings->count, 0);
}

static void days(void **state)
{
    static const struct {
        const char *line, *name, *value;
    } cases[] = {
        {"monday 00:00-24:00", "monday", "00:00-24:00"},
        {"december 25 00:00-00:00", "december 25", "00:00-00:00"},
        {"2026-01-01 - 2026-02-01 / 3 01:00-02:00,3:00-4:00", "2026-01-01 - 2026-02-01 / 3",
         "01:00-02:00,3:00-4:00"},
        {"day -1\t12:00-24:00", "day -1", "12:00-24:00"},
        {"thursday 4 november 00:00-24:00", "thursday 4 november", "00:00-24:00"},
        {"exclude a,b", "exclude", "a,b"},
        {"alias 12:00 is noon", "alias", "12:00 is noon"},
    };
    struct nagios_source *source = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        text_format(&text, "define timeperiod {\n%s\n}\n", cases[i].line);
        add(source, text.bytes);
        text_release(&text);
        assert_string_equal(value_of(source->definitions[i], cases[i].name), cases[i].value);
    }
}

static void bad_lines(void **state)
{
    struct nagios_source *source = *state;
    add(source, "define host { host_name x }\nstray\n}\ndefine host {\nhost_name y\n");
    assert_int_equal(source->findings->count, 4);
    assert_int_equal(source->findings->items[0].place.line, 1);
    assert_int_equal(source->findings->items[3].place.line, 4);
}

static void templates(void **state)
{
    struct nagios_source *source = *state;
    add(source, "define service {\n name a\n contact_groups x\n check_interval 1\n register 0\n}\n"
                "define service {\n name b\n use a\n contact_groups +y\n retry_interval 2\n register 0\n}\n"
                "define service {\n name c\n check_interval 9\n retry_interval 9\n register 0\n}\n"
                "define service {\n name loop\n use loop2\n register 0\n}\n"
                "define service {\n name loop2\n use loop\n register 0\n}\n"
                "define service {\n use b,c,loop\n contact_groups +z\n check_interval null\n host_name h\n"
                " service_description s\n}\n"
                "define host {\n host_name h\n}\n");
    struct nagios_objects *objects = nagios_objects_make(source);
    assert_int_equal(objects->check_count, 1);
    struct nagios_definition *service = objects->checks[0].definition;
    assert_string_equal(nagios_get(objects, service, "contact_groups", NULL), "z,y,x");
    assert_null(nagios_get(objects, service, "check_interval", NULL));
    assert_string_equal(nagios_get(objects, service, "retry_interval", NULL), "2");
    assert_null(nagios_get(objects, service, "name", NULL));
}

static void expect_hosts(const struct nagios_objects *objects, const char *hosts, const char *groups,
                         const char *expected)
{
    struct nagios_set set;
    struct text found = TEXT_INIT;
    nagios_hosts(objects, hosts, groups, (struct place){0}, &set);
    for (size_t i = 0; i < objects->hosts.count; i++)
        if (set.has[i])
            text_add(&found, objects->hosts.items[i].name);
    assert_string_equal(found.bytes, expected);
    assert_int_equal(set.count, strlen(expected));
    text_release(&found);
}

static void host_lists(void **state)
{
    struct nagios_source *source = *state;
    add(source, "define host {\n host_name a\n hostgroups g\n}\ndefine host {\n host_name b\n}\n"
                "define host {\n host_name c\n}\ndefine host {\n host_name d\n}\n"
                "define hostgroup {\n hostgroup_name g\n members b\n}\n"
                "define hostgroup {\n hostgroup_name all\n hostgroup_members g,k\n members !d\n}\n"
                "define hostgroup {\n hostgroup_name k\n members *,!a\n hostgroup_members all\n}\n");
    struct nagios_objects *objects = nagios_objects_make(source);
    expect_hosts(objects, "a, b", NULL, "ab");
    expect_hosts(objects, "*,!c", NULL, "abd");
    expect_hosts(objects, NULL, "g", "ab");
    expect_hosts(objects, "!b", "g", "a");
    expect_hosts(objects, "c", "all,!g", "cd");
    expect_hosts(objects, NULL, "all", "abcd");
    assert_int_equal(source->findings->count, 0);
    expect_hosts(objects, "nobody", "no-group", "");
    assert_int_equal(source->findings->count, 2);
}

static void overridden_services(void **state)
{
    struct nagios_source *source = *state;
    add(source, "define host {\n host_name a\n}\ndefine host {\n host_name b\n}\n"
                "define hostgroup {\n hostgroup_name g\n members a,b\n}\n"
                "define service {\n hostgroup_name g\n service_description s\n check_command x\n}\n"
                "define service {\n host_name b\n service_description s\n check_command y\n}\n"
                "define service {\n host_name b\n service_description s\n check_command z\n}\n");
    struct nagios_objects *objects = nagios_objects_make(source);
    assert_int_equal(objects->check_count, 2);
    assert_string_equal(nagios_get(objects, objects->checks[1].definition, "check_command", NULL), "y");
    assert_int_equal(source->findings->count, 1);
}

static void commands(void **state)
{
    static const struct {
        const char *line, *call, *words; /* words with blanks shown as "_" between "|"; NULL: refused */
    } cases[] = {
        {"$USER1$/x -a $ARG1$ -b '$ARG2$'", "c!1 2!3 4", "/p/x|-a|1|2|-b|3 4|"},
        {"/x \"a b\" 'c'\"d\" e\\ f ''", "c", "/x|a b|cd|e f||"},
        {"/x $HOSTADDRESS$:$_HOSTPORT$ $$", "c", "/x|$HOSTADDRESS$:$_HOSTPORT$|$$|"},
        {"/x $_SERVICEFOO$ $SERVICEDESC$", "c", "/x|b|a|r|the|name|"},
        {"/x '$SERVICEDESC$' $HOSTALIAS$", "c", "/x|the name|$_HOSTALIAS$|"},
        {"/x $ARG1$", "c!a\\!b", "/x|a!b|"},
        {"/x $ARG1$ y", "c", "/x|y|"},
        {"/x \"a\\\"b\\n\"", "c", "/x|a\"b\\n|"},
        {"/x '$ARG1$'", "c!$ARG2$!z", "/x||"},
        {"/x a\\;b", "c", NULL},
        {"/x a | b", "c", NULL},
        {"/x `id`", "c", NULL},
        {"/x \"`id`\"", "c", NULL},
        {"/x $(id)", "c", NULL},
        {"/x > f", "c", NULL},
        {"/x *.c", "c", NULL},
        {"/x $$HOME", "c", NULL},
        {"/x '$$HOME'", "c", "/x|$$HOME|"},
        {"/x 'open", "c", NULL},
        {"/x $USER3$", "c", NULL},
        {"/x $USER9$", "c", NULL},
        {"/x $TIMET$", "c", NULL},
        {"A=1 /x", "c", NULL},
        {"   ", "c", NULL},
        {"/x", "d", NULL},
        {"/x ~:5 a~", "c", "/x|~:5|a~|"},
        {"/x # y", "c", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct nagios_source *source = nagios_source_create(arena);
        struct text text = TEXT_INIT, found = TEXT_INIT;
        struct words words;
        struct error error = {""};
        static const char resources[] = "$USER1$=/p\n$USER3$=secret\n";
        text_format(&text,
                    "define command {\n command_name c\n command_line %s\n}\n"
                    "define service {\n _FOO b a r\n service_description the name\n host_name h\n}\n",
                    cases[i].line);
        nagios_text_settings(source, resources, sizeof resources - 1, "r");
        add(source, text.bytes);
        struct nagios_objects *objects = nagios_objects_make(source);
        bool ok =
            nagios_command_words(objects, source->definitions[1], cases[i].call, "the name", &words, &error);
        for (size_t w = 0; ok && w < words.count; w++)
            text_format(&found, "%s|", words.items[w]);
        if (ok != (cases[i].words != NULL))
            fail_msg("%s: %s", cases[i].line, ok ? found.bytes : error.text);
        if (ok)
            assert_string_equal(found.bytes, cases[i].words);
        else
            assert_true(error.text[0] && !strstr(error.text, "secret;"));
        assert_null(strstr(error.text, "=secret"));
        text_release(&text);
        text_release(&found);
        arena_free(arena);
    }
}

static void command_lines(void **state)
{
    static const char *const texts[] = {"/x",  "a b",   "it's", "",    "x;y", "$HOSTADDRESS$:80",
                                        "^a$", "\"q\"", "`a`",  "A=b", "*",   "$$5"};
    struct nagios_source *source = *state;
    struct words words = {arena_get(source->arena, 13, sizeof(char *)), 12}, back;
    struct text line = TEXT_INIT, text = TEXT_INIT;
    struct error error = {""};
    for (size_t i = 0; i < 12; i++)
        words.items[i] = texts[i];
    nagios_command_line(&words, &line);
    text_format(&text, "define command {\n command_name c\n command_line %s\n}\n", line.bytes);
    add(source, text.bytes);
    struct nagios_objects *objects = nagios_objects_make(source);
    if (!nagios_command_words(objects, source->definitions[0], "c", NULL, &back, &error))
        fail_msg("%s: %s", line.bytes, error.text);
    assert_int_equal(back.count, 12);
    for (size_t i = 0; i < 12; i++)
        assert_string_equal(back.items[i], i == 6 ? "^a$$" : texts[i]);
    text_release(&line);
    text_release(&text);
}

static void hostile(void **state)
{
    struct nagios_source *source = *state;
    struct text text = TEXT_INIT;
    struct nagios_imported imported;
    for (int i = 0; i < 20000; i++)
        text_add_char(&text, (char)(i * 31 % 256));
    text_add(&text, "\ndefine host {\n host_name ");
    for (int i = 0; i < 100000; i++)
        text_add_char(&text, i % 2 ? 'x' : ',');
    text_add(
        &text,
        "\n use a,a,a,a\n name a\n}\ndefine contactgroup {\n contactgroup_name g\n "
        "contactgroup_members g,g,g,g\n}\ndefine service {\n host_name *\n service_description \x01\xff\n "
        "contact_groups g\n check_interval 1e99\n max_check_attempts -1\n}\ndefine");
    nagios_text_objects(source, text.bytes, text.length, "bad");
    assert_true(nagios_text_is_main("a=b\n", 4));
    assert_false(nagios_text_is_main(text.bytes, text.length));
    nagios_import(source, NULL, &imported);
    assert_true(imported.count >= 2);
    assert_true(source->findings->count > 3);
    text_release(&text);
}

static void settings(void **state)
{
    static const char bytes[] = "# main\n\n a = 1 \nb=x=y\na=2\nnonsense\n$USER1$=/p;q\n";
    struct nagios_source *source = *state;
    nagios_text_settings(source, bytes, sizeof bytes - 1, "main");
    assert_string_equal(nagios_setting(source, "a", "0"), "2");
    assert_string_equal(nagios_setting(source, "b", "0"), "x=y");
    assert_string_equal(nagios_setting(source, "c", "0"), "0");
    assert_int_equal(source->resource_count, 1);
    assert_string_equal(source->resources[0].value, "/p;q");
    assert_int_equal(source->findings->count, 1);
    assert_true(nagios_text_is_main(bytes, sizeof bytes - 1));
    assert_false(nagios_text_is_main("define host {\n}\n", 16));
    assert_false(nagios_text_is_main("include_dir=x\n", 14));
    assert_false(nagios_text_is_main("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines, setup, teardown),
        cmocka_unit_test_setup_teardown(days, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(templates, setup, teardown),
        cmocka_unit_test_setup_teardown(host_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(overridden_services, setup, teardown),
        cmocka_unit_test(commands),
        cmocka_unit_test_setup_teardown(command_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile, setup, teardown),
        cmocka_unit_test_setup_teardown(settings, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

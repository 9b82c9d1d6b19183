/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/plugin_output.h"
#include "lib/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

struct expected {
    const char *text;
    enum perfdata_result result;
    const char *label, *unit, *warning, *critical;
    double value, min, max;
};

static void same_text(const char *found, const char *wanted)
{
    assert_int_equal(found == NULL, wanted == NULL);
    if (wanted)
        assert_string_equal(found, wanted);
}

static void same_number(double found, double wanted)
{
    assert_int_equal(isnan(found), isnan(wanted));
    if (!isnan(wanted))
        assert_true(fabs(found - wanted) <= fabs(wanted) * 1e-12);
}

static const double none = (double)NAN;

static void reads_items(void **state)
{
    const struct expected cases[] = {
        {"t=0.131051s;2;10;0;", PERFDATA_ITEM, "t", "s", "2", "10", 0.131051, 0, none},
        {"sess_cluster1=0sessions;;;0;20000", PERFDATA_ITEM, "sess_cluster1", "sessions", NULL, NULL, 0, 0,
         20000},
        {"a=5", PERFDATA_ITEM, "a", "", NULL, NULL, 5, none, none},
        {"a=+5", PERFDATA_ITEM, "a", "", NULL, NULL, 5, none, none},
        {"a=-.42", PERFDATA_ITEM, "a", "", NULL, NULL, -0.42, none, none},
        {"a=23.%", PERFDATA_ITEM, "a", "%", NULL, NULL, 23, none, none},
        {"a=1.1e-5", PERFDATA_ITEM, "a", "", NULL, NULL, 1.1e-5, none, none},
        {"a=5e", PERFDATA_ITEM, "a", "e", NULL, NULL, 5, none, none},
        {"a=5B/s;~:3;@1:2;-1;1e3", PERFDATA_ITEM, "a", "B/s", "~:3", "@1:2", 5, -1, 1000},
        {"a=U;1", PERFDATA_ITEM, "a", "", "1", NULL, none, none, none},
        {"'C:\\ free'=9MB", PERFDATA_ITEM, "C:\\ free", "MB", NULL, NULL, 9, none, none},
        {"'it''s'=1", PERFDATA_ITEM, "it's", "", NULL, NULL, 1, none, none},
        {"'a=b'=1", PERFDATA_ITEM, "a=b", "", NULL, NULL, 1, none, none},
        {"''''=1", PERFDATA_ITEM, "'", "", NULL, NULL, 1, none, none},
        {"a=1;2:1", PERFDATA_PARTIAL, "a", "", NULL, NULL, 1, none, none},
        {"a=1;5;x;0", PERFDATA_PARTIAL, "a", "", "5", NULL, 1, 0, none},
        {"a=1;;;z;7", PERFDATA_PARTIAL, "a", "", NULL, NULL, 1, none, 7},
        {"a=1;;;0;9;8", PERFDATA_PARTIAL, "a", "", NULL, NULL, 1, 0, 9},
        {"a=1;;;0;9;", PERFDATA_ITEM, "a", "", NULL, NULL, 1, 0, 9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct plugin_item item = {0};
        struct error error = {"none"};
        const char *at = cases[i].text;
        assert_int_equal(perfdata_next(&at, arena, &item, &error), cases[i].result);
        same_text(item.label, cases[i].label);
        same_text(item.unit, cases[i].unit);
        same_text(item.warning, cases[i].warning);
        same_text(item.critical, cases[i].critical);
        same_number(item.value, cases[i].value);
        same_number(item.min, cases[i].min);
        same_number(item.max, cases[i].max);
        assert_int_equal(perfdata_next(&at, arena, &item, &error), PERFDATA_END);
        arena_free(arena);
    }
}

/* Each is skipped, and what follows is read. */
static void skips_bad_items(void **state)
{
    static const char *const cases[] = {
        "foo",     "a=",      "=5",      "''=5", "a=x",    "a=1,391", "a=0x1F", "a=inf", "a=nan",
        "a=1e999", "a=--5",   "a=1.2.3", "a=5_", "'abc=1", "'a'b=1",  "a=1'2",  "a=5b6", "a=1=2",
        "a=;1",    "a=1|b=2", "a=-",     "a=.",  "a=u",    "'a'",     "=",      "a=1\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct plugin_item item;
        struct error error = {""};
        const char *line = arena_format(arena, "%s z=7", cases[i]);
        assert_int_equal(perfdata_next(&line, arena, &item, &error), PERFDATA_BAD);
        assert_true(strlen(error.text) > 0);
        assert_int_equal(perfdata_next(&line, arena, &item, &error), PERFDATA_ITEM);
        assert_string_equal(item.label, "z");
        assert_int_equal(perfdata_next(&line, arena, &item, &error), PERFDATA_END);
        arena_free(arena);
    }
}

static void splits_the_parts(void **state)
{
    static const struct {
        const char *bytes, *text, *long_text, *perf;
        size_t items, errors;
    } cases[] = {
        {"", "", "", "", 0, 0},
        {"\n", "", "", "", 0, 0},
        {"OK - fine", "OK - fine", "", "", 0, 0},
        {" OK - a; b  \n", " OK - a; b", "", "", 0, 0},
        {"OK|a=1 b=2\n", "OK", "", "a=1 b=2", 2, 0},
        {"OK | a=1\r\nmore\r\nlines | b=2\r\nc=3\r\n", "OK", "more\nlines", "a=1 b=2 c=3", 3, 0},
        {"OK\nmore\n| b=2\n| c=3\n", "OK", "more", "b=2 c=3", 2, 0},
        {"|a=1", "", "", "a=1", 1, 0},
        {"OK\n\nafter an empty line\n", "OK", "\nafter an empty line", "", 0, 0},
        {"OK | a=1 bad b=2 =3 c=4x5", "OK", "", "a=1 bad b=2 =3 c=4x5", 2, 3},
        {"OK | 'a|b'=1", "OK", "", "'a|b'=1", 1, 0},
        {"\xff\x01|a=1", "\xef\xbf\xbd", "", "a=1", 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plugin_output output;
        plugin_output_parse(&output, cases[i].bytes, strlen(cases[i].bytes));
        assert_string_equal(output.text, cases[i].text);
        assert_string_equal(output.long_text, cases[i].long_text);
        assert_string_equal(output.perfdata_text, cases[i].perf);
        assert_int_equal(output.item_count, cases[i].items);
        assert_int_equal(output.error_count, cases[i].errors);
        plugin_output_release(&output);
    }
}

static void takes_any_bytes(void **state)
{
    char bytes[4096];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7919 % 256);
    for (size_t length = 0; length < sizeof bytes; length += 97)
        json_decref(plugin_output_json(bytes, length, 0));
    static const char nul[] = "a\0b | l\0=1";
    json_t *object = plugin_output_json(nul, sizeof nul - 1, 0);
    assert_string_equal(json_string_value(json_object_get(object, "text")), "a b");
    json_decref(object);
}

/* An error is cut at a length; JSON takes whole characters only. */
static void cuts_long_errors(void **state)
{
    struct text text = TEXT_INIT;
    (void)state;
    text_add(&text, "x|");
    for (int i = 0; i < 300; i++)
        text_add(&text, "\xe2\x82\xac");
    for (int i = 0; i < 200; i++)
        text_add(&text, " bad");
    json_t *object = plugin_output_json(text.bytes, text.length, 0);
    assert_int_equal(json_array_size(json_object_get(object, "errors")), PLUGIN_OUTPUT_ERRORS);
    json_decref(object);
    text_release(&text);
}

static void writes_json(void **state)
{
    static const char line[] = "HAPROXY OK -  c (Active: 6/6) | t=0.5s;2;10;0; s=U";
    static const char wanted[] =
        "{\"verdict\":\"UNKNOWN\",\"text\":\"HAPROXY OK -  c (Active: "
        "6/6)\",\"long_text\":\"\",\"perfdata\":["
        "{\"label\":\"t\",\"value\":0.5,\"unit\":\"s\",\"warning\":\"2\",\"critical\":\"10\",\"min\":0,"
        "\"max\":null},"
        "{\"label\":\"s\",\"value\":null,\"unit\":\"\",\"warning\":null,\"critical\":null,\"min\":null,"
        "\"max\":null}],"
        "\"perfdata_text\":\"t=0.5s;2;10;0; s=U\",\"errors\":[\"exit code 7 is not one of 0 to 3\"]}";
    (void)state;
    json_t *object = plugin_output_json(line, strlen(line), 7);
    char *bytes = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    assert_string_equal(bytes, wanted);
    free(bytes);
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_items),      cmocka_unit_test(skips_bad_items),
        cmocka_unit_test(splits_the_parts), cmocka_unit_test(takes_any_bytes),
        cmocka_unit_test(cuts_long_errors), cmocka_unit_test(writes_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

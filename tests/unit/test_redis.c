/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of Redis, whole, cut and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/redis_depth.h"

#include <math.h>

static const struct redis_answer *parse(struct arena *arena, const char *bytes)
{
    const struct redis_answer *answer;
    struct error error = {""};
    if (!redis_link_parse(bytes, strlen(bytes), arena, &answer, &error))
        fail_msg("%s", error.text);
    return answer;
}

static void test_kinds(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    const struct redis_answer *answer = parse(arena, "+OK\r\n");
    assert_int_equal(answer->kind, REDIS_TEXT);
    assert_string_equal(answer->text, "OK");
    answer = parse(arena, "-NOAUTH Authentication required.\r\n");
    assert_int_equal(answer->kind, REDIS_ERROR);
    assert_string_equal(answer->text, "NOAUTH Authentication required.");
    answer = parse(arena, ":-42\r\n");
    assert_int_equal(answer->kind, REDIS_NUMBER);
    assert_int_equal(answer->number, -42);
    assert_int_equal(parse(arena, "$-1\r\n")->kind, REDIS_NIL);
    answer = parse(arena, "*2\r\n$1\r\na\r\n*2\r\n:7\r\n*0\r\n");
    assert_int_equal(answer->kind, REDIS_LIST);
    assert_int_equal(answer->count, 2);
    assert_string_equal(answer->items[0]->text, "a");
    assert_int_equal(answer->items[1]->items[0]->number, 7);
    assert_int_equal(answer->items[1]->items[1]->count, 0);
    arena_free(arena);
}

static void test_nul(void **state)
{
    (void)state;
    static const char bytes[] = "*2\r\n$3\r\na\0b\r\n:7\r\n";
    struct arena *arena = arena_create();
    const struct redis_answer *answer;
    struct error error;
    assert_true(redis_link_parse(bytes, sizeof bytes - 1, arena, &answer, &error));
    assert_string_equal(answer->items[0]->text, "a");
    assert_int_equal(answer->items[1]->number, 7);
    arena_free(arena);
}

static void test_cut(void **state)
{
    (void)state;
    static const char whole[] = "*2\r\n$4\r\nname\r\n:12\r\n";
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        struct arena *arena = arena_create();
        const struct redis_answer *answer;
        struct error error;
        assert_true(redis_link_parse(whole, length, arena, &answer, &error));
        assert_null(answer);
        arena_free(arena);
    }
}

static void test_hostile(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "*1000000000\r\n",
        "*16385\r\n",
        "*-2\r\n",
        "$-2\r\n",
        "$99999999999999999999\r\nx",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
        "\xff\xfe\r\n",
        ":12x\r\n",
        "*8192\r\n*8193\r\n:1\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena *arena = arena_create();
        const struct redis_answer *answer;
        struct error error = {""};
        print_message("%zu\n", i);
        assert_false(redis_link_parse(texts[i], strlen(texts[i]), arena, &answer, &error));
        assert_null(answer);
        assert_string_not_equal(error.text, "");
        arena_free(arena);
    }
}

static void test_ids(void **state)
{
    (void)state;
    assert_true(redis_depth_id("1700000000123-0") == 1700000000123.0);
    assert_true(redis_depth_id("0-1") == 0);
    static const char *const bad[] = {"", "-", "x-1", "12", "-5-1", "1e3-0", "999999999999999999999999999-0"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_true(isnan(redis_depth_id(bad[i])));
    assert_true(isnan(redis_depth_id(NULL)));
}

#define GROUP                                                                                                \
    "*12\r\n$4\r\nname\r\n$1\r\ng\r\n$9\r\nconsumers\r\n:1\r\n$7\r\npending\r\n:2\r\n"                       \
    "$17\r\nlast-delivered-id\r\n$3\r\n5-1\r\n$12\r\nentries-read\r\n:2\r\n$3\r\nlag\r\n"

static void test_groups(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct redis_group group;
    assert_true(redis_depth_group(parse(arena, "*1\r\n" GROUP ":3\r\n"), "g", &group));
    assert_true(group.pending == 2 && group.lag == 3);
    assert_string_equal(group.last, "5-1");
    assert_true(redis_depth_group(parse(arena, "*2\r\n:1\r\n" GROUP "$-1\r\n"), "g", &group));
    assert_true(isnan(group.lag)); /* Redis does not know it after entries were deleted */
    assert_false(redis_depth_group(parse(arena, "*1\r\n" GROUP ":3\r\n"), "h", &group));
    assert_false(redis_depth_group(parse(arena, "*0\r\n"), "g", &group));
    assert_false(redis_depth_group(parse(arena, ":1\r\n"), "g", &group));
    assert_false(redis_depth_group(parse(arena, "*1\r\n*1\r\n$4\r\nname\r\n"), "g", &group));
    assert_true(redis_depth_group(parse(arena, "*1\r\n*2\r\n$4\r\nname\r\n$1\r\ng\r\n"), "g", &group));
    assert_true(isnan(group.pending));
    assert_string_equal(group.last, "");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),   cmocka_unit_test(test_nul), cmocka_unit_test(test_cut),
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_ids), cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

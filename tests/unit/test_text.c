/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/text.h"

#include "lib/arena.h"
#include "lib/clean.h"
#include "lib/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void grows(void **state)
{
    struct text text = TEXT_INIT;
    (void)state;
    assert_string_equal(text.bytes, "");
    text_clear(&text);
    for (int i = 0; i < 10000; i++)
        text_format(&text, "%d,", i % 10);
    assert_int_equal(text.length, 20000);
    assert_int_equal(strlen(text.bytes), 20000);
    text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.length, 20003);
    text_add_bytes(&text, "", 0);
    text_clear(&text);
    assert_string_equal(text.bytes, "");
    text_add(&text, "taken");
    char *taken = text_take(&text);
    assert_string_equal(taken, "taken");
    free(taken);
    assert_int_equal(text.length, 0);
    taken = text_take(&text);
    assert_string_equal(taken, "");
    free(taken);
    text_release(&text);
    text_release(&text);
}

/* Memory that was in use before, as malloc gives it back. */
static void arena_gives_zeroes(void **state)
{
    enum { BYTES = 1 << 14 };
    (void)state;
    char *used = malloc(2 * BYTES);
    assert_non_null(memset(used, 'x', 2 * BYTES));
    free(used);
    struct arena *arena = arena_create();
    assert_int_equal(arena_text_of(arena, NULL, 0)[0], 0);
    for (int size = 1; size < 300; size++) {
        const char *room = arena_get(arena, (size_t)size, 1);
        for (int i = 0; i < size; i++)
            assert_int_equal(room[i], 0);
    }
    arena_free(arena);
}

static void offers_room(void **state)
{
    struct text text = TEXT_INIT;
    size_t room, grown = 0, before = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char *end = text_room(&text, &room);
        assert_ptr_equal(end, text.bytes + text.length);
        assert_true(room >= 4096 && text.length + room + 1 <= text.room);
        grown += text.room != before;
        before = text.room;
        size_t used = (size_t)i * 37 % room;
        if (used)
            assert_non_null(memset(end, 'x', used));
        text.length += used;
        text.bytes[text.length] = '\0';
    }
    assert_int_equal(strlen(text.bytes), text.length);
    assert_true(grown < 20);
    text_release(&text);
}

static void arena_keeps(void **state)
{
    struct arena *arena = arena_create();
    const char *texts[1000];
    (void)state;
    for (int i = 0; i < 1000; i++)
        texts[i] = arena_format(arena, "text %d %*s", i, i, "");
    for (int i = 0; i < 1000; i++) {
        char wanted[32];
        (void)snprintf(wanted, sizeof wanted, "text %d ", i);
        assert_memory_equal(texts[i], wanted, strlen(wanted));
        assert_int_equal(strlen(texts[i]), strlen(wanted) + (size_t)i);
    }
    char *large = arena_get(arena, 1 << 20, 1);
    for (size_t i = 0; i < 1 << 20; i++)
        assert_int_equal(large[i], 0);
    assert_int_equal((uintptr_t)arena_get(arena, 3, 1) % _Alignof(max_align_t), 0);
    assert_int_equal((uintptr_t)arena_get(arena, 1, sizeof(double)) % _Alignof(double), 0);
    assert_null(arena_text(arena, NULL));
    arena_free(arena);
    arena_free(NULL);
}

static void cleans(void **state)
{
    static const struct {
        const char *string, *text, *line;
    } cases[] = {
        {"", "", ""},
        {"a|b", "a|b", "a/b"},
        {"a\nb\tc\x7f\x01", "a b c  ", "a b c  "},
        {"\xc3\xa9\xff\xe2\x82", "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xc2\x9b[2J", " [2J", " [2J"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        clean_text(&text, cases[i].string);
        assert_string_equal(text.bytes, cases[i].text);
        text_clear(&text);
        clean_line(&text, cases[i].string);
        assert_string_equal(text.bytes, cases[i].line);
        text_release(&text);
    }
}

static void cuts_between_characters(void **state)
{
    static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 7, 7};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct text text = TEXT_INIT;
        text_add(&text, "a\xc3\xa9\xe2\x82\xac"
                        "b");
        clean_cut(&text, i);
        assert_int_equal(text.length, lengths[i]);
        assert_int_equal(strlen(text.bytes), lengths[i]);
        text_release(&text);
    }
}

static void cleans_names(void **state)
{
    struct text text = TEXT_INIT;
    (void)state;
    clean_name(&text, "9 a-b.c/\xc3\xa9", "-", true);
    assert_string_equal(text.bytes, "_9_a-b_c___");
    text_clear(&text);
    clean_name(&text, "", "-", false);
    assert_string_equal(text.bytes, "_");
    text_release(&text);
}

static void names_differ(void **state)
{
    struct arena *arena = arena_create();
    struct names *names = names_create(arena);
    (void)state;
    assert_string_equal(names_take(names, "a"), "a");
    assert_string_equal(names_take(names, "a_2"), "a_2");
    assert_string_equal(names_take(names, "a"), "a_3");
    assert_string_equal(names_take(names, "a_2"), "a_2_2");
    assert_string_equal(names_take(names, "a"), "a_4");
    for (int i = 0; i < 3000; i++)
        assert_string_equal(names_take(names, arena_format(arena, "b%d", i)), arena_format(arena, "b%d", i));
    assert_string_equal(names_take(names, "b2999"), "b2999_2");
    arena_free(arena);
}

static void wraps(void **state)
{
    static const char forty[] = "1234567890123456789012345678901234567890";
    struct text text = TEXT_INIT, wanted = TEXT_INIT;
    (void)state;
    text_wrap(&text, 0, 2, "one  two\nthree\n   a  b c\n");
    assert_string_equal(text.bytes, "  one two\n  three\n   a  b c\n\n");
    text_clear(&text);
    text_wrap(&text, 40, 2, forty + 1); /* 79 columns are a line */
    text_wrap(&text, 40, 2, forty);     /* the first word goes nowhere else */
    text_format(&wanted, "%s\n%s\n", forty + 1, forty);
    assert_string_equal(text.bytes, wanted.bytes);
    text_clear(&text);
    text_clear(&wanted);
    text_format(&text, "%s %s", forty, forty);
    text_wrap(&wanted, 0, 2, text.bytes);
    text_clear(&text);
    text_format(&text, "  %s\n  %s\n", forty, forty);
    assert_string_equal(wanted.bytes, text.bytes);
    text_release(&text);
    text_release(&wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows),
        cmocka_unit_test(arena_keeps),
        cmocka_unit_test(cleans),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(cleans_names),
        cmocka_unit_test(names_differ),
        cmocka_unit_test(arena_gives_zeroes),
        cmocka_unit_test(offers_room),
        cmocka_unit_test(wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

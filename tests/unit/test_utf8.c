/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void cleans_every_kind_of_byte(void **state)
{
    static const struct {
        const char *given;
        size_t length;
        const char *wanted;
    } cases[] = {
        {"plain\ntab\t", 10, "plain\ntab\t"},
        {"gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f"},
        {"a\x80z", 3, "a\xef\xbf\xbdz"},
        {"\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd"},                 /* too long a form of a slash */
        {"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
        {"\xf4\x90\x80\x80", 4, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"cut\xe2\x82", 5, "cut\xef\xbf\xbd\xef\xbf\xbd"},
        {"nul\0esc\x1b", 8, "nul esc "},
        {"line\r\nnext\r", 11, "line\nnext "},
        {"c1\xc2\x9b", 4, "c1 "},
        {"\xf0\x9f\x94\xa5", 4, "\xf0\x9f\x94\xa5"},
        {"a\xe2\x80\xaetxt", 7, "a txt"},                             /* U+202E turns what follows round */
        {"\xe2\x81\xa6x\xe2\x81\xa9", 7, " x "},                      /* isolates */
        {"\xd8\x9c\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", 11, "    "}, /* ALM, line and paragraph, BOM */
        {"\xf3\xa0\x81\xa1", 4, " "},                                 /* a tag */
        {"\xe2\x80\x8d\xe2\x80\xa2", 6, "\xe2\x80\x8d\xe2\x80\xa2"},  /* a joiner and a bullet stay */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        utf8_add(&text, cases[i].given, cases[i].length);
        assert_string_equal(text.bytes, cases[i].wanted);
        text_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cleans_every_kind_of_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

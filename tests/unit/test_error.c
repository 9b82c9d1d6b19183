/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void sets_and_prefixes(void **state)
{
    struct error error;
    (void)state;
    assert_false(error_set(&error, "no such file: \"%s\"", "x"));
    assert_string_equal(error.text, "no such file: \"x\"");
    assert_false(error_prefix(&error, "line %d", 3));
    assert_string_equal(error.text, "line 3: no such file: \"x\"");
    assert_false(error_set(NULL, "nobody asks"));
    assert_false(error_prefix(NULL, "nobody asks"));
}

/* A sentence is cut at the size, wherever the prefix ends. */
static void cuts_long_sentences(void **state)
{
    char filler[sizeof(struct error) + 20];
    (void)state;
    memset(filler, 'a', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    for (size_t prefix = sizeof(struct error) - 8; prefix < sizeof(struct error) + 8; prefix++) {
        struct error error;
        (void)error_set(&error, "%s", filler);
        assert_int_equal(strlen(error.text), sizeof error.text - 1);
        (void)error_prefix(&error, "%.*s", (int)prefix, filler);
        assert_true(strlen(error.text) < sizeof error.text);
        assert_true(strlen(error.text) >= sizeof error.text - 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sets_and_prefixes),
                                       cmocka_unit_test(cuts_long_sentences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

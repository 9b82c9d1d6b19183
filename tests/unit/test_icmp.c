/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/escape.h"
#include "collectors/icmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>

/* The example of RFC 1071, section 3. */
static void sum_of_the_rfc(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    (void)state;
    assert_int_equal(icmp_sum(bytes, sizeof bytes), (uint16_t)~0xddf2);
    assert_int_equal(icmp_sum("\xff", 1), 0x00ff);
    assert_int_equal(icmp_sum("", 0), 0xffff);
}

static void packet_is_read_where_it_is_whole(void **state)
{
    static const char reply[] = "\0\0\0\0\0\0\1\2TTTTTTTT";
    static const char reply6[] = "\x81\0\0\0\0\0\1\2TTTTTTTT";
    static const char request[] = "\x08\0\0\0\0\0\1\2TTTTTTTT";
    char with_header[20 + 16] = "\x45";
    struct icmp_echo echo;
    (void)state;
    memcpy(with_header + 20, reply, 16);
    assert_true(icmp_parse(reply, 16, AF_INET, false, &echo));
    assert_int_equal(echo.sequence, 0x102);
    assert_memory_equal(&echo.token, "TTTTTTTT", 8);
    assert_true(icmp_parse(reply6, 16, AF_INET6, true, &echo));
    assert_true(icmp_parse(with_header, sizeof with_header, AF_INET, true, &echo));
    assert_false(icmp_parse(request, 16, AF_INET, false, &echo));
    assert_false(icmp_parse(reply, 16, AF_INET6, false, &echo));
    for (size_t length = 0; length < 16; length++) {
        assert_false(icmp_parse(reply, length, AF_INET, false, &echo));
        assert_false(icmp_parse(with_header, 20 + length, AF_INET, true, &echo));
    }
    with_header[0] = 0x4f;
    assert_false(icmp_parse(with_header, sizeof with_header, AF_INET, true, &echo));
    with_header[0] = 0x44;
    assert_false(icmp_parse(with_header, sizeof with_header, AF_INET, true, &echo));
}

static void escapes(void **state)
{
    static const struct {
        const char *text, *bytes;
        size_t length;
    } good[] = {{"", "", 0},
                {"plain", "plain", 5},
                {"\\r\\n\\t\\\\", "\r\n\t\\", 4},
                {"\\0a\\x00", "\0a\0", 3},
                {"\\xfFz", "\xffz", 2}};
    static const char *const bad[] = {"\\", "\\q", "\\x", "\\x4", "\\xg0", "\\x:0", "\\x@0", "a\\"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct text bytes = TEXT_INIT;
        struct error error;
        assert_true(escape_read(good[i].text, &bytes, &error));
        assert_int_equal(bytes.length, good[i].length);
        assert_memory_equal(bytes.bytes, good[i].bytes, good[i].length);
        text_release(&bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct text bytes = TEXT_INIT;
        struct error error;
        assert_false(escape_read(bad[i], &bytes, &error));
        assert_non_null(strstr(error.text, bad[i]));
        text_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum_of_the_rfc),
        cmocka_unit_test(packet_is_read_where_it_is_whole),
        cmocka_unit_test(escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

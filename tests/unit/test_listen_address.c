/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/listen_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void loopback(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"127.0.0.1:0", true},       {"127.255.255.254:65535", true},
        {"[::1]:80", true},          {"[::ffff:127.0.0.1]:80", true},
        {"0.0.0.0:80", false},       {"[::]:80", false},
        {"128.0.0.1:80", false},     {"126.255.255.255:80", false},
        {"10.127.0.1:80", false},    {"[::2]:80", false},
        {"[::127.0.0.1]:80", false}, {"[::ffff:10.0.0.127]:80", false},
        {"[7f00::1]:80", false},     {"[fe80::1]:80", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        union listen_address address;
        struct error error = {""};
        if (!listen_address_read(rows[i].text, &address, &error))
            fail_msg("%s", error.text);
        if (listen_address_is_loopback(&address) != rows[i].is)
            fail_msg("%s", rows[i].text);
    }
}

static void no_addresses(void **state)
{
    static const char *const rows[] = {"",
                                       "x",
                                       ":80",
                                       "127.0.0.1",
                                       "127.0.0.1:",
                                       "a.b:80",
                                       "::1:80",
                                       "[::1]",
                                       "[::1:80",
                                       "::1]:80",
                                       "[]:80",
                                       "127.0.0.1:-1",
                                       "127.0.0.1:1 ",
                                       "[127.0.0.1]:1",
                                       "127.1:80",
                                       "0x7f.1:80",
                                       "127.0.0.1:65536"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        union listen_address address;
        struct error error = {""};
        if (listen_address_read(rows[i], &address, &error))
            fail_msg("%s was taken", rows[i]);
        assert_non_null(strstr(error.text, rows[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback),
        cmocka_unit_test(no_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

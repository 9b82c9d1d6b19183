/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/sockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static bool parse(const char *line, struct sockets_row *row)
{
    return sockets_parse(line, strlen(line), row);
}

/* As a little-endian machine writes them, which the words of an address depend on. */
static void a_line_of_the_kernel_is_read(void **state)
{
    struct sockets_row row = {.kind = "tcp"};
    (void)state;
    assert_true(
        parse("   3: 0100007F:0CEA 0200000A:D431 01 00000010:0000ABCD 00:00000000 00000000   104        0 "
              "6646178 1 0000000014d6d7c2 100 0 0 10 0",
              &row));
    assert_string_equal(row.local, "127.0.0.1:3306");
    assert_string_equal(row.remote, "10.0.0.2:54321");
    assert_int_equal(row.state, SOCKETS_ESTABLISHED);
    assert_int_equal(row.sending, 16);
    assert_int_equal(row.receiving, 0xabcd);
    assert_int_equal(row.user, 104);
    assert_true(parse("0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A "
                      "00000000:00000000 00:00000000 00000000 0 0 1",
                      &row));
    assert_string_equal(row.local, "[2001:db8::1]:80");
    assert_string_equal(row.remote, "[::]:0");
    assert_string_equal(sockets_state_name(row.state), "LISTEN");
    assert_string_equal(sockets_state_name(0), "?");
    assert_string_equal(sockets_state_name(255), "?");
}

static void anything_else_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "0: 0100007F:0CEA 0200000A:D431 01 00000010:0000ABCD 00:0 0",
        "0: 0100007F:0CEAA 0200000A:D431 01 00000010:0000ABCD 00:0 0 0",
        "0: 0100007G:0CEA 0200000A:D431 01 00000010:0000ABCD 00:0 0 0",
        "0: 0100007F-0CEA 0200000A:D431 01 00000010:0000ABCD 00:0 0 0",
        "0: 0100007F0100007F:0CEA 0200000A:D431 01 00000010:0000ABCD 00:0 0 0",
        "0: 0100007F:0CEA 0200000A:D431 1 00000010:0000ABCD 00:0 0 0",
        "0: 0100007F:0CEA 0200000A:D431 01 00000010-0000ABCD 00:0 0 0",
        "0: 0100007F:0CEA 0200000A:D431 01 00000010:0000ABCD 00:0 0 -1",
        "0: 0100007F:0CEA 0200000A:D431 01 00000010:0000ABCD 00:0 0 99999999999999999999999",
    };
    struct sockets_row row;
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (parse(lines[i], &row))
            fail_msg("taken: %s", lines[i]);
}

static void write_table(const char *root, const char *name, size_t rows, const char *state)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/proc/net/%s", root, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("  sl  local_address ...\n\x01\xff garbage\n", file);
    for (size_t i = 0; i < rows; i++)
        (void)fprintf(file, "%zu: 0100007F:0001 0100007F:0002 %s 00000000:00000000 00:0 0 0 0 1\n", i, state);
    assert_int_equal(fclose(file), 0);
}

/* A proxy has more connections than anybody reads. */
static void all_are_counted_and_some_are_kept(void **state)
{
    static const char *const folders[] = {"", "/proc", "/proc/net"};
    char root[] = "/tmp/test_sockets.XXXXXX";
    char path[128];
    struct sockets sockets;
    struct error error = {""};
    struct arena *arena = arena_create();
    (void)state;
    assert_non_null(mkdtemp(root));
    assert_false(sockets_read(root, arena, &sockets, &error));
    assert_non_null(strstr(error.text, "No such file or directory"));
    for (size_t i = 1; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s%s", root, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    write_table(root, "tcp", SOCKETS_ROWS + 5, "01");
    write_table(root, "tcp6", 7, "06");
    write_table(root, "udp", 3, "07");
    assert_true(sockets_read(root, arena, &sockets, &error));
    assert_int_equal(sockets.count, SOCKETS_ROWS);
    assert_int_equal(sockets.states[SOCKETS_ESTABLISHED], SOCKETS_ROWS + 5);
    assert_int_equal(sockets.states[SOCKETS_TIME_WAIT], 7);
    assert_int_equal(sockets.datagrams, 3);
    static const char *const files[] = {"tcp", "tcp6", "udp"};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/proc/net/%s", root, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    for (size_t i = 3; i > 0; i--) {
        (void)snprintf(path, sizeof path, "%s%s", root, folders[i - 1]);
        assert_int_equal(rmdir(path), 0);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_the_kernel_is_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(all_are_counted_and_some_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

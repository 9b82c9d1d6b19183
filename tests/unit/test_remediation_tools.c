/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What remediations read of servers and people, whatever it is. */
#include "remediations/tools/haproxy_admin.h"
#include "remediations/tools/mysql_move.h"
#include "remediations/tools/rabbitmq_admin.h"
#include "remediations/tools/store.h"

#include "lib/digest.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define HEAD                                                                                                 \
    "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight x\n"

static bool parse(const char *answer, struct haproxy_standing *standing)
{
    struct text text = TEXT_INIT;
    text_add(&text, answer);
    bool found = haproxy_admin_parse(text.bytes, "web/a", standing);
    text_release(&text);
    return found;
}

static void test_haproxy_servers(void **state)
{
    struct haproxy_standing standing;
    (void)state;
    assert_true(parse(HEAD "3 web 1 b 127.0.0.1 2 1 0 7 y\r\n3 web 2 a 127.0.0.1 2 9 10 100 y\n", &standing));
    assert_int_equal(standing.admin, HAPROXY_FORCED_MAINT | HAPROXY_FORCED_DRAIN);
    assert_int_equal(standing.weighs, 10);
    assert_int_equal(standing.weight, 100);
    static const char *const bad[] = {
        "",
        "\n",
        "3 web 2 a 127.0.0.1 2 9 10 100\n", /* no header */
        "# be_name srv_name\nweb a\n",      /* columns are missing */
        HEAD "3 web 2 a 127.0.0.1 2 9\n",   /* cut off */
        HEAD "3 web 2 a 127.0.0.1 2 -1 10 100 y\n",
        HEAD "3 web 2 a 127.0.0.1 2 9 257 100 y\n",
        HEAD "3 web 2 a 127.0.0.1 2 9 x 100 y\n",
        HEAD "3 webb 2 a 127.0.0.1 2 9 10 100 y\n3 web 2 aa 127.0.0.1 2 9 10 100 y\n",
        "# # # # #\n# be_name",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(parse(bad[i], &standing));
}

static void test_haproxy_names(void **state)
{
    struct error error;
    static const char *const bad[] = {
        "", "/", "a/", "/a", "a", "a/b/c", "a b/c", "a/b;c", "a/b\nshow info", "a/\xff"};
    (void)state;
    assert_true(haproxy_admin_check("web-1.x_y/srv:8080", &error));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(haproxy_admin_check(bad[i], &error));
}

static bool consumers(const char *answer, struct rabbitmq_consumers *found, struct arena *arena,
                      struct error *error)
{
    return rabbitmq_consumers_parse(answer, strlen(answer), arena, found, error);
}

static void test_rabbitmq_consumers(void **state)
{
    struct arena *arena = arena_create();
    struct rabbitmq_consumers *found = arena_get(arena, 1, sizeof *found);
    struct error error;
    static const char *const bad[] = {
        "",
        "[",
        "{}",
        "[]",
        "{\"consumer_details\":7}",
        "{\"consumer_details\":[7]}",
        "{\"consumer_details\":[{\"channel_details\":{\"connection_name\":\"c\"}}]}",
        "{\"consumer_details\":[{\"channel_details\":[]}]}",
        "<html>"};
    (void)state;
    assert_true(consumers(
        "{\"consumer_details\":[{\"channel_details\":{\"connection_name\":\"c -> d\",\"name\":\"c (1)\","
        "\"peer_host\":\"10.0.0.1\"}}]}",
        found, arena, &error));
    assert_int_equal(found->count, 1);
    assert_string_equal(found->items[0].connection, "c -> d");
    assert_string_equal(found->items[0].peer, "10.0.0.1");
    assert_true(consumers("{\"consumer_details\":[]}", found, arena, &error));
    assert_int_equal(found->count, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        error.text[0] = '\0';
        assert_false(consumers(bad[i], found, arena, &error));
        assert_true(error.text[0] != '\0');
    }
    struct text many = TEXT_INIT;
    text_add(&many, "{\"consumer_details\":[");
    for (size_t i = 0; i <= RABBITMQ_CONSUMERS_CAP; i++)
        text_format(&many, "%s{}", i ? "," : "");
    text_add(&many, "]}");
    assert_false(consumers(many.bytes, found, arena, &error));
    assert_non_null(strstr(error.text, "too many"));
    text_release(&many);
    arena_free(arena);
}

static void test_places(void **state)
{
    struct arena *arena = arena_create();
    struct act_place place;
    struct error error;
    static const char *const bad[] = {"",      ":1",   "a:",   "a:0",  "a:65536", "a:x",
                                      "a b:1", "[::1", "[]:1", "-a:1", "a'b",     "[::1]1"};
    (void)state;
    assert_true(mysql_move_place("db1.example.org", arena, &place, &error));
    assert_int_equal(place.port, 3306);
    assert_true(mysql_move_place("[2001:db8::1]:3307", arena, &place, &error));
    assert_string_equal(place.host, "2001:db8::1");
    assert_int_equal(place.port, 3307);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (mysql_move_place(bad[i], arena, &place, &error))
            fail_msg("\"%s\" is taken for a place", bad[i]);
    arena_free(arena);
}

static void test_store_places(void **state)
{
    struct arena *arena = arena_create();
    const struct store bucket = {.bucket = "https://s3.example.org/logs//"};
    const struct store folder = {.directory = "/var/archive/"};
    (void)state;
    assert_string_equal(store_place(&bucket, "web/a b+c~%.log", arena),
                        "https://s3.example.org/logs/web/a%20b%2Bc~%25.log");
    assert_string_equal(store_place(&folder, "web/a b", arena), "/var/archive/web/a b");
    arena_free(arena);
}

/* In pieces or at once it is the same. */
static void test_digest(void **state)
{
    char hex[DIGEST_HEX_BYTES], again[DIGEST_HEX_BYTES];
    struct digest *digest = digest_begin();
    (void)state;
    assert_true(digest_add(digest, "ab", 2) && digest_add(digest, "", 0) && digest_add(digest, "c", 1));
    assert_true(digest_end(digest, hex));
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(digest_sha256("abc", 3, again));
    assert_string_equal(hex, again);
    assert_false(digest_add(NULL, "a", 1));
    assert_false(digest_end(NULL, hex));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_haproxy_servers),    cmocka_unit_test(test_haproxy_names),
        cmocka_unit_test(test_rabbitmq_consumers), cmocka_unit_test(test_places),
        cmocka_unit_test(test_store_places),       cmocka_unit_test(test_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

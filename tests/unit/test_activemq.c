/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ActiveMQ's maps: both forms as the broker writes them, and what is no map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/activemq.h"
#include "collectors/file.h"
#include "collectors/stomp.h"

#include <math.h>

/* The first MESSAGE of a captured session. */
static struct stomp_frame message_of(const char *fixture, struct arena *arena)
{
    struct text content = TEXT_INIT;
    struct stomp_frame frame;
    struct error error;
    size_t used = 0, at = 0;
    const char *path = arena_format(arena, "tests/fixtures/activemq/%s", fixture);
    assert_true(file_read("", path, &content, &error));
    do {
        assert_int_equal(
            stomp_parse(content.bytes + at, content.length - at, STOMP_1_2, arena, &frame, &used, &error),
            STOMP_FRAME);
        at += used;
    } while (strcmp(frame.command, "MESSAGE") != 0);
    text_release(&content);
    return frame;
}

static void check_queue(const struct activemq_map *map)
{
    assert_int_equal(map->count, 19);
    assert_string_equal(activemq_queue_name(map), "exim.stats");
    assert_true(activemq_number(map, "size") == 1);
    assert_true(activemq_number(map, "memoryLimit") == 20971520);
    assert_true(activemq_number(map, "averageEnqueueTime") == 0);
    assert_true(isnan(activemq_number(map, "brokerName")));
    assert_string_equal(activemq_text(map, "brokerName"), "fixture");
    assert_null(activemq_text(map, "storeLimit"));
}

static void check_broker(const struct activemq_map *map)
{
    assert_int_equal(map->count, 30);
    assert_null(activemq_queue_name(map));
    assert_string_equal(activemq_text(map, "stomp+ssl"), "");
    assert_string_equal(activemq_text(map, "vm"), "vm://fixture");
    assert_true(activemq_number(map, "storeLimit") == 67108864);
}

static void reads_both_forms(void **state)
{
    (void)state;
    static const struct {
        const char *fixture;
        void (*check)(const struct activemq_map *map);
    } cases[] = {{"queue.stomp", check_queue},     {"queue-1.0.stomp", check_queue},
                 {"queue-1.1.stomp", check_queue}, {"queue-json.stomp", check_queue},
                 {"broker.stomp", check_broker},   {"broker-json.stomp", check_broker}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct activemq_map map;
        struct error error;
        struct stomp_frame frame = message_of(cases[i].fixture, arena);
        assert_true(activemq_parse(frame.body, frame.body_length, arena, &map, &error));
        cases[i].check(&map);
        arena_free(arena);
    }
}

static bool parse(const char *bytes, size_t length, struct arena *arena, struct activemq_map *map,
                  struct error *error)
{
    *error = (struct error){""};
    return activemq_parse(bytes, length, arena, map, error);
}

static void reads_values_as_they_are_written(void **state)
{
    (void)state;
    static const char text[] =
        "<?xml version=\"1.0\"?>\n<map><entry><string>a</string><double>0.0</double></entry>"
        "<entry><string>b</string><double>1.7976931348623157E308</double></entry>"
        "<entry><string>c</string><double>NaN</double></entry>"
        "<entry><string>d</string><string>&lt;&amp;&gt;&quot;&apos;&#233;&#x20AC;&#x1F600; x "
        "</string></entry>"
        "<entry><string>e</string><null/></entry><entry><string>f</string><boolean>true</boolean></entry>"
        "<entry><string>g</string><string/></entry><entry><string>h</string><long>-5</long></entry></map> \n";
    struct arena *arena = arena_create();
    struct activemq_map map;
    struct error error;
    assert_true(parse(text, sizeof text - 1, arena, &map, &error));
    assert_int_equal(map.count, 8);
    assert_string_equal(activemq_text(&map, "a"), "0.0");
    assert_true(activemq_number(&map, "b") > 1e308);
    assert_true(isnan(activemq_number(&map, "c")));
    assert_string_equal(activemq_text(&map, "d"), "<&>\"'\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 x ");
    assert_int_equal(map.entries[4].type, ACTIVEMQ_NULL);
    assert_int_equal(map.entries[5].type, ACTIVEMQ_FLAG);
    assert_string_equal(activemq_text(&map, "g"), "");
    assert_true(activemq_number(&map, "h") == -5);
    arena_free(arena);
}

static void reads_small_maps(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {{"<map></map>", 0},
                 {"<map/>", 0},
                 {"{\"map\":\"\"}", 0},
                 {"{\"map\":{\"entry\":{\"string\":\"size\",\"long\":5}}}", 1},
                 {"{\"map\":{\"entry\":[{\"string\":\"a\",\"boolean\":true},{\"string\":[\"b\",\"c\"]},"
                  "{\"string\":\"d\",\"null\":null}]}}",
                  3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct activemq_map map;
        struct error error;
        assert_true(parse(cases[i].text, strlen(cases[i].text), arena, &map, &error));
        assert_int_equal(map.count, cases[i].count);
        arena_free(arena);
    }
}

static void refuses_what_is_no_map(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
#define CASE(literal) {literal, sizeof(literal) - 1}
#define ENTRY(text)   CASE("<map><entry>" text "</entry></map>")
        CASE(""),
        CASE(" \n"),
        CASE("\0"),
        CASE("nothing"),
        CASE("<html></html>"),
        CASE("<map>"),
        CASE("<map><entry>"),
        CASE("<map></map>x"),
        CASE("<map></map><map></map>"),
        CASE("<map a=\"b\"></map>"),
        CASE("<map><!-- x --></map>"),
        CASE("<?xml version=\"1.0\""),
        CASE("<!DOCTYPE map [<!ENTITY a \"aaaa\">]><map></map>"),
        ENTRY("<string>a</string>"),
        ENTRY("<long>1</long><long>1</long>"),
        ENTRY("<string>a</string><long>x</long>"),
        ENTRY("<string>a</string><long>0x10</long>"),
        ENTRY("<string>a</string><long></long>"),
        ENTRY("<string>a</string><list><long>1</long></list>"),
        ENTRY("<string>a</string><string><string>b</string></string>"),
        ENTRY("<string>a</string><string>b</long>"),
        ENTRY("<string>a</string><string>&a;</string>"),
        ENTRY("<string>a</string><string>&#0;</string>"),
        ENTRY("<string>a</string><string>&#xD800;</string>"),
        ENTRY("<string>a</string><string>&#x110000;</string>"),
        ENTRY("<string>a</string><string>&#;</string>"),
        ENTRY("<string>a</string><string>&#99999999999999999;</string>"),
        ENTRY("<string>a</string><string>&lt</string>"),
        ENTRY("<string>a</string><string>b\0c</string>"),
        ENTRY("<string></string><long>1</long>"),
        ENTRY("<string>a</string><long>1</long></entry><entry><string>a</string><long>2</long>"),
        CASE("{}"),
        CASE("{"),
        CASE("{\"map\":[]}"),
        CASE("{\"map\":5}"),
        CASE("{\"map\":{}}"),
        CASE("{\"map\":{\"entry\":5}}"),
        CASE("{\"map\":{\"entry\":[5]}}"),
        CASE("{\"map\":{\"entry\":[{\"string\":\"a\"}]}}"),
        CASE("{\"map\":{\"entry\":[{\"long\":5}]}}"),
        CASE("{\"map\":{\"entry\":[{\"string\":[\"a\"]}]}}"),
        CASE("{\"map\":{\"entry\":[{\"string\":[1,2]}]}}"),
        CASE("{\"map\":{\"entry\":[{\"string\":\"a\",\"long\":1,\"int\":2}]}}"),
        CASE("{\"map\":{\"entry\":[{\"string\":\"a\\u0000\",\"long\":1}]}}"),
        CASE("{\"map\":\"\"}\0"),
#undef ENTRY
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct activemq_map map;
        struct error error;
        if (parse(cases[i].text, cases[i].length, arena, &map, &error))
            fail_msg("taken: %s", cases[i].text);
        assert_int_equal(map.count, 0);
        assert_string_not_equal(error.text, "");
        arena_free(arena);
    }
}

static void has_caps(void **state)
{
    (void)state;
    struct text text = TEXT_INIT;
    struct arena *arena = arena_create();
    struct activemq_map map;
    struct error error;
    text_add(&text, "<map>");
    for (size_t i = 0; i <= ACTIVEMQ_ENTRIES; i++)
        text_format(&text, "<entry><string>k%zu</string><int>1</int></entry>", i);
    text_add(&text, "</map>");
    assert_false(parse(text.bytes, text.length, arena, &map, &error));
    text_clear(&text);
    text_add(&text, "<map><entry><string>");
    for (size_t i = 0; i < 100000; i++)
        text_add_char(&text, 'x');
    assert_false(parse(text.bytes, text.length, arena, &map, &error));
    arena_free(arena);
    text_release(&text);
}

static void names_of_queues(void **state)
{
    (void)state;
    struct error error;
    assert_true(activemq_is_queue("a/b c|*.>", &error));
    assert_false(activemq_is_queue("", &error));
    assert_false(activemq_is_queue("a,b", &error));
    assert_false(activemq_is_queue("a\nb", &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_forms), cmocka_unit_test(reads_values_as_they_are_written),
        cmocka_unit_test(reads_small_maps), cmocka_unit_test(refuses_what_is_no_map),
        cmocka_unit_test(has_caps),         cmocka_unit_test(names_of_queues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STOMP frames: what brokers send, every version's escapes, and what is no frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/file.h"
#include "collectors/stomp.h"
#include "lib/memory.h"

struct read {
    struct arena *arena;
    struct stomp_frame frame;
    enum stomp_state state;
    struct error error;
    size_t used;
};

static struct read parse(const char *bytes, size_t length, enum stomp_version version)
{
    struct read read = {.arena = arena_create()};
    char *exact = memory_text_of(bytes, length); /* so that a sanitizer sees a byte too far */
    exact = memory_grow(exact, length ? length : 1, 1);
    read.state = stomp_parse(exact, length, version, read.arena, &read.frame, &read.used, &read.error);
    free(exact);
    return read;
}

#define PARSE(literal, version) parse(literal, sizeof(literal) - 1, version)

static void reads_what_a_broker_sends(void **state)
{
    (void)state;
    struct text content = TEXT_INIT;
    struct error error;
    assert_true(file_read("", "tests/fixtures/activemq/wildcard.stomp", &content, &error));
    size_t at = 0, messages = 0;
    for (;;) {
        struct read read = parse(content.bytes + at, content.length - at, STOMP_1_2);
        at += read.used;
        if (read.state == STOMP_MORE) {
            arena_free(read.arena);
            break;
        }
        assert_int_equal(read.state, STOMP_FRAME);
        if (messages++ == 0) {
            assert_string_equal(read.frame.command, "CONNECTED");
            assert_string_equal(stomp_header(&read.frame, "version"), "1.2");
            assert_non_null(strchr(stomp_header(&read.frame, "session"), ':'));
        } else {
            assert_string_equal(read.frame.command, "MESSAGE");
            assert_non_null(strstr(stomp_header(&read.frame, "message-id"), ":1:"));
            assert_int_equal(read.frame.body_length, strlen(read.frame.body));
            assert_memory_equal(read.frame.body, "<map>", 5);
        }
        arena_free(read.arena);
    }
    assert_int_equal(messages, 6);
    assert_int_equal(at, content.length);
    text_release(&content);
}

/* The last frame of each is the broker's complaint. */
static void reads_refusals(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"tests/fixtures/activemq/login-refused.stomp", "User name [nagios] or password is invalid."},
        {"tests/fixtures/activemq/unknown-frame.stomp", "Unknown STOMP action: NONSENSE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text content = TEXT_INIT;
        struct error error;
        struct read read = {.state = STOMP_MORE};
        assert_true(file_read("", cases[i][0], &content, &error));
        for (size_t at = 0; at + 1 < content.length; at += read.used) {
            arena_free(read.arena);
            read = parse(content.bytes + at, content.length - at, STOMP_1_2);
            assert_int_equal(read.state, STOMP_FRAME);
        }
        assert_string_equal(read.frame.command, "ERROR");
        assert_non_null(strstr(stomp_header(&read.frame, "message"), cases[i][1]));
        arena_free(read.arena);
        text_release(&content);
    }
}

static void reads_frames(void **state)
{
    (void)state;
    struct read read = PARSE("\n\r\n\nMESSAGE\na:1\na:2\nempty:\n\nbody\0rest", STOMP_1_2);
    assert_int_equal(read.state, STOMP_FRAME);
    assert_int_equal(read.used, sizeof("\n\r\n\nMESSAGE\na:1\na:2\nempty:\n\nbody") - 1 + 1);
    assert_string_equal(stomp_header(&read.frame, "a"), "1");
    assert_string_equal(stomp_header(&read.frame, "empty"), "");
    assert_null(stomp_header(&read.frame, "b"));
    assert_string_equal(read.frame.body, "body");
    arena_free(read.arena);
    read = PARSE("RECEIPT\n\n\0", STOMP_1_2);
    assert_int_equal(read.state, STOMP_FRAME);
    assert_int_equal(read.frame.header_count, 0);
    assert_int_equal(read.frame.body_length, 0);
    arena_free(read.arena);
}

static void content_length_counts_nuls(void **state)
{
    (void)state;
    struct read read = PARSE("MESSAGE\ncontent-length:3\n\na\0b\0", STOMP_1_2);
    assert_int_equal(read.state, STOMP_FRAME);
    assert_int_equal(read.frame.body_length, 3);
    assert_memory_equal(read.frame.body, "a\0b", 4);
    arena_free(read.arena);
    read = PARSE("MESSAGE\ncontent-length:3\r\ncontent-length:1\n\nabc\0", STOMP_1_2);
    assert_int_equal(read.state, STOMP_FRAME);
    assert_int_equal(read.frame.body_length, 3);
    arena_free(read.arena);
}

static void line_ends_are_of_the_version(void **state)
{
    (void)state;
    struct read read = PARSE("MESSAGE\r\na: b \r\n\r\nx\0", STOMP_1_2);
    assert_int_equal(read.state, STOMP_FRAME);
    assert_string_equal(read.frame.command, "MESSAGE");
    assert_string_equal(stomp_header(&read.frame, "a"), " b ");
    assert_string_equal(read.frame.body, "x");
    arena_free(read.arena);
    read = PARSE("MESSAGE\na:b\r\n\nx\0", STOMP_1_1);
    assert_string_equal(stomp_header(&read.frame, "a"), "b\r");
    arena_free(read.arena);
}

static void escapes_are_of_the_version(void **state)
{
    (void)state;
    static const struct {
        const char *frame;
        enum stomp_version version;
        const char *value; /* NULL: refused */
    } cases[] = {
        {"MESSAGE\na:\\c\\n\\\\\n\n", STOMP_1_1, ":\n\\"},
        {"MESSAGE\na:\\c\\n\\\\\\r\n\n", STOMP_1_2, ":\n\\\r"},
        {"MESSAGE\na:\\r\n\n", STOMP_1_1, NULL},
        {"MESSAGE\na:\\t\n\n", STOMP_1_2, NULL},
        {"MESSAGE\na:b\\\n\n", STOMP_1_2, NULL},
        {"MESSAGE\na:\\t\\\n\n", STOMP_1_0, "\\t\\"},
        {"CONNECTED\na:\\c\n\n", STOMP_1_2, "\\c"},
        {"CONNECTED\na:\\c\n\n", STOMP_NONE, "\\c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read read = parse(cases[i].frame, strlen(cases[i].frame) + 1, cases[i].version);
        assert_int_equal(read.state, cases[i].value ? STOMP_FRAME : STOMP_BROKEN);
        if (cases[i].value)
            assert_string_equal(stomp_header(&read.frame, "a"), cases[i].value);
        arena_free(read.arena);
    }
}

static void refuses_what_is_no_frame(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
#define CASE(literal) {literal, sizeof(literal) - 1}
        CASE("HTTP/1.1 400 Bad Request\r\n"),
        CASE("SSH-2.0-OpenSSH_9\r\n"),
        CASE("\x16\x03\x01"),
        CASE("\0"),
        CASE("message\n\n\0"),
        CASE("TOOLONGTOOLONGTOOLONGTOOLONGTOOLONGTOOLONG"),
        CASE("MESSAGE \n\n\0"),
        CASE("MESSAGE\nno colon\n\n\0"),
        CASE("MESSAGE\n:no name\n\n\0"),
        CASE("MESSAGE\na:\0b\n\n\0"),
        CASE("MESSAGE\0\n\n\0"),
        CASE("MESSAGE\ncontent-length:2\n\nabc\0"),
        CASE("MESSAGE\ncontent-length:-1\n\nabc\0"),
        CASE("MESSAGE\ncontent-length:\n\nabc\0"),
        CASE("MESSAGE\ncontent-length:0x3\n\nabc\0"),
        CASE("MESSAGE\ncontent-length: 3\n\nabc\0"),
        CASE("MESSAGE\ncontent-length:1000000000\n\nabc\0"),
        CASE("MESSAGE\ncontent-length:99999999999999999999999999\n\nabc\0"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read read = parse(cases[i].bytes, cases[i].length, STOMP_1_2);
        assert_int_equal(read.state, STOMP_BROKEN);
        assert_non_null(strstr(read.error.text, "not a STOMP frame"));
        arena_free(read.arena);
    }
}

static void every_beginning_of_a_frame_wants_more(void **state)
{
    (void)state;
    static const char *const frames[] = {"MESSAGE\r\na:b\r\ncontent-length:3\r\n\r\nabc",
                                         "MESSAGE\na:b\n\nabc"};
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        size_t whole = strlen(frames[i]) + 1;
        for (size_t length = 0; length <= whole; length++) {
            struct read read = parse(frames[i], length, STOMP_1_2);
            assert_int_equal(read.state, length == whole ? STOMP_FRAME : STOMP_MORE);
            arena_free(read.arena);
        }
    }
}

static void has_caps(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *repeat;
        size_t times;
    } cases[] = {{"MESSAGE\n", "a:b\n", STOMP_HEADERS + 2},
                 {"MESSAGE\na:", "xxxxxxxx", STOMP_HEAD_CAP / 8 + 1},
                 {"MESSAGE\n\n", "xxxxxxxx", STOMP_BODY_CAP / 8 + 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        text_add(&text, cases[i].begin);
        for (size_t k = 0; k < cases[i].times; k++)
            text_add(&text, cases[i].repeat);
        if (i == 0)
            text_add_bytes(&text, "\n\0", 2);
        struct read read = parse(text.bytes, text.length, STOMP_1_2);
        assert_int_equal(read.state, STOMP_BROKEN);
        arena_free(read.arena);
        text_release(&text);
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    const struct stomp_header headers[] = {{"destination", "/queue/a:b\\c\nd\re"}, {"x:y", ""}};
    const struct stomp_frame frame = {"SEND", headers, 2, "a\nb", 3};
    struct text text = TEXT_INIT;
    struct error error;
    assert_true(stomp_write(&text, STOMP_1_2, &frame, &error));
    struct read read = parse(text.bytes, text.length, STOMP_1_2);
    assert_int_equal(read.state, STOMP_FRAME);
    assert_int_equal(read.used, text.length);
    assert_string_equal(stomp_header(&read.frame, "destination"), headers[0].value);
    assert_string_equal(stomp_header(&read.frame, "x:y"), "");
    assert_string_equal(read.frame.body, "a\nb");
    arena_free(read.arena);
    text_clear(&text);
    assert_false(stomp_write(&text, STOMP_1_1, &frame, &error)); /* no escape for the carriage return */
    const struct stomp_header secret[] = {{"passcode", "secret\nlogin:root"}};
    const struct stomp_frame connect = {"CONNECT", secret, 1, "", 0};
    assert_false(stomp_write(&text, STOMP_NONE, &connect, &error));
    assert_null(strstr(error.text, "secret"));
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_broker_sends),
        cmocka_unit_test(reads_refusals),
        cmocka_unit_test(reads_frames),
        cmocka_unit_test(content_length_counts_nuls),
        cmocka_unit_test(line_ends_are_of_the_version),
        cmocka_unit_test(escapes_are_of_the_version),
        cmocka_unit_test(refuses_what_is_no_frame),
        cmocka_unit_test(every_beginning_of_a_frame_wants_more),
        cmocka_unit_test(has_caps),
        cmocka_unit_test(what_is_written_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HAProxy's CSV: every version's columns, every state, and what is no CSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/file.h"
#include "collectors/haproxy.h"

#include <math.h>

struct read {
    struct arena *arena;
    struct text content;
    struct haproxy_table table;
    struct error error;
    bool done;
};

static struct read begin(const char *fixture)
{
    struct read read = {.arena = arena_create(), .content = TEXT_INIT};
    struct text path = TEXT_INIT;
    text_format(&path, "tests/fixtures/haproxy/%s", fixture);
    assert_true(file_read("", path.bytes, &read.content, &read.error));
    text_release(&path);
    return read;
}

static void parse(struct read *read)
{
    read->done =
        haproxy_parse(read->content.bytes, read->content.length, read->arena, &read->table, &read->error);
}

static struct read parse_text(const char *bytes, size_t length)
{
    struct read read = {.arena = arena_create(), .content = TEXT_INIT};
    text_add_bytes(&read.content, bytes, length);
    parse(&read);
    return read;
}

static void end(struct read *read)
{
    text_release(&read->content);
    arena_free(read->arena);
}

static const struct haproxy_row *row_named(const struct read *read, const char *proxy, const char *server)
{
    for (size_t i = 0; i < read->table.count; i++)
        if (strcmp(read->table.rows[i].proxy, proxy) == 0 && strcmp(read->table.rows[i].server, server) == 0)
            return &read->table.rows[i];
    fail_msg("no row %s/%s", proxy, server);
    return NULL;
}

static void reads_what_2_6_writes(void **state)
{
    (void)state;
    struct read read = begin("2.6.csv");
    parse(&read);
    assert_true(read.done);
    assert_int_equal(read.table.count, 14);
    const struct haproxy_row *down = row_named(&read, "www", "web2");
    assert_int_equal(down->type, HAPROXY_SERVER);
    assert_int_equal(down->status, HAPROXY_DOWN);
    assert_string_equal(down->check_status, "L4CON");
    assert_true(down->numbers[HAPROXY_ACT] == 1);
    assert_true(isnan(down->numbers[HAPROXY_SLIM]));
    assert_int_equal(row_named(&read, "www", "plain")->status, HAPROXY_NO_CHECK);
    assert_int_equal(row_named(&read, "slow", "lookup")->status, HAPROXY_MAINT);
    assert_true(haproxy_is_backup(row_named(&read, "www", "spare")));
    assert_int_equal(row_named(&read, "www", "FRONTEND")->type, HAPROXY_FRONTEND);
    assert_int_equal(row_named(&read, "www", "BACKEND")->type, HAPROXY_BACKEND);
    assert_string_equal(row_named(&read, "www", "BACKEND")->instance, "www");
    end(&read);
}

static void finds_columns_by_name_in_every_version(void **state)
{
    static const struct {
        const char *fixture;
        size_t rows;
        bool responses; /* hrsp_5xx came with 1.4 */
    } cases[] = {{"1.3.csv", 4, false}, {"1.3-no-header.csv", 4, false}, {"1.4-seed.csv", 233, true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read read = begin(cases[i].fixture);
        parse(&read);
        if (!read.done)
            fail_msg("%s: %s", cases[i].fixture, read.error.text);
        assert_int_equal(read.table.count, cases[i].rows);
        const struct haproxy_row *last = &read.table.rows[read.table.count - 1];
        assert_int_equal(last->type, HAPROXY_BACKEND);
        assert_true(last->numbers[HAPROXY_SLIM] == 20000);
        assert_true(isnan(last->numbers[HAPROXY_HRSP_5XX]) == !cases[i].responses);
        end(&read);
    }
}

static void knows_every_state(void **state)
{
    static const struct {
        const char *server;
        enum haproxy_status status;
        bool usable;
    } cases[] = {
        {"s00", HAPROXY_UP, true},       {"s01", HAPROXY_UP, true},     {"s02", HAPROXY_DOWN, false},
        {"s03", HAPROXY_DOWN, false},    {"s04", HAPROXY_NOLB, false},  {"s05", HAPROXY_NOLB, false},
        {"s06", HAPROXY_DRAIN, false},   {"s07", HAPROXY_DRAIN, false}, {"s08", HAPROXY_NO_CHECK, true},
        {"s09", HAPROXY_NO_CHECK, true}, {"s10", HAPROXY_MAINT, false}, {"s11", HAPROXY_MAINT, false},
        {"s12", HAPROXY_MAINT, false}};
    (void)state;
    struct read read = begin("states.csv");
    parse(&read);
    if (!read.done)
        fail_msg("%s", read.error.text);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct haproxy_row *row = row_named(&read, "all", cases[i].server);
        assert_int_equal(row->status, cases[i].status);
        assert_true(haproxy_is_usable(row) == cases[i].usable);
    }
    assert_string_equal(row_named(&read, "all", "s00")->check_status, "L7OK");
    assert_string_equal(row_named(&read, "all", "s11")->status_text, "MAINT (via all/s00)");
    assert_int_equal(row_named(&read, "all", "sock-1")->type, HAPROXY_LISTENER);
    end(&read);
}

static void keeps_processes_apart(void **state)
{
    (void)state;
    struct read read = begin("nbproc.csv");
    parse(&read);
    assert_true(read.done);
    assert_int_equal(read.table.count, 4);
    assert_string_equal(read.table.rows[1].instance, "www#1");
    assert_string_equal(read.table.rows[3].instance, "www#2");
    assert_int_equal(read.table.rows[1].type, HAPROXY_BACKEND);
    end(&read);
}

/* Wherever an export is cut, the reader says so, or has all of it: never a table that lacks rows in silence.
 */
static void tells_every_cut(void **state)
{
    (void)state;
    struct read whole = begin("1.3.csv");
    parse(&whole);
    assert_true(whole.done);
    for (size_t length = 0; length < whole.content.length - 1; length++) {
        struct read cut = parse_text(whole.content.bytes, length);
        if (cut.done && cut.table.count != 1)
            fail_msg("cut at %zu: %zu rows taken for the whole", length, cut.table.count);
        end(&cut);
    }
    struct read middle = parse_text(whole.content.bytes, whole.content.length - 30);
    assert_false(middle.done);
    assert_non_null(strstr(middle.error.text, "line 5 is cut off"));
    end(&middle);
    end(&whole);
}

#define SMALL_HEADER "# pxname,svname,scur,status,type,\n"

static void refuses_what_is_no_table(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *words;
    } cases[] = {
#define CASE(text, words) {text, sizeof text - 1, words}
        CASE("", "empty"),
        CASE("\n\r\n \n", "empty"),
        CASE("<!DOCTYPE html>\n<html>", "HTML"),
        CASE("  <html><body>", "HTML"),
        CASE("\x1f\x8b\x08\x00\x00", "binary"),
        CASE(SMALL_HEADER "a,BACK\0END,1,UP,1,\n", "binary"),
        CASE("Unknown command.\n", "not the header"),
        CASE("a,b,c\n", "not the header"),
        CASE("# pxname,scur,status,\n", "no column \"svname\""),
        CASE("# pxname,svname,scur,\n", "no column \"status\""),
        CASE(SMALL_HEADER, "no rows"),
        CASE(SMALL_HEADER "a,b,1,UP\na,BACKEND,1,UP,1,\n", "line 2 has 4 fields, the header 5"),
        CASE(SMALL_HEADER "a,b,1,UP,2,9,9,\n", "line 2 has 7 fields"),
        CASE(SMALL_HEADER "a,\"b,1,UP,2,\n", "within quotes"),
        CASE(SMALL_HEADER "a,BACKEND,1,UP,1,\na,b,1,U", "line 3 is cut off"),
        CASE(SMALL_HEADER "a,b,1,UP,2,\n", "BACKEND line of that proxy is missing"),
#undef CASE
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read read = parse_text(cases[i].bytes, cases[i].length);
        assert_false(read.done);
        if (!strstr(read.error.text, cases[i].words))
            fail_msg("case %zu: \"%s\" lacks \"%s\"", i, read.error.text, cases[i].words);
        end(&read);
    }
}

static void takes_text_in_a_number_as_not_known(void **state)
{
    static const char bytes[] = SMALL_HEADER "a,BACKEND,12x,UP,1,\nb,BACKEND,,UP,1,\n";
    (void)state;
    struct read read = parse_text(bytes, sizeof bytes - 1);
    assert_true(read.done);
    assert_true(isnan(read.table.rows[0].numbers[HAPROXY_SCUR]));
    assert_true(isnan(read.table.rows[1].numbers[HAPROXY_SCUR]));
    end(&read);
}

static void reads_a_huge_table_up_to_a_limit(void **state)
{
    (void)state;
    struct text content = TEXT_INIT;
    text_add(&content, SMALL_HEADER);
    for (int i = 0; i < 20000; i++)
        text_format(&content, "p%d,BACKEND,%d,UP,1,\n", i, i);
    struct read read = parse_text(content.bytes, content.length);
    assert_true(read.done);
    assert_int_equal(read.table.count, 20000);
    assert_true(read.table.rows[19999].numbers[HAPROXY_SCUR] == 19999);
    end(&read);
    for (int i = 20000; i <= 100000; i++)
        text_format(&content, "p%d,BACKEND,%d,UP,1,\n", i, i);
    read = parse_text(content.bytes, content.length);
    assert_false(read.done);
    end(&read);
    text_clear(&content);
    for (int i = 0; i < 1000000; i++)
        text_add(&content, "a,");
    read = parse_text(content.bytes, content.length);
    assert_false(read.done);
    assert_non_null(strstr(read.error.text, "more than 4096 fields"));
    end(&read);
    text_release(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_2_6_writes),
        cmocka_unit_test(finds_columns_by_name_in_every_version),
        cmocka_unit_test(knows_every_state),
        cmocka_unit_test(keeps_processes_apart),
        cmocka_unit_test(tells_every_cut),
        cmocka_unit_test(refuses_what_is_no_table),
        cmocka_unit_test(takes_text_in_a_number_as_not_known),
        cmocka_unit_test(reads_a_huge_table_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

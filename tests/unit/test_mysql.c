/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a MySQL server answers: replication in every state that was captured, and single numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/file.h"
#include "collectors/mysql_probe.h"
#include "collectors/mysql_replica.h"

#include <math.h>

/* The client's batch output: names, then rows, parted by tabs; "NULL" is NULL. */
static struct mysql_rows read_rows(const char *content, struct arena *arena)
{
    struct mysql_rows rows = {0};
    char *text = arena_text_of(arena, content, strlen(content));
    rows.names = arena_get(arena, 128, sizeof *rows.names);
    rows.cells = arena_get(arena, (size_t)128 * 8, sizeof *rows.cells);
    for (char *line = strsep(&text, "\n"); line && *line; line = strsep(&text, "\n")) {
        bool is_head = rows.columns == 0;
        size_t column = 0;
        for (char *cell = strsep(&line, "\t"); cell; cell = strsep(&line, "\t"), column++)
            if (is_head)
                rows.names[rows.columns++] = cell;
            else
                rows.cells[rows.count * rows.columns + column] = strcmp(cell, "NULL") == 0 ? NULL : cell;
        rows.count += !is_head;
    }
    return rows;
}

static struct mysql_rows read_fixture(const char *name, struct arena *arena)
{
    struct text content = TEXT_INIT;
    struct error error;
    const char *path = arena_format(arena, "tests/fixtures/mysql/%s.tsv", name);
    if (!file_read("", path, &content, &error))
        fail_msg("%s", error.text);
    const char *copy = arena_text_of(arena, content.bytes, content.length);
    text_release(&content);
    return read_rows(copy, arena);
}

static const struct {
    const char *fixture;
    bool io_runs, sql_runs;
    double lag; /* -1: not known */
    const char *fault;
} states[] = {
    {"ok", true, true, 0, ""},
    {"ok-slave-status", true, true, 0, ""},
    {"ok-replica-status", true, true, 0, ""},
    {"io-stopped", false, true, -1, "IO thread is \"No\""},
    {"sql-stopped", true, false, -1, "SQL thread is \"No\""},
    {"all-stopped", false, false, -1, "IO thread is \"No\", SQL thread is \"No\""},
    {"dupkey", true, false, -1,
     "SQL thread is \"No\": error 1062: Error 'Duplicate entry '1' for key 'PRIMARY''"},
    {"missing-row", true, false, -1, "SQL thread is \"No\": error 1032: Could not execute Delete_rows"},
    {"lag", true, true, 2, ""},
    {"io-badpw", false, true, -1, "IO thread is \"Connecting\": error 1045: error connecting to master"},
    {"master-hung", false, true, -1, "IO thread is \"Connecting\""},
    {"master-dead", false, true, -1, "IO thread is \"Connecting\": error 2003: error reconnecting to master"},
};

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        struct arena *arena = arena_create();
        struct mysql_sources sources;
        struct error error = {""};
        struct text fault = TEXT_INIT;
        struct mysql_rows rows = read_fixture(states[i].fixture, arena);
        print_message("%s\n", states[i].fixture);
        assert_true(mysql_replica_parse(&rows, arena, &sources, &error));
        assert_in_range(sources.count, 1, 2);
        const struct mysql_source *source = &sources.items[0];
        assert_string_equal(source->name, "");
        assert_int_equal(strncmp(source->host, "127.0.0.1:", 10), 0);
        assert_true(source->server == 1);
        assert_int_equal(source->io_runs, states[i].io_runs);
        assert_int_equal(source->sql_runs, states[i].sql_runs);
        if (states[i].lag < 0)
            assert_true(isnan(source->lag));
        else
            assert_true(source->lag == states[i].lag);
        mysql_replica_fault(source, &fault);
        assert_int_equal(strncmp(fault.bytes, states[i].fault, strlen(states[i].fault)), 0);
        assert_int_equal(fault.length == 0, *states[i].fault == '\0');
        text_release(&fault);
        arena_free(arena);
    }
}

static void test_several_sources(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct mysql_sources sources;
    struct error error;
    struct mysql_rows rows = read_fixture("two-sources-one-gone", arena);
    assert_true(mysql_replica_parse(&rows, arena, &sources, &error));
    assert_int_equal(sources.count, 2);
    assert_string_equal(sources.items[0].name, "");
    assert_true(sources.items[0].io_runs);
    assert_string_equal(sources.items[1].name, "east");
    assert_string_equal(sources.items[1].io, "Connecting");
    assert_true(isnan(sources.items[1].lag));
    rows = read_fixture("two-sources", arena);
    assert_true(mysql_replica_parse(&rows, arena, &sources, &error));
    assert_int_equal(sources.count, 2);
    for (size_t i = 0; i < sources.count; i++)
        assert_true(sources.items[i].io_runs && sources.items[i].sql_runs && sources.items[i].lag >= 0);
    arena_free(arena);
}

static void test_no_source(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct mysql_sources sources;
    struct error error;
    struct mysql_rows rows = read_fixture("none", arena);
    assert_true(mysql_replica_parse(&rows, arena, &sources, &error));
    assert_int_equal(sources.count, 0);
    arena_free(arena);
}

/* The names of MySQL's SHOW REPLICA STATUS, in another case and order. */
static void test_new_names(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct mysql_sources sources;
    struct error error;
    struct mysql_rows rows = read_rows("seconds_behind_source\tChannel_Name\tReplica_IO_Running\t"
                                       "REPLICA_SQL_RUNNING\tSource_Host\tSource_Port\n"
                                       "17\twest\tYes\tYes\tdb1\t3306\n"
                                       "NULL\tnorth\tYes\tYes\tdb2\t3306\n",
                                       arena);
    assert_true(mysql_replica_parse(&rows, arena, &sources, &error));
    assert_int_equal(sources.count, 2);
    assert_string_equal(sources.items[0].name, "west");
    assert_string_equal(sources.items[0].host, "db1:3306");
    assert_true(sources.items[0].lag == 17);
    assert_true(sources.items[1].io_runs && sources.items[1].sql_runs && isnan(sources.items[1].lag));
    arena_free(arena);
}

static void test_hostile_states(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Slave_IO_Running\tSlave_SQL_Running\nYes\tYes\n",
        "Slave_IO_Running\tSeconds_Behind_Master\nYes\t0\n",
        "\n",
        "x\ny\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena *arena = arena_create();
        struct mysql_sources sources;
        struct error error = {""};
        struct mysql_rows rows = read_rows(texts[i], arena);
        assert_int_equal(mysql_replica_parse(&rows, arena, &sources, &error), rows.count == 0);
        assert_int_equal(sources.count, 0);
        assert_int_equal(*error.text == '\0', rows.count == 0);
        arena_free(arena);
    }
    struct arena *arena = arena_create();
    struct mysql_sources sources;
    struct error error;
    struct mysql_rows rows = read_rows("Slave_IO_Running\tSlave_SQL_Running\tSeconds_Behind_Master\n"
                                       "yes\tYes \t0x10\n",
                                       arena);
    assert_true(mysql_replica_parse(&rows, arena, &sources, &error));
    assert_false(sources.items[0].io_runs); /* exactly Yes */
    assert_false(sources.items[0].sql_runs);
    assert_true(isnan(sources.items[0].lag));
    arena_free(arena);
}

static void test_number(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        double value;
        const char *error; /* NULL: it is a number */
    } cases[] = {
        {"a\n7\n", 7, NULL},
        {"a\n-0.5\n", -0.5, NULL},
        {"a\n1.5e3\n", 1500, NULL},
        {"a\tb\n7\tx\n", 7, NULL},
        {"a\n", 0, "the query gives no row"},
        {"a\n1\n2\n", 0, "the query gives 2 rows instead of one"},
        {"a\nNULL\n", 0, "the query gives NULL"},
        {"a\nseven\n", 0, "the query gives no number: \"seven\""},
        {"a\n7 \n", 0, "the query gives no number: \"7 \""},
        {"a\ninf\n", 0, "the query gives no number: \"inf\""},
        {"a\n0x7\n", 0, "the query gives no number: \"0x7\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct mysql_rows rows = read_rows(cases[i].rows, arena);
        struct error error = {""};
        double value = 0;
        assert_int_equal(mysql_probe_number(&rows, 0, &value, &error), cases[i].error == NULL);
        if (cases[i].error)
            assert_string_equal(error.text, cases[i].error);
        else
            assert_true(value == cases[i].value);
        assert_false(rows.count == 1 && mysql_probe_number(&rows, rows.columns, &value, &error));
        arena_free(arena);
    }
}

static void test_table(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool good;
    } cases[] = {
        {"probe", true},   {"watch.probe", true}, {"a$_9.B", true}, {"", false},         {".", false},
        {"a.", false},     {".a", false},         {"a.b.c", false}, {"a b", false},      {"a`b", false},
        {"a;DROP", false}, {"a'b", false},        {"a-b", false},   {"\xc3\xa4", false}, {"a\nb", false},
    };
    char longest[66];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(mysql_probe_is_table(cases[i].name), cases[i].good);
    memset(longest, 'a', sizeof longest);
    longest[64] = '\0';
    assert_true(mysql_probe_is_table(longest));
    longest[64] = 'a';
    longest[65] = '\0';
    assert_false(mysql_probe_is_table(longest));
}

static void test_pairs(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct mysql_rows rows = read_rows("Variable_name\tValue\nUptime\t12\nNULL\t3\nEmpty\tNULL\n", arena);
    assert_string_equal(mysql_rows_pair(&rows, "uptime"), "12");
    assert_null(mysql_rows_pair(&rows, "Empty"));
    assert_null(mysql_rows_pair(&rows, "Nothing"));
    assert_true(isnan(mysql_rows_number(mysql_rows_pair(&rows, "Nothing"))));
    rows = read_rows("Variable_name\nUptime\n", arena);
    assert_null(mysql_rows_pair(&rows, "Uptime"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),         cmocka_unit_test(test_several_sources),
        cmocka_unit_test(test_no_source),      cmocka_unit_test(test_new_names),
        cmocka_unit_test(test_hostile_states), cmocka_unit_test(test_number),
        cmocka_unit_test(test_table),          cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of RRD files as bytes, and a file that rrdtool made: ten minutes of 1 to 10 and of 101 to 110. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/rrd_file.h"
#include "collectors/rrd_header.h"

#include <math.h>

static const char path[] = "tests/fixtures/rrd/series.rrd";
static const int64_t begin = 999999000, end = 999999600;

enum { SIZE = 2112 };

static void read_fixture(unsigned char *bytes)
{
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, SIZE, file), SIZE);
    (void)fclose(file);
}

static void test_head(void **state)
{
    (void)state;
    unsigned char bytes[SIZE];
    struct error error = {""};
    read_fixture(bytes);
    assert_true(rrd_header_check(bytes, SIZE, SIZE, &error));
    for (size_t length = 0; length < 720; length++) {
        error.text[0] = '\0';
        assert_false(rrd_header_check(bytes, length, length, &error));
        assert_true(error.text[0] != '\0');
    }
}

static void test_head_that_lies(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        uint64_t value;
        const char *words;
    } rows[] = {
        {0, 0, "not an RRD file"},
        {16, 1, "another architecture"},
        {24, 0, "no source"},
        {24, UINT64_MAX, "sources"},
        {24, UINT64_C(1) << 61, "sources"},
        {32, 0, "no archive"},
        {32, UINT64_MAX - 1, "archives"},
        {32, 4000, "ends within its head"},
        {40, 0, "no step"},
        {40, UINT64_MAX, "its step"},
        {392, 0, "rows"},
        {392, UINT64_MAX, "rows"},
        {392, UINT64_C(1) << 60, "rows"},
        {392, 100000, "rows"},
        {400, 0, "steps"},
        {400, UINT64_MAX, "steps"},
        {400, UINT64_C(1) << 58, "steps"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char bytes[SIZE];
        struct error error = {""};
        read_fixture(bytes);
        memcpy(bytes + rows[i].offset, &rows[i].value, sizeof rows[i].value);
        assert_false(rrd_header_check(bytes, SIZE, SIZE, &error));
        if (!strstr(error.text, rows[i].words))
            fail_msg("row %zu: %s", i, error.text);
    }
}

static void test_file(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rrd_file file;
    struct error error = {""};
    assert_true(rrd_file_open(&file, path, "out", arena, &error));
    assert_string_equal(file.source, "out");
    assert_int_equal(file.step, 60);
    assert_int_equal(file.heartbeat, 120);
    assert_int_equal(file.last, end);
    assert_int_equal(file.archive_count, 3);
    assert_int_equal(file.archives[1].step, 300);
    assert_int_equal(file.archives[1].rows, 10);
    assert_true(rrd_file_has(&file, "MAX") && !rrd_file_has(&file, "MIN"));
    arena_free(arena);
}

static void test_file_asks_for_its_source(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rrd_file file;
    struct error error = {""};
    assert_false(rrd_file_open(&file, path, NULL, arena, &error));
    assert_non_null(strstr(error.text, "which data source? It has \"in\", \"out\""));
    assert_false(rrd_file_open(&file, path, "ou", arena, &error));
    assert_non_null(strstr(error.text, "no data source \"ou\""));
    assert_false(rrd_file_open(&file, "/nonexistent", NULL, arena, &error));
    assert_non_null(strstr(error.text, "\"/nonexistent\": No such file"));
    arena_free(arena);
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        int64_t from, to;
        size_t count, missing;
        double first, last;
    } rows[] = {
        {begin, end, 10, 0, 101, 110},
        {begin + 1, end - 1, 9, 0, 101, 109}, /* by where an interval ends */
        {end - 300, end + 3600, 5, 0, 106, 110},
        {end, end + 60, 0, 0, 0, 0},
        {begin - 600, begin + 60, 11, 0, (double)NAN, 101},
        {end - 6000, end, 10, 10, (double)NAN, 107.9}, /* the coarse archive, and what it has forgotten */
        {begin - 100000, begin - 90000, 0, 166, 0, 0},
    };
    struct arena *arena = arena_create();
    struct rrd_file file;
    struct error error = {""};
    assert_true(rrd_file_open(&file, path, "out", arena, &error));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rrd_values values;
        assert_true(rrd_file_read(&file, "AVERAGE", rows[i].from, rows[i].to, &values, arena, &error));
        if (values.count != rows[i].count || values.missing != rows[i].missing)
            fail_msg("row %zu: %zu values, %zu missing", i, values.count, values.missing);
        if (values.count == 0)
            continue;
        double first = values.values[0], last = values.values[values.count - 1];
        assert_true(isnan(rows[i].first) ? isnan(first) : fabs(first - rows[i].first) < 1e-9);
        if (values.step == 60)
            assert_true(fabs(last - rows[i].last) < 1e-9);
    }
    assert_false(rrd_file_read(&file, "MIN", begin, end, &(struct rrd_values){0}, arena, &error));
    assert_non_null(strstr(error.text, "no archive of MIN"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head),   cmocka_unit_test(test_head_that_lies),
        cmocka_unit_test(test_file),   cmocka_unit_test(test_file_asks_for_its_source),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

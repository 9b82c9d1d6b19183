/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rates.h"
#include "lib/rates_file.h"

#include <fcntl.h>
#include <math.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct place {
    char folder[64];
    char path[128];
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    (void)snprintf(place->folder, sizeof place->folder, "/tmp/rates.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->path, sizeof place->path, "%s/state", place->folder);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"", ".lock", ".new"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[160];
        (void)snprintf(path, sizeof path, "%s%s", place->path, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(place->folder), 0); /* nothing else was left there */
    free(place);
    return 0;
}

/* One run: the rate of "k", and whether it was kept. */
static double run_once(const char *path, double value, int64_t now, bool *pending)
{
    struct arena *arena = arena_create();
    struct rates *rates = rates_create(arena, path);
    struct error error;
    double rate = rates_per_second(rates, "a key | with \xff odd", value, now);
    double change = rates_change(rates, "other", value);
    *pending = rates_pending(rates);
    assert_true(*pending || !isnan(change));
    assert_true(rates_save(rates, &error));
    arena_free(arena);
    return rate;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void knows_rates_in_the_second_run(void **state)
{
    const struct place *place = *state;
    bool pending;
    assert_true(isnan(run_once(place->path, 100, 1000, &pending)));
    assert_true(pending);
    assert_true(near(run_once(place->path, 150, 3000, &pending), 25));
    assert_false(pending);
    assert_true(near(run_once(place->path, 150, 4000, &pending), 0));
    assert_true(isnan(run_once(place->path, 10, 5000, &pending))); /* restarted */
    assert_true(pending);
    assert_true(near(run_once(place->path, 12, 6000, &pending), 2));
    assert_true(isnan(run_once(place->path, 14, 6000, &pending))); /* no time has passed */
    assert_true(isnan(run_once(place->path, 16, 5000, &pending))); /* the machine was restarted */
    assert_true(near(run_once(place->path, 18, 7000, &pending), 1));
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    (void)fclose(file);
}

static void takes_a_damaged_file_for_none(void **state)
{
    static const char nul[] = "watchbill rates 1\n1000 100 a key\0\nend\n";
    static const char *const cases[] = {
        "",
        "\n",
        "watchbill rates 2\n1000 100 other\nend\n",
        "watchbill rates 1\n1000 100 other\n",
        "watchbill rates 1\n1000 100 other\ngarbage\nend\n",
        "watchbill rates 1\nx y z\nend\n",
        "watchbill rates 1\n1000 nan other\nend\n",
        "watchbill rates 1\n1000 100\nend\n",
        "\xff\xfe\n",
    };
    const struct place *place = *state;
    bool pending;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_bytes(place->path, cases[i], strlen(cases[i]));
        assert_true(isnan(run_once(place->path, 100, 2000, &pending)));
        assert_true(near(run_once(place->path, 110, 3000, &pending), 10));
    }
    write_bytes(place->path, nul, sizeof nul - 1);
    assert_true(isnan(run_once(place->path, 100, 2000, &pending)));
}

static void cuts_nowhere(void **state)
{
    static const char whole[] = "watchbill rates 1\n1000 100.5 a\n2000 7 b c\nend\n";
    (void)state;
    for (size_t length = 0; length <= sizeof whole - 1; length++) {
        struct arena *arena = arena_create();
        struct rates_sample *samples = NULL;
        size_t count = rates_file_parse(whole, length, arena, &samples);
        assert_int_equal(count, length >= sizeof whole - 2 ? 2 : 0);
        if (count)
            assert_string_equal(samples[1].key, "b c");
        arena_free(arena);
    }
}

/* Whoever has opened the file reads it whole, however often it is replaced meanwhile. */
static void replaces_what_is_read(void **state)
{
    static const char whole[] = "watchbill rates 1\n1 1 first\nend\n";
    const struct place *place = *state;
    struct error error;
    char bytes[256] = "";
    struct rates_sample sample = {.key = "first", .value = 1, .at = 1};
    assert_true(rates_file_write(place->path, &sample, 1, &error));
    int file = open(place->path, O_RDONLY);
    assert_true(file >= 0);
    assert_int_equal(flock(file, LOCK_SH | LOCK_NB), 0);
    for (int i = 0; i < 5; i++) {
        struct arena *arena = arena_create();
        struct rates_sample *samples = NULL;
        sample = (struct rates_sample){.key = "another", .value = 2, .at = 2 + i};
        assert_true(rates_file_write(place->path, &sample, 1, &error));
        assert_int_equal(rates_file_read(place->path, arena, &samples), 1);
        assert_int_equal(samples[0].at, 2 + i);
        arena_free(arena);
    }
    assert_int_equal(read(file, bytes, sizeof bytes), sizeof whole - 1);
    assert_string_equal(bytes, whole);
    (void)close(file);
}

static void leaves_a_folder_alone(void **state)
{
    const struct place *place = *state;
    struct error error;
    const struct rates_sample sample = {.key = "k", .value = 1, .at = 1};
    assert_int_equal(mkdir(place->path, 0700), 0);
    for (int i = 0; i < 2; i++)
        assert_false(rates_file_write(place->path, &sample, 1, &error));
    assert_int_equal(rmdir(place->path), 0);
}

static void says_why_it_cannot_keep(void **state)
{
    const struct place *place = *state;
    static const char *const paths[] = {NULL, "/nonexistent/deep/state", "/proc/state"};
    struct stat status;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct arena *arena = arena_create();
        struct rates *rates = rates_create(arena, paths[i]);
        struct error error = {""};
        assert_true(rates_save(rates, &error)); /* nothing to keep yet */
        assert_true(isnan(rates_per_second(rates, "k", 1, 1)));
        assert_false(rates_save(rates, &error));
        assert_true(strlen(error.text) > 0);
        arena_free(arena);
    }
    assert_int_not_equal(stat(place->path, &status), 0);
}

static void keeps_many(void **state)
{
    const struct place *place = *state;
    for (int run = 0; run < 2; run++) {
        struct arena *arena = arena_create();
        struct rates *rates = rates_create(arena, place->path);
        struct error error;
        for (int i = 0; i < 5000; i++) {
            double rate =
                rates_per_second(rates, arena_format(arena, "queue %d", i), (double)run * i, run * 1000);
            if (run == 1)
                assert_true(near(rate, i));
        }
        assert_true(rates_save(rates, &error));
        arena_free(arena);
    }
}

static void tells_what_it_kept_without_keeping(void **state)
{
    const struct place *place = *state;
    static const char *const keys[] = {"key.b", "at", "key.a c", "keys", "key."};
    static const char *const rests[] = {"", "a c", "b"};
    double value;
    for (int run = 0; run < 3; run++) {
        struct arena *arena = arena_create();
        struct rates *rates = rates_create(arena, place->path);
        struct error error;
        size_t at = 0, found = 0;
        const char *name;
        for (; rates_kept_next(rates, "key.", &at, &name, &value); found++) {
            assert_string_equal(name, rests[found]);
            assert_true(value >= 0);
        }
        assert_int_equal(found, run == 1 ? 3 : 0);
        assert_int_equal(rates_kept(rates, "at", &value), run == 1);
        for (size_t i = 0; run == 0 && i < sizeof keys / sizeof keys[0]; i++)
            assert_false(rates_before(rates, keys[i], (double)i, &value));
        if (run == 1)
            assert_false(rates_before(rates, "other", 1, &value));
        assert_false(rates_pending(rates));
        assert_true(rates_save(rates, &error));
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(knows_rates_in_the_second_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_a_damaged_file_for_none, set_up, tear_down),
        cmocka_unit_test(cuts_nowhere),
        cmocka_unit_test_setup_teardown(says_why_it_cannot_keep, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replaces_what_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_a_folder_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_what_it_kept_without_keeping, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

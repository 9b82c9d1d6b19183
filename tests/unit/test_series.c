/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and frames of series, and the daemon's side with the real watchbill-series behind it. */
#include "scheduler/io/series.h"

#include "lib/memory.h"
#include "lib/series_wire.h"
#include "lib/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void paths(void **state)
{
    (void)state;
    static const struct {
        const char *host, *check, *label, *path;
    } cases[] = {
        {"www_00", "haproxy", "sess_cluster1", "www_00/haproxy/sess_cluster1.rrd"},
        {"h", "c", "load1", "h/c/load1.rrd"},
        {"h:1", "c.d-e", "5xx%", "h:1/c.d-e/5xx%.rrd"},
        {"h", "c", "/", "h/c/_~"},
        {"h", "c", "/var/log", "h/c/_var_log~"},
        {"h", "c", "..", "h/c/_.~"},
        {"..", "../..", "x", "_.~"},
        {"h", "c", "", "h/c/~"},
        {"h", "c", "a b\tc\n", "h/c/a_b_c_~"},
        {"h", "c", "\xc3\xa4", "h/c/__~"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text path = TEXT_INIT;
        series_path(&path, cases[i].host, cases[i].check, cases[i].label);
        if (strncmp(path.bytes, cases[i].path, strlen(cases[i].path)) != 0)
            fail_msg("%s is not %s", path.bytes, cases[i].path);
        assert_null(strstr(path.bytes, "/."));
        assert_string_equal(path.bytes + path.length - 4, ".rrd");
        text_release(&path);
    }
}

static void labels_that_collide_are_kept_apart(void **state)
{
    (void)state;
    static const char *const labels[] = {"a_b", "a/b", "a b", "a\\b", "", ".", "..", "_", "/"};
    enum { LABELS = sizeof labels / sizeof labels[0] };
    struct text path[LABELS], longest = TEXT_INIT;
    for (size_t i = 0; i < LABELS; i++) {
        path[i] = (struct text)TEXT_INIT;
        series_path(&path[i], "h", "c", labels[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(path[i].bytes, path[k].bytes);
    }
    for (size_t i = 0; i < LABELS; i++)
        text_release(&path[i]);
    while (longest.length < 5000)
        text_add_char(&longest, 'x');
    series_path(&path[0], longest.bytes, longest.bytes, longest.bytes);
    assert_true(path[0].length < SERIES_PATH_MOST);
    text_release(&path[0]);
    text_release(&longest);
}

static void rows_come_back(void **state)
{
    (void)state;
    static struct series_row row = {.type = "GAUGE",
                                    .archive_count = 2,
                                    .value = 1.5,
                                    .min = (double)NAN,
                                    .max = 9,
                                    .at = 1700000000123,
                                    .step = 60000,
                                    .heartbeat = 120000,
                                    .archives = {{60000, 86400000}, {300000, 864000000}},
                                    .path = "h/c/l.rrd"};
    static struct series_row back;
    struct text text = TEXT_INIT;
    const char *body = NULL;
    enum series_frame kind = SERIES_DRAW;
    size_t place = series_wire_begin(&text, SERIES_STORE);
    series_wire_add_row(&text, &row);
    series_wire_end(&text, place);
    assert_int_equal(series_wire_frame(text.bytes, text.length, &kind, &body), text.length - SERIES_HEADER);
    assert_int_equal(kind, SERIES_STORE);
    size_t length = text.length - SERIES_HEADER;
    assert_int_equal(series_wire_read_row(body, length, &back), length);
    assert_string_equal(back.path, row.path);
    assert_true(back.at == row.at && back.value == row.value && isnan(back.min));
    assert_true(back.archives[1].keep == row.archives[1].keep);
    /* Every part of it alone is refused, and no byte changed makes it read outside. */
    for (size_t i = 0; i < length; i++) {
        char *part = memory_text_of(body, i);
        assert_int_equal(series_wire_read_row(part, i, &back), 0);
        free(part);
        assert_int_equal(series_wire_frame(text.bytes, i, &kind, &body), -1);
        char *other = memory_get(length, 1);
        memcpy(other, text.bytes + SERIES_HEADER, length);
        other[i] = (char)~other[i];
        assert_true(series_wire_read_row(other, length, &back) <= length);
        free(other);
    }
    text_release(&text);
    assert_int_equal(series_wire_frame("\0\0\0\0\0\0\0\0", 8, &kind, &body), -2);
    assert_int_equal(series_wire_frame("\1\0\0\0\xff\xff\xff\xff", 8, &kind, &body), -2);
}

/* ---- with the program ---- */

struct fixture {
    struct loop *loop;
    struct loop_timer *patience, *look;
    struct series *series;
    char directory[64];
    char libexec[512];
    bool (*until)(struct fixture *f);
    struct text picture;
    char refusal[512];
    int drawn;
};

static struct archive archives[] = {{60000, 3600000}, {300000, 36000000}};
static const struct archives archive_list = {archives, 2};

static struct sample sample_of(const char *label, int64_t at, double value)
{
    return (struct sample){.host = "web",
                           .check = "load",
                           .label = label,
                           .type = "GAUGE",
                           .min = (double)NAN,
                           .max = (double)NAN,
                           .step = 60000,
                           .heartbeat = 120000,
                           .archives = &archive_list,
                           .at = at,
                           .value = value};
}

static void give_up(void *owner)
{
    (void)owner;
    fail_msg("what was waited for did not come");
}

static void look(void *owner)
{
    struct fixture *f = owner;
    if (f->until(f))
        loop_stop(f->loop);
    else
        loop_timer_at(f->look, loop_now() + 5000);
}

static void run_until(struct fixture *f, bool (*until)(struct fixture *f))
{
    f->until = until;
    loop_timer_at(f->patience, loop_now() + INT64_C(20000000));
    loop_timer_at(f->look, loop_now());
    loop_run(f->loop);
    loop_timer_stop(f->patience);
}

static int set_up(void **state)
{
    struct fixture *f = memory_get(1, sizeof *f);
    struct error error = {""};
    ssize_t length = readlink("/proc/self/exe", f->libexec, sizeof f->libexec - 32);
    assert_true(length > 0);
    for (int up = 0; up < 3; up++)
        *strrchr(f->libexec, '/') = '\0';
    memcpy(f->libexec + strlen(f->libexec), "/libexec", sizeof "/libexec");
    (void)snprintf(f->directory, sizeof f->directory, "/tmp/watchbill-series.XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    f->loop = loop_create();
    f->patience = loop_timer_add(f->loop, give_up, f);
    f->look = loop_timer_add(f->loop, look, f);
    f->picture = (struct text)TEXT_INIT;
    struct series_settings settings = {f->libexec, f->directory, NULL};
    f->series = series_create(f->loop, &settings, &error);
    if (!f->series)
        fail_msg("%s", error.text);
    *state = f;
    return 0;
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *where)
{
    (void)found;
    (void)kind;
    (void)where;
    return remove(path);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    series_free(f->series);
    loop_timer_remove(f->patience);
    loop_timer_remove(f->look);
    loop_free(f->loop);
    /* They end with their sockets, all of them. */
    while (waitpid(-1, NULL, 0) > 0)
        ;
    text_release(&f->picture);
    (void)nftw(f->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static bool nothing_waits(struct fixture *f)
{
    struct series_counts counts;
    series_counts(f->series, &counts);
    return counts.waiting == 0;
}

static struct series_counts counts_of(const struct fixture *f)
{
    struct series_counts counts;
    series_counts(f->series, &counts);
    return counts;
}

static bool stored_file(const struct fixture *f, const char *label)
{
    struct text path = TEXT_INIT;
    struct stat found;
    text_format(&path, "%s/web/load/%s.rrd", f->directory, label);
    bool there = stat(path.bytes, &found) == 0;
    text_release(&path);
    return there;
}

static void samples_are_stored(void **state)
{
    struct fixture *f = *state;
    int64_t now = loop_wall();
    for (int i = 0; i < 1200; i++) {
        struct sample sample = sample_of(i % 2 ? "one" : "two", now - (1200 - i) * INT64_C(60000), i);
        series_store(f->series, &sample);
    }
    run_until(f, nothing_waits);
    struct series_counts counts = counts_of(f);
    assert_int_equal(counts.stored, 1200);
    assert_int_equal(counts.failed + counts.dropped, 0);
    assert_null(series_trouble(f->series));
    assert_true(stored_file(f, "one") && stored_file(f, "two"));
}

static void what_librrd_misreads_is_refused(void **state)
{
    struct fixture *f = *state;
    int64_t now = loop_wall();
    struct sample cases[] = {
        sample_of("future", now + 3600000, 1),
        sample_of("ancient", 1000, 1),
        sample_of("inf", now, (double)INFINITY),
        sample_of("type", now, 1),
        sample_of("step", now, 1),
        sample_of("none", now, 1),
    };
    struct archives none = {NULL, 0};
    cases[3].type = "GUAGE:evil";
    cases[4].step = 0;
    cases[5].archives = &none;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        series_store(f->series, &cases[i]);
    run_until(f, nothing_waits);
    assert_int_equal(counts_of(f).failed, 6);
    assert_int_equal(counts_of(f).stored, 0);
    assert_non_null(series_trouble(f->series));
    assert_false(stored_file(f, "future") || stored_file(f, "inf") || stored_file(f, "ancient"));
    struct sample unknown = sample_of("unknown", now, (double)NAN);
    series_store(f->series, &unknown);
    run_until(f, nothing_waits);
    assert_int_equal(counts_of(f).stored, 1);
}

/* The processes whose parent this is. */
static size_t signal_children(int number)
{
    DIR *processes = opendir("/proc");
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(processes));) {
        struct text path = TEXT_INIT;
        char stat_line[512] = "";
        int parent = 0;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        text_format(&path, "/proc/%s/stat", entry->d_name);
        FILE *file = pid > 0 ? fopen(path.bytes, "re") : NULL;
        if (file && fgets(stat_line, sizeof stat_line, file) && strrchr(stat_line, ')') &&
            sscanf(strrchr(stat_line, ')'), ") %*c %d", &parent) == 1 && parent == getpid()) {
            (void)kill(pid, number);
            count++;
        }
        if (file)
            (void)fclose(file);
        text_release(&path);
    }
    (void)closedir(processes);
    return count;
}

static bool something_stored(struct fixture *f)
{
    return counts_of(f).stored > 0;
}

static void a_child_that_dies_is_replaced(void **state)
{
    struct fixture *f = *state;
    int64_t now = loop_wall();
    assert_int_equal(signal_children(SIGKILL), 2);
    for (int i = 0; i < 2000; i++) {
        struct sample sample = sample_of("one", now - (2000 - i) * INT64_C(60000), i);
        series_store(f->series, &sample);
    }
    run_until(f, nothing_waits);
    struct series_counts counts = counts_of(f);
    assert_true(counts.stored >= 1400);
    assert_int_equal(counts.stored + counts.failed, 2000);
    run_until(f, something_stored);
}

static bool something_failed(struct fixture *f)
{
    return counts_of(f).failed > 0;
}

static void a_child_that_hangs_is_ended_and_nothing_blocks(void **state)
{
    struct fixture *f = *state;
    int64_t now = loop_wall(), begin = loop_now();
    assert_int_equal(signal_children(SIGSTOP), 2);
    for (int i = 0; i < 100000; i++) {
        struct sample sample = sample_of("one", now - (100000 - i) * INT64_C(60000), i);
        series_store(f->series, &sample);
    }
    assert_true(loop_now() - begin < 5000000);
    assert_true(counts_of(f).dropped > 0);
    assert_true(counts_of(f).waiting <= 65536);
    run_until(f, something_failed);
    assert_non_null(strstr(series_trouble(f->series), "did not answer within 10000 ms"));
    run_until(f, something_stored);
    struct series_counts counts = counts_of(f);
    assert_int_equal(counts.stored + counts.failed + counts.dropped + counts.waiting, 100000);
}

static void keep_picture(void *owner, const void *picture, size_t length, const char *error)
{
    struct fixture *f = owner;
    text_clear(&f->picture);
    if (picture)
        text_add_bytes(&f->picture, picture, length);
    (void)snprintf(f->refusal, sizeof f->refusal, "%s", error ? error : "");
    f->drawn++;
}

static bool all_drawn(struct fixture *f)
{
    return f->drawn >= 3;
}

static void pictures_are_drawn(void **state)
{
    struct fixture *f = *state;
    int64_t now = loop_wall();
    for (int i = 0; i < 60; i++) {
        struct sample sample = sample_of("one", now - (60 - i) * INT64_C(60000), i);
        series_store(f->series, &sample);
    }
    run_until(f, nothing_waits);
    json_t *graph =
        json_pack("{s:s, s:s, s:I, s:I, s:[{s:s, s:s}]}", "format", "png", "title", "Load: \"a\\b\"", "start",
                  (json_int_t)(now / 1000 - 3600), "end", (json_int_t)(now / 1000), "items", "path",
                  "web/load/one.rrd", "label", "one: 100% \\l");
    json_t *empty = json_pack("{s:s, s:[]}", "format", "svg", "items");
    series_draw(f->series, graph, keep_picture, f);
    series_draw(f->series, empty, keep_picture, f);
    series_draw(f->series, graph, keep_picture, f);
    run_until(f, all_drawn);
    assert_string_equal(f->refusal, "");
    assert_true(f->picture.length > 1000);
    assert_memory_equal(f->picture.bytes, "\x89PNG", 4);
    series_draw(f->series, empty, keep_picture, f);
    run_until(f, all_drawn);
    json_decref(graph);
    json_decref(empty);
}

static void what_waits_is_stored_at_the_end(void **state)
{
    struct fixture *f = *state;
    struct series_settings settings = {f->libexec, f->directory, NULL};
    struct sample sample = sample_of("late", loop_wall(), 1);
    series_store(f->series, &sample);
    series_free(f->series);
    assert_true(stored_file(f, "late"));
    f->series = series_create(f->loop, &settings, NULL);
    assert_non_null(f->series);
}

static void a_missing_program_is_told(void **state)
{
    struct fixture *f = *state;
    struct series_settings settings = {"/nonexistent", f->directory, NULL};
    struct error error = {""};
    assert_null(series_create(f->loop, &settings, &error));
    assert_non_null(strstr(error.text, "/nonexistent/watchbill-series"));
}

static void many_samples_a_second(void **state)
{
    struct fixture *f = *state;
    int64_t now = loop_wall(), begin = loop_now();
    for (int i = 0; i < 50000; i++) {
        char label[16];
        (void)snprintf(label, sizeof label, "s%d", i % 100);
        struct sample sample = sample_of(label, now - (50000 - i) * INT64_C(600), i);
        series_store(f->series, &sample);
    }
    int64_t queued = loop_now() - begin;
    run_until(f, nothing_waits);
    int64_t all = loop_now() - begin;
    assert_int_equal(counts_of(f).stored, 50000);
    print_message("series: %.2f us to queue a sample, %.0f stored/s\n", (double)queued / 50000,
                  50000 * 1e6 / (double)all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(labels_that_collide_are_kept_apart),
        cmocka_unit_test(rows_come_back),
        cmocka_unit_test_setup_teardown(samples_are_stored, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_librrd_misreads_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_that_dies_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_child_that_hangs_is_ended_and_nothing_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pictures_are_drawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_is_stored_at_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_program_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_samples_a_second, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/diskstats of every kernel, changes of counters that wrap, and which device is meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/disks.h"
#include "collectors/mounts.h"

#include <math.h>

static bool parse(struct arena *arena, const char *text, struct diskstats *stats, struct error *error)
{
    return diskstats_parse(text, strlen(text), arena, stats, error);
}

static void reads_every_kernel(void **state)
{
    static const char text[] =
        "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n"                    /* 14 fields */
        "   8       1 sda1 1 2 3 4\n"                                   /* 2.6 */
        " 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"    /* 4.18 */
        " 104 0 cciss!c0d0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n" /* 5.5 */
        " 8 16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14\n"                  /* 17 fields */
        " 8 32 sdc 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n";  /* one to come */
    struct arena *arena = arena_create();
    struct diskstats stats;
    struct error error;
    (void)state;
    if (!parse(arena, text, &stats, &error))
        fail_msg("%s", error.text);
    assert_int_equal(stats.count, 6);
    assert_int_equal(stats.devices[0].numbers[DISKSTATS_WEIGHTED_MS], 11);
    assert_int_equal(stats.devices[0].count, 11);
    assert_true(stats.devices[1].counts_only);
    assert_int_equal(stats.devices[1].numbers[DISKSTATS_SECTORS_READ], 2);
    assert_int_equal(stats.devices[1].numbers[DISKSTATS_WRITES], 3);
    assert_int_equal(stats.devices[1].numbers[DISKSTATS_SECTORS_WRITTEN], 4);
    assert_int_equal(stats.devices[1].numbers[DISKSTATS_READS_MERGED], 0);
    assert_int_equal(stats.devices[3].numbers[DISKSTATS_FLUSHES], 16);
    assert_int_equal(stats.devices[5].count, DISKSTATS_NUMBERS);
    assert_string_equal(stats.devices[3].name, "cciss!c0d0");
    assert_int_equal(diskstats_numbered(&stats, 8, 16)->numbers[DISKSTATS_READS], 1);
    arena_free(arena);
}

static void names_the_line_it_refuses(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *words;
    } cases[] = {
#define CASE(text, words) {text, sizeof text - 1, words}
        CASE("8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n\n", "line 2"),
        CASE("8 0 sda 1 2 3 4 5\n", "line 1"),
        CASE("8 0 sda 1 2 3 4 5 6 7 8 9 10\n", "line 1"),
        CASE("8 0 sda 1 2 3 4 5 6 7 8 9 10 11\r\n", "line 1"),
        CASE("8 0 sda 1 2 3 4 5 6 7 8 9 10 -11\n", "line 1"),
        CASE("x 0 sda 1 2 3 4\n", "line 1"),
        CASE("<html>\n", "line 1"),
        CASE("8 0 sd\0a 1 2 3 4\n", "line 1"),
        CASE("8 0 sda 1 2 3 99999999999999999999999\n", "line 1"),
#undef CASE
    };
    struct arena *arena = arena_create();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diskstats stats;
        struct error error = {""};
        assert_false(diskstats_parse(cases[i].text, cases[i].length, arena, &stats, &error));
        assert_non_null(strstr(error.text, cases[i].words));
        assert_int_equal(stats.count, 0);
    }
    arena_free(arena);
}

static struct diskstats_device device(const uint64_t *numbers)
{
    struct diskstats_device made = {.name = "sda", .count = 17};
    memcpy(made.numbers, numbers, sizeof made.numbers);
    return made;
}

static void measures_a_second(void **state)
{
    (void)state;
    struct diskstats_device before =
        device((uint64_t[DISKSTATS_NUMBERS]){100, 0, 800, 500, 50, 0, 400, 250, 1, 1000, 2000});
    struct diskstats_device after =
        device((uint64_t[DISKSTATS_NUMBERS]){110, 0, 1800, 600, 60, 0, 600, 350, 2, 1500, 4000});
    struct diskstats_change change = diskstats_compare(&before, &after, 1000);
    assert_float_equal(change.utilisation, 50, 1e-9);
    assert_float_equal(change.await, 10, 1e-9);
    assert_float_equal(change.queue, 2, 1e-9);
    assert_float_equal(change.reads, 10, 1e-9);
    assert_float_equal(change.read_bytes, 512000, 1e-9);
    assert_float_equal(change.written_bytes, 102400, 1e-9);
    assert_false(change.stalled);
}

static void an_idle_device_waits_for_nothing(void **state)
{
    struct diskstats_device idle =
        device((uint64_t[DISKSTATS_NUMBERS]){100, 0, 800, 500, 50, 0, 400, 250, 0, 1000, 2000});
    (void)state;
    struct diskstats_change change = diskstats_compare(&idle, &idle, 1000);
    assert_float_equal(change.utilisation, 0, 1e-9);
    assert_float_equal(change.await, 0, 1e-9);
    assert_false(change.stalled);
    change = diskstats_compare(&idle, &idle, 0);
    assert_true(isnan(change.utilisation));
}

static void times_wrap_at_32_bits_and_counts_do_not(void **state)
{
    uint64_t numbers[DISKSTATS_NUMBERS] = {10, 0, 80, 4294967290, 5, 0, 40, 250, 0, 4294967200, 2000};
    struct diskstats_device before = device(numbers);
    (void)state;
    numbers[DISKSTATS_READS] = 20;
    numbers[DISKSTATS_READ_MS] = 14;
    numbers[DISKSTATS_BUSY_MS] = 404;
    struct diskstats_device after = device(numbers);
    struct diskstats_change change = diskstats_compare(&before, &after, 1000);
    assert_float_equal(change.utilisation, 50, 1e-9);
    assert_float_equal(change.await, 2, 1e-9);
    numbers[DISKSTATS_READS] = 5; /* another device under the same name */
    after = device(numbers);
    assert_true(isnan(diskstats_compare(&before, &after, 1000).utilisation));
    numbers[DISKSTATS_READS] = 20;
    numbers[DISKSTATS_WEIGHTED_MS] = 1000; /* less by a little is no wrap */
    after = device(numbers);
    assert_true(isnan(diskstats_compare(&before, &after, 1000).utilisation));
}

static void knows_a_stalled_device(void **state)
{
    uint64_t numbers[DISKSTATS_NUMBERS] = {10, 0, 80, 100, 5, 0, 40, 250, 3, 1000, 2000};
    struct diskstats_device before = device(numbers);
    (void)state;
    numbers[DISKSTATS_BUSY_MS] += 1000;
    numbers[DISKSTATS_WEIGHTED_MS] += 3000;
    struct diskstats_device after = device(numbers);
    struct diskstats_change change = diskstats_compare(&before, &after, 1000);
    assert_true(change.stalled);
    assert_true(isnan(change.await));
    assert_float_equal(change.utilisation, 100, 1e-9);
    before.numbers[DISKSTATS_IN_FLIGHT] = 0; /* they have only just come */
    assert_false(diskstats_compare(&before, &after, 1000).stalled);
    before.numbers[DISKSTATS_IN_FLIGHT] = 3;
    after.numbers[DISKSTATS_FLUSHES]++;
    assert_false(diskstats_compare(&before, &after, 1000).stalled);
}

static void an_old_partition_has_no_times(void **state)
{
    struct diskstats_device before = {.name = "sda1", .counts_only = true};
    struct diskstats_device after = before;
    (void)state;
    after.numbers[DISKSTATS_READS] = 7;
    struct diskstats_change change = diskstats_compare(&before, &after, 1000);
    assert_float_equal(change.reads, 7, 1e-9);
    assert_true(isnan(change.utilisation));
    assert_true(isnan(change.await));
}

static const char many[] = "7 0 loop0 1 0 0 0 0 0 0 0 0 0 0\n1 0 ram0 1 0 0 0 0 0 0 0 0 0 0\n"
                           "11 0 sr0 1 0 0 0 0 0 0 0 0 0 0\n253 0 zram0 1 0 0 0 0 0 0 0 0 0 0\n"
                           "8 0 sda 1 0 0 0 0 0 0 0 0 0 0\n8 1 sda1 1 0 0 0 0 0 0 0 0 0 0\n"
                           "202 81 xvdf1 1 0 0 0 0 0 0 0 0 0 0\n259 0 nvme0n1 1 0 0 0 0 0 0 0 0 0 0\n"
                           "259 1 nvme0n1p1 1 0 0 0 0 0 0 0 0 0 0\n254 0 dm-0 1 0 0 0 0 0 0 0 0 0 0\n"
                           "9 127 md127 1 0 0 0 0 0 0 0 0 0 0\n179 0 mmcblk0 1 0 0 0 0 0 0 0 0 0 0\n"
                           "179 1 mmcblk0p1 1 0 0 0 0 0 0 0 0 0 0\n104 0 cciss!c0d0 1 0 0 0 0 0 0 0 0 0 0\n"
                           "104 1 cciss!c0d0p1 1 0 0 0 0 0 0 0 0 0 0\n";

static void chooses_disks(void **state)
{
    static const char *const globs[] = {"nvme*", "sr0"};
    static const char *const wrong[] = {"hd*"};
    static const char *const expected[] = {"sda",   "xvdf1",   "nvme0n1",   "dm-0",
                                           "md127", "mmcblk0", "cciss!c0d0"};
    struct arena *arena = arena_create();
    struct diskstats stats;
    struct error error;
    struct disks_choice choice = {0};
    (void)state;
    assert_true(parse(arena, many, &stats, &error));
    assert_true(disks_choose(&choice, "", &stats, arena, &error));
    assert_int_equal(choice.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < choice.count; i++)
        assert_string_equal(choice.names[i], expected[i]);
    choice = (struct disks_choice){.globs = globs, .glob_count = 2};
    assert_true(disks_choose(&choice, "", &stats, arena, &error));
    assert_int_equal(choice.count, 3);
    assert_string_equal(choice.names[1], "nvme0n1p1");
    choice = (struct disks_choice){.globs = wrong, .glob_count = 1};
    assert_false(disks_choose(&choice, "", &stats, arena, &error));
    assert_non_null(strstr(error.text, "\"hd*\""));
    arena_free(arena);
}

static void finds_the_device_of_a_path(void **state)
{
    static const char info[] = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                               "30 22 259:1 / /var/lib/my\\040sql rw - xfs /dev/nvme0n1p1 rw\n"
                               "31 22 0:40 / /data rw master:1 shared:2 - btrfs /dev/xvdf1 rw\n"
                               "32 22 0:5 / /proc rw - proc proc rw\n";
    static const char table[] =
        "/dev/sda1 / ext4 rw 0 0\n/dev/xvdf1 /data btrfs rw 0 0\n/dev/dm-0 /data xfs rw 0 0\n";
    static const struct {
        const char *path, *source;
    } cases[] = {{"/", "/dev/sda1"},      {"/var/lib", "/dev/sda1"},  {"/var/lib/my sql/a", "/dev/nvme0n1p1"},
                 {"/data", "/dev/xvdf1"}, {"/database", "/dev/sda1"}, {"/proc/1", "proc"}};
    struct arena *arena = arena_create();
    struct mounts_device device;
    struct error error;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(mounts_parse_info(info, sizeof info - 1, cases[i].path, arena, &device, &error));
        assert_string_equal(device.source, cases[i].source);
    }
    assert_true(mounts_parse_info(info, sizeof info - 1, "/var/lib/my sql", arena, &device, &error));
    assert_true(device.numbered && device.major == 259 && device.minor == 1);
    assert_true(mounts_parse_table(table, sizeof table - 1, "/data/x", arena, &device, &error));
    assert_string_equal(device.source, "/dev/dm-0"); /* mounted over the other */
    assert_false(mounts_parse_info("rubbish\n", 8, "/", arena, &device, &error));
    assert_non_null(strstr(error.text, "line 1"));
    assert_false(mounts_parse_info("22 1 8:1 / / rw\n", 16, "/", arena, &device, &error));
    assert_false(mounts_parse_table("", 0, "/", arena, &device, &error));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kernel),
        cmocka_unit_test(names_the_line_it_refuses),
        cmocka_unit_test(measures_a_second),
        cmocka_unit_test(an_idle_device_waits_for_nothing),
        cmocka_unit_test(times_wrap_at_32_bits_and_counts_do_not),
        cmocka_unit_test(knows_a_stalled_device),
        cmocka_unit_test(an_old_partition_has_no_times),
        cmocka_unit_test(chooses_disks),
        cmocka_unit_test(finds_the_device_of_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

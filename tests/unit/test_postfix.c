/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/postfix.h"
#include "lib/text.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {
    "/incoming", "/active", "/deferred", "/deferred/0", "/deferred/0/A", "/defer", "/defer/0", "/maildrop",
};

static void make_file(const char *directory, const char *name)
{
    struct text path = TEXT_INIT;
    const struct timespec next_attempt[2] = {{.tv_sec = 4000000000}, {.tv_sec = 4000000000}};
    text_format(&path, "%s/%s", directory, name);
    int file = open(path.bytes, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    assert_true(file >= 0);
    assert_int_equal(write(file, "mail", 4), 4);
    assert_int_equal(futimens(file, next_attempt), 0);
    (void)close(file);
    text_release(&path);
}

static int set_up(void **state)
{
    char *directory = strdup("/tmp/test_postfix.XXXXXX");
    assert_non_null(mkdtemp(directory));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        struct text path = TEXT_INIT;
        text_format(&path, "%s%s", directory, folders[i]);
        assert_int_equal(mkdir(path.bytes, 0755), 0);
        text_release(&path);
    }
    *state = directory;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

static int64_t epoch(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000;
}

static void test_counts(void **state)
{
    struct postfix postfix;
    struct error error;
    make_file(*state, "active/A1B2C3");
    make_file(*state, "deferred/0/A/0A1234");
    make_file(*state, "deferred/0/05678");
    make_file(*state, "defer/0/05678"); /* what was said about it, no message */
    assert_int_equal(postfix_read(*state, epoch() + 5000, INT64_MAX, &postfix, &error), SPOOL_READ);
    assert_int_equal(postfix.queues[POSTFIX_ACTIVE].entries, 1);
    assert_int_equal(postfix.queues[POSTFIX_DEFERRED].entries, 2);
    assert_int_equal(postfix.queues[POSTFIX_INCOMING].entries, 0);
    assert_int_equal(postfix.queues[POSTFIX_HOLD].entries, 0); /* is not there */
    assert_int_equal(postfix.all.entries, 3);
    assert_int_equal(postfix.all.bytes, 12);
    assert_in_range(postfix.all.newest, 3000, 60000); /* not of the next attempt, which is in the future */
    assert_in_range(postfix.all.oldest, 3000, 60000);
}

static void test_no_queue(void **state)
{
    struct postfix postfix;
    struct error error = {""};
    struct text path = TEXT_INIT;
    text_format(&path, "%s/active", (const char *)*state);
    assert_int_equal(postfix_read(path.bytes, epoch(), INT64_MAX, &postfix, &error), SPOOL_MISSING);
    assert_non_null(strstr(error.text, "/active/incoming"));
    text_release(&path);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(postfix_queue_name(POSTFIX_MAILDROP), "maildrop");
    assert_string_equal(postfix_queue_name(POSTFIX_CORRUPT), "corrupt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_no_queue),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

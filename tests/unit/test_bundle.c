/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/bundle.h"
#include "lib/bundle_read.h"

#include "lib/process.h"

#include <ftw.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { LONG_MS = 20000, PATH_BYTES = 256 };

struct place {
    char top[64];
    char folder[96];
    struct bundle *bundle;
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    (void)snprintf(place->top, sizeof place->top, "/tmp/test_bundle.XXXXXX");
    assert_non_null(mkdtemp(place->top));
    (void)snprintf(place->folder, sizeof place->folder, "%s/a/diagnostics", place->top);
    place->bundle = bundle_open(place->folder, "run-1", process_now() + LONG_MS, NULL);
    assert_non_null(place->bundle);
    *state = place;
    return 0;
}

static int remove_one(const char *path, const struct stat *found, int type, struct FTW *where)
{
    (void)found;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    (void)nftw(place->top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(place);
    return 0;
}

/* Closes it and reads its index. */
static json_t *closed(struct place *place)
{
    char path[PATH_BYTES];
    char hex[DIGEST_HEX_BYTES];
    char again[DIGEST_HEX_BYTES];
    char text[65536];
    struct error error = {""};
    if (!bundle_close(place->bundle, hex, &error))
        fail_msg("%s", error.text);
    (void)snprintf(path, sizeof path, "%s/run-1/index.json", place->folder);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    assert_true(digest_sha256(text, length, again));
    assert_string_equal(hex, again);
    json_t *index = json_loadb(text, length, 0, NULL);
    assert_non_null(index);
    return index;
}

static const json_t *part(const json_t *index, size_t number)
{
    return json_array_get(json_object_get(index, "parts"), number);
}

static json_int_t number_of(const json_t *index, size_t at, const char *key)
{
    return json_integer_value(json_object_get(part(index, at), key));
}

static const char *text_of(const json_t *index, size_t at, const char *key)
{
    const char *text = json_string_value(json_object_get(part(index, at), key));
    return text ? text : "";
}

static void keeps_parts_with_their_digests(void **state)
{
    struct place *place = *state;
    const char *const argv[] = {"echo", "from a program", NULL};
    assert_true(bundle_add_text(place->bundle, "text", "abc", 3));
    assert_true(bundle_add_command(place->bundle, "command", argv, LONG_MS));
    assert_true(bundle_add_file(place->bundle, "mounts", "/proc/self/mounts", BUNDLE_PART_BYTES));
    assert_null(bundle_problem(place->bundle));
    assert_true(bundle_bytes(place->bundle) > 3 + 15);
    json_t *index = closed(place);
    assert_string_equal(text_of(index, 0, "sha256"),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(number_of(index, 1, "bytes"), 15);
    assert_string_equal(text_of(index, 2, "name"), "mounts");
    json_decref(index);
}

static void names_what_failed(void **state)
{
    struct place *place = *state;
    const char *const fails[] = {"/bin/sh", "-c", "echo half; exit 3", NULL};
    const char *const hangs[] = {"sleep", "60", NULL};
    assert_false(bundle_add_file(place->bundle, "none", "/nonexistent", 10));
    assert_false(bundle_add_command(place->bundle, "fails", fails, LONG_MS));
    assert_false(bundle_add_command(place->bundle, "hangs", hangs, 100));
    assert_false(bundle_add_file(place->bundle, "folder", "/proc", 10));
    assert_string_equal(bundle_problem(place->bundle), "none: No such file or directory: \"/nonexistent\"");
    json_t *index = closed(place);
    assert_string_equal(text_of(index, 0, "error"), "No such file or directory: \"/nonexistent\"");
    assert_string_equal(text_of(index, 1, "error"), "\"/bin/sh\" ended with 3: half");
    assert_int_equal(number_of(index, 1, "bytes"), 5);
    assert_string_equal(text_of(index, 2, "error"), "\"sleep\" did not end in time");
    json_decref(index);
}

static void caps_parts_and_the_whole(void **state)
{
    enum { HUGE_BYTES = BUNDLE_PART_BYTES + 10 };
    struct place *place = *state;
    char *huge = calloc(1, HUGE_BYTES);
    assert_non_null(huge);
    memset(huge, 'x', HUGE_BYTES);
    for (int i = 0; i < 20; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "part-%d", i);
        assert_true(bundle_add_text(place->bundle, name, huge, HUGE_BYTES));
    }
    free(huge);
    assert_int_equal(bundle_bytes(place->bundle), BUNDLE_BYTES);
    json_t *index = closed(place);
    assert_int_equal(number_of(index, 0, "bytes"), BUNDLE_PART_BYTES);
    assert_true(json_is_true(json_object_get(part(index, 0), "truncated")));
    assert_int_equal(number_of(index, 19, "bytes"), 0);
    json_decref(index);
}

static void keeps_the_end_of_a_file(void **state)
{
    struct place *place = *state;
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/log", place->top);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    for (int line = 0; line < 30000; line++)
        fprintf(file, "line %d\n", line);
    (void)fclose(file);
    assert_true(bundle_add_file(place->bundle, "log", path, 11));
    json_t *index = closed(place);
    assert_int_equal(number_of(index, 0, "bytes"), 11);
    json_decref(index);
    (void)snprintf(path, sizeof path, "%s/run-1/log", place->folder);
    char text[16] = "";
    file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof text, file), 11);
    (void)fclose(file);
    assert_memory_equal(text, "line 29999\n", 11);
}

static void a_file_without_end_ends_by_the_deadline(void **state)
{
    struct place *place = *state;
    struct error error;
    struct bundle *brief = bundle_open(place->folder, "brief", process_now() + 100, &error);
    char hex[DIGEST_HEX_BYTES];
    assert_non_null(brief);
    assert_false(bundle_add_file(brief, "zero", "/dev/zero", 100));
    assert_true(bundle_close(brief, hex, &error));
    json_decref(closed(place));
}

static void refuses_names_that_are_none(void **state)
{
    static const char *const names[] = {"", ".", "..", ".x", "a/b", "../x", "a b", "index\n"};
    struct place *place = *state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_false(bundle_add_text(place->bundle, names[i], "x", 1));
    assert_true(bundle_add_text(place->bundle, "twice", "x", 1));
    assert_false(bundle_add_text(place->bundle, "twice", "x", 1));
    json_decref(closed(place));
}

static void a_run_has_one_bundle(void **state)
{
    struct place *place = *state;
    struct error error;
    char file[PATH_BYTES];
    assert_null(bundle_open(place->folder, "run-1", process_now() + LONG_MS, &error));
    assert_non_null(strstr(error.text, "File exists"));
    (void)snprintf(file, sizeof file, "%s/run-1/index.json", place->folder);
    json_decref(closed(place));
    assert_null(bundle_open(file, "run-2", process_now() + LONG_MS, &error));
    assert_null(bundle_open("/proc/nothing/here", "run-2", process_now() + LONG_MS, &error));
}

/* ---- read back ---- */

static void write_over(const struct place *place, const char *name, const char *text)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/run-1/%s", place->folder, name);
    (void)chmod(path, 0640);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void close_with_three_parts(struct place *place)
{
    char hex[DIGEST_HEX_BYTES];
    assert_true(bundle_add_text(place->bundle, "one", "1\xff\n", 3));
    assert_true(bundle_add_text(place->bundle, "two", "2", 1));
    assert_false(bundle_add_file(place->bundle, "none", "/nonexistent", 10));
    assert_true(bundle_close(place->bundle, hex, NULL));
}

static json_t *read_back(const struct place *place)
{
    struct error error = {""};
    json_t *bundle = bundle_read(place->folder, "run-1", &error);
    if (!bundle)
        fail_msg("%s", error.text);
    return bundle;
}

static bool changed(const json_t *bundle, size_t at)
{
    return json_is_true(json_object_get(part(bundle, at), "changed"));
}

static void is_read_as_it_was_gathered(void **state)
{
    struct place *place = *state;
    close_with_three_parts(place);
    json_t *bundle = read_back(place);
    assert_string_equal(text_of(bundle, 0, "name"), "one");
    assert_string_equal(text_of(bundle, 0, "content"), "1\xef\xbf\xbd\n");
    assert_int_equal(number_of(bundle, 0, "bytes"), 3);
    assert_string_equal(text_of(bundle, 2, "error"), "No such file or directory: \"/nonexistent\"");
    for (size_t i = 0; i < 2; i++)
        assert_false(changed(bundle, i));
    json_decref(bundle);
}

static void a_changed_part_shows(void **state)
{
    struct place *place = *state;
    char from[PATH_BYTES], to[PATH_BYTES];
    close_with_three_parts(place);
    write_over(place, "one", "forged");
    (void)snprintf(from, sizeof from, "%s/run-1/two", place->folder);
    (void)snprintf(to, sizeof to, "%s/elsewhere", place->top);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(symlink(to, from), 0); /* the same bytes, and yet not followed */
    json_t *bundle = read_back(place);
    assert_true(changed(bundle, 0));
    assert_string_equal(text_of(bundle, 0, "content"), "forged");
    assert_true(changed(bundle, 1));
    assert_true(json_is_null(json_object_get(part(bundle, 1), "content")));
    json_decref(bundle);
}

static void reads_no_more_than_a_bundle_holds(void **state)
{
    struct place *place = *state;
    char path[PATH_BYTES];
    close_with_three_parts(place);
    write_over(place, "one", "");
    (void)snprintf(path, sizeof path, "%s/run-1/one", place->folder);
    assert_int_equal(truncate(path, (off_t)BUNDLE_BYTES + 1), 0);
    json_t *bundle = read_back(place);
    assert_true(changed(bundle, 0));
    assert_true(json_is_null(json_object_get(part(bundle, 0), "content")));
    assert_false(changed(bundle, 1));
    json_decref(bundle);
}

static void a_hostile_index_names_nothing_outside(void **state)
{
    static const char *const indexes[] = {
        "{\"parts\":[{\"name\":\"../../elsewhere\"},{\"name\":\"/etc/"
        "passwd\"},{\"name\":\"..\"},{\"name\":3},7,null]}",
        "{\"parts\":[{\"name\":\"index.json\",\"sha256\":[]},{\"name\":\"\"},{}]}",
    };
    static const char *const unusable[] = {
        "", "{", "[]", "{\"parts\":3}", "\x01\xff", "{\"parts\":[],\"parts\":[]}"};
    struct place *place = *state;
    struct error error;
    close_with_three_parts(place);
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
        write_over(place, "index.json", indexes[i]);
        json_t *bundle = read_back(place);
        for (size_t at = i; at < json_array_size(json_object_get(bundle, "parts")); at++)
            assert_true(json_is_null(json_object_get(part(bundle, at), "content")));
        json_decref(bundle);
    }
    for (size_t i = 0; i < sizeof unusable / sizeof unusable[0]; i++) {
        write_over(place, "index.json", unusable[i]);
        assert_null(bundle_read(place->folder, "run-1", &error));
        assert_string_equal(error.text, "the index of the diagnostics cannot be read");
    }
}

static void only_the_id_of_a_run_names_a_bundle(void **state)
{
    static const char *const names[] = {"", ".", "..", "../run-1", "run-1/", "a b", "run-1\n", "none", NULL};
    struct place *place = *state;
    struct error error;
    close_with_three_parts(place);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_null(bundle_read(place->folder, names[i], &error));
    assert_string_equal(error.text, "not the id of a run: \"\"");
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
    const struct CMUnitTest tests[] = {
        IN_PLACE(keeps_parts_with_their_digests),
        IN_PLACE(names_what_failed),
        IN_PLACE(caps_parts_and_the_whole),
        IN_PLACE(keeps_the_end_of_a_file),
        IN_PLACE(a_file_without_end_ends_by_the_deadline),
        IN_PLACE(refuses_names_that_are_none),
        IN_PLACE(a_run_has_one_bundle),
        IN_PLACE(is_read_as_it_was_gathered),
        IN_PLACE(a_changed_part_shows),
        IN_PLACE(reads_no_more_than_a_bundle_holds),
        IN_PLACE(a_hostile_index_names_nothing_outside),
        IN_PLACE(only_the_id_of_a_run_names_a_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

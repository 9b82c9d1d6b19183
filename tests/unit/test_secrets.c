/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of secrets that the scheduler keeps or reads: the key of links, and tokens. */
#include "lib/guarded_file.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/io/seal.h"
#include "scheduler/io/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int make_place(void **state)
{
    char *place = memory_text("/tmp/secrets.XXXXXX");
    *state = mkdtemp(place);
    return *state ? 0 : -1;
}

static int drop_place(void **state)
{
    static const char *const names[] = {"key", "key.new", "tokens"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text path = TEXT_INIT;
        text_format(&path, "%s/%s", (char *)*state, names[i]);
        (void)unlink(path.bytes);
        text_release(&path);
    }
    (void)rmdir(*state);
    free(*state);
    return 0;
}

static char *path_of(void **state, const char *name)
{
    struct text path = TEXT_INIT;
    text_format(&path, "%s/%s", (char *)*state, name);
    return text_take(&path);
}

static void put(const char *path, const char *bytes, size_t length, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* The example of GitHub's manual. */
static void a_secret_of_others_signs(void **state)
{
    static const char secret[] = "It's a Secret to Everybody\r\nwhat follows does not count\n";
    static const char text[] = "Hello, World!";
    static const char *const wrong[] = {"", "It's a Secret to Everybody\r", "It's a secret to Everybody",
                                        "It's"};
    char *path = path_of(state, "key");
    struct error error = {""};
    put(path, secret, sizeof secret - 1, 0640);
    struct seal *seal = seal_read(path, &error);
    assert_non_null(seal);
    assert_true(seal_check(seal, text, sizeof text - 1,
                           "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
    assert_true(seal_is(seal, "It's a Secret to Everybody"));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(seal_is(seal, wrong[i]));
    seal_free(seal);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void a_secret_that_is_none_is_refused(void **state)
{
    static const char nuls[32] = "";
    char *path = path_of(state, "key"), *long_one = memory_get(SEAL_SECRET_MOST + 2, 1);
    struct error error = {""};
    assert_null(seal_read(path, &error));
    memset(long_one, 'x', SEAL_SECRET_MOST + 1);
    put(path, long_one, SEAL_SECRET_MOST + 1, 0600);
    assert_null(seal_read(path, &error));
    put(path, long_one, SEAL_SECRET_LEAST - 1, 0600);
    assert_null(seal_read(path, &error));
    assert_null(strstr(error.text, "xxxx"));
    put(path, nuls, sizeof nuls, 0600);
    assert_null(seal_read(path, &error));
    put(path, long_one, SEAL_SECRET_LEAST, 0604);
    assert_null(seal_read(path, &error));
    assert_non_null(strstr(error.text, "open to everyone"));
    assert_int_equal(unlink(path), 0);
    free(long_one);
    free(path);
}

static void a_key_is_made_once(void **state)
{
    char *path = path_of(state, "key");
    struct stat about;
    struct error error = {""};
    char one[SEAL_HEX_BYTES], two[SEAL_HEX_BYTES];
    struct seal *seal = seal_open(path, &error);
    assert_non_null(seal);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_true(seal_sign(seal, "text", 4, one));
    assert_true(seal_check(seal, "text", 4, one));
    assert_false(seal_check(seal, "tex", 3, one));
    assert_false(seal_check(seal, "text", 4, ""));
    one[0] = one[0] == 'a' ? 'b' : 'a';
    assert_false(seal_check(seal, "text", 4, one));
    one[0] = '\0';
    assert_true(seal_sign(seal, "text", 4, one));
    seal_free(seal);
    seal = seal_open(path, &error);
    assert_true(seal_sign(seal, "text", 4, two));
    assert_string_equal(one, two);
    seal_free(seal);
    assert_int_equal(unlink(path), 0);
    seal = seal_open(path, &error);
    assert_false(seal_check(seal, "text", 4, one));
    seal_free(seal);
    free(path);
}

/* HMAC-SHA256 of RFC 4231 has keys of other lengths; this one was reckoned with openssl dgst -mac hmac. */
static void the_signature_is_hmac_sha256(void **state)
{
    char *path = path_of(state, "key"), hex[SEAL_HEX_BYTES];
    put(path, "0123456789abcdef0123456789abcdef", 32, 0600);
    struct seal *seal = seal_open(path, NULL);
    assert_true(seal_sign(seal, "watchbill", 9, hex));
    assert_string_equal(hex, "b1c19a05a2c52256363f53f1350701e1ea2bfd163568638619316f3f98b55b56");
    seal_free(seal);
    free(path);
}

static void bad_keys(void **state)
{
    char *path = path_of(state, "key");
    struct error error = {""};
    put(path, "short", 5, 0600);
    assert_null(seal_open(path, &error));
    assert_non_null(strstr(error.text, "is not a key of 32 bytes"));
    put(path, "0123456789abcdef0123456789abcdef", 32, 0640);
    assert_null(seal_open(path, &error));
    assert_non_null(strstr(error.text, "is open to others"));
    assert_null(seal_open("/nonexistent/key", &error));
    assert_non_null(strstr(error.text, "cannot be made"));
    free(path);
}

static void tokens_by_name(void **state)
{
    static const char file[] =
        "# programs\n\n  deploy \t0123456789abcdef\r\nagent abcdefghijklmnopqrstuvwxyz";
    char *path = path_of(state, "tokens");
    struct error error = {""};
    put(path, file, sizeof file - 1, 0640);
    struct tokens *tokens = tokens_read(path, &error);
    assert_non_null(tokens);
    assert_string_equal(tokens_find(tokens, "0123456789abcdef"), "deploy");
    assert_string_equal(tokens_find(tokens, "abcdefghijklmnopqrstuvwxyz"), "agent");
    assert_null(tokens_find(tokens, "0123456789abcde"));
    assert_null(tokens_find(tokens, "0123456789abcdef "));
    assert_null(tokens_find(tokens, ""));
    uint64_t stamp = guarded_file_stamp(path);
    assert_true(stamp == guarded_file_stamp(path));
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(stamp != guarded_file_stamp(path));
    tokens_free(tokens);
    free(path);
}

static void bad_token_files(void **state)
{
    static const struct {
        const char *file, *sentence;
        mode_t mode;
    } cases[] = {
        {"a 0123456789abcdef\n", "is open to everyone", 0644},
        {"a short\n", "line 1 of the tokens file", 0600},
        {"\n\na 0123456789abcdef more\n", "line 3 of the tokens file", 0600},
        {"alone\n", "line 1 of the tokens file", 0600},
        {"a 0123456789abcdef\xc3\xa4\n", "line 1 of the tokens file", 0600},
    };
    char *path = path_of(state, "tokens");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = {""};
        put(path, cases[i].file, strlen(cases[i].file), cases[i].mode);
        assert_null(tokens_read(path, &error));
        if (!strstr(error.text, cases[i].sentence))
            fail_msg("%s", error.text);
        assert_null(strstr(error.text, "0123456789"));
    }
    struct error error = {""};
    put(path, "a 0123\0 6789abcdef\n", 19, 0600);
    assert_null(tokens_read(path, &error));
    assert_null(tokens_read("/nonexistent", &error));
    assert_null(tokens_read("/", &error));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_made_once),
        cmocka_unit_test(the_signature_is_hmac_sha256),
        cmocka_unit_test(a_secret_of_others_signs),
        cmocka_unit_test(a_secret_that_is_none_is_refused),
        cmocka_unit_test(bad_keys),
        cmocka_unit_test(tokens_by_name),
        cmocka_unit_test(bad_token_files),
    };
    return cmocka_run_group_tests(tests, make_place, drop_place);
}

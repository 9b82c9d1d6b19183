/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/seal.h"

#include "lib/guarded_file.h"
#include "lib/memory.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BYTES = 32, SUM_BYTES = 32 };

struct seal {
    size_t length;
    unsigned char key[];
};

static struct seal *seal_create(size_t length)
{
    struct seal *seal = memory_get(1, sizeof *seal + length);
    seal->length = length;
    return seal;
}

/* A crash in the middle leaves no half of a key: the file has its name when it is whole. */
static bool make_key(const char *path, struct error *error)
{
    unsigned char key[KEY_BYTES];
    struct text other = TEXT_INIT;
    text_format(&other, "%s.new", path);
    (void)unlink(other.bytes);
    int fd = open(other.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && getrandom(key, sizeof key, 0) == (ssize_t)sizeof key &&
              write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0 &&
              rename(other.bytes, path) == 0;
    if (!ok)
        error_set(error, "the key file \"%s\" cannot be made: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    OPENSSL_cleanse(key, sizeof key);
    text_release(&other);
    return ok;
}

static bool read_key(struct seal *seal, int fd, const char *path, struct error *error)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size != KEY_BYTES ||
        read(fd, seal->key, KEY_BYTES) != KEY_BYTES)
        return error_set(error, "\"%s\" is not a key of %d bytes; move it away, and a new one is made", path,
                         (int)KEY_BYTES);
    if (about.st_mode & 077)
        return error_set(error, "the key file \"%s\" is open to others than its owner: chmod 0600", path);
    return true;
}

struct seal *seal_open(const char *path, struct error *error)
{
    struct seal *seal = seal_create(KEY_BYTES);
    int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    int fd = open(path, flags);
    bool missing = fd < 0 && errno == ENOENT;
    if (missing && make_key(path, error))
        fd = open(path, flags);
    bool ok = fd >= 0;
    if (!ok && !missing)
        error_set(error, "the key file \"%s\" cannot be read: %s", path, strerror(errno));
    ok = ok && read_key(seal, fd, path, error);
    if (fd >= 0)
        (void)close(fd);
    if (!ok) {
        seal_free(seal);
        seal = NULL;
    }
    return seal;
}

struct seal *seal_read(const char *path, struct error *error)
{
    size_t length = 0;
    struct seal *seal = NULL;
    char *bytes = guarded_file_read(path, "the secret file", true, &length, error);
    if (!bytes)
        return NULL;
    size_t line = strcspn(bytes, "\r\n");
    if (line < SEAL_SECRET_LEAST || line > SEAL_SECRET_MOST) {
        (void)error_set(error, "the first line of the secret file \"%s\" is not of %d to %d bytes", path,
                        (int)SEAL_SECRET_LEAST, (int)SEAL_SECRET_MOST);
    } else {
        seal = seal_create(line);
        memcpy(seal->key, bytes, line);
    }
    guarded_file_free(bytes, length);
    return seal;
}

void seal_free(struct seal *seal)
{
    if (seal)
        OPENSSL_cleanse(seal, sizeof *seal + seal->length);
    free(seal);
}

bool seal_sign(const struct seal *seal, const char *text, size_t length, char hex[static SEAL_HEX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const unsigned char *bytes = (const unsigned char *)text;
    bool ok =
        HMAC(EVP_sha256(), seal->key, (int)seal->length, bytes, length, sum, &size) && size == SUM_BYTES;
    for (size_t i = 0; i < SUM_BYTES; i++) {
        hex[2 * i] = ok ? digits[sum[i] >> 4] : '\0';
        hex[2 * i + 1] = ok ? digits[sum[i] & 15] : '\0';
    }
    hex[SEAL_HEX_BYTES - 1] = '\0';
    return ok;
}

bool seal_check(const struct seal *seal, const char *text, size_t length, const char *hex)
{
    char wanted[SEAL_HEX_BYTES];
    return strlen(hex) == SEAL_HEX_BYTES - 1 && seal_sign(seal, text, length, wanted) &&
           CRYPTO_memcmp(wanted, hex, SEAL_HEX_BYTES - 1) == 0;
}

/* What both come to is compared: its length is the same whatever theirs are. */
bool seal_is(const struct seal *seal, const char *given)
{
    char wanted[SEAL_HEX_BYTES];
    return seal_sign(seal, (const char *)seal->key, seal->length, wanted) &&
           seal_check(seal, given, strlen(given), wanted);
}

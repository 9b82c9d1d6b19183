/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

enum { BLOCK_BYTES = 65536 };

static bool write_hex(const unsigned char *sum, unsigned int size, char hex[static DIGEST_HEX_BYTES])
{
    if (size * 2 + 1 != DIGEST_HEX_BYTES)
        return false;
    for (unsigned int i = 0; i < size; i++)
        (void)snprintf(hex + (size_t)2 * i, 3, "%02x", sum[i]);
    return true;
}

bool digest_sha256(const void *bytes, size_t length, char hex[static DIGEST_HEX_BYTES])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    hex[0] = '\0';
    return EVP_Digest(bytes, length, sum, &size, EVP_sha256(), NULL) == 1 && write_hex(sum, size, hex);
}

/* It is libcrypto's own context; the name hides the library from whoever includes the header. */
struct digest *digest_begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(context);
        context = NULL;
    }
    return (struct digest *)context;
}

bool digest_add(struct digest *digest, const void *bytes, size_t length)
{
    return digest && EVP_DigestUpdate((EVP_MD_CTX *)digest, bytes, length) == 1;
}

bool digest_end(struct digest *digest, char hex[static DIGEST_HEX_BYTES])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    hex[0] = '\0';
    bool ok =
        digest && EVP_DigestFinal_ex((EVP_MD_CTX *)digest, sum, &size) == 1 && write_hex(sum, size, hex);
    EVP_MD_CTX_free((EVP_MD_CTX *)digest);
    return ok;
}

bool digest_file(int fd, char hex[static DIGEST_HEX_BYTES])
{
    char block[BLOCK_BYTES];
    struct digest *digest = digest_begin();
    bool ok = digest && lseek(fd, 0, SEEK_SET) == 0;
    ssize_t got = 0;
    while (ok && ((got = read(fd, block, sizeof block)) > 0 || (got < 0 && errno == EINTR)))
        ok = got < 0 || digest_add(digest, block, (size_t)got);
    ok = ok && got == 0 && lseek(fd, 0, SEEK_SET) == 0;
    int why = errno;
    ok = digest_end(digest, hex) && ok;
    errno = why;
    return ok;
}

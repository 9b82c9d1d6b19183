/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/tokens.h"

#include "lib/digest.h"
#include "lib/hash.h"
#include "lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 1 << 20, NAME_MOST = 64 };

/* Only what a token comes to is kept: it can be compared in constant time whatever its length is. */
struct token {
    char name[NAME_MOST + 1];
    char digest[DIGEST_HEX_BYTES];
};

struct tokens {
    struct token *items;
    size_t count;
};

static char *read_file(const char *path, size_t *length, struct error *error)
{
    struct stat about;
    char *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &about) != 0) {
        error_set(error, "the tokens file \"%s\" cannot be read: %s", path, strerror(errno));
    } else if (about.st_mode & 07) {
        error_set(error, "the tokens file \"%s\" is open to everyone: chmod o= it", path);
    } else if (!S_ISREG(about.st_mode) || about.st_size > FILE_MOST) {
        error_set(error, "the tokens file \"%s\" is no file of at most %d bytes", path, (int)FILE_MOST);
    } else {
        bytes = memory_get((size_t)about.st_size + 1, 1);
        ssize_t count = read(fd, bytes, (size_t)about.st_size);
        *length = count > 0 ? (size_t)count : 0;
        bytes[*length] = '\0';
    }
    if (fd >= 0)
        (void)close(fd);
    return bytes;
}

static bool is_visible(const char *text)
{
    while ((unsigned char)*text > ' ' && (unsigned char)*text < 0x7f)
        text++;
    return *text == '\0';
}

/* One line, its end cut off. */
static bool add_line(struct tokens *tokens, char *line, size_t number, const char *path, struct error *error)
{
    static const char blanks[] = " \t\r";
    char *name = line + strspn(line, blanks);
    size_t name_length = strcspn(name, blanks);
    char *token = name + name_length + strspn(name + name_length, blanks);
    size_t length = strcspn(token, blanks);
    bool alone = token[length + strspn(token + length, blanks)] == '\0';
    if (*name == '\0' || *name == '#')
        return true;
    token[length] = '\0';
    if (name_length > NAME_MOST || !alone || length < TOKENS_LEAST || length > TOKENS_MOST ||
        !is_visible(token))
        return error_set(
            error, "line %zu of the tokens file \"%s\" is not a name and a token of %d to %d characters",
            number, path, (int)TOKENS_LEAST, (int)TOKENS_MOST);
    tokens->items = memory_grow(tokens->items, tokens->count + 1, sizeof *tokens->items);
    struct token *item = &tokens->items[tokens->count++];
    *item = (struct token){.name = ""};
    memcpy(item->name, name, name_length);
    if (!is_visible(item->name))
        return error_set(error, "the name in line %zu of the tokens file \"%s\" is not ASCII", number, path);
    return digest_sha256(token, length, item->digest) || error_set(error, "libcrypto has no SHA-256");
}

struct tokens *tokens_read(const char *path, struct error *error)
{
    size_t length = 0, number = 1;
    char *bytes = read_file(path, &length, error);
    if (!bytes)
        return NULL;
    struct tokens *tokens = memory_get(1, sizeof *tokens);
    bool ok = memchr(bytes, '\0', length) == NULL ||
              error_set(error, "the tokens file \"%s\" has a NUL in it", path);
    for (char *line = bytes, *next; ok && line; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        ok = add_line(tokens, line, number, path, error);
    }
    OPENSSL_cleanse(bytes, length);
    free(bytes);
    if (!ok) {
        tokens_free(tokens);
        tokens = NULL;
    }
    return tokens;
}

void tokens_free(struct tokens *tokens)
{
    if (!tokens)
        return;
    if (tokens->items)
        OPENSSL_cleanse(tokens->items, tokens->count * sizeof *tokens->items);
    free(tokens->items);
    free(tokens);
}

uint64_t tokens_stamp(const char *path)
{
    struct stat about;
    uint64_t marks[5] = {0};
    if (stat(path, &about) == 0) {
        marks[0] = (uint64_t)about.st_ino;
        marks[1] = (uint64_t)about.st_size;
        marks[2] = (uint64_t)about.st_ctim.tv_sec;
        marks[3] = (uint64_t)about.st_ctim.tv_nsec;
        marks[4] = (uint64_t)about.st_mode;
    }
    return hash_bytes(hash_text(HASH_START, path), marks, sizeof marks);
}

const char *tokens_find(const struct tokens *tokens, const char *given)
{
    const char *name = NULL;
    char digest[DIGEST_HEX_BYTES];
    if (!digest_sha256(given, strlen(given), digest))
        return NULL;
    for (size_t i = 0; i < tokens->count; i++)
        if (CRYPTO_memcmp(digest, tokens->items[i].digest, DIGEST_HEX_BYTES - 1) == 0)
            name = tokens->items[i].name;
    return name;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/tokens.h"

#include "lib/digest.h"
#include "lib/guarded_file.h"
#include "lib/memory.h"

#include <openssl/crypto.h>
#include <string.h>

enum { NAME_MOST = 64 };

/* Only what a token comes to is kept: it can be compared in constant time whatever its length is. */
struct token {
    char name[NAME_MOST + 1];
    char digest[DIGEST_HEX_BYTES];
};

struct tokens {
    struct token *items;
    size_t count;
};

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
    char *bytes = guarded_file_read(path, "the tokens file", true, &length, error);
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
    guarded_file_free(bytes, length);
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

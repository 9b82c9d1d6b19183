/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/extra_opts.h"

#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LARGEST = 1024 * 1024 };

static const char option_name[] = "--extra-opts";

static void add_word(struct words *words, struct arena *arena, char *word)
{
    char **items = arena_get(arena, (size_t)words->count + 2, sizeof *items);
    if (words->count)
        memcpy(items, words->items, (size_t)words->count * sizeof *items);
    items[words->count++] = word;
    words->items = items;
}

/* A mutable copy: the option reader wipes secrets where they stand. */
static void add_copy(struct words *words, struct arena *arena, const char *dashes, const char *text)
{
    struct text word = TEXT_INIT;
    text_format(&word, "%s%s", dashes, text);
    add_word(words, arena, arena_text_of(arena, word.bytes, word.length));
    text_release(&word);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static char *trim(char *text)
{
    while (is_blank(*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* "key = value", "key =": ${line} is cut in place. */
static bool read_option(char *line, struct arena *arena, struct words *words)
{
    char *equal = strchr(line, '=');
    if (!equal)
        return false;
    *equal = '\0';
    char *key = trim(line);
    char *value = trim(equal + 1);
    if (*key == '\0' || *key == '-' || strpbrk(key, " \t"))
        return false;
    add_copy(words, arena, key[1] ? "--" : "-", key);
    if (*value)
        add_copy(words, arena, "", value);
    return true;
}

bool extra_opts_parse(const char *bytes, const char *section, struct arena *arena, struct words *words,
                      struct error *error)
{
    char *next = arena_text_of(arena, bytes, strlen(bytes));
    bool within = false;
    bool found = false;
    size_t number = 0;
    for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
        line = trim(line);
        number++;
        size_t length = strlen(line);
        if (*line == '\0' || *line == '#' || *line == ';')
            continue;
        if (*line == '[' && line[length - 1] == ']') {
            line[length - 1] = '\0';
            within = strcmp(trim(line + 1), section) == 0;
            found = found || within;
        } else if (within && !read_option(line, arena, words)) {
            return error_set(error, "line %zu is no \"name = value\"", number);
        }
    }
    return found || error_set(error, "no section \"%s\"", section);
}

static const char *find_in(const char *directories, struct arena *arena)
{
    static const char *const names[] = {"monitoring-plugins.ini", "plugins.ini", "nagios-plugins.ini"};
    while (directories && *directories) {
        size_t length = strcspn(directories, ":");
        for (size_t i = 0; length && i < sizeof names / sizeof names[0]; i++) {
            const char *path = arena_format(arena, "%.*s/%s", (int)length, directories, names[i]);
            if (access(path, F_OK) == 0)
                return path;
        }
        directories += length + (directories[length] == ':');
    }
    return NULL;
}

static const char *find_file(struct arena *arena)
{
    static const char usual[] =
        "/etc/watchbill:/etc/monitoring-plugins:/usr/local/etc/monitoring-plugins:"
        "/etc/nagios-plugins:/usr/local/etc/nagios-plugins:/etc/opt/nagios-plugins:"
        "/etc/nagios:/usr/local/etc/nagios:/etc/opt/nagios:/etc:/usr/local/etc:/etc/opt";
    const char *path = getenv("MP_CONFIG_FILE");
    if (path && *path)
        return path;
    path = find_in(getenv("NAGIOS_CONFIG_PATH"), arena);
    return path ? path : find_in(usual, arena);
}

static bool read_file(const char *path, struct text *bytes, struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = -1;
    if (file >= 0) {
        do {
            got = read(file, text_reserve(bytes, 16384), 16384);
            if (got > 0)
                bytes->length += (size_t)got;
        } while ((got > 0 && bytes->length < LARGEST) || (got < 0 && errno == EINTR));
        bytes->bytes[bytes->length] = '\0';
    }
    int cause = errno;
    if (file >= 0)
        (void)close(file);
    if (got < 0)
        return error_set(error, "--extra-opts: %s: \"%s\"", strerror(cause), path);
    if (got > 0 || strlen(bytes->bytes) != bytes->length)
        return error_set(error, "--extra-opts: not an INI file: \"%s\"", path);
    return true;
}

/* ${value}: "", "SECTION", "@FILE" or "SECTION@FILE". */
static bool expand_one(const char *value, const char *program, struct arena *arena, struct words *words,
                       struct error *error)
{
    const char *at = strchr(value, '@');
    size_t length = at ? (size_t)(at - value) : strlen(value);
    const char *section = length ? arena_text_of(arena, value, length) : program;
    const char *path = at && at[1] ? at + 1 : find_file(arena);
    struct text bytes = TEXT_INIT;
    if (!path)
        return error_set(error, "--extra-opts: no file is given, and none is in the usual places");
    bool read = read_file(path, &bytes, error);
    if (read && !extra_opts_parse(bytes.bytes, section, arena, words, error))
        read = error_prefix(error, "--extra-opts: \"%s\"", path);
    if (bytes.length)
        explicit_bzero(bytes.bytes, bytes.length);
    text_release(&bytes);
    return read;
}

/* "--extra-opts", "--extra-opts=VALUE" and "--extra-opts@FILE". */
static const char *extra_value(const char *word)
{
    size_t length = sizeof option_name - 1;
    if (strncmp(word, option_name, length) != 0 || (word[length] && !strchr("=@", word[length])))
        return NULL;
    return word[length] == '=' ? word + length + 1 : word + length;
}

bool extra_opts_expand(int argc, char **argv, const char *section, struct arena *arena, struct words *words,
                       struct error *error)
{
    bool ended = false;
    *words = (struct words){0};
    if (argc > 0)
        add_word(words, arena, argv[0]);
    for (int i = 1; i < argc; i++) {
        const char *value = ended ? NULL : extra_value(argv[i]);
        ended = ended || strcmp(argv[i], "--") == 0;
        if (value && !expand_one(value, section, arena, words, error))
            return false;
    }
    ended = false;
    for (int i = 1; i < argc; i++) {
        if (ended || !extra_value(argv[i]))
            add_word(words, arena, argv[i]);
        ended = ended || strcmp(argv[i], "--") == 0;
    }
    return true;
}

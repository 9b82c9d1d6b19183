/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/bundle_read.h"

#include "lib/bundle.h"
#include "lib/json.h"
#include "lib/text.h"
#include "lib/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-";

static bool is_name(const char *name)
{
    return name && *name && *name != '.' && strspn(name, name_bytes) == strlen(name);
}

/* A regular file of the folder, whole, of at most ${room} bytes. */
static bool read_file(int folder, const char *name, size_t room, struct text *text)
{
    struct stat found;
    ssize_t got = 0;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    bool ok = fd >= 0 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && (size_t)found.st_size <= room;
    while (ok && text->length < room) {
        size_t more = room - text->length;
        got = read(fd, text_reserve(text, more), more);
        if (got < 0 && errno == EINTR)
            continue;
        ok = got >= 0;
        if (got <= 0)
            break;
        text->length += (size_t)got;
        text->bytes[text->length] = '\0';
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

static json_t *read_index(int folder, struct error *error)
{
    struct text text = TEXT_INIT;
    json_t *index = NULL;
    if (read_file(folder, "index.json", BUNDLE_BYTES, &text))
        index = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_array(json_object_get(index, "parts"))) {
        error_set(error, "the index of the diagnostics cannot be read");
        json_decref(index);
        index = NULL;
    }
    text_release(&text);
    return index;
}

struct reading {
    int folder;
    size_t room; /* bytes that may still be read */
    json_t *parts;
};

/* ${hex}: what its digest has to be, NULL: it is not known. */
static json_t *read_part(struct reading *reading, const char *name, const char *hex)
{
    struct text bytes = TEXT_INIT, content = TEXT_INIT;
    char found[DIGEST_HEX_BYTES] = "";
    bool ok = is_name(name) && read_file(reading->folder, name, reading->room, &bytes);
    json_t *part = json_pack("{s:s, s:n}", "name", is_name(name) ? name : "", "content");
    if (ok) {
        reading->room -= bytes.length;
        utf8_add(&content, bytes.bytes, bytes.length);
        json_set(part, "content", json_string(content.bytes));
        (void)digest_sha256(bytes.bytes, bytes.length, found);
    }
    json_set(part, "bytes", json_integer((json_int_t)bytes.length));
    json_set(part, "changed", json_boolean(!ok || (hex && strcmp(hex, found) != 0)));
    json_add(reading->parts, part);
    text_release(&content);
    text_release(&bytes);
    return part;
}

/* One that could not be gathered has no digest, and there may be no file. */
static void read_indexed(struct reading *reading, const json_t *row)
{
    const char *hex = json_string_value(json_object_get(row, "sha256"));
    const char *problem = json_string_value(json_object_get(row, "error"));
    json_t *part = read_part(reading, json_string_value(json_object_get(row, "name")), hex);
    json_set(part, "truncated", json_boolean(json_is_true(json_object_get(row, "truncated"))));
    if (problem)
        json_set(part, "error", json_string(problem));
    if (!hex && problem)
        json_set(part, "changed", json_false());
}

static void read_attached(void *owner, const char *name, const char *hex)
{
    if (is_name(name))
        (void)read_part(owner, name, hex);
}

static json_t *read_all(int folder, const char *path, const char *run, struct error *error)
{
    json_t *index = read_index(folder, error);
    size_t at;
    const json_t *row;
    if (!index)
        return NULL;
    struct reading reading = {.folder = folder, .room = BUNDLE_BYTES, .parts = json_array()};
    json_array_foreach(json_object_get(index, "parts"), at, row)
        if (at < BUNDLE_PARTS)
            read_indexed(&reading, row);
    bundle_attached(path, read_attached, &reading);
    json_decref(index);
    return json_pack("{s:s, s:s, s:o}", "run", run, "folder", path, "parts", reading.parts);
}

json_t *bundle_read(const char *folder, const char *run, struct error *error)
{
    struct text path = TEXT_INIT;
    json_t *bundle = NULL;
    if (!is_name(run)) {
        error_set(error, "not the id of a run: \"%.200s\"", run ? run : "");
        return NULL;
    }
    text_format(&path, "%s/%s", folder, run);
    int fd = open(path.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        error_set(error, "%s: the diagnostics of the run \"%.200s\"", strerror(errno), run);
    else
        bundle = read_all(fd, path.bytes, run, error);
    if (fd >= 0)
        close(fd);
    text_release(&path);
    return bundle;
}

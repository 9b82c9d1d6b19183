/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/nagios_files.h"

#include "lib/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 64 << 20, DEEPEST = 16 };

static bool read_file(const char *path, struct text *text, struct error *error)
{
    enum { CHUNK = 65536 };
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat found;
    ssize_t got = 1;
    bool ok = file >= 0 && fstat(file, &found) == 0;
    if (ok && !S_ISREG(found.st_mode))
        ok = error_set(error, "not a file: \"%s\"", path);
    else if (!ok)
        error_set(error, "%s: \"%s\"", strerror(errno), path);
    while (ok && got > 0 && text->length < FILE_BYTES) {
        got = read(file, text_reserve(text, CHUNK), CHUNK);
        text->length += got > 0 ? (size_t)got : 0;
    }
    if (ok && (got < 0 || text->length >= FILE_BYTES))
        ok = error_set(error, "%s: \"%s\"", got < 0 ? strerror(errno) : "too large", path);
    if (file >= 0)
        (void)close(file);
    return ok;
}

static const char *beside(struct arena *arena, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    if (name[0] == '/' || !slash)
        return name;
    return arena_format(arena, "%.*s/%s", (int)(slash - file), file, name);
}

static bool read_path(struct nagios_source *source, const char *path, int depth, struct error *error);

/* Settings that name further files, from ${from} on. */
static void follow(struct nagios_source *source, size_t from, int depth)
{
    for (size_t i = from, end = source->setting_count; i < end; i++) {
        struct nagios_line line = source->settings[i];
        struct error error = {""};
        const char *path = beside(source->arena, line.place.file, line.value);
        bool ok = true;
        if (strcmp(line.name, "cfg_file") == 0 || strcmp(line.name, "cfg_dir") == 0 ||
            strcmp(line.name, "include_file") == 0 || strcmp(line.name, "include_dir") == 0)
            ok = read_path(source, path, depth + 1, &error);
        else if (strcmp(line.name, "resource_file") == 0) {
            struct text text = TEXT_INIT;
            ok = read_file(path, &text, &error);
            nagios_text_settings(source, text.bytes, ok ? text.length : 0, arena_text(source->arena, path));
            text_release(&text);
        }
        if (!ok)
            nagios_find(source->findings, line.place, "%s", error.text);
    }
}

static bool read_one(struct nagios_source *source, const char *path, int depth, struct error *error)
{
    struct text text = TEXT_INIT;
    size_t before = source->setting_count;
    const char *name = arena_text(source->arena, path);
    bool ok = read_file(path, &text, error);
    if (ok && nagios_text_is_main(text.bytes, text.length))
        nagios_text_settings(source, text.bytes, text.length, name);
    else if (ok)
        nagios_text_objects(source, text.bytes, text.length, name);
    text_release(&text);
    follow(source, before, depth);
    return ok;
}

static int is_wanted(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    bool config = length > 4 && strcmp(entry->d_name + length - 4, ".cfg") == 0;
    return entry->d_name[0] != '.' && (config || entry->d_type == DT_DIR || entry->d_type == DT_LNK);
}

static bool read_folder(struct nagios_source *source, const char *path, int depth, struct error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_wanted, alphasort);
    if (count < 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    for (int i = 0; i < count; i++) {
        struct error inner = {""};
        struct stat found;
        const char *name = entries[i]->d_name;
        const char *inside = arena_format(source->arena, "%s/%s", path, name);
        size_t length = strlen(name);
        bool config = length > 4 && strcmp(name + length - 4, ".cfg") == 0;
        bool folder = stat(inside, &found) == 0 && S_ISDIR(found.st_mode);
        if ((config || folder) && !read_path(source, inside, depth + 1, &inner))
            nagios_find(source->findings, (struct place){inside, 0, 0}, "%s", inner.text);
        free(entries[i]);
    }
    free(entries);
    return true;
}

static bool read_path(struct nagios_source *source, const char *path, int depth, struct error *error)
{
    struct stat found;
    if (depth > DEEPEST)
        return error_set(error, "files name each other more than %d deep: \"%s\"", DEEPEST, path);
    if (stat(path, &found) != 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (S_ISDIR(found.st_mode))
        return read_folder(source, path, depth, error);
    return read_one(source, path, depth, error);
}

bool nagios_files_read(struct nagios_source *source, const char *path, struct error *error)
{
    return read_path(source, path, 0, error);
}

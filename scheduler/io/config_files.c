/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files there are, and whether one of them has changed. */
#include "lib/hash.h"
#include "lib/text.h"
#include "scheduler/io/config_parts.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static const char suffix[] = ".yaml";

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    size_t tail = strlen(end);
    return length > tail && strcmp(name + length - tail, end) == 0;
}

/* Neither hidden files nor what editors leave behind. */
static bool is_service_file(const char *name)
{
    return name[0] != '.' && name[0] != '#' && ends_with(name, suffix);
}

static int compare_files(const void *one, const void *other)
{
    const struct config_file *a = one;
    const struct config_file *b = other;
    return strcmp(a->name, b->name);
}

static struct config_file *grow(struct arena *arena, struct config_file *files, size_t count)
{
    if (count != 0 && (count < 16 || (count & (count - 1)) != 0))
        return files;
    struct config_file *grown = arena_get(arena, count < 16 ? 16 : 2 * count, sizeof *grown);
    if (count)
        memcpy(grown, files, count * sizeof *grown);
    return grown;
}

size_t config_files_services(const char *directory, struct arena *arena, struct findings_draft *draft,
                             struct config_file **files)
{
    size_t count = 0;
    const char *path = arena_format(arena, "%s/services", directory);
    DIR *folder = opendir(path);
    *files = NULL;
    if (!folder) {
        if (errno != ENOENT)
            findings_error(draft, (struct place){.file = "services", .line = 1, .column = 1},
                           "cannot be opened: %s", strerror(errno));
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(folder));) {
        const char *name = arena_format(arena, "services/%s", entry->d_name);
        if (is_service_file(entry->d_name)) {
            *files = grow(arena, *files, count);
            (*files)[count++] =
                (struct config_file){.path = arena_format(arena, "%s/%s", directory, name), .name = name};
        } else if (entry->d_name[0] != '.' && ends_with(entry->d_name, ".yml")) {
            findings_warning(draft, (struct place){.file = name, .line = 1, .column = 1},
                             "not read: the names of service files end in .yaml");
        }
    }
    (void)closedir(folder);
    if (count)
        qsort(*files, count, sizeof **files, compare_files);
    return count;
}

static uint64_t add_content(uint64_t hash, const char *path)
{
    char bytes[16384];
    FILE *file = fopen(path, "re");
    hash = hash_text(hash, file ? "file" : "none");
    for (size_t got; file && (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        hash = hash_bytes(hash, bytes, got);
    if (file)
        (void)fclose(file);
    return hash;
}

static uint64_t add_file(uint64_t hash, const char *path)
{
    struct stat about;
    struct {
        uint64_t device, inode, size, seconds, nanoseconds, changed, changed_nanoseconds;
    } marks = {0};
    if (stat(path, &about) == 0) {
        marks.device = (uint64_t)about.st_dev;
        marks.inode = (uint64_t)about.st_ino;
        marks.size = (uint64_t)about.st_size;
        marks.seconds = (uint64_t)about.st_mtim.tv_sec;
        marks.nanoseconds = (uint64_t)about.st_mtim.tv_nsec;
        marks.changed = (uint64_t)about.st_ctim.tv_sec;
        marks.changed_nanoseconds = (uint64_t)about.st_ctim.tv_nsec;
    }
    return hash_bytes(hash_text(hash, path), &marks, sizeof marks);
}

/* The templates, in any order. */
static uint64_t add_templates(uint64_t hash, const char *directory,
                              uint64_t (*add)(uint64_t hash, const char *path))
{
    struct text path = TEXT_INIT;
    struct stat about;
    uint64_t sum = 0;
    text_format(&path, "%s/templates", directory);
    DIR *folder = opendir(path.bytes);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        text_clear(&path);
        text_format(&path, "%s/templates/%s", directory, entry->d_name);
        if (stat(path.bytes, &about) == 0 && S_ISREG(about.st_mode))
            sum += add(hash_text(HASH_START, entry->d_name), path.bytes);
    }
    if (folder)
        (void)closedir(folder);
    text_release(&path);
    return sum ? hash_bytes(hash, &sum, sizeof sum) : hash;
}

/* By the name of each file within the directory and what ${add} makes of the file. */
static uint64_t add_files(const char *directory, uint64_t (*add)(uint64_t hash, const char *path))
{
    static const char *const names[] = {"watchbill.yaml", "users.yaml", "remediations.yaml", "routes.yaml"};
    struct arena *arena = arena_create();
    struct findings_draft draft = {0};
    struct findings findings = {0};
    struct config_file *files;
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        hash = add(hash_text(hash, names[i]), arena_format(arena, "%s/%s", directory, names[i]));
    size_t count = config_files_services(directory, arena, &draft, &files);
    for (size_t i = 0; i < count; i++)
        hash = add(hash_text(hash, files[i].name), files[i].path);
    hash = add_templates(hash, directory, add);
    findings_finish(&draft, &findings);
    findings_release(&findings);
    arena_free(arena);
    return hash;
}

uint64_t config_stamp(const char *directory)
{
    return add_files(directory, add_file);
}

uint64_t config_digest(const char *directory)
{
    return add_files(directory, add_content);
}

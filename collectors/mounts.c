/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mounts.h"

#include "collectors/file.h"
#include "collectors/proc.h"

enum { WORDS = 24 };

struct words {
    const char *at[WORDS];
    size_t length[WORDS];
    size_t count;
};

static void split(const char *line, size_t length, struct words *words)
{
    const char *at = line, *end = line + length;
    words->count = 0;
    while (words->count < WORDS &&
           proc_word(&at, end, &words->at[words->count], &words->length[words->count]))
        words->count++;
}

static bool is_octal(const char *digits)
{
    return digits[0] >= '0' && digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' && digits[2] >= '0' &&
           digits[2] <= '7';
}

/* Blanks, tabs, line breaks and backslashes stand as \040 and so on. */
static const char *unescaped(const char *word, size_t length, struct arena *arena)
{
    char *text = arena_text_of(arena, word, length);
    char *to = text;
    for (const char *from = text; *from; to++) {
        if (from[0] == '\\' && from[1] && from[2] && from[3] && is_octal(from + 1)) {
            *to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
    return text;
}

static bool holds(const char *point, const char *path)
{
    size_t length = strlen(point);
    if (length == 1)
        return point[0] == '/' && path[0] == '/';
    return strncmp(path, point, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw": optional words end with "-". */
static bool read_info(const struct words *words, struct arena *arena, struct mounts_device *device)
{
    const char *colon = words->count > 4 ? memchr(words->at[2], ':', words->length[2]) : NULL;
    uint64_t major, minor;
    size_t dash = 6;
    if (!colon)
        return false;
    size_t front = (size_t)(colon - words->at[2]);
    if (!proc_count(words->at[2], front, &major) ||
        !proc_count(colon + 1, words->length[2] - front - 1, &minor) || major > UINT32_MAX ||
        minor > UINT32_MAX)
        return false;
    while (dash < words->count && !(words->length[dash] == 1 && words->at[dash][0] == '-'))
        dash++;
    if (dash + 2 >= words->count)
        return false;
    *device = (struct mounts_device){true, (unsigned)major, (unsigned)minor, NULL, NULL};
    device->point = unescaped(words->at[4], words->length[4], arena);
    device->source = unescaped(words->at[dash + 2], words->length[dash + 2], arena);
    return true;
}

/* "/dev/sda1 / ext4 rw 0 0" */
static bool read_table(const struct words *words, struct arena *arena, struct mounts_device *device)
{
    if (words->count < 4)
        return false;
    *device = (struct mounts_device){.source = unescaped(words->at[0], words->length[0], arena)};
    device->point = unescaped(words->at[1], words->length[1], arena);
    return true;
}

typedef bool line_reader(const struct words *words, struct arena *arena, struct mounts_device *device);

static bool find(const char *bytes, size_t length, const char *path, line_reader *read, struct arena *arena,
                 struct mounts_device *device, struct error *error)
{
    struct proc_lines lines = {.at = bytes, .end = bytes + length};
    const char *line;
    size_t line_length;
    *device = (struct mounts_device){0};
    while (proc_line(&lines, &line, &line_length)) {
        struct words words;
        struct mounts_device next;
        split(line, line_length, &words);
        if (!read(&words, arena, &next))
            return error_set(error, "line %zu is not a mount: \"%.*s\"", lines.number,
                             (int)(line_length > 60 ? 60 : line_length), line);
        if (holds(next.point, path) && (!device->point || strlen(next.point) >= strlen(device->point)))
            *device = next;
    }
    return device->point || error_set(error, "nothing is mounted that holds \"%s\"", path);
}

bool mounts_parse_info(const char *bytes, size_t length, const char *path, struct arena *arena,
                       struct mounts_device *device, struct error *error)
{
    return find(bytes, length, path, read_info, arena, device, error);
}

bool mounts_parse_table(const char *bytes, size_t length, const char *path, struct arena *arena,
                        struct mounts_device *device, struct error *error)
{
    return find(bytes, length, path, read_table, arena, device, error);
}

bool mounts_read(const char *root, const char *path, struct arena *arena, struct mounts_device *device,
                 struct error *error)
{
    static const char info[] = "/proc/self/mountinfo", table[] = "/proc/mounts";
    bool newer = file_exists(root, info);
    const char *file = newer ? info : table;
    struct text content = TEXT_INIT;
    bool done = file_read(root, file, &content, error);
    if (done &&
        !find(content.bytes, content.length, path, newer ? read_info : read_table, arena, device, error))
        done = error_prefix(error, "\"%s%s\"", root, file);
    text_release(&content);
    return done;
}

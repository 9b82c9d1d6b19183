/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/processes.h"

#include "collectors/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { NUMBERS = 22, ARGS_KEPT = 4096, STATUS_KEPT = 4096 };

/* The numbers behind the state, by their place in the line. */
enum { PARENT = 0, USER_TIME = 10, SYSTEM_TIME = 11, THREADS = 16, START = 18, RESIDENT = 20 };

/* Some of the numbers may be negative (the terminal, the priority); none that is used here. */
static bool read_numbers(const char *at, const char *end, uint64_t *numbers)
{
    const char *word;
    size_t length, count = 0;
    while (count < NUMBERS && proc_word(&at, end, &word, &length)) {
        if (length > 0 && word[length - 1] == '\n')
            length--;
        if (!proc_count(word, length, &numbers[count]))
            numbers[count] = 0;
        count++;
    }
    return count > RESIDENT;
}

bool processes_parse(const char *bytes, size_t length, struct arena *arena, struct process_row *row)
{
    uint64_t numbers[NUMBERS] = {0};
    const char *end = bytes + length, *at = bytes, *word;
    size_t word_length;
    const char *open = memchr(bytes, '(', length);
    const char *close = memrchr(bytes, ')', length);
    *row = (struct process_row){.user = -1, .args = ""};
    if (!open || !close || close < open || !proc_word(&at, open, &word, &word_length) ||
        !proc_count(word, word_length, &row->pid))
        return false;
    at = close + 1;
    if (!proc_word(&at, end, &word, &word_length) || word_length != 1)
        return false;
    row->state = *word;
    if (!read_numbers(at, end, numbers))
        return false;
    row->name = arena_text_of(arena, open + 1, (size_t)(close - open - 1));
    row->parent = numbers[PARENT];
    row->cpu = numbers[USER_TIME] + numbers[SYSTEM_TIME];
    row->threads = numbers[THREADS];
    row->start = numbers[START];
    row->resident = numbers[RESIDENT] * (uint64_t)sysconf(_SC_PAGESIZE);
    return true;
}

bool processes_parse_user(const char *bytes, size_t length, int64_t *user)
{
    struct proc_lines lines = {.at = bytes, .end = bytes + length};
    const char *line, *word;
    size_t line_length, word_length;
    uint64_t value;
    while (proc_line(&lines, &line, &line_length)) {
        const char *at = line + 4, *end = line + line_length;
        if (line_length < 4 || memcmp(line, "Uid:", 4) != 0)
            continue;
        (void)proc_word(&at, end, &word, &word_length); /* the real one; the effective one is next */
        if (!proc_word(&at, end, &word, &word_length) || !proc_count(word, word_length, &value) ||
            value > UINT32_MAX)
            return false;
        *user = (int64_t)value;
        return true;
    }
    return false;
}

/* Up to ${room} bytes of a file of a process; -1: it cannot be read, as when the process is gone. */
static ssize_t read_part(int folder, const char *pid, const char *name, char *bytes, size_t room)
{
    char path[64];
    ssize_t got, whole = 0;
    (void)snprintf(path, sizeof path, "%s/%s", pid, name);
    int file = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return -1;
    do {
        got = read(file, bytes + whole, room - (size_t)whole);
        whole += got > 0 ? got : 0;
    } while ((got > 0 && (size_t)whole < room) || (got < 0 && errno == EINTR));
    (void)close(file);
    return got < 0 ? -1 : whole;
}

static const char *read_args(int folder, const char *pid, struct arena *arena)
{
    char bytes[ARGS_KEPT];
    ssize_t got = read_part(folder, pid, "cmdline", bytes, sizeof bytes);
    while (got > 0 && bytes[got - 1] == '\0')
        got--;
    for (ssize_t i = 0; i < got; i++)
        bytes[i] = bytes[i] == '\0' ? ' ' : bytes[i];
    return arena_text_of(arena, bytes, got > 0 ? (size_t)got : 0);
}

static bool read_process(int folder, const char *pid, struct processes_wish wish, struct arena *arena,
                         struct process_row *row)
{
    char bytes[STATUS_KEPT];
    ssize_t got = read_part(folder, pid, "stat", bytes, sizeof bytes);
    if (got < 0 || !processes_parse(bytes, (size_t)got, arena, row))
        return false;
    if (wish.user) {
        got = read_part(folder, pid, "status", bytes, sizeof bytes);
        if (got < 0 || !processes_parse_user(bytes, (size_t)got, &row->user))
            return false;
    }
    if (wish.args)
        row->args = read_args(folder, pid, arena);
    return true;
}

static void add_row(struct processes *processes, const struct process_row *row, struct arena *arena)
{
    if ((processes->count & (processes->count - 1)) == 0) {
        struct process_row *grown =
            arena_get(arena, processes->count ? processes->count * 2 : 1, sizeof *grown);
        if (processes->count)
            memcpy(grown, processes->rows, processes->count * sizeof *grown);
        processes->rows = grown;
    }
    processes->rows[processes->count++] = *row;
}

bool processes_read(const char *root, struct processes_wish wish, struct arena *arena,
                    struct processes *processes, struct error *error)
{
    const char *path = arena_format(arena, "%s/proc", root);
    const struct dirent *entry;
    struct process_row row;
    *processes = (struct processes){0};
    DIR *folder = opendir(path);
    if (!folder)
        return error_set(error, "cannot read \"%s\": %s", path, strerror(errno));
    while ((entry = readdir(folder)))
        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name) && strlen(entry->d_name) < 20 &&
            read_process(dirfd(folder), entry->d_name, wish, arena, &row))
            add_row(processes, &row, arena);
    (void)closedir(folder);
    return processes->count > 0 || error_set(error, "no process is in \"%s\"", path);
}

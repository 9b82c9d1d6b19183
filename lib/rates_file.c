/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/rates_file.h"

#include "lib/number.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first line says what it is; the last one that nothing is missing. */
static const char first_line[] = "watchbill rates 1";
static const char last_line[] = "end";
enum { LARGEST = 16 * 1024 * 1024, LOCK_TRIES = 20 };

/* "AT VALUE KEY"; ${line} is cut in place. */
static bool parse_line(char *line, struct rates_sample *sample)
{
    char *value = strchr(line, ' ');
    char *key = value ? strchr(value + 1, ' ') : NULL;
    if (!key)
        return false;
    *value++ = '\0';
    *key++ = '\0';
    sample->key = key;
    return number_read_whole(line, INT64_MIN, INT64_MAX, &sample->at) &&
           number_read(value, true, &sample->value);
}

size_t rates_file_parse(const char *bytes, size_t length, struct arena *arena, struct rates_sample **samples)
{
    char *copy = arena_text_of(arena, bytes, length);
    size_t lines = 0;
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        lines += copy[i] == '\n';
    struct rates_sample *found = arena_get(arena, lines + 1, sizeof *found);
    char *next = copy;
    char *line = strsep(&next, "\n");
    if (strcmp(line, first_line) != 0)
        return 0;
    while ((line = strsep(&next, "\n")) && strcmp(line, last_line) != 0)
        if (!parse_line(line, &found[count++]))
            return 0;
    *samples = found;
    return line ? count : 0;
}

static bool read_whole(int file, struct text *bytes)
{
    ssize_t got;
    do {
        size_t room;
        char *end = text_room(bytes, &room);
        got = read(file, end, room);
        if (got > 0)
            bytes->length += (size_t)got;
    } while ((got > 0 && bytes->length < LARGEST) || (got < 0 && errno == EINTR));
    bytes->bytes[bytes->length] = '\0';
    return got == 0;
}

static bool take_lock(int file, int kind)
{
    static const struct timespec pause = {.tv_nsec = 50000000};
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(file, kind | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK)
            return false;
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

size_t rates_file_read(const char *path, struct arena *arena, struct rates_sample **samples)
{
    struct text bytes = TEXT_INIT;
    size_t count = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return 0;
    if (take_lock(file, LOCK_SH) && read_whole(file, &bytes))
        count = rates_file_parse(bytes.bytes, bytes.length, arena, samples);
    text_release(&bytes);
    (void)close(file);
    return count;
}

static void make_folder(const char *path)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy)
        return;
    memcpy(copy, path, strlen(path) + 1);
    (void)mkdir(dirname(copy), 0750); /* the file that cannot be made tells why */
}

static bool write_whole(int file, const struct text *bytes)
{
    size_t done = 0;
    while (done < bytes->length) {
        ssize_t put = write(file, bytes->bytes + done, bytes->length - done);
        if (put < 0 && errno != EINTR)
            return false;
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static int open_file(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}

/* The spare file, unless somebody who opened it before the last change of turns still reads it: another one then. */
static int open_spare(const char *spare)
{
    int file = open_file(spare);
    if (file < 0 || flock(file, LOCK_EX | LOCK_NB) == 0)
        return file;
    (void)close(file);
    (void)unlink(spare);
    return open_file(spare);
}

static bool take_turns(const char *path, const char *spare)
{
    struct stat facts;
    bool fits = lstat(path, &facts) == 0 && S_ISREG(facts.st_mode); /* a folder is no spare file */
    if (!fits)
        return rename(spare, path) == 0;
    return renameat2(AT_FDCWD, spare, AT_FDCWD, path, RENAME_EXCHANGE) == 0 || rename(spare, path) == 0;
}

/* Two files take turns: a new one each time would cost the file system more than the rest of a small check. Nothing is
 * flushed: a power cut costs one rate, which the next run knows to be its first. */
static bool replace(const char *path, const char *spare, const struct text *bytes, struct error *error)
{
    int file = open_spare(spare);
    if (file < 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), spare);
    bool written = write_whole(file, bytes) && ftruncate(file, (off_t)bytes->length) == 0;
    if (!written)
        (void)error_set(error, "%s: \"%s\"", strerror(errno), spare);
    (void)close(file);
    if (written && !take_turns(path, spare))
        written = error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (!written)
        (void)unlink(spare);
    return written;
}

static void write_samples(struct text *bytes, const struct rates_sample *samples, size_t count)
{
    text_format(bytes, "%s\n", first_line);
    for (size_t i = 0; i < count; i++) {
        text_format(bytes, "%lld %.17g ", (long long)samples[i].at, samples[i].value);
        for (const char *at = samples[i].key; *at; at++)
            text_add_char(bytes, *at == '\n' ? ' ' : *at);
        text_add_char(bytes, '\n');
    }
    text_format(bytes, "%s\n", last_line);
}

bool rates_file_write(const char *path, const struct rates_sample *samples, size_t count, struct error *error)
{
    struct text name = TEXT_INIT;
    struct text bytes = TEXT_INIT;
    bool written = false;
    text_format(&name, "%s.lock", path);
    int lock = open_file(name.bytes);
    if (lock < 0 && errno == ENOENT) {
        make_folder(path);
        lock = open_file(name.bytes);
    }
    if (lock < 0) {
        (void)error_set(error, "%s: \"%s\"", strerror(errno), name.bytes);
    } else if (!take_lock(lock, LOCK_EX)) {
        (void)error_set(error, "another run holds the lock \"%s\"", name.bytes);
    } else {
        text_clear(&name);
        text_format(&name, "%s.new", path);
        write_samples(&bytes, samples, count);
        written = replace(path, name.bytes, &bytes, error);
    }
    if (lock >= 0)
        (void)close(lock);
    text_release(&bytes);
    text_release(&name);
    return written;
}

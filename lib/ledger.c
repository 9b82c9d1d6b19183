/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LINE_BYTES_MAX = 256 * 1024, /* a longer line was not written by us */
    BLOCK_BYTES = 64 * 1024,
    LOCK_WAIT_MS = 10000,
    LOCK_STEP_MS = 10,
    FOLDER_MODE = 0750,
    FILE_MODE = 0660,
};

/* ---- reading ---- */

struct reader {
    struct text line;         /* one that begins in an earlier block */
    bool dropping;            /* inside of a line that is too long */
    const char *const *words; /* NULL: any */
    ledger_wants *wants;      /* NULL: all that have a word */
    ledger_each *each;
    void *owner;
    size_t bad;
};

static bool is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r", line[i]) || line[i] == '\0')
            return false;
    return true;
}

/* Parsing is what reading costs. */
static bool is_wanted(const struct reader *reader, const char *line, size_t length)
{
    if (reader->wants)
        return reader->wants(reader->owner, line, length);
    if (!reader->words)
        return !is_blank(line, length);
    for (const char *const *word = reader->words; *word; word++)
        if (memmem(line, length, *word, strlen(*word)))
            return true;
    return false;
}

static void take_line(struct reader *reader, const char *line, size_t length)
{
    json_t *value = NULL;
    if (!reader->dropping && length <= LINE_BYTES_MAX) {
        if (!is_wanted(reader, line, length))
            return;
        value = json_loadb(line, length, 0, NULL);
    }
    if (json_is_object(value))
        reader->each(reader->owner, value);
    else
        reader->bad++;
    json_decref(value);
}

static void take_part(struct reader *reader, const char *bytes, size_t length)
{
    if (reader->line.length + length > LINE_BYTES_MAX)
        reader->dropping = true;
    else
        text_add_bytes(&reader->line, bytes, length);
}

static void take_block(struct reader *reader, const char *bytes, size_t length)
{
    const char *end;
    while ((end = memchr(bytes, '\n', length))) {
        size_t part = (size_t)(end - bytes);
        if (reader->line.length || reader->dropping) {
            take_part(reader, bytes, part);
            take_line(reader, reader->line.bytes, reader->line.length);
            text_clear(&reader->line);
            reader->dropping = false;
        } else {
            take_line(reader, bytes, part);
        }
        length -= part + 1;
        bytes = end + 1;
    }
    take_part(reader, bytes, length);
}

static bool is_regular(int fd)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return false;
    if (!S_ISREG(found.st_mode))
        errno = EINVAL;
    return S_ISREG(found.st_mode);
}

/* Reads from the beginning without moving the descriptor. */
static bool read_all(int fd, const char *path, struct reader *reader, struct error *error)
{
    char *block = memory_get(1, BLOCK_BYTES);
    off_t at = 0;
    ssize_t got;
    while ((got = pread(fd, block, BLOCK_BYTES, at)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        take_block(reader, block, (size_t)got);
        at += got;
    }
    if (got == 0)
        take_line(reader, reader->line.bytes,
                  reader->line.length); /* a last line without its newline may be whole all the same */
    else
        error_set(error, "%s while reading the ledger \"%s\"", strerror(errno), path);
    free(block);
    text_release(&reader->line);
    return got == 0;
}

static bool read_lines(int fd, const char *path, const char *const *words, ledger_each *each, void *owner,
                       size_t *bad, struct error *error)
{
    struct reader reader = {.line = TEXT_INIT, .words = words, .each = each, .owner = owner};
    bool ok = read_all(fd, path, &reader, error);
    if (bad)
        *bad = reader.bad;
    return ok;
}

/* Open for reading, or -1: then ${missing} tells whether that is because there is none. */
static int open_to_read(const char *path, bool *missing, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *missing = fd < 0 && errno == ENOENT;
    if (fd >= 0 && is_regular(fd))
        return fd;
    error_set(error, "%s: the ledger \"%s\"", strerror(errno), path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool read_file(const char *path, const char *const *words, ledger_each *each, void *owner, size_t *bad,
                      struct error *error)
{
    bool missing;
    if (bad)
        *bad = 0;
    int fd = open_to_read(path, &missing, error);
    bool ok = fd >= 0 ? read_lines(fd, path, words, each, owner, bad, error) : missing;
    if (fd >= 0)
        close(fd);
    return ok;
}

bool ledger_read(const char *path, ledger_each *each, void *owner, size_t *bad, struct error *error)
{
    return read_file(path, NULL, each, owner, bad, error);
}

bool ledger_read_with(const char *path, const char *const *words, ledger_each *each, void *owner,
                      struct error *error)
{
    return read_file(path, words, each, owner, NULL, error);
}

/* ---- the file ---- */

static bool make_folders(char *path, struct error *error)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool ok = mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST;
        if (!ok)
            error_set(error, "%s: the folder \"%s\"", strerror(errno), path);
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

static int open_folder(const char *path, struct error *error)
{
    char *folder = memory_text(path);
    int fd = -1;
    if (make_folders(folder, error)) {
        char *slash = strrchr(folder, '/');
        if (slash)
            slash[slash == folder ? 1 : 0] = '\0';
        fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            error_set(error, "%s: the folder \"%s\"", strerror(errno), slash ? folder : ".");
    }
    free(folder);
    return fd;
}

/* A file that root has just made in the folder of another user becomes that user's, or they could not read
 * it. */
static bool hand_over(int folder, int fd)
{
    struct stat owner;
    if (fchmod(fd, FILE_MODE) != 0 || fstat(folder, &owner) != 0)
        return false;
    if (geteuid() == 0 && owner.st_uid != 0 && fchown(fd, owner.st_uid, owner.st_gid) != 0)
        return false;
    return fsync(folder) == 0;
}

static int open_in_folder(int folder, const char *name, bool *made)
{
    int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    *made = false;
    int fd = openat(folder, name, flags);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    fd = openat(folder, name, flags | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        *made = true;
    else if (errno == EEXIST)
        fd = openat(folder, name, flags);
    return fd;
}

static bool lock(int fd)
{
    const struct timespec step = {.tv_nsec = LOCK_STEP_MS * 1000000L};
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += LOCK_STEP_MS) {
        if (errno != EWOULDBLOCK || waited >= LOCK_WAIT_MS)
            return false;
        (void)nanosleep(&step, NULL);
    }
    return true;
}

/* The ledger open and locked, or -1. */
static int open_locked(const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/');
    bool made;
    int folder = open_folder(path, error);
    if (folder < 0)
        return -1;
    int fd = open_in_folder(folder, slash ? slash + 1 : path, &made);
    if (fd < 0 || (made && !hand_over(folder, fd)) || !is_regular(fd) || !lock(fd)) {
        error_set(error, "%s: the ledger \"%s\"", errno == EWOULDBLOCK ? "locked for 10 s" : strerror(errno),
                  path);
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    close(folder);
    return fd;
}

static bool write_whole(int fd, const struct text *text)
{
    size_t done = 0;
    while (done < text->length) {
        ssize_t put = write(fd, text->bytes + done, text->length - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return fdatasync(fd) == 0;
}

static bool is_torn(int fd, off_t size)
{
    char last = '\n';
    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static int add_part(const char *bytes, size_t length, void *owner)
{
    text_add_bytes(owner, bytes, length);
    return 0;
}

static bool append_locked(int fd, const char *path, const json_t *line, struct error *error)
{
    struct text text = TEXT_INIT;
    off_t size = lseek(fd, 0, SEEK_END);
    if (is_torn(fd, size))
        text_add_char(&text, '\n');
    bool ok = json_dump_callback(line, add_part, &text, JSON_COMPACT) == 0 && text.length < LINE_BYTES_MAX;
    if (!ok)
        error_set(error, "not a line that the ledger \"%s\" can hold", path);
    text_add_char(&text, '\n');
    if (ok && !write_whole(fd, &text)) {
        error_set(error, "%s while writing the ledger \"%s\"", strerror(errno), path);
        ok = false;
        if (ftruncate(fd, size) != 0)
            error_prefix(error, "a torn line is left");
    }
    text_release(&text);
    return ok;
}

bool ledger_append(const char *path, const json_t *line, struct error *error)
{
    int fd = open_locked(path, error);
    if (fd < 0)
        return false;
    bool ok = append_locked(fd, path, line, error);
    close(fd);
    return ok;
}

static bool look_through(int fd, const char *path, const struct ledger_look *look, struct error *error)
{
    struct reader reader = {
        .line = TEXT_INIT, .wants = look->wants, .each = look->each, .owner = look->owner};
    return read_all(fd, path, &reader, error) && (!look->allows || look->allows(look->owner, error));
}

bool ledger_append_if(const char *path, const json_t *line, const struct ledger_look *look,
                      struct error *error)
{
    int fd = open_locked(path, error);
    if (fd < 0)
        return false;
    bool ok = look_through(fd, path, look, error) && append_locked(fd, path, line, error);
    close(fd);
    return ok;
}

bool ledger_ask(const char *path, const struct ledger_look *look, struct error *error)
{
    bool missing;
    int fd = open_to_read(path, &missing, error);
    bool ok = fd >= 0 ? look_through(fd, path, look, error)
                      : missing && (!look->allows || look->allows(look->owner, error));
    if (fd >= 0)
        close(fd);
    return ok;
}

/* ---- runs ---- */

struct search {
    const char *run;
    json_t *begin; /* a new reference */
    json_t *step;  /* likewise: the text of the last one */
    bool ended;
};

static void search_release(struct search *search)
{
    json_decref(search->begin);
    json_decref(search->step);
}

static bool line_is(const json_t *line, const char *key, const char *value)
{
    const char *found = json_string_value(json_object_get(line, key));
    return found && strcmp(found, value) == 0;
}

static void search_line(void *owner, const json_t *line)
{
    struct search *search = owner;
    if (!line_is(line, "run", search->run))
        return;
    if (line_is(line, "event", "end"))
        search->ended = true;
    else if (line_is(line, "event", "begin") && !search->begin)
        search->begin = json_deep_copy(line);
    if (line_is(line, "event", "step")) {
        json_decref(search->step);
        search->step = json_incref(json_object_get(line, "text"));
    }
}

bool ledger_knows(const char *path, const char *run, bool *known, struct error *error)
{
    struct search search = {.run = run};
    const char *const words[] = {run, NULL};
    bool ok = ledger_read_with(path, words, search_line, &search, error);
    *known = search.begin || search.ended;
    search_release(&search);
    return ok;
}

bool ledger_open_run(const char *path, const char *run, const char *issue, int64_t *pid, struct error *error)
{
    struct search search = {.run = run};
    const char *const words[] = {run, NULL};
    bool ok = ledger_read_with(path, words, search_line, &search, error);
    bool open = search.begin && !search.ended && line_is(search.begin, "issue", issue);
    *pid = open ? json_integer_value(json_object_get(search.begin, "pid")) : 0;
    search_release(&search);
    return ok;
}

/* The end of a run that wrote none itself, made of its begin. */
static void turn_into_end(json_t *line, const json_t *step, int64_t now, const char *why)
{
    struct text text = TEXT_INIT;
    int64_t begun = json_integer_value(json_object_get(line, "at"));
    json_object_set_new(line, "event", json_string("end"));
    ledger_stamp(line, now);
    json_object_set_new(line, "outcome", json_string("interrupted"));
    json_object_set_new(line, "exit", json_null());
    json_object_set_new(line, "duration", json_integer(begun > 0 && now > begun ? now - begun : 0));
    text_add(&text, why);
    if (json_is_string(step))
        text_format(&text, "; it was %s", json_string_value(step));
    json_object_set_new(line, "text", ledger_text(text.bytes, text.length));
    text_release(&text);
}

static bool is_missing(const char *path)
{
    return access(path, F_OK) != 0 && errno == ENOENT;
}

static bool is_begun_by(const json_t *begin, int64_t pid)
{
    return begin && (pid == 0 || json_integer_value(json_object_get(begin, "pid")) == pid);
}

bool ledger_interrupt(const char *path, const char *run, int64_t pid, int64_t now, const char *text,
                      struct error *error)
{
    struct search search = {.run = run};
    const char *const words[] = {run, NULL};
    if (is_missing(path))
        return true;
    int fd = open_locked(path, error);
    if (fd < 0)
        return false;
    bool ok = read_lines(fd, path, words, search_line, &search, NULL, error);
    if (ok && is_begun_by(search.begin, pid) && !search.ended) {
        turn_into_end(search.begin, search.step, now, text);
        ok = append_locked(fd, path, search.begin, error);
    }
    search_release(&search);
    close(fd);
    return ok;
}

/* Keeps who began the runs without an end, by their run. */
static void keep_open(void *owner, const json_t *line)
{
    json_t *open_runs = owner, *process;
    const char *run = json_string_value(json_object_get(line, "run"));
    if (run && line_is(line, "event", "begin")) {
        process = json_object();
        (void)json_object_set(process, "pid", json_object_get(line, "pid"));
        (void)json_object_set(process, "at", json_object_get(line, "at"));
        json_object_set_new(open_runs, run, process);
    } else if (run && line_is(line, "event", "end")) {
        (void)json_object_del(open_runs, run);
    }
}

/* Whoever waits for the lock does not wait for the whole ledger to be read: it is looked at again for each of them. */
bool ledger_interrupt_dead(const char *path, int64_t now, struct error *error)
{
    static const char *const words[] = {"\"begin\"", "\"end\"", NULL};
    json_t *open_runs = json_object(), *begin;
    const char *run;
    bool ok = ledger_read_with(path, words, keep_open, open_runs, error);
    json_object_foreach(open_runs, run, begin)
        if (ok && ledger_is_dead(begin))
            ok = ledger_interrupt(path, run, json_integer_value(json_object_get(begin, "pid")), now,
                                  "its process is no more", error);
    json_decref(open_runs);
    return ok;
}

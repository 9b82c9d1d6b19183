/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/logfile.h"

#include "lib/hash.h"
#include "lib/memory.h"
#include "lib/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 4 * LOGFILE_LINE_CAP, HEAD = 256, SPARE = 300, FOLDER_CAP = 65536 };

/* Where reading stopped. All of it fits into the 53 bits of a double. */
struct position {
    uint64_t file; /* from the inode */
    uint64_t offset;
    uint64_t head; /* hash of the first .head_length bytes */
    uint64_t head_length;
};

static uint64_t file_of(ino_t inode)
{
    return ((uint64_t)inode ^ (uint64_t)inode >> 52) & ((UINT64_C(1) << 52) - 1);
}

static bool hash_head(int file, uint64_t length, uint64_t *head)
{
    char bytes[HEAD];
    ssize_t got = pread(file, bytes, length, 0);
    if (got < 0 || (uint64_t)got != length)
        return false;
    *head = hash_spread(hash_bytes(HASH_START, bytes, length)) >> 12;
    return true;
}

static const char *key_of(const struct logfile_question *question, const char *name)
{
    return arena_format(question->arena, "%016llx.%s",
                        (unsigned long long)hash_text(HASH_START, question->path), name);
}

static bool load(const struct logfile_question *question, struct position *position)
{
    double file, offset, head, length;
    if (!rates_kept(question->rates, key_of(question, "file"), &file) ||
        !rates_kept(question->rates, key_of(question, "offset"), &offset) ||
        !rates_kept(question->rates, key_of(question, "head"), &head) ||
        !rates_kept(question->rates, key_of(question, "length"), &length) || file < 0 || offset < 0 ||
        head < 0 || length < 0 || offset > 9e15 || length > HEAD || head > 9e15 || file > 9e15)
        return false;
    *position = (struct position){(uint64_t)file, (uint64_t)offset, (uint64_t)head, (uint64_t)length};
    return true;
}

static void keep(const struct logfile_question *question, const struct position *position)
{
    double ignored;
    (void)rates_before(question->rates, key_of(question, "file"), (double)position->file, &ignored);
    (void)rates_before(question->rates, key_of(question, "offset"), (double)position->offset, &ignored);
    (void)rates_before(question->rates, key_of(question, "head"), (double)position->head, &ignored);
    (void)rates_before(question->rates, key_of(question, "length"), (double)position->head_length, &ignored);
}

/* One file being read. */
struct reader {
    const struct logfile_question *question;
    struct logfile_answer *answer;
    char *buffer;
    uint64_t budget; /* bytes that may still be read */
    bool stopped;    /* by the budget or the deadline */
};

static void take(struct reader *reader, const char *line, size_t length)
{
    if (length > LOGFILE_LINE_CAP)
        reader->answer->cut++;
    reader->question->take(reader->question->owner, line,
                           length > LOGFILE_LINE_CAP ? LOGFILE_LINE_CAP : length);
}

/* Hands out the whole lines of the buffer; returns the bytes that they take. ${skipping}: the bytes up to the next line
 * break are the rest of a line that was handed out already. */
static size_t take_lines(struct reader *reader, size_t filled, bool *skipping)
{
    size_t at = 0;
    const char *end;
    while ((end = memchr(reader->buffer + at, '\n', filled - at))) {
        size_t length = (size_t)(end - (reader->buffer + at));
        if (!*skipping)
            take(reader, reader->buffer + at, length);
        *skipping = false;
        at += length + 1;
    }
    if (*skipping)
        return filled;
    if (filled - at > LOGFILE_LINE_CAP) {
        take(reader, reader->buffer + at, filled - at);
        *skipping = true;
        return filled;
    }
    return at;
}

static bool may_go_on(struct reader *reader)
{
    reader->stopped = reader->budget == 0 || process_now() + SPARE >= reader->question->deadline;
    return !reader->stopped;
}

/* Reads from ${*offset} to ${size} and moves ${*offset} behind the last line that was handed out. ${ended}: nothing
 * will be written to it any more, so what is left is a line too. */
static bool read_lines(struct reader *reader, int file, uint64_t *offset, uint64_t size, bool ended)
{
    size_t filled = 0, used;
    bool skipping = false;
    ssize_t got = 1;
    while (*offset + filled < size && may_go_on(reader)) {
        uint64_t wanted = size - *offset - filled, room = BUFFER - filled;
        wanted = wanted < room ? wanted : room;
        wanted = wanted < reader->budget ? wanted : reader->budget;
        got = pread(file, reader->buffer + filled, wanted, (off_t)(*offset + filled));
        if (got <= 0)
            break;
        reader->budget -= (uint64_t)got;
        filled += (size_t)got;
        used = take_lines(reader, filled, &skipping);
        memmove(reader->buffer, reader->buffer + used, filled - used);
        filled -= used;
        *offset += used;
    }
    if (ended && filled > 0 && !reader->stopped) {
        take(reader, reader->buffer, filled);
        *offset += filled;
    }
    reader->answer->left += reader->stopped && size > *offset ? size - *offset : 0;
    return got >= 0;
}

static bool is_same(int file, const struct stat *facts, const struct position *before)
{
    uint64_t head;
    return (uint64_t)facts->st_size >= before->offset && hash_head(file, before->head_length, &head) &&
           head == before->head;
}

/* The best predecessor so far: the file itself under another name, or else the latest copy of it. */
struct search {
    const struct position *before;
    const char *stem; /* names of copies begin like the log's */
    size_t stem_length;
    int file; /* -1: none */
    bool is_itself;
    struct timespec changed;
};

static bool is_later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

static void try_file(struct search *search, int folder, const struct dirent *entry)
{
    struct stat facts;
    bool itself = file_of(entry->d_ino) == search->before->file;
    bool copy =
        search->before->head_length > 0 && strncmp(entry->d_name, search->stem, search->stem_length) == 0;
    if (search->is_itself || (!itself && !copy))
        return;
    int file = openat(folder, entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (file < 0)
        return;
    if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && is_same(file, &facts, search->before) &&
        (itself || search->file < 0 || is_later(facts.st_mtim, search->changed))) {
        if (search->file >= 0)
            (void)close(search->file);
        search->file = file;
        search->is_itself = itself;
        search->changed = facts.st_mtim;
    } else {
        (void)close(file);
    }
}

static void search_folder(struct search *search, const char *path, const char *except)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    size_t looked = 0;
    while (folder && looked++ < FOLDER_CAP && (entry = readdir(folder)))
        if (strcmp(entry->d_name, except) != 0)
            try_file(search, dirfd(folder), entry);
    if (folder)
        (void)closedir(folder);
}

static int find_predecessor(const struct logfile_question *question, const struct position *before)
{
    const char *slash = strrchr(question->path, '/');
    const char *name = slash ? slash + 1 : question->path;
    const char *folder =
        slash ? arena_text_of(question->arena, question->path, (size_t)(slash - question->path) + 1) : ".";
    struct search search = {.before = before, .stem = name, .stem_length = strcspn(name, "."), .file = -1};
    search_folder(&search, folder, name);
    if (question->archive && !search.is_itself)
        search_folder(&search, question->archive, "");
    return search.file;
}

/* Behind the last line break: a line that is being written belongs to the next run. */
static uint64_t end_of_lines(int file, uint64_t size)
{
    char bytes[4096];
    uint64_t begin = size > sizeof bytes ? size - sizeof bytes : 0;
    ssize_t got = pread(file, bytes, (size_t)(size - begin), (off_t)begin);
    const char *last = got > 0 ? memrchr(bytes, '\n', (size_t)got) : NULL;
    if (last)
        return begin + (uint64_t)(last - bytes) + 1;
    return begin == 0 ? 0 : size;
}

static bool keep_position(const struct reader *reader, int file, ino_t inode, uint64_t offset)
{
    struct position position = {.file = file_of(inode), .offset = offset};
    position.head_length = offset < HEAD ? offset : HEAD;
    bool done = hash_head(file, position.head_length, &position.head);
    if (done)
        keep(reader->question, &position);
    return done;
}

/* The rest of the file that the log was. ${*kept}: it is not all read yet, and the next run begins there. */
static bool read_predecessor(struct reader *reader, const struct position *before, bool *kept)
{
    struct stat facts;
    uint64_t offset = before->offset;
    int file = find_predecessor(reader->question, before);
    reader->answer->lost = file < 0;
    if (file < 0)
        return true;
    bool done = fstat(file, &facts) == 0 && read_lines(reader, file, &offset, (uint64_t)facts.st_size, true);
    *kept = done && reader->stopped;
    if (*kept)
        done = keep_position(reader, file, facts.st_ino, offset);
    (void)close(file);
    return done;
}

static bool read_log(struct reader *reader, int file, const struct stat *facts)
{
    struct position before;
    uint64_t offset = 0, size = (uint64_t)facts->st_size;
    bool kept = false;
    struct logfile_answer *answer = reader->answer;
    answer->first = !load(reader->question, &before);
    if (answer->first) {
        offset = reader->question->whole ? 0 : end_of_lines(file, size);
    } else if (before.file == file_of(facts->st_ino) && is_same(file, facts, &before)) {
        offset = before.offset;
    } else {
        answer->rotated = true;
        if (!read_predecessor(reader, &before, &kept))
            return false;
    }
    if (kept) {
        answer->left += size;
        return true;
    }
    return read_lines(reader, file, &offset, size, false) &&
           keep_position(reader, file, facts->st_ino, offset);
}

bool logfile_read(const struct logfile_question *question, struct logfile_answer *answer, struct error *error)
{
    struct reader reader = {.question = question, .answer = answer, .budget = question->cap};
    struct stat facts;
    bool done = false;
    *answer = (struct logfile_answer){0};
    int file = open(question->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return error_set(error, "cannot read \"%s\": %s", question->path, strerror(errno));
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        (void)error_set(error, "\"%s\" is not a regular file", question->path);
    } else {
        reader.buffer =
            memory_get(BUFFER + 1, 1); /* a NUL stays behind it, for whoever takes a line for a string */
        done = read_log(&reader, file, &facts) ||
               error_set(error, "cannot read \"%s\": %s", question->path, strerror(errno));
        free(reader.buffer);
    }
    (void)close(file);
    return done;
}

void logfile_carry(const struct logfile_question *question)
{
    struct position position;
    if (load(question, &position))
        keep(question, &position);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/spool.h"

#include "lib/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 64, DEADLINE_EVERY = 256 };

struct walk {
    const struct spool_question *question;
    struct spool spool;
    struct text path; /* of the directory that is being read, for sentences */
    struct error *error;
    uint64_t seen;
    dev_t device;
};

static int64_t now_milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool fail(struct walk *walk, int cause)
{
    return error_set(walk->error, "%s: \"%s\"", strerror(cause), walk->path.bytes);
}

/* Since when the file is here, epoch milliseconds: stat() tells when it was modified alone. */
static int64_t since(const struct walk *walk, int parent, const char *name, const struct stat *status)
{
    struct statx more;
    if (walk->question->by_birth && statx(parent, name, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &more) == 0 &&
        (more.stx_mask & STATX_BTIME))
        return (int64_t)more.stx_btime.tv_sec * 1000 + more.stx_btime.tv_nsec / 1000000;
    return (int64_t)status->st_mtim.tv_sec * 1000 + status->st_mtim.tv_nsec / 1000000;
}

static void count(struct walk *walk, int parent, const char *name, const struct stat *status)
{
    struct spool *spool = &walk->spool;
    int64_t changed = since(walk, parent, name, status);
    int64_t age = walk->question->now > changed ? walk->question->now - changed : 0;
    if (age < walk->question->older_than)
        return;
    if (spool->entries == 0 || age > spool->oldest)
        spool->oldest = age;
    if (spool->entries == 0 || age < spool->newest)
        spool->newest = age;
    spool->entries++;
    spool->bytes += (uint64_t)status->st_size;
}

static bool matches(const struct spool_question *question, const char *name)
{
    if (!question->pattern)
        return name[0] != '.';
    return fnmatch(question->pattern, name, FNM_PERIOD) == 0;
}

static bool walk_directory(struct walk *walk, int parent, const char *name, int depth);

static bool take_folder(struct walk *walk, int parent, const char *name, int depth)
{
    size_t length = walk->path.length;
    text_format(&walk->path, "/%s", name);
    bool taken = walk_directory(walk, parent, name, depth + 1);
    if (taken) {
        walk->path.length = length;
        walk->path.bytes[length] = '\0';
    }
    return taken;
}

static bool take_entry(struct walk *walk, int parent, const char *name, int depth)
{
    struct stat status;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (++walk->seen % DEADLINE_EVERY == 0 && now_milliseconds() >= walk->question->deadline)
        return error_set(walk->error, "%llu entries were counted in \"%s\" when the time was over",
                         (unsigned long long)walk->spool.entries, walk->path.bytes);
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || fail(walk, errno);
    if (S_ISREG(status.st_mode) && matches(walk->question, name))
        count(walk, parent, name, &status);
    if (S_ISDIR(status.st_mode) && walk->question->recursive && status.st_dev == walk->device)
        return take_folder(walk, parent, name, depth);
    return true;
}

static bool walk_entries(struct walk *walk, DIR *directory, int depth)
{
    struct dirent *entry;
    bool good = true;
    while (good && (errno = 0, entry = readdir(directory)))
        good = take_entry(walk, dirfd(directory), entry->d_name, depth);
    return good && (errno == 0 || fail(walk, errno));
}

static bool walk_directory(struct walk *walk, int parent, const char *name, int depth)
{
    if (depth > DEEPEST)
        return error_set(walk->error, "folders are nested too deep: \"%s\"", walk->path.bytes);
    int file = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    DIR *directory = file >= 0 ? fdopendir(file) : NULL;
    if (!directory) {
        int cause = errno;
        if (file >= 0)
            (void)close(file);
        return (cause == ENOENT && depth > 0) || fail(walk, cause);
    }
    bool good = walk_entries(walk, directory, depth);
    (void)closedir(directory);
    return good;
}

enum spool_result spool_read(const struct spool_question *question, struct spool *spool, struct error *error)
{
    struct walk walk = {.question = question, .path = TEXT_INIT, .error = error};
    struct stat status;
    enum spool_result result = SPOOL_FAILED;
    text_add(&walk.path, question->directory);
    if (stat(question->directory, &status) != 0) {
        result = errno == ENOENT ? SPOOL_MISSING : SPOOL_FAILED;
        (void)fail(&walk, errno);
    } else {
        walk.device = status.st_dev;
        if (walk_directory(&walk, AT_FDCWD, question->directory, 0)) {
            *spool = walk.spool;
            result = SPOOL_READ;
        }
    }
    text_release(&walk.path);
    return result;
}

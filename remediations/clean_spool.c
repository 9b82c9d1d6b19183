/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deletes the regular files of one directory. Nothing is followed and nothing below it is entered. */
#include "lib/number.h"
#include "lib/remediation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_LINES = 2000 };

struct args {
    const char *directory;
    const char *pattern;
    int64_t older_than; /* ms */
};

static const struct option_row options[] = {
    {"directory", 'd', TEXT(struct args, directory), .value = "DIR", .help = "the directory to clean",
     .required = true},
    {"pattern", 0, TEXT(struct args, pattern), .value = "GLOB",
     .help = "only files whose name matches, such as \"*.tmp\""},
    {"older-than", 0, DURATION(struct args, older_than), .value = "DURATION",
     .help = "only files that were not written to for that long"},
    {0},
};

/* What one walk found. */
struct tally {
    size_t files, failures;
    int64_t bytes;
    struct error first; /* the first failure */
};

/* What verify must know of act. */
struct spool {
    struct timespec began;
    bool acted; /* what was put in since it began is not ours to judge */
    size_t deleted;
};

static bool is_later(struct timespec a, struct timespec b)
{
    return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static int open_directory(const char *path, struct error *error)
{
    struct stat found, top;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &found) == 0 && stat("/", &top) == 0 &&
        (found.st_dev != top.st_dev || found.st_ino != top.st_ino))
        return fd;
    error_set(error, "%s: \"%s\"", fd < 0 ? strerror(errno) : "the root directory", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool is_wanted(const struct args *args, const char *name, const struct stat *found,
                      const struct spool *spool)
{
    struct timespec limit = spool->began;
    limit.tv_sec -= args->older_than / 1000;
    if (!S_ISREG(found->st_mode) || (spool->acted && is_later(found->st_ctim, spool->began)))
        return false;
    if (args->older_than > 0 && is_later(found->st_mtim, limit))
        return false;
    return !args->pattern || fnmatch(args->pattern, name, 0) == 0;
}

static void visit(int directory, const char *name, const struct stat *found, bool deletes,
                  struct tally *tally)
{
    if (deletes && unlinkat(directory, name, 0) != 0) {
        if (errno == ENOENT)
            return; /* its consumer was faster */
        if (tally->failures++ == 0)
            error_set(&tally->first, "%s: \"%s\"", strerror(errno), name);
        return;
    }
    tally->files++;
    tally->bytes += found->st_size;
}

/* Counts, and if asked deletes, what is wanted. */
static bool walk(const struct args *args, const struct spool *spool, bool deletes, struct tally *tally,
                 struct error *error)
{
    *tally = (struct tally){0};
    int fd = open_directory(args->directory, error);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory)
        return false;
    struct dirent *entry;
    while ((errno = 0, entry = readdir(directory))) {
        struct stat found;
        if (fstatat(fd, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
            is_wanted(args, entry->d_name, &found, spool))
            visit(fd, entry->d_name, &found, deletes, tally);
    }
    bool ok = errno == 0;
    if (!ok)
        error_set(error, "%s while reading \"%s\"", strerror(errno), args->directory);
    (void)closedir(directory);
    return ok;
}

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    struct stat found;
    if (lstat(args->directory, &found) == 0 && !S_ISDIR(found.st_mode))
        return error_set(error, "--directory: not a directory: \"%s\"", args->directory);
    int fd = open_directory(args->directory, error);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || error_prefix(error, "--directory");
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    struct text text = TEXT_INIT;
    int fd = open_directory(args->directory, error);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    (void)run;
    if (!directory)
        return false;
    for (size_t lines = 0; (entry = readdir(directory)) && lines < LIST_LINES; lines++) {
        struct stat found;
        if (fstatat(fd, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0)
            text_format(&text, "%o %u %lld %lld %s\n", found.st_mode, found.st_uid, (long long)found.st_size,
                        (long long)found.st_mtim.tv_sec, entry->d_name);
    }
    (void)closedir(directory);
    bool ok = bundle_add_text(bundle, "spool", text.bytes, text.length);
    text_release(&text);
    return ok;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct spool *spool = arena_get(run->arena, 1, sizeof *spool);
    struct tally tally;
    (void)clock_gettime(CLOCK_REALTIME, &spool->began);
    if (!walk(args, spool, !run->dry_run, &tally, error))
        return false;
    spool->deleted = tally.files;
    spool->acted = true;
    run->kept = spool;
    act_say(run, "%s %zu files, %lld bytes in \"%s\"", run->dry_run ? "would delete" : "deleted", tally.files,
            (long long)tally.bytes, args->directory);
    if (tally.failures > 0)
        return error_set(error, "%zu files could not be deleted: %s", tally.failures, tally.first.text);
    return true;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct spool *spool = run->kept;
    struct tally tally;
    if (!walk(owner, spool, false, &tally, error))
        return EFFECT_FAILED;
    if (tally.files > 0) {
        error_set(error, "%zu files are still there", tally.files);
        return EFFECT_NONE;
    }
    return spool->deleted > 0 ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program clean_spool = {
    .name = "clean_spool",
    .summary = "deletes the regular files of a spool directory",
    .notes = "All regular files directly in DIR are deleted unless --pattern or --older-than narrow it. "
             "Links are not "
             "followed, folders in it are left alone. Fixed means that files were deleted and none of them "
             "is left.",
    .options = options,
    .args_size = sizeof(struct args),
    .validate = validate,
    .diagnose = diagnose,
    .act = act,
    .verify = verify,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts rotated logs away under names with a date, and deletes what is stored and was read back. */
#include "collectors/file.h"
#include "lib/process.h"
#include "remediations/tools/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FILES_MAX = 10000, LIST_LINES = 2000 };

struct args {
    struct option_list files;
    const char *directory, *pattern;
    int64_t older_than; /* ms */
    const char *to, *bucket, *region, *key, *secret_file, *ca_file;
    bool insecure, keep;
};

static const struct args defaults = {.region = "us-east-1"};

static const struct option_row options[] = {
    {"file", 'f', LIST(struct args, files), .value = "PATH",
     .help = "a log that was rotated, as logrotate names it to its hooks"},
    {"directory", 'd', TEXT(struct args, directory), .value = "DIR",
     .help = "all files of this directory that match --pattern"},
    {"pattern", 0, TEXT(struct args, pattern), .value = "GLOB", .help = "with --directory: \"*.log.[0-9]*\""},
    {"older-than", 0, DURATION(struct args, older_than), .value = "DURATION",
     .help = "only files that were not written to for that long"},
    {"to", 0, TEXT(struct args, to), .value = "DIR", .help = "put them into this directory"},
    {"bucket", 0, TEXT(struct args, bucket), .value = "URL",
     .help = "put them into this bucket of S3, or of Swift's S3: \"https://HOST/BUCKET\", with a prefix if "
             "wanted"},
    {"region", 0, TEXT(struct args, region), .value = "NAME", .help = "the bucket's region"},
    {"access-key", 0, TEXT(struct args, key), .value = "ID", .help = "the id of the access key"},
    {"secret-file", 0, TEXT(struct args, secret_file), .value = "PATH",
     .help = "the secret of the access key is the first line of this file"},
    {"ca", 0, TEXT(struct args, ca_file), .value = "PATH",
     .help = "trust the certificates of this file alone"},
    {"insecure", 0, FLAG(struct args, insecure), .help = "verify neither the certificate nor its name"},
    {"keep", 0, FLAG(struct args, keep), .help = "delete nothing"},
    {0},
};

/* ---- which files ---- */

struct logs {
    const char **paths;
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_old(const struct args *args, const struct stat *found)
{
    return args->older_than == 0 || (int64_t)time(NULL) - found->st_mtim.tv_sec >= args->older_than / 1000;
}

static bool add_directory(const struct args *args, struct logs *logs, struct arena *arena,
                          struct error *error)
{
    DIR *directory = opendir(args->directory);
    struct dirent *entry;
    if (!directory)
        return error_set(error, "%s: \"%s\"", strerror(errno), args->directory);
    while (logs->count < FILES_MAX && (entry = readdir(directory))) {
        struct stat found;
        if (fnmatch(args->pattern, entry->d_name, FNM_PERIOD) == 0 &&
            fstatat(dirfd(directory), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(found.st_mode))
            logs->paths[logs->count++] = arena_format(arena, "%s/%s", args->directory, entry->d_name);
    }
    (void)closedir(directory);
    return true;
}

/* Those that are there and old enough, in the order of their names. logrotate names all logs of its entry, also those
 * that it did not rotate. */
static bool find_logs(const struct args *args, struct logs *logs, struct arena *arena, struct error *error)
{
    size_t kept = 0;
    *logs = (struct logs){.paths = arena_get(arena, FILES_MAX + args->files.count, sizeof *logs->paths)};
    if (args->directory && !add_directory(args, logs, arena, error))
        return false;
    for (size_t i = 0; i < args->files.count; i++)
        logs->paths[logs->count++] = args->files.items[i];
    for (size_t i = 0; i < logs->count; i++) {
        struct stat found;
        if (lstat(logs->paths[i], &found) == 0 && S_ISREG(found.st_mode) && is_old(args, &found))
            logs->paths[kept++] = logs->paths[i];
    }
    qsort(logs->paths, kept, sizeof *logs->paths, by_name);
    logs->count = 0;
    for (size_t i = 0; i < kept; i++)
        if (logs->count == 0 || strcmp(logs->paths[i], logs->paths[logs->count - 1]) != 0)
            logs->paths[logs->count++] = logs->paths[i];
    return true;
}

/* "app.log.2.gz" is "app.log" with ".gz" behind its stamp: the number counts down to another tomorrow. */
static const char *name_of(const char *path, const struct stat *found, const struct act_run *run)
{
    static const char *const packed[] = {".gz", ".xz", ".bz2", ".zst"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path, *end = "";
    size_t length = strlen(name);
    char stamp[32] = "";
    struct tm parts = {0};
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++)
        if (length > strlen(packed[i]) && strcmp(name + length - strlen(packed[i]), packed[i]) == 0) {
            end = packed[i];
            length -= strlen(packed[i]);
            break;
        }
    size_t digits = length;
    while (digits > 0 && strchr("0123456789", name[digits - 1]))
        digits--;
    if (digits < length && length - digits <= 4 && digits > 1 && name[digits - 1] == '.')
        length = digits - 1;
    if (gmtime_r(&found->st_mtim.tv_sec, &parts))
        (void)strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &parts);
    text_format(&text, "%s/%.*s-%s%s", run->target, (int)length, name, stamp, end);
    const char *kept = arena_text(run->arena, text.bytes);
    text_release(&text);
    return kept;
}

/* ---- one file ---- */

/* What came of the files. */
struct tally {
    size_t stored, deleted, failed;
    int64_t bytes;
};

/* A lease is refused while anybody has the file open for writing. Where there are no leases (a network's file system)
 * the file's time must tell. */
static bool is_written_to(int fd)
{
    bool written = fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
    if (!written)
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
    return written;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool store_once(const struct store *store, const char *name, int fd, const struct stat *found,
                       struct act_run *run, struct tally *tally, struct error *error)
{
    char hex[DIGEST_HEX_BYTES];
    struct error why = {""};
    if (!digest_file(fd, hex))
        return error_set(error, "%s while reading", strerror(errno));
    enum store_found there = store_find(store, name, hex, run, error);
    if (there == STORE_ABSENT) {
        if (!store_put(store, name, fd, found->st_size, hex, run, error))
            return false;
        there = store_find(store, name, hex, run, &why);
        tally->stored++;
        tally->bytes += found->st_size;
        if (there != STORE_SAME)
            return error_set(error, "it was stored, and is not what was sent%s%s", why.text[0] ? ": " : "",
                             why.text);
    }
    if (there == STORE_OTHER)
        return error_set(error, "another one has the name \"%s\"", store_place(store, name, run->arena));
    return there == STORE_SAME;
}

static bool put_away(const struct args *args, const struct store *store, const char *path,
                     struct act_run *run, struct tally *tally, struct error *error)
{
    struct stat before, after;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &before) == 0;
    if (!ok)
        error_set(error, "%s", strerror(errno));
    else if (is_written_to(fd))
        ok = error_set(error, "it is still written to");
    const char *name = ok ? name_of(path, &before, run) : "";
    ok = ok && store_once(store, name, fd, &before, run, tally, error);
    if (ok && (fstat(fd, &after) != 0 || !is_same(&before, &after) || is_written_to(fd) ||
               lstat(path, &after) != 0 || !is_same(&before, &after)))
        ok = error_set(error, "it was written to meanwhile");
    if (ok && !args->keep && unlink(path) != 0)
        ok = error_set(error, "%s", strerror(errno));
    if (ok) {
        tally->deleted += !args->keep;
        act_say(run, "\"%s\" is \"%s\"%s", path, store_place(store, name, run->arena),
                args->keep ? "" : ", and deleted here");
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    if (args->files.count == 0 && !args->directory)
        return error_set(error, "give --file or --directory");
    if (args->directory && !args->pattern)
        return error_set(error, "--directory needs --pattern");
    if ((args->to != NULL) == (args->bucket != NULL))
        return error_set(error, "give one of --to and --bucket");
    if (args->bucket && strncmp(args->bucket, "http://", 7) != 0 && strncmp(args->bucket, "https://", 8) != 0)
        return error_set(error, "--bucket: not a URL of http or https: \"%.200s\"", args->bucket);
    if (args->bucket && strpbrk(args->bucket, "?#"))
        return error_set(error, "--bucket: more than a host, a bucket and a prefix: \"%.200s\"",
                         args->bucket);
    if (args->bucket && (!args->key || !args->secret_file))
        return error_set(error, "--bucket needs --access-key and --secret-file");
    if (strspn(args->region, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") !=
            strlen(args->region) ||
        !*args->region)
        return error_set(error, "--region: not a region's name: \"%.100s\"", args->region);
    return true;
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    struct text text = TEXT_INIT;
    struct logs logs;
    bool ok = find_logs(args, &logs, run->arena, error);
    text_format(&text, "%zu files\n", ok ? logs.count : 0);
    for (size_t i = 0; ok && i < logs.count && i < LIST_LINES; i++) {
        struct stat found;
        if (lstat(logs.paths[i], &found) == 0)
            text_format(&text, "%o %u %lld %lld %s\n", found.st_mode, found.st_uid, (long long)found.st_size,
                        (long long)found.st_mtim.tv_sec, logs.paths[i]);
    }
    ok = ok && bundle_add_text(bundle, "logs", text.bytes, text.length);
    text_release(&text);
    return ok;
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct logs logs;
    struct stat found;
    struct statvfs space;
    unsigned long long bytes = 0;
    if (!find_logs(args, &logs, run->arena, error))
        return ANSWER_UNKNOWN;
    if (!args->to)
        return ANSWER_GO;
    if (stat(args->to, &found) != 0 || !S_ISDIR(found.st_mode) || statvfs(args->to, &space) != 0)
        return act_refuse(error, "not a directory: \"%s\"", args->to);
    for (size_t i = 0; i < logs.count; i++)
        if (lstat(logs.paths[i], &found) == 0)
            bytes += (unsigned long long)found.st_size;
    if (bytes >= (unsigned long long)space.f_bavail * space.f_frsize)
        return act_refuse(error, "%llu bytes find no room in \"%s\"", bytes, args->to);
    return ANSWER_GO;
}

static bool put_all_away(const struct args *args, const struct store *store, const struct logs *logs,
                         struct act_run *run, struct error *error)
{
    struct tally *tally = run->kept;
    struct error first = {""};
    for (size_t i = 0; i < logs->count; i++) {
        struct error why = {""};
        if (put_away(args, store, logs->paths[i], run, tally, &why))
            continue;
        error_prefix(&why, "\"%s\"", logs->paths[i]);
        if (tally->failed++ == 0)
            first = why;
    }
    act_say(run, "%zu of %zu files stored, %lld bytes; %zu deleted here", tally->stored, logs->count,
            (long long)tally->bytes, tally->deleted);
    return tally->failed == 0 ||
           error_set(error, "%zu files stay where they are: %.400s", tally->failed, first.text);
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct text secret = TEXT_INIT;
    struct logs logs;
    run->kept = arena_get(run->arena, 1, sizeof(struct tally));
    bool ok = find_logs(args, &logs, run->arena, error) &&
              (!args->bucket || file_first_line(args->secret_file, &secret, error));
    const struct store store = {.directory = args->to,
                                .bucket = args->bucket,
                                .region = args->region,
                                .key = args->key,
                                .secret = secret.bytes,
                                .ca_file = args->ca_file,
                                .insecure = args->insecure};
    for (size_t i = 0; ok && run->dry_run && i < logs.count; i++) {
        struct stat found;
        if (lstat(logs.paths[i], &found) == 0)
            act_say(run, "would store \"%s\" as \"%s\"", logs.paths[i],
                    store_place(&store, name_of(logs.paths[i], &found, run), run->arena));
    }
    if (ok && !run->dry_run)
        ok = put_all_away(args, &store, &logs, run, error);
    if (secret.length > 0)
        explicit_bzero(secret.bytes, secret.length);
    text_release(&secret);
    return ok;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct tally *tally = run->kept;
    (void)owner;
    (void)error;
    return tally->stored + tally->deleted > 0 ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program rotate_logs = {
    .name = "rotate_logs",
    .summary = "puts rotated logs away under names with a date, in a directory or a bucket",
    .notes =
        "A log becomes HOST/NAME-STAMP, where HOST is --target and STAMP the time of its last change in UTC, "
        "so that a run "
        "that was killed is taken up by the next one. A log is deleted only when it was stored, has "
        "been read back "
        "whole with the same SHA-256, nobody has it open for writing, and it did not change meanwhile. "
        "What stands under a name is never overwritten. As a hook of logrotate: lastaction, with "
        "sharedscripts, "
        "--directory and --pattern; or postrotate with --file \"$2\" where it does not compress, which it "
        "does later. "
        "Requests to a bucket are signed (AWS Signature Version 4). "
        "Fixed means "
        "that every log was stored, and at least one.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};

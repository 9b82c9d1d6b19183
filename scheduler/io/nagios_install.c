/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/nagios_install.h"

#include "lib/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 64 << 20, DEEPEST = 16, VERIFY_MS = 120000, OUTPUT_BYTES = 1 << 20 };

/* Tells a folder that was made here: Nagios reads no such name. */
static const char marker[] = ".watchbill-install";

static bool fail(struct error *error, const char *path)
{
    return error_set(error, "%s: \"%s\"", strerror(errno), path);
}

/* ---- copying ---- */

static bool read_at(int folder, const char *name, struct text *text, struct error *error)
{
    enum { CHUNK = 65536 };
    struct stat found;
    ssize_t got = 1;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    bool ok = file >= 0 && fstat(file, &found) == 0;
    if (ok && !S_ISREG(found.st_mode))
        ok = error_set(error, "not a file: \"%s\"", name);
    else if (!ok)
        fail(error, name);
    while (ok && got > 0 && text->length < FILE_BYTES) {
        got = read(file, text_reserve(text, CHUNK), CHUNK);
        text->length += got > 0 ? (size_t)got : 0;
    }
    if (ok && (got < 0 || text->length >= FILE_BYTES))
        ok = error_set(error, "%s: \"%s\"", got < 0 ? strerror(errno) : "too large", name);
    if (file >= 0)
        (void)close(file);
    return ok;
}

static bool write_at(int folder, const char *name, const struct text *text, struct error *error)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    size_t done = 0;
    bool ok = file >= 0;
    while (ok && done < text->length) {
        ssize_t put = write(file, text->bytes + done, text->length - done);
        ok = put > 0 || (put < 0 && errno == EINTR);
        done += put > 0 ? (size_t)put : 0;
    }
    ok = ok && fsync(file) == 0;
    if (file >= 0)
        ok = close(file) == 0 && ok;
    return ok || fail(error, name);
}

static bool copy_tree(int from, int into, int depth, size_t *files, struct error *error);

static bool copy_entry(int from, int into, const char *name, int depth, size_t *files, struct error *error)
{
    struct stat found;
    struct text text = TEXT_INIT;
    if (fstatat(from, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
        return fail(error, name);
    if (!S_ISDIR(found.st_mode)) {
        bool ok = read_at(from, name, &text, error) && write_at(into, name, &text, error);
        text_release(&text);
        *files += ok;
        return ok;
    }
    if (mkdirat(into, name, 0755) != 0)
        return fail(error, name);
    int inner = openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int target = openat(into, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    bool ok =
        inner >= 0 && target >= 0 ? copy_tree(inner, target, depth + 1, files, error) : fail(error, name);
    if (target >= 0)
        (void)close(target);
    if (inner >= 0)
        (void)close(inner);
    return ok;
}

/* Files and folders whose names begin with no dot. */
static bool copy_tree(int from, int into, int depth, size_t *files, struct error *error)
{
    const struct dirent *entry;
    bool ok = true;
    if (depth >= DEEPEST)
        return error_set(error, "folders more than %d deep", DEEPEST);
    int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = again >= 0 ? fdopendir(again) : NULL;
    if (!folder)
        return fail(error, ".");
    while (ok && (entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            ok = copy_entry(from, into, entry->d_name, depth, files, error);
    (void)closedir(folder);
    return ok;
}

/* What a link points to is left alone. */
static void remove_tree(int parent, const char *name)
{
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *list = folder >= 0 ? fdopendir(folder) : NULL;
    const struct dirent *entry;
    while (list && (entry = readdir(list))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(folder, entry->d_name, 0) != 0 && (errno == EISDIR || errno == EPERM))
            remove_tree(folder, entry->d_name);
    }
    if (list)
        (void)closedir(list);
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}

/* ---- the new folder ---- */

static bool link_environment(const struct nagios_install *install, const char *repository, int staging,
                             struct arena *arena, struct error *error)
{
    const char *target = arena_format(arena, "%s/environments/%s", repository, install->environment);
    const char *slash = strrchr(install->environment, '/');
    const char *name = slash ? slash + 1 : install->environment;
    struct stat found;
    if (stat(target, &found) != 0)
        return fail(error, target);
    if (!S_ISDIR(found.st_mode))
        return error_set(error, "not a folder: \"%s\"", target);
    return symlinkat(target, staging, name) == 0 || fail(error, name);
}

static bool fill(const struct nagios_install *install, const char *staging, struct arena *arena,
                 size_t *files, struct error *error)
{
    char repository[PATH_MAX];
    const struct text mark = TEXT_INIT;
    if (!realpath(install->repository, repository))
        return fail(error, install->repository);
    const char *common = arena_format(arena, "%s/common/%s", repository, install->class);
    int from = open(common, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int into = open(staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    bool ok = from >= 0 || fail(error, common);
    ok = ok && (into >= 0 || fail(error, staging));
    ok = ok && fchmod(into, 0755) == 0 && write_at(into, marker, &mark, error) &&
         copy_tree(from, into, 0, files, error) && link_environment(install, repository, into, arena, error);
    if (into >= 0)
        (void)close(into);
    if (from >= 0)
        (void)close(from);
    return ok;
}

/* ---- what Nagios says ---- */

static bool same_folder(const char *one, const char *other)
{
    size_t a = strlen(one), b = strlen(other);
    while (a > 1 && one[a - 1] == '/')
        a--;
    while (b > 1 && other[b - 1] == '/')
        b--;
    return a == b && strncmp(one, other, a) == 0;
}

/* A main file that reads the new folder in place of the old one, with absolute paths. */
static void rewrite_main(const struct nagios_install *install, const char *staging, struct text *main,
                         struct arena *arena, struct text *out)
{
    static const char *const paths[] = {"cfg_dir=", "cfg_file=", "resource_file="};
    const char *slash = strrchr(install->main, '/');
    bool replaced = false;
    char *rest = NULL;
    text_add_char(main, '\n');
    for (char *line = strtok_r(main->bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const char *value = NULL;
        for (size_t i = 0; i < sizeof paths / sizeof paths[0] && !value; i++)
            if (strncmp(line, paths[i], strlen(paths[i])) == 0)
                value = line + strlen(paths[i]);
        if (value && value[0] != '/' && slash)
            value = arena_format(arena, "%.*s/%s", (int)(slash - install->main), install->main, value);
        if (value && line[4] == 'd' && same_folder(value, install->into)) {
            text_format(out, "cfg_dir=%s\n", staging);
            replaced = true;
        } else if (value) {
            text_format(out, "%.*s=%s\n", (int)strcspn(line, "="), line, value);
        } else {
            text_format(out, "%s\n", line);
        }
    }
    if (!replaced)
        text_format(out, "cfg_dir=%s\n", staging);
}

static enum nagios_install_end run_verify(const struct nagios_install *install, const char *main,
                                          struct text *said, struct error *error)
{
    const char *const argv[] = {install->nagios, "-v", main, NULL};
    const struct process process = {
        .argv = argv, .deadline = process_now() + VERIFY_MS, .output_cap = OUTPUT_BYTES};
    struct process_outcome outcome;
    process_run(&process, &outcome);
    enum nagios_install_end end = NAGIOS_INSTALL_DONE;
    if (outcome.end == PROCESS_EXITED && outcome.code != 0) {
        text_add_bytes(said, outcome.output.bytes, outcome.output.length);
        end = NAGIOS_INSTALL_REFUSED;
    } else if (!process_succeeded(&process, &outcome, error)) {
        end = NAGIOS_INSTALL_FAILED;
    }
    process_outcome_release(&outcome);
    return end;
}

static enum nagios_install_end verify(const struct nagios_install *install, const char *staging,
                                      struct arena *arena, struct text *said, struct error *error)
{
    const char *path = arena_format(arena, "%s.cfg", staging);
    struct text main = TEXT_INIT, copy = TEXT_INIT;
    enum nagios_install_end end = NAGIOS_INSTALL_FAILED;
    if (read_at(AT_FDCWD, install->main, &main, error)) {
        rewrite_main(install, staging, &main, arena, &copy);
        if (write_at(AT_FDCWD, path, &copy, error))
            end = run_verify(install, path, said, error);
        (void)unlink(path);
    }
    text_release(&copy);
    text_release(&main);
    return end;
}

/* ---- the exchange ---- */

static bool is_ours(const struct nagios_install *install, struct arena *arena)
{
    const char *mark = arena_format(arena, "%s/%s", install->into, marker);
    DIR *folder = opendir(install->into);
    const struct dirent *entry;
    bool empty = true;
    while (folder && (entry = readdir(folder)))
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    if (folder)
        (void)closedir(folder);
    return empty || install->adopt || access(mark, F_OK) == 0;
}

/* In one step: Nagios finds the old folder or the new one. The old one is then at ${staging}. */
static bool exchange(const struct nagios_install *install, const char *staging, struct error *error)
{
    struct stat found;
    bool exists = lstat(install->into, &found) == 0;
    int done = exists ? renameat2(AT_FDCWD, staging, AT_FDCWD, install->into, RENAME_EXCHANGE)
                      : rename(staging, install->into);
    return done == 0 || fail(error, install->into);
}

enum nagios_install_end nagios_install(const struct nagios_install *install, struct arena *arena,
                                       struct text *said, size_t *files, struct error *error)
{
    size_t length = strlen(install->into);
    while (length > 1 && install->into[length - 1] == '/')
        length--;
    const char *form = arena_format(arena, "%.*s.XXXXXX", (int)length, install->into);
    char *staging = arena_text_of(arena, form, strlen(form));
    enum nagios_install_end end = NAGIOS_INSTALL_FAILED;
    *files = 0;
    if (!is_ours(install, arena)) {
        error_set(error, "\"%s\" holds what was not installed by this command: --adopt replaces it",
                  install->into);
        return end;
    }
    if (!mkdtemp(staging)) {
        fail(error, staging);
        return end;
    }
    if (fill(install, staging, arena, files, error))
        end = verify(install, staging, arena, said, error);
    if (end == NAGIOS_INSTALL_DONE && !install->dry_run && !exchange(install, staging, error))
        end = NAGIOS_INSTALL_FAILED;
    remove_tree(AT_FDCWD, staging);
    return end;
}

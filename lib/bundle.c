/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/bundle.h"

#include "lib/executable.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "lib/process.h"
#include "lib/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 02750, SHARED_MODE = 02770, FILE_MODE = 0640, BLOCK_BYTES = 65536 };

struct bundle {
    int folder;
    uid_t owner; /* of the folder around it: what root adds there becomes theirs */
    gid_t group;
    int64_t deadline;
    size_t bytes;
    json_t *index;
    json_t *parts;
    struct error first_problem; /* empty: none */
};

static bool hand_over(const struct bundle *bundle, int fd)
{
    return geteuid() != 0 || bundle->owner == 0 || fchown(fd, bundle->owner, bundle->group) == 0;
}

/* ---- the folder ---- */

static bool make_way(char *path, struct error *error)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool ok = mkdir(path, 0750) == 0 || errno == EEXIST;
        if (!ok)
            error_set(error, "%s: the folder \"%s\"", strerror(errno), path);
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

/* The folder ${name} in ${parent}, made when it is missing; -1 with errno. */
static int enter(struct bundle *bundle, int parent, const char *name, bool must_be_new)
{
    struct stat around;
    if (fstat(parent, &around) != 0)
        return -1;
    bundle->owner = around.st_uid;
    bundle->group = around.st_gid;
    bool made = mkdirat(parent, name, 0750) == 0;
    if (!made && (errno != EEXIST || must_be_new))
        return -1;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && made &&
        (!hand_over(bundle, fd) || fchmod(fd, must_be_new ? FOLDER_MODE : SHARED_MODE) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool open_folders(struct bundle *bundle, char *folder, const char *run, struct error *error)
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        folder[--length] = '\0';
    if (!make_way(folder, error))
        return false;
    char *slash = strrchr(folder, '/');
    const char *name = slash ? slash + 1 : folder;
    if (slash)
        *slash = '\0';
    int parent = open(!slash ? "." : slash == folder ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int middle = parent < 0 ? -1 : enter(bundle, parent, name, false);
    bundle->folder = middle < 0 ? -1 : enter(bundle, middle, run, true);
    if (bundle->folder < 0)
        error_set(error, "%s: the folder \"%s/%s/%s\"", strerror(errno), slash ? folder : ".", name, run);
    if (middle >= 0)
        close(middle);
    if (parent >= 0)
        close(parent);
    return bundle->folder >= 0;
}

struct bundle *bundle_open(const char *folder, const char *run, int64_t deadline, struct error *error)
{
    struct bundle *bundle = memory_get(1, sizeof *bundle);
    char *path = memory_text(folder);
    bool ok = open_folders(bundle, path, run, error);
    free(path);
    if (!ok) {
        free(bundle);
        return NULL;
    }
    bundle->deadline = deadline;
    bundle->index = json_object();
    bundle->parts = json_array();
    json_object_set_new(bundle->index, "run", json_string(run));
    ledger_stamp(bundle->index, (int64_t)time(NULL));
    json_object_set(bundle->index, "parts", bundle->parts);
    return bundle;
}

/* ---- parts ---- */

static bool write_file(const struct bundle *bundle, const char *name, const void *bytes, size_t length,
                       bool durable)
{
    int fd = openat(bundle->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return false;
    const char *at = bytes;
    bool ok = hand_over(bundle, fd);
    while (ok && length > 0) {
        ssize_t put = write(fd, at, length);
        ok = put > 0 || (put < 0 && errno == EINTR);
        at += put > 0 ? put : 0;
        length -= put > 0 ? (size_t)put : 0;
    }
    ok = ok && (!durable || fsync(fd) == 0);
    int why = errno;
    close(fd);
    errno = why;
    return ok;
}

static bool is_part_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= 64 && name[0] != '.' &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == length;
}

static bool note(struct bundle *bundle, const char *name, json_t *part, const struct error *problem)
{
    if (problem) {
        json_object_set_new(part, "error", ledger_text(problem->text, strlen(problem->text)));
        if (!bundle->first_problem.text[0])
            error_set(&bundle->first_problem, "%s: %.450s", name, problem->text);
    }
    json_array_append_new(bundle->parts, part);
    return problem == NULL;
}

/* Keeps the bytes, and notes ${problem} (NULL: none) with them. */
static bool add(struct bundle *bundle, const char *name, const char *bytes, size_t length, bool cut,
                struct error *problem)
{
    struct error error;
    char hex[DIGEST_HEX_BYTES];
    json_t *part = json_object();
    json_object_set_new(part, "name", ledger_text(name, strlen(name)));
    size_t room = BUNDLE_BYTES - bundle->bytes;
    if (length > room) {
        bytes += length - room; /* the end says more than the beginning */
        length = room;
        cut = true;
    }
    if (!is_part_name(name) || json_array_size(bundle->parts) >= BUNDLE_PARTS) {
        error_set(&error, "not a part that the bundle can hold");
        return note(bundle, name, part, &error);
    }
    if (!write_file(bundle, name, bytes, length, false)) {
        error_set(&error, "%s", strerror(errno));
        return note(bundle, name, part, &error);
    }
    bundle->bytes += length;
    if (digest_sha256(bytes, length, hex))
        json_object_set_new(part, "sha256", json_string(hex));
    json_object_set_new(part, "bytes", json_integer((json_int_t)length));
    json_object_set_new(part, "truncated", json_boolean(cut));
    return note(bundle, name, part, problem);
}

bool bundle_add_text(struct bundle *bundle, const char *name, const char *bytes, size_t length)
{
    bool cut = length > BUNDLE_PART_BYTES;
    return add(bundle, name, cut ? bytes + length - BUNDLE_PART_BYTES : bytes,
               cut ? BUNDLE_PART_BYTES : length, cut, NULL);
}

static void keep_last(struct text *text, size_t cap, bool *cut)
{
    if (text->length <= cap)
        return;
    memmove(text->bytes, text->bytes + text->length - cap, cap);
    text->length = cap;
    text->bytes[cap] = '\0';
    *cut = true;
}

/* Files of /proc tell no size, so the end is found by reading; the deadline ends a file that never does. */
static bool read_last(const struct bundle *bundle, int fd, size_t cap, struct text *text, bool *cut)
{
    struct stat found;
    ssize_t got = 0;
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_size > (off_t)cap) {
        *cut = true;
        (void)lseek(fd, found.st_size - (off_t)cap, SEEK_SET);
    }
    do {
        text->length += got > 0 ? (size_t)got : 0;
        if (text->length > 2 * cap + BLOCK_BYTES)
            keep_last(text, cap, cut);
        if (process_now() >= bundle->deadline) {
            errno = ETIMEDOUT;
            return false;
        }
        got = read(fd, text_reserve(text, BLOCK_BYTES), BLOCK_BYTES);
    } while (got > 0 || (got < 0 && errno == EINTR));
    text->bytes[text->length] = '\0';
    keep_last(text, cap, cut);
    return got == 0;
}

/* ${owner} NULL: anybody's. */
static bool add_file(struct bundle *bundle, const char *name, const char *path, size_t cap,
                     const uid_t *owner)
{
    struct text text = TEXT_INIT;
    struct error error;
    struct stat found;
    bool cut = false;
    if (cap == 0 || cap > BUNDLE_PART_BYTES)
        cap = BUNDLE_PART_BYTES;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (owner ? O_NOFOLLOW : 0));
    bool ok = fd >= 0;
    if (ok && owner && (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode) || found.st_uid != *owner))
        ok = error_set(&error, "not a file of its process: \"%s\"", path);
    else if (!ok || !read_last(bundle, fd, cap, &text, &cut))
        ok = error_set(&error, "%s: \"%s\"", strerror(errno), path);
    ok = add(bundle, name, text.bytes, text.length, cut, ok ? NULL : &error);
    if (fd >= 0)
        close(fd);
    text_release(&text);
    return ok;
}

bool bundle_add_file(struct bundle *bundle, const char *name, const char *path, size_t cap)
{
    return add_file(bundle, name, path, cap, NULL);
}

bool bundle_add_own_file(struct bundle *bundle, const char *name, const char *path, size_t cap, uid_t owner)
{
    return add_file(bundle, name, path, cap, &owner);
}

bool bundle_add_command(struct bundle *bundle, const char *name, const char *const *argv, int64_t timeout)
{
    int64_t end = process_now() + timeout;
    const struct process process = {
        .argv = argv,
        .deadline = end < bundle->deadline ? end : bundle->deadline,
        .output_cap = BUNDLE_PART_BYTES,
    };
    struct process_outcome outcome;
    struct error error;
    if (!executable_trusted(argv[0], &error))
        return add(bundle, name, "", 0, false, &error);
    process_run(&process, &outcome);
    bool ok = process_succeeded(&process, &outcome, &error);
    ok =
        add(bundle, name, outcome.output.bytes, outcome.output.length, outcome.truncated, ok ? NULL : &error);
    process_outcome_release(&outcome);
    return ok;
}

/* ---- the end ---- */

size_t bundle_bytes(const struct bundle *bundle)
{
    return bundle->bytes;
}

const char *bundle_problem(const struct bundle *bundle)
{
    return bundle->first_problem.text[0] ? bundle->first_problem.text : NULL;
}

bool bundle_close(struct bundle *bundle, char hex[static DIGEST_HEX_BYTES], struct error *error)
{
    char *text = json_dumps(bundle->index, JSON_INDENT(1));
    bool ok = text && digest_sha256(text, strlen(text), hex) &&
              write_file(bundle, "index.json", text, strlen(text), true) && fsync(bundle->folder) == 0;
    if (!ok)
        error_set(error, "%s while writing the index of the diagnostics", strerror(errno));
    free(text);
    json_decref(bundle->parts);
    json_decref(bundle->index);
    close(bundle->folder);
    free(bundle);
    return ok;
}

/* ---- what is added afterwards ---- */

static const char attached[] = "act-";

bool bundle_attach(const char *folder, const char *name, const char *bytes, size_t length,
                   struct error *error)
{
    struct bundle bundle = {.folder = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    struct stat around;
    struct text file = TEXT_INIT;
    size_t cut = length > BUNDLE_PART_BYTES ? length - BUNDLE_PART_BYTES : 0;
    text_format(&file, "%s%s", attached, name);
    bool ok = bundle.folder >= 0 && fstat(bundle.folder, &around) == 0;
    if (ok) {
        bundle.owner = around.st_uid;
        bundle.group = around.st_gid;
        errno = EINVAL;
        ok = is_part_name(file.bytes) && write_file(&bundle, file.bytes, bytes + cut, length - cut, true);
    }
    if (!ok)
        error_set(error, "%s: \"%s/%s\"", strerror(errno), folder, file.bytes);
    if (bundle.folder >= 0)
        close(bundle.folder);
    text_release(&file);
    return ok;
}

void bundle_attached(const char *folder, bundle_each *each, void *owner)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        char hex[DIGEST_HEX_BYTES];
        if (strncmp(entry->d_name, attached, sizeof attached - 1) != 0)
            continue;
        int fd = openat(dirfd(directory), entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (fd >= 0 && digest_file(fd, hex))
            each(owner, entry->d_name, hex);
        if (fd >= 0)
            close(fd);
    }
    if (directory)
        (void)closedir(directory);
}

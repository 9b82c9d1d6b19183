/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/failover_marker.h"

#include "lib/json.h"
#include "lib/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/file.h>
#include <unistd.h>

enum { MARKER_BYTES = 4096 };

static bool sync_folder(const char *path)
{
    struct text copy = TEXT_INIT;
    text_add(&copy, path);
    int fd = open(dirname(copy.bytes), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    text_release(&copy);
    return ok;
}

bool failover_marker_write(const char *path, const struct failover_marker *marker, struct error *error)
{
    struct text text = TEXT_INIT;
    json_t *object = json_object();
    json_set(object, "redundancy", json_string("lost"));
    ledger_stamp(object, (int64_t)time(NULL));
    json_set(object, "primary", json_string(marker->primary));
    json_set(object, "former", json_string(marker->former));
    json_set(object, "issue", json_string(marker->issue));
    json_write(&text, object);
    json_decref(object);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    bool made = fd >= 0;
    bool ok = made && write(fd, text.bytes, text.length) == (ssize_t)text.length && fsync(fd) == 0 &&
              sync_folder(path);
    if (!ok)
        error_set(error, "%s: the marker \"%s\"", strerror(errno), path);
    if (made)
        close(fd);
    if (made && !ok)
        (void)unlink(path);
    text_release(&text);
    return ok;
}

bool failover_marker_read(const char *path, struct arena *arena, struct failover_marker *marker, bool *there,
                          struct error *error)
{
    char bytes[MARKER_BYTES];
    json_error_t unused;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    *there = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return !*there || error_set(error, "%s: the marker \"%s\"", strerror(errno), path);
    ssize_t got = read(fd, bytes, sizeof bytes);
    close(fd);
    json_t *object = got > 0 ? json_loadb(bytes, (size_t)got, JSON_REJECT_DUPLICATES, &unused) : NULL;
    const char *primary = json_string_value(json_object_get(object, "primary"));
    const char *former = json_string_value(json_object_get(object, "former"));
    const char *issue = json_string_value(json_object_get(object, "issue"));
    const char *since = json_string_value(json_object_get(object, "time"));
    bool ok = primary && former && issue && since;
    if (ok)
        *marker = (struct failover_marker){.primary = arena_text(arena, primary),
                                           .former = arena_text(arena, former),
                                           .issue = arena_text(arena, issue),
                                           .since = arena_text(arena, since)};
    else
        error_set(error, "not a marker of a failover: \"%s\"", path);
    json_decref(object);
    return ok;
}

int failover_marker_hold(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    error_set(error, "%s: the marker \"%s\"",
              errno == EWOULDBLOCK ? "a failover is under way" : strerror(errno), path);
    if (fd >= 0)
        close(fd);
    return -1;
}

bool failover_marker_remove(const char *path, struct error *error)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(error, "%s: the marker \"%s\"", strerror(errno), path);
    return sync_folder(path) || error_set(error, "%s: the folder of \"%s\"", strerror(errno), path);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/control_address.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MODE = 0660 };

struct place {
    struct sockaddr_un address;
    int directory; /* -1: the path fits as it is */
};

/* A path that is too long for an address is taken by way of its directory's descriptor. */
static bool place_open(struct place *place, const char *path, struct error *error)
{
    size_t room = sizeof place->address.sun_path;
    const char *slash = strrchr(path, '/');
    *place = (struct place){.address = {.sun_family = AF_UNIX}, .directory = -1};
    if (strlen(path) < room) {
        (void)snprintf(place->address.sun_path, room, "%s", path);
        return true;
    }
    char *parent = slash ? strndup(path, (size_t)(slash - path)) : NULL;
    if (parent)
        place->directory = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    if (place->directory < 0)
        return error_set(error, "cannot open the directory of \"%s\": %s", path,
                         strerror(slash ? errno : ENAMETOOLONG));
    int used = snprintf(place->address.sun_path, room, "/proc/self/fd/%d%s", place->directory, slash);
    if (used >= 0 && (size_t)used < room)
        return true;
    (void)close(place->directory);
    return error_set(error, "the last part of \"%s\" is too long for a socket", path);
}

static void place_close(struct place *place)
{
    if (place->directory >= 0)
        (void)close(place->directory);
}

static int connect_to(const struct place *place)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&place->address, sizeof place->address) != 0) {
        int code = errno;
        (void)close(fd);
        errno = code;
        fd = -1;
    }
    return fd;
}

int control_address_connect(const char *path, struct error *error)
{
    struct place place;
    if (!place_open(&place, path, error))
        return -1;
    int fd = connect_to(&place);
    if (fd < 0)
        (void)error_set(error, "cannot connect to \"%s\": %s", path, strerror(errno));
    place_close(&place);
    return fd;
}

/* Make way for a new socket: remove one that nobody answers at. */
static bool make_way(const struct place *place, const char *path, struct error *error)
{
    struct stat file;
    if (lstat(place->address.sun_path, &file) != 0)
        return errno == ENOENT || error_set(error, "cannot look at \"%s\": %s", path, strerror(errno));
    if (!S_ISSOCK(file.st_mode))
        return error_set(error, "\"%s\" exists and is not a socket", path);
    int fd = connect_to(place);
    if (fd >= 0)
        (void)close(fd);
    if (fd >= 0 || errno != ECONNREFUSED)
        return error_set(error, "another process answers at \"%s\"", path);
    return unlink(place->address.sun_path) == 0 || errno == ENOENT ||
           error_set(error, "cannot remove the old \"%s\": %s", path, strerror(errno));
}

/* The mode of the descriptor bounds the mode of the file that bind makes; the umask can only take from it, and
 * chmod gives that back. */
static bool bind_to(int fd, const struct place *place)
{
    return fchmod(fd, MODE) == 0 &&
           bind(fd, (const struct sockaddr *)&place->address, sizeof place->address) == 0 &&
           chmod(place->address.sun_path, MODE) == 0;
}

int control_address_listen(const char *path, int backlog, struct error *error)
{
    struct place place;
    int fd = -1;
    if (!place_open(&place, path, error))
        return -1;
    if (make_way(&place, path, error)) {
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0 || !bind_to(fd, &place) || listen(fd, backlog) != 0) {
            (void)error_set(error, "cannot listen at \"%s\": %s", path, strerror(errno));
            if (fd >= 0)
                (void)close(fd);
            fd = -1;
        }
    }
    place_close(&place);
    return fd;
}

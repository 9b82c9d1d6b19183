/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char *joined(const char *root, const char *path)
{
    struct text whole = TEXT_INIT;
    text_add(&whole, root ? root : "");
    text_add(&whole, path);
    return text_take(&whole);
}

/* Appends one read; false at the end, on an error (errno) or when the cap is passed (errno EFBIG). */
static bool read_more(int fd, struct text *text)
{
    size_t room;
    char *end = text_room(text, &room);
    ssize_t got = read(fd, end, room);
    if (got <= 0) {
        errno = got == 0 ? 0 : errno;
        return got < 0 && errno == EINTR;
    }
    text->length += (size_t)got;
    text->bytes[text->length] = '\0';
    if (text->length > FILE_CAP) {
        errno = EFBIG;
        return false;
    }
    return true;
}

bool file_read(const char *root, const char *path, struct text *text, struct error *error)
{
    bool done = false;
    char *name = joined(root, path);
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        (void)error_set(error, "cannot read \"%s\": %s", name, strerror(errno));
        goto out;
    }
    while (read_more(fd, text))
        ;
    done = errno == 0;
    if (errno == EFBIG)
        (void)error_set(error, "\"%s\" is larger than %d MB", name, FILE_CAP >> 20);
    else if (errno != 0)
        (void)error_set(error, "cannot read \"%s\": %s", name, strerror(errno));
    (void)close(fd);
out:
    free(name);
    return done;
}

bool file_first_line(const char *path, struct text *line, struct error *error)
{
    struct text content = TEXT_INIT;
    bool done = file_read("", path, &content, error);
    if (done)
        text_add_bytes(line, content.bytes, strcspn(content.bytes, "\r\n"));
    if (content.length > 0)
        explicit_bzero(content.bytes, content.length);
    text_release(&content);
    return done;
}

bool file_exists(const char *root, const char *path)
{
    char *name = joined(root, path);
    bool there = access(name, F_OK) == 0;
    free(name);
    return there;
}

static int64_t remaining(int64_t deadline)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = deadline - (now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return left > 0 ? left : 0;
}

static bool wait_for(int fd, short events, int64_t deadline)
{
    struct pollfd poller = {.fd = fd, .events = events};
    int64_t left;
    while ((left = remaining(deadline)) > 0) {
        int ready = poll(&poller, 1, left > 60000 ? 60000 : (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
    return false;
}

/* A path that does not fit into sun_path is reached through a descriptor of its folder. */
static bool fill_address(struct sockaddr_un *address, const char *path, int *folder)
{
    size_t length = strlen(path);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (length < sizeof address->sun_path) {
        memcpy(address->sun_path, path, length + 1);
        return true;
    }
    const char *slash = strrchr(path, '/');
    if (!slash) {
        errno = ENAMETOOLONG;
        return false;
    }
    char *parent = strndup(path, (size_t)(slash - path) + 1);
    *folder = parent ? open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    free(parent);
    if (*folder < 0)
        return false;
    int used =
        snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *folder, slash + 1);
    if (used >= 0 && (size_t)used < sizeof address->sun_path)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

/* A full backlog of a UNIX socket is EAGAIN at once, and nothing announces room: try again in small steps. */
static bool connect_until(int fd, const struct sockaddr_un *address, int64_t deadline)
{
    while (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        if (errno != EAGAIN && errno != EINTR)
            return false;
        (void)poll(NULL, 0, 10);
        if (remaining(deadline) == 0) {
            errno = ETIMEDOUT;
            return false;
        }
    }
    return true;
}

enum source_end file_connect(const char *path, int64_t deadline, int *fd, struct error *error)
{
    struct sockaddr_un address;
    int folder = -1;
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool done = *fd >= 0 && fill_address(&address, path, &folder) && connect_until(*fd, &address, deadline);
    int why = errno;
    if (folder >= 0)
        (void)close(folder);
    if (done)
        return SOURCE_READ;
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    if (why == ETIMEDOUT) {
        (void)error_set(error, "connecting to \"%s\"", path);
        return SOURCE_TIMEOUT;
    }
    (void)error_set(error, "cannot connect to \"%s\": %s", path, strerror(why));
    return why == ECONNREFUSED ? SOURCE_FAULT : SOURCE_UNREADABLE;
}

static enum source_end failed(const char *path, const char *doing, struct error *error)
{
    if (errno == EAGAIN) {
        (void)error_set(error, "%s \"%s\"", doing, path);
        return SOURCE_TIMEOUT;
    }
    (void)error_set(error, "error while %s \"%s\": %s", doing, path, strerror(errno));
    return SOURCE_FAULT;
}

static enum source_end send_all(int fd, const char *path, const char *question, int64_t deadline,
                                struct error *error)
{
    size_t length = strlen(question);
    while (length > 0) {
        ssize_t sent = send(fd, question, length, MSG_NOSIGNAL);
        if (sent > 0) {
            question += sent;
            length -= (size_t)sent;
        } else if (errno == EAGAIN ? !wait_for(fd, POLLOUT, deadline) : errno != EINTR) {
            return failed(path, "writing to", error);
        }
    }
    return SOURCE_READ;
}

static enum source_end receive_all(int fd, const char *path, struct text *answer, int64_t deadline,
                                   struct error *error)
{
    size_t before = answer->length;
    for (;;) {
        if (remaining(deadline) == 0)
            errno = EAGAIN;
        else if (read_more(fd, answer) || (errno == EAGAIN && wait_for(fd, POLLIN, deadline)))
            continue;
        if (errno == 0)
            return SOURCE_READ;
        if (errno == EFBIG) {
            (void)error_set(error, "\"%s\" answers with more than %d MB", path, FILE_CAP >> 20);
            return SOURCE_UNREADABLE;
        }
        return failed(path,
                      answer->length > before ? "reading the rest of the answer from"
                                              : "waiting for an answer from",
                      error);
    }
}

enum source_end file_ask(const char *path, const char *question, struct text *answer, int64_t deadline,
                         struct error *error)
{
    int fd;
    enum source_end end = file_connect(path, deadline, &fd, error);
    if (end != SOURCE_READ)
        return end;
    end = send_all(fd, path, question, deadline, error);
    if (end == SOURCE_READ)
        end = receive_all(fd, path, answer, deadline, error);
    (void)close(fd);
    return end;
}

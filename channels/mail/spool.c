/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/mail/spool.h"

#include "lib/mail.h"
#include "lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_folders(const char *directory, struct error *error)
{
    char *path = memory_text(directory);
    bool ok = path[0] != '\0';
    for (char *slash = path; ok && slash;) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        ok = mkdir(path, 0750) == 0 || errno == EEXIST;
        if (slash)
            *slash = '/';
    }
    free(path);
    return ok || error_set(error, "the folder \"%s\" cannot be made: %s", directory, strerror(errno));
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        }
    }
    return true;
}

/* Under another name first, so that a reader never sees half of it. */
static bool put(int folder, const char *name, const struct text *message)
{
    struct text other = TEXT_INIT;
    text_format(&other, ".%s.%ld", name, (long)getpid());
    int fd = openat(folder, other.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
    bool ok = fd >= 0 && write_all(fd, message->bytes, message->length) && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && renameat(folder, other.bytes, folder, name) == 0;
    if (!ok && fd >= 0) {
        int reason = errno;
        (void)unlinkat(folder, other.bytes, 0);
        errno = reason;
    }
    text_release(&other);
    return ok && fsync(folder) == 0;
}

bool spool_put(const struct order *order, struct error *error)
{
    if (!make_folders(order->spool, error))
        return false;
    struct text name = TEXT_INIT;
    mail_file_name(&name, order->id);
    text_add(&name, ".eml");
    int folder = open(order->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = folder >= 0 && put(folder, name.bytes, &order->message);
    if (!ok)
        error_set(error, "the message cannot be written to \"%s/%s\": %s", order->spool, name.bytes,
                  strerror(errno));
    if (folder >= 0)
        close(folder);
    text_release(&name);
    return ok;
}

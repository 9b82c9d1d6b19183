/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/guarded_file.h"

#include "lib/hash.h"
#include "lib/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool guarded_file_is_open(mode_t mode)
{
    return (mode & 07) != 0;
}

char *guarded_file_read(const char *path, const char *what, bool secret, size_t *length, struct error *error)
{
    struct stat about;
    char *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &about) != 0) {
        error_set(error, "%s \"%s\" cannot be read: %s", what, path, strerror(errno));
    } else if (secret && guarded_file_is_open(about.st_mode)) {
        error_set(error, "%s \"%s\" is open to everyone: chmod o= it", what, path);
    } else if (!S_ISREG(about.st_mode) || about.st_size > GUARDED_FILE_MOST) {
        error_set(error, "%s \"%s\" is no file of at most %d bytes", what, path, (int)GUARDED_FILE_MOST);
    } else {
        bytes = memory_get((size_t)about.st_size + 1, 1);
        ssize_t count = read(fd, bytes, (size_t)about.st_size);
        *length = count > 0 ? (size_t)count : 0;
        bytes[*length] = '\0';
    }
    if (fd >= 0)
        (void)close(fd);
    return bytes;
}

void guarded_file_free(char *bytes, size_t length)
{
    if (bytes)
        explicit_bzero(bytes, length);
    free(bytes);
}

uint64_t guarded_file_stamp(const char *path)
{
    struct stat about;
    uint64_t marks[5] = {0};
    if (stat(path, &about) == 0) {
        marks[0] = (uint64_t)about.st_ino;
        marks[1] = (uint64_t)about.st_size;
        marks[2] = (uint64_t)about.st_ctim.tv_sec;
        marks[3] = (uint64_t)about.st_ctim.tv_nsec;
        marks[4] = (uint64_t)about.st_mode;
    }
    return hash_bytes(hash_text(HASH_START, path), marks, sizeof marks);
}

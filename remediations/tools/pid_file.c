/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/pid_file.h"

#include "lib/number.h"

#include <fcntl.h>
#include <unistd.h>

enum { COMM_BYTES = 15, STATUS_BYTES = 8192, VALUE_BYTES = 128 };

static size_t read_some(const char *path, char *bytes, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, room - 1);
    if (fd >= 0)
        close(fd);
    bytes[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

int64_t pid_file_read(const char *path)
{
    char text[32];
    int64_t pid = 0;
    (void)read_some(path, text, sizeof text);
    text[strcspn(text, " \t\r\n")] = '\0';
    return number_read_whole(text, 2, INT32_MAX, &pid) ? pid : 0;
}

bool pid_file_check(const char *path, int64_t pid, const char *wanted, bool *alive, struct error *error)
{
    char name[COMM_BYTES + 2], proc[64];
    (void)snprintf(proc, sizeof proc, "/proc/%lld/comm", (long long)pid);
    (void)read_some(proc, name, sizeof name);
    name[strcspn(name, "\n")] = '\0';
    *alive = name[0] != '\0';
    if (*alive && strncmp(name, wanted, COMM_BYTES) != 0)
        return error_set(error, "process %lld of \"%s\" is \"%s\", not \"%s\"", (long long)pid, path, name,
                         wanted);
    return true;
}

/* What stands behind ${key} in /proc/PID/status (proc(5)); false: it is no more. */
static bool read_status(int64_t pid, const char *key, char *value, size_t room)
{
    char status[STATUS_BYTES], path[64];
    (void)snprintf(path, sizeof path, "/proc/%lld/status", (long long)pid);
    (void)read_some(path, status, sizeof status);
    const char *line = strstr(status, key);
    if (line)
        (void)snprintf(value, room, "%.*s", (int)strcspn(line + strlen(key), "\n"), line + strlen(key));
    return line != NULL;
}

/* "Uid:\t0\t0\t0\t0": real, effective, saved, and that of the file system. */
bool pid_file_user(int64_t pid, uid_t *user)
{
    char value[VALUE_BYTES];
    return read_status(pid, "\nUid:", value, sizeof value) && sscanf(value, "%*u %*u %*u %u", user) == 1;
}

/* "SigCgt:\t0000000180004a02", a bit for each signal from 1. */
bool pid_file_catches(int64_t pid, int signal)
{
    char value[VALUE_BYTES];
    uint64_t caught = read_status(pid, "\nSigCgt:", value, sizeof value) ? strtoull(value, NULL, 16) : 0;
    return (caught >> (signal - 1)) & 1;
}

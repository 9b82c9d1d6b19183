/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/executable.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool executable_check(const char *path, struct error *error)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    return (S_ISREG(found.st_mode) && (found.st_mode & 0111)) ||
           error_set(error, "not a program: \"%s\"", path);
}

/* Whoever may rename what is in a folder chooses the program by its path. Where the sticky bit forbids it to all but its
 * owner the program's owner tells enough. */
static bool are_folders_kept(const char *path, struct error *error)
{
    char folder[PATH_MAX];
    struct stat found;
    for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
        (void)snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
        if (stat(folder, &found) != 0)
            return error_set(error, "%s: \"%s\"", strerror(errno), folder);
        if ((found.st_mode & S_IWOTH) && !(found.st_mode & S_ISVTX))
            return error_set(error, "others may write to the folder \"%s\"", folder);
    }
    return true;
}

/* As it is written, and where links lead. */
bool executable_way(const char *path, struct error *error)
{
    char real[PATH_MAX];
    if (!realpath(path, real))
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    return are_folders_kept(path, error) && are_folders_kept(real, error);
}

bool executable_guard(const char *path, uid_t user, struct error *error)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return error_set(error, "%s: \"%s\"", strerror(errno), path);
    if (found.st_uid != 0 && found.st_uid != user)
        return error_set(error, "owned neither by root nor by its user: \"%s\"", path);
    if (found.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(error, "others may write to \"%s\"", path);
    return executable_way(path, error);
}

/* The file that execvp(3) would execute for ${name}; false: there is none. */
static bool find(const char *name, char *path, size_t room)
{
    static const char standard[] = "/usr/local/bin:/usr/bin:/bin";
    const char *folders = getenv("PATH");
    bool found = false;
    if (strchr(name, '/'))
        return snprintf(path, room, "%s", name) < (int)room;
    for (const char *at = folders ? folders : standard; at && !found;) {
        size_t length = strcspn(at, ":");
        int written = snprintf(path, room, "%.*s/%s", length ? (int)length : 1, length ? at : ".", name);
        found = written < (int)room && access(path, X_OK) == 0;
        at = at[length] ? at + length + 1 : NULL;
    }
    return found;
}

bool executable_trusted(const char *name, struct error *error)
{
    char path[PATH_MAX];
    return geteuid() != 0 || !find(name, path, sizeof path) || executable_guard(path, 0, error);
}

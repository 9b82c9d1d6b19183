/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/layout.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

/* Cut the last part of a path off; false when there is none. */
static bool parent_of(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return false;
    *slash = '\0';
    return true;
}

bool layout_find(struct layout *layout, struct arena *arena, struct error *error)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return error_set(error, "%s: \"/proc/self/exe\"", strerror(errno));
    path[length] = '\0';
    if (!parent_of(path))
        return error_set(error, "no folder above the program: \"%s\"", path);
    layout->bin = arena_text(arena, path);
    if (!parent_of(path))
        path[0] = '\0';
    const char *top = arena_format(arena, "%s/libexec/watchbill-runner", path);
    const char *base =
        access(top, X_OK) == 0 ? arena_text(arena, path) : arena_format(arena, "%s/lib/watchbill", path);
    layout->libexec = arena_format(arena, "%s/libexec", base);
    layout->checks = arena_format(arena, "%s/checks", base);
    layout->channels = arena_format(arena, "%s/channels", base);
    layout->remediations = arena_format(arena, "%s/remediations", base);
    return true;
}

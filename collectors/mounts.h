/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which block device holds a path, by /proc/self/mountinfo (or /proc/mounts in a captured tree). */
#ifndef WATCHBILL_COLLECTORS_MOUNTS_H
#define WATCHBILL_COLLECTORS_MOUNTS_H

#include "lib/arena.h"
#include "lib/error.h"

#include <stddef.h>

struct mounts_device {
    bool numbered;         /* major and minor are known (mountinfo) */
    unsigned major, minor; /* 0 is the major number of file systems without a device */
    const char *source;    /* "/dev/sda1" */
    const char *point;     /* where it is mounted */
};

/* mounts_parse_info, mounts_parse_table(bytes, length, path, arena, device, error): the mount of the longest
 * mount point that holds ${path}, the last one where several cover each other; of the text of a mountinfo or
 * of a mounts file. */
bool mounts_parse_info(const char *bytes, size_t length, const char *path, struct arena *arena,
                       struct mounts_device *device, struct error *error);
bool mounts_parse_table(const char *bytes, size_t length, const char *path, struct arena *arena,
                        struct mounts_device *device, struct error *error);

/* mounts_read(root, path, arena, device, error): whichever of the files is there. */
bool mounts_read(const char *root, const char *path, struct arena *arena, struct mounts_device *device,
                 struct error *error);

#endif

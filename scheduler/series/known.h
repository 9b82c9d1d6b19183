/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files were seen with which definition, so that most updates need no look at the file. */
#ifndef WATCHBILL_SERIES_KNOWN_H
#define WATCHBILL_SERIES_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct known {
    struct known_slot {
        uint64_t file, definition; /* hashes; file 0: free */
    } * slots;
    size_t count, room; /* room is a power of two, or 0 */
};

/* ${file} is not 0. */
bool known_has(const struct known *known, uint64_t file, uint64_t definition);
void known_set(struct known *known, uint64_t file, uint64_t definition);
void known_release(struct known *known);

#endif

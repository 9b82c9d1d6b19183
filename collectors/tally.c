/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/tally.h"

#include "lib/hash.h"

enum { SLOTS = 32768 }; /* a power of two, over three times the names */

struct tally {
    struct arena *arena;
    struct tally_row *rows[SLOTS];
    size_t count;
};

struct tally *tally_create(struct arena *arena)
{
    struct tally *tally = arena_get(arena, 1, sizeof *tally);
    tally->arena = arena;
    return tally;
}

/* The slot of the name, or the empty one where it belongs. */
static struct tally_row **slot_of(struct tally *tally, const char *name, size_t length)
{
    size_t at = hash_spread(hash_bytes(HASH_START, name, length)) & (SLOTS - 1);
    while (tally->rows[at] &&
           (strlen(tally->rows[at]->name) != length || memcmp(tally->rows[at]->name, name, length) != 0))
        at = (at + 1) & (SLOTS - 1);
    return &tally->rows[at];
}

/* The row of the name, or that of all others when there are enough. */
static struct tally_row *row_of(struct tally *tally, const char *name, size_t length)
{
    length = strnlen(name, length < TALLY_NAME_CAP ? length : TALLY_NAME_CAP);
    struct tally_row **slot = slot_of(tally, name, length);
    if (!*slot && tally->count >= TALLY_NAMES) {
        name = TALLY_OTHERS;
        length = sizeof TALLY_OTHERS - 1;
        slot = slot_of(tally, name, length);
    }
    if (!*slot) {
        *slot = arena_get(tally->arena, 1, sizeof **slot);
        (*slot)->name = arena_text_of(tally->arena, name, length);
        tally->count++;
    }
    return *slot;
}

void tally_add(struct tally *tally, const char *name, size_t length, bool matches)
{
    struct tally_row *row = row_of(tally, name, length);
    row->all++;
    row->matches += matches;
}

void tally_know(struct tally *tally, const char *name)
{
    (void)row_of(tally, name, strlen(name));
}

static int by_matches(const void *a, const void *b)
{
    const struct tally_row *left = a;
    const struct tally_row *right = b;
    if (left->matches != right->matches)
        return left->matches > right->matches ? -1 : 1;
    if (left->all != right->all)
        return left->all > right->all ? -1 : 1;
    return strcmp(left->name, right->name);
}

struct tally_row *tally_rows(struct tally *tally, size_t *count)
{
    struct tally_row *rows = arena_get(tally->arena, tally->count + 1, sizeof *rows);
    *count = 0;
    for (size_t i = 0; i < SLOTS; i++)
        if (tally->rows[i])
            rows[(*count)++] = *tally->rows[i];
    if (*count > 1)
        qsort(rows, *count, sizeof *rows, by_matches);
    return rows;
}

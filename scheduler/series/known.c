/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/series/known.h"

#include "lib/memory.h"

/* The slot of the file, or the free one where it belongs. */
static struct known_slot *find(struct known_slot *slots, size_t room, uint64_t file)
{
    size_t place = (size_t)file & (room - 1);
    while (slots[place].file != 0 && slots[place].file != file)
        place = (place + 1) & (room - 1);
    return &slots[place];
}

bool known_has(const struct known *known, uint64_t file, uint64_t definition)
{
    return known->room > 0 && find(known->slots, known->room, file)->definition == definition;
}

static void grow(struct known *known)
{
    size_t room = known->room ? known->room * 2 : 1024;
    struct known_slot *slots = memory_get(room, sizeof *slots);
    for (size_t i = 0; i < known->room; i++)
        if (known->slots[i].file != 0)
            *find(slots, room, known->slots[i].file) = known->slots[i];
    free(known->slots);
    known->slots = slots;
    known->room = room;
}

void known_set(struct known *known, uint64_t file, uint64_t definition)
{
    if (known->count * 2 >= known->room)
        grow(known);
    struct known_slot *slot = find(known->slots, known->room, file);
    known->count += slot->file == 0;
    *slot = (struct known_slot){file, definition};
}

void known_release(struct known *known)
{
    free(known->slots);
    *known = (struct known){0};
}

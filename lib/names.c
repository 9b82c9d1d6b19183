/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/names.h"

#include "lib/hash.h"

struct slot {
    const char *name;
    size_t taken; /* how many asked for it */
};

struct names {
    struct arena *arena;
    struct slot *slots;
    size_t room; /* a power of two */
    size_t count;
};

struct names *names_create(struct arena *arena)
{
    struct names *names = arena_get(arena, 1, sizeof *names);
    *names = (struct names){.arena = arena, .room = 32};
    names->slots = arena_get(arena, names->room, sizeof *names->slots);
    return names;
}

static struct slot *find(const struct names *names, const char *name)
{
    size_t at = (size_t)hash_text(HASH_START, name) & (names->room - 1);
    while (names->slots[at].name && strcmp(names->slots[at].name, name) != 0)
        at = (at + 1) & (names->room - 1);
    return &names->slots[at];
}

static void grow(struct names *names)
{
    struct names larger = *names;
    larger.room *= 2;
    larger.slots = arena_get(names->arena, larger.room, sizeof *larger.slots);
    for (size_t i = 0; i < names->room; i++)
        if (names->slots[i].name)
            *find(&larger, names->slots[i].name) = names->slots[i];
    *names = larger;
}

static const char *add(struct names *names, const char *name)
{
    if (names->count * 2 >= names->room)
        grow(names);
    struct slot *slot = find(names, name);
    *slot = (struct slot){arena_text(names->arena, name), 1};
    names->count++;
    return slot->name;
}

const char *names_take(struct names *names, const char *wanted)
{
    struct slot *slot = find(names, wanted);
    if (!slot->name)
        return add(names, wanted);
    size_t number = slot->taken;
    const char *name;
    do
        name = arena_format(names->arena, "%s_%zu", wanted, ++number);
    while (find(names, name)->name);
    slot->taken = number;
    return add(names, name);
}

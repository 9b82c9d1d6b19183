/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the world on random timelines share: dice, a clock, a restart. */
#ifndef WATCHBILL_TESTS_DRIVE_H
#define WATCHBILL_TESTS_DRIVE_H

#include "scheduler/core/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* drive_seed(seed): dice that fall alike for the same ${seed}. drive_roll(dice, of): the next, from 0 to ${of} - 1. */
static inline uint64_t drive_seed(uint64_t seed)
{
    return seed * UINT64_C(0x9e3779b97f4a7c15);
}

static inline unsigned drive_roll(uint64_t *dice, unsigned of)
{
    *dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*dice >> 40) % of;
}

/* drive_clock(world, now, until, take, owner): every timer that is due until then fires at its time, and is not due at
 * once again; ${until}. */
static inline int64_t drive_clock(struct world *world, int64_t now, int64_t until, world_sink *take,
                                  void *owner)
{
    for (int64_t due = world_due(world); due <= until; due = world_due(world)) {
        now = due > now ? due : now;
        world_tick(world, now, take, owner);
        assert_true(world_due(world) > now);
    }
    return until;
}

/* What is written to a file and read back; takes over ${saved}. */
static inline json_t *drive_through_file(json_t *saved)
{
    char *bytes = json_dumps(saved, JSON_SORT_KEYS);
    json_t *read = json_loads(bytes, 0, NULL);
    free(bytes);
    json_decref(saved);
    return read;
}

/* drive_restart(world): another world that read what this one had saved, and saves the same of each check; takes over
 * ${world}. Of the site it may save other than it read: configured downtimes are looked at anew. */
static inline struct world *drive_restart(struct world *world)
{
    const struct model *model = world_model(world);
    struct world *next = world_create(model);
    struct error error = {""};
    for (uint32_t i = 0; i < model->binding_count; i++) {
        json_t *saved = drive_through_file(world_save(world, i));
        assert_true(world_load(next, i, saved, &error));
        json_t *again = world_save(next, i);
        assert_true(json_equal(saved, again));
        json_decref(again);
        json_decref(saved);
    }
    json_t *site = drive_through_file(world_save_site(world));
    assert_true(world_load_site(next, site, &error));
    json_decref(site);
    world_free(world);
    return next;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A saved state of any bytes is refused or taken, never half taken: what was taken is saved the same. Then the
 * check lives on from there. */
#include "lib/memory.h"
#include "scheduler/core/world.h"
#include "tests/unit/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const lines[] = {
    "user geoff alert=geoff-pager notify=geoff-mail",
    "group admins always:geoff",
    "remediation clean after=1m cooldown=5m verify=1m",
    "check http attempts=2 alert=admins repeat=10m delay=1m flapping=10,20 remediate=clean",
    "host web01 http",
    NULL,
};

static void take(void *owner, const struct decision *decision)
{
    size_t *count = owner;
    *count += decision->kind != DECISION_ALERT || strlen(decision->message_id) > 10;
}

static void live_on(struct world *world)
{
    size_t count = 0;
    int64_t now = INT64_C(1795132800000);
    for (int i = 0; i < 6; i++) {
        const struct result result = {.verdict = i < 5 ? VERDICT_CRITICAL : VERDICT_OK, .at = now};
        world_tick(world, now, take, &count);
        world_result(world, 0, &result, now, take, &count);
        now += 120000;
    }
}

static void try_load(struct world *world, const json_t *saved)
{
    struct error error = {""};
    if (!world_load(world, 0, saved, &error)) {
        assert(error.text[0] && !world_state(world, 0)->known);
        return;
    }
    json_t *first = world_save(world, 0);
    bool again = world_load(world, 0, first, &error);
    json_t *second = world_save(world, 0);
    assert(again && json_equal(first, second));
    json_decref(second);
    json_decref(first);
    live_on(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *saved = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct model *model = site_model(lines);
    struct world *world = world_create(model);
    try_load(world, saved);
    world_free(world);
    model_free(model);
    json_decref(saved);
    return 0;
}

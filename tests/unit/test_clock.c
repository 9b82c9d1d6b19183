/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The civil clock is set while problems are open: delays and repeats last as long as before. */
#include "scheduler/core/world.h"

#include "tests/unit/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define START  INT64_C(1795132800000)

static const char *const lines[] = {
    "user ann alert=ann-pager",
    "group anns always:ann",
    "check later attempts=1 alert=anns delay=10m",
    "check again attempts=1 alert=anns repeat=30m",
    "host h later,again",
    NULL,
};

struct scene {
    struct model *model;
    struct world *world;
    uint32_t later, again;
    int told[2]; /* by binding */
};

static void take(void *owner, const struct decision *decision)
{
    struct scene *scene = owner;
    if (decision->kind == DECISION_ALERT)
        scene->told[decision->binding]++;
}

static struct scene scene_open(void)
{
    struct scene scene = {0};
    scene.model = site_model(lines);
    scene.world = world_create(scene.model);
    scene.later = (uint32_t)model_binding_named(scene.model, "h/later");
    scene.again = (uint32_t)model_binding_named(scene.model, "h/again");
    return scene;
}

static void scene_close(struct scene *scene)
{
    world_free(scene->world);
    model_free(scene->model);
}

static void give(struct scene *scene, uint32_t binding, enum verdict verdict, int64_t now, bool passive)
{
    const struct result result = {.verdict = verdict, .at = now, .text = "", .passive = passive};
    world_result(scene->world, binding, &result, now, take, scene);
}

static void test_set(void **state)
{
    static const int64_t steps[] = {HOUR, -HOUR, 400 * 24 * HOUR, -5000};
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct scene scene = scene_open();
        give(&scene, scene.later, VERDICT_CRITICAL, START, false);
        give(&scene, scene.again, VERDICT_CRITICAL, START, false);
        assert_int_equal(scene.told[scene.later], 0);
        assert_int_equal(scene.told[scene.again], 1);
        int64_t base = START + steps[i]; /* the beginning, in the new time */
        world_clock_set(scene.world, steps[i], base + MINUTE);
        world_tick(scene.world, base + MINUTE, take, &scene);
        world_tick(scene.world, base + 9 * MINUTE, take, &scene);
        assert_int_equal(scene.told[scene.later], 0);
        world_tick(scene.world, base + 10 * MINUTE, take, &scene);
        assert_int_equal(scene.told[scene.later], 1);
        world_tick(scene.world, base + 29 * MINUTE, take, &scene);
        assert_int_equal(scene.told[scene.again], 1);
        world_tick(scene.world, base + 30 * MINUTE, take, &scene);
        assert_int_equal(scene.told[scene.again], 2);
        assert_int_equal(world_state(scene.world, scene.again)->since, base);
        scene_close(&scene);
    }
}

/* Without a known step: states that were saved by a clock that was ahead. */
static void test_loaded_from_the_future(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    give(&scene, scene.again, VERDICT_OK, START + HOUR, true);
    world_clock_set(scene.world, 0, START);
    assert_int_equal(world_state(scene.world, scene.again)->last_result, START);
    give(&scene, scene.again, VERDICT_CRITICAL, START + 1, true);
    assert_int_equal(scene.told[scene.again], 1);
    /* What lies in the past stays. */
    world_clock_set(scene.world, 0, START + HOUR);
    assert_int_equal(world_state(scene.world, scene.again)->last_result, START + 1);
    assert_int_equal(world_state(scene.world, scene.later)->last_result, 0);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_loaded_from_the_future),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

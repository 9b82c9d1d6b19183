/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people said, saved as any bytes: refused with a sentence, or taken and saved the same. Then the world lives on. A
 * request of any bytes is refused or done. */
#include "lib/memory.h"
#include "scheduler/core/world_calm.h"
#include "tests/unit/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const lines[] = {
    "window night mon-sun 22:00 06:00",
    "user geoff alert=geoff-pager notify=geoff-mail",
    "group admins always:geoff",
    "check http attempts=1 alert=admins keep_ack=5m downtime=notify",
    "check ping attempts=1 alert=admins",
    "host web01 http,ping",
    "inhibit check=ping check=http",
    "downtime web01/ping night",
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
        for (uint32_t binding = 0; binding < 2; binding++) {
            const struct result result = {.verdict = i % 3 ? VERDICT_CRITICAL : VERDICT_OK, .at = now};
            world_tick(world, now, take, &count);
            assert(world_due(world) > now);
            world_result(world, binding, &result, now, take, &count);
        }
        now += INT64_C(20000000);
    }
    json_decref(world_downtimes_json(world, now));
    json_decref(world_silences_json(world));
}

static void ask(struct world *world, const json_t *request)
{
    size_t count = 0;
    struct error error = {""};
    const char *deed = json_string_value(json_object_get(request, "do"));
    json_t *answer = world_calm_take(world, deed ? deed : "downtime", request, "geoff",
                                     INT64_C(1795132800000), take, &count, &error);
    assert(answer || error.text[0]);
    json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *saved = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    struct error error = {""};
    struct model *model = site_model(lines);
    struct world *world = world_create(model);
    bool taken = world_load_site(world, saved, &error);
    assert(taken || error.text[0]);
    json_t *again = world_save_site(world);
    assert(world_load_site(world, again, &error));
    ask(world, saved);
    live_on(world);
    json_decref(again);
    world_free(world);
    model_free(model);
    json_decref(saved);
    return 0;
}

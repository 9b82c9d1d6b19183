/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of hosts. */
#include "scheduler/engine/engine_answer.h"

static size_t count_bad(const struct engine *engine, size_t first, size_t end)
{
    size_t bad = 0;
    for (size_t i = first; i < end; i++)
        bad += world_state(engine->world, (uint32_t)i)->hard != VERDICT_OK;
    return bad;
}

static json_t *host_row(const struct engine *engine, const struct host *host, size_t first, size_t end)
{
    int64_t since;
    enum host_state state = world_host_state(engine->world, host, &since);
    json_t *parents = json_array();
    for (size_t i = 0; i < host->parents.count; i++)
        json_array_append_new(parents, json_string(host->parents.items[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s?, s:o, s:I, s:I}", "host", host->name, "address",
                     host->address, "service", host->service->name, "status", status_name(host->status),
                     "state", host_state_name(state), "since",
                     since ? json_integer((json_int_t)(since / 1000)) : json_null(), "alive", host->alive,
                     "parents", parents, "checks", (json_int_t)(end - first), "problems",
                     (json_int_t)count_bad(engine, first, end));
}

/* Hosts and bindings are both sorted by the name of the host. */
void answer_hosts(struct engine *engine, const struct door *door)
{
    const struct model *model = engine->model;
    json_t *hosts = json_array();
    size_t first = 0;
    for (size_t i = 0; i < model->host_count; i++) {
        size_t end = first;
        while (end < model->binding_count && model->bindings[end].host == model->hosts[i])
            end++;
        if (!model->hosts[i]->computed)
            json_array_append_new(hosts, host_row(engine, model->hosts[i], first, end));
        first = end;
    }
    door->reply(door->call, json_pack("{s:o}", "hosts", hosts));
}

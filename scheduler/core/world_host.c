/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether hosts are up and can be reached, from what is known of their checks. */
#include "scheduler/core/links.h"
#include "scheduler/core/world_parts.h"

const char *host_state_name(enum host_state state)
{
    static const char *const names[] = {
        [HOST_UP] = "UP", [HOST_DOWN] = "DOWN", [HOST_UNREACHABLE] = "UNREACHABLE"};
    return names[state];
}

static const struct state *alive_state(const struct world *world, const struct host *host)
{
    int64_t index = host->alive ? model_binding(world->model, host->name, host->alive) : MODEL_NONE;
    return index == MODEL_NONE ? NULL : &world->records[index].state;
}

enum standing world_standing(const struct state *state, bool bad, int64_t since)
{
    if (!state || !state->known)
        return STANDING_FINE;
    if (bad)
        return STANDING_BAD;
    return state->hard_since > since ? STANDING_RECOVERED : STANDING_FINE;
}

/* A warning comes from a host that is up. */
static bool tells_down(const struct state *state)
{
    return state && (state->hard == VERDICT_CRITICAL || state->hard == VERDICT_UNKNOWN);
}

static enum standing reach(const struct world *world, const struct host *host, int64_t since, int depth,
                           const char **parent);

static enum standing stands(const struct world *world, const struct host *host, int64_t since, int depth)
{
    const struct state *state = alive_state(world, host);
    const char *parent;
    return state ? world_standing(state, tells_down(state), since)
                 : reach(world, host, since, depth + 1, &parent);
}

/* One parent that is up is enough. */
static enum standing reach(const struct world *world, const struct host *host, int64_t since, int depth,
                           const char **parent)
{
    enum standing found = host->parents.count && depth < LINKS_DEPTH ? STANDING_BAD : STANDING_FINE;
    for (size_t i = 0; i < host->parents.count && depth < LINKS_DEPTH && found != STANDING_FINE; i++) {
        const struct host *one = model_host(world->model, host->parents.items[i]);
        enum standing standing = one ? stands(world, one, since, depth) : STANDING_FINE;
        if (i == 0 || standing != STANDING_BAD)
            *parent = host->parents.items[i];
        if (standing != STANDING_BAD)
            found = standing;
    }
    return found;
}

enum host_state world_host_state(const struct world *world, const struct host *host, int64_t *since)
{
    const struct state *state = alive_state(world, host);
    const char *parent;
    *since = state ? state->hard_since : 0;
    if (state && !tells_down(state))
        return HOST_UP;
    if (reach(world, host, INT64_MAX, 0, &parent) == STANDING_BAD)
        return HOST_UNREACHABLE;
    return state ? HOST_DOWN : HOST_UP;
}

void world_host_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct host *host = turn->binding->host;
    const struct state *alive = alive_state(turn->world, host);
    int64_t since = turn->record->state.last_result;
    bool itself = alive == &turn->record->state;
    const char *parent = NULL;
    enum standing own = itself ? STANDING_BAD : world_standing(alive, tells_down(alive), since);
    if (alive && own == STANDING_FINE)
        return;
    if (alive && own == STANDING_RECOVERED) {
        facts->down = host->alive;
        facts->host_recovered = true;
        return;
    }
    enum standing way = reach(turn->world, host, since, 0, &parent);
    if (way != STANDING_FINE) {
        facts->unreachable = parent;
        facts->host_recovered = way == STANDING_RECOVERED;
    } else if (alive && !itself) {
        facts->down = host->alive;
    }
}

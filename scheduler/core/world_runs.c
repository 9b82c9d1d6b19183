/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the world can be asked about remediations. */
#include "scheduler/core/world_parts.h"

size_t world_run_count(const struct world *world)
{
    return world->flight_count;
}

struct world_run world_run_at(const struct world *world, size_t index)
{
    const struct flight *flight = &world->flights[index];
    return (struct world_run){.binding = flight->binding,
                              .host = flight->host,
                              .check = flight->check,
                              .run = flight->run,
                              .remediation = flight->remediation,
                              .started = flight->started};
}

bool world_remedy(const struct world *world, uint32_t binding, const char **remediation, const char **step,
                  int64_t *next)
{
    const struct problem *problem = world->records[binding].problem;
    const struct course *last = NULL;
    for (size_t i = 0; problem && i < problem->course_count; i++)
        if (problem->courses[i].said != REMEDY_NOTHING)
            last = &problem->courses[i];
    if (!last)
        return false;
    *remediation = last->remediation;
    *step = remedy_name(last->said);
    *next = last->said_next;
    return true;
}

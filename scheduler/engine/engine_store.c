/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a result to the series: each item of perfdata is one RRD file. */
#include "scheduler/engine/engine_internal.h"

#include "lib/plugin_output.h"

#include <math.h>

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Source of the types: pnp4nagios, whose readers expect a counter as DERIVE with min 0, so that a reload
 * draws no spike. */
void engine_store_output(struct engine *engine, const struct binding *binding,
                         const struct plugin_output *output, int64_t at)
{
    const struct site *site = &engine->model->site;
    const struct archives *archives = model_archives(engine->model, binding->host->name, binding->plan->name);
    for (size_t i = 0; i < output->item_count; i++) {
        const struct plugin_item *item = &output->items[i];
        bool counter = strcmp(item->unit, "c") == 0;
        struct sample sample = {.host = binding->host->name,
                                .check = binding->plan->name,
                                .label = item->label,
                                .type = counter ? "DERIVE" : "GAUGE",
                                .min = counter ? 0 : (double)NAN,
                                .max = (double)NAN,
                                .step = site->rrd_step,
                                .heartbeat = 2 * longer(binding->plan->every, site->rrd_step),
                                .archives = archives,
                                .at = at,
                                .value = item->value};
        series_store(engine->series, &sample);
    }
}

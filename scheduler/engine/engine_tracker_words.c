/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_tracker_words.h"

#include "lib/form.h"

#include <inttypes.h>

static void add_page(struct text *text, const struct engine *engine, const char *label, const char *top,
                     const char *name)
{
    if (!name || !engine->model->site.url)
        return;
    text_format(text, "\n%s: ", label);
    form_base(text, engine->model->site.url);
    text_format(text, "%s/%s", top, name);
}

static void add_record(struct text *text, const struct engine *engine, const struct remediation *remediation)
{
    const char *run = world_last_run(engine->world, remediation->name);
    text_format(text, "Runs in all: %" PRId64 ", renewals: %u, cause %s.",
                world_runs(engine->world, remediation->name),
                world_renewals(engine->world, remediation->name),
                remediation->diagnosed ? "diagnosed" : "not diagnosed");
    if (run)
        text_format(text, "\nLast diagnostics: %s/diagnostics/%s", engine->model->site.state, run);
    add_page(text, engine, "What they found", "diagnostics", run);
}

void tracker_words_called(struct text *text, const struct engine *engine,
                          const struct remediation *remediation, const char *subject, uint64_t problem)
{
    text_format(text,
                "The workaround \"%s\" was called for on %s (problem %" PRIu64
                ") after this issue was closed. It did not run: a closed issue disarms it.\n\n",
                remediation->name, subject, problem);
    add_record(text, engine, remediation);
    add_page(text, engine, "The check and its graphs", "checks", subject);
}

/* Of several, each record says whose it is. */
void tracker_words_week(struct text *text, const struct engine *engine, const char *issue, int64_t runs)
{
    const struct model *model = engine->model;
    struct text names = TEXT_INIT, records = TEXT_INIT;
    size_t count = 0;
    for (size_t i = 0; i < model->remediation_count; i++)
        count += strcmp(model->remediations[i]->issue, issue) == 0;
    for (size_t i = 0; i < model->remediation_count; i++) {
        const struct remediation *remediation = model->remediations[i];
        if (strcmp(remediation->issue, issue) != 0)
            continue;
        text_format(&names, "%s\"%s\"", names.length ? ", " : "", remediation->name);
        text_add(&records, "\n\n");
        if (count > 1)
            text_format(&records, "%s: ", remediation->name);
        add_record(&records, engine, remediation);
    }
    text_format(text, "The workaround%s %s ran %" PRId64 " time%s since the last word here.%s",
                count == 1 ? "" : "s", names.bytes, runs, runs == 1 ? "" : "s", records.bytes);
    text_release(&names);
    text_release(&records);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/ledger_facts.h"

#include "lib/ledger.h"
#include "lib/ledger_runs.h"

struct reading {
    const struct service *service; /* NULL: each target is beside ours */
    const struct model *model;
    struct ledger_runs runs;
};

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static bool is_beside(void *owner, const json_t *begin)
{
    const struct reading *reading = owner;
    const struct host *host = model_host(reading->model, text_of(begin, "target"));
    return !reading->service || (host && host->service == reading->service);
}

static bool wants(void *owner, const char *line, size_t length)
{
    struct reading *reading = owner;
    return ledger_runs_wants(&reading->runs, line, length);
}

static void take(void *owner, const json_t *line)
{
    struct reading *reading = owner;
    ledger_runs_take(&reading->runs, line);
}

static void fill_in(const struct reading *reading, struct arena *arena, struct remedy_facts *facts)
{
    const struct ledger_runs *runs = &reading->runs;
    const char *id;
    json_t *open;
    facts->past = arena_get(arena, runs->count + 1, sizeof *facts->past);
    facts->past_count = runs->count;
    if (runs->count > 0)
        memcpy(facts->past, runs->runs, runs->count * sizeof *facts->past);
    json_object_foreach(runs->open, id, open) {
        if (strcmp(text_of(open, "target"), runs->aim.target) == 0)
            facts->busy = arena_text(arena, text_of(open, "remediation"));
    }
}

bool ledger_facts_read(const char *path, const char *target, const struct service *service,
                       const struct model *model, struct arena *arena, struct remedy_facts *facts,
                       int64_t now, struct error *error)
{
    struct reading reading = {.service = service, .model = model};
    remedy_limits(facts->remediation, service, model, &facts->limits);
    const struct ledger_aim aim = {.remediation = facts->remediation->name,
                                   .target = target,
                                   .limits = &facts->limits,
                                   .now = now,
                                   .beside = is_beside,
                                   .owner = &reading};
    const struct ledger_look look = {wants, take, NULL, &reading};
    ledger_runs_init(&reading.runs, &aim);
    bool ok = ledger_ask(path, &look, error);
    ledger_runs_finish(&reading.runs);
    fill_in(&reading, arena, facts);
    ledger_runs_release(&reading.runs);
    return ok;
}

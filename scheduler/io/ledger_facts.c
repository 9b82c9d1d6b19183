/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/ledger_facts.h"

#include "lib/ledger.h"
#include "lib/memory.h"

struct open_run {
    struct open_run *next;
    json_t *begin;
};

struct reading {
    struct remedy_facts *facts;
    const char *target;
    int64_t from; /* epoch ms: where max.span begins */
    struct open_run *open;
};

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static int64_t instant_of(const json_t *line)
{
    return (int64_t)(json_number_value(json_object_get(line, "at")) * 1000);
}

static void begin(struct reading *reading, const json_t *line, bool ours)
{
    struct open_run *run = memory_get(1, sizeof *run);
    int64_t at = instant_of(line);
    run->begin = json_deep_copy(line);
    run->next = reading->open;
    reading->open = run;
    if (!ours || at < reading->from)
        return;
    if (reading->facts->in_span++ == 0)
        reading->facts->oldest_in_span = at;
}

static void end(struct reading *reading, const json_t *line, bool ours)
{
    for (struct open_run **at = &reading->open; *at; at = &(*at)->next) {
        struct open_run *run = *at;
        if (strcmp(text_of(run->begin, "run"), text_of(line, "run")) != 0)
            continue;
        *at = run->next;
        json_decref(run->begin);
        free(run);
        break;
    }
    if (ours)
        reading->facts->last = instant_of(line);
}

static void take(void *owner, const json_t *line)
{
    struct reading *reading = owner;
    const char *event = text_of(line, "event");
    bool ours = strcmp(text_of(line, "remediation"), reading->facts->remediation->name) == 0 &&
                strcmp(text_of(line, "target"), reading->target) == 0;
    if (strcmp(event, "begin") == 0)
        begin(reading, line, ours);
    else if (strcmp(event, "end") == 0)
        end(reading, line, ours);
}

static void count(const struct reading *reading, const struct service *service, const struct model *model,
                  struct arena *arena, const json_t *line)
{
    struct remedy_facts *facts = reading->facts;
    const char *target = text_of(line, "target");
    const struct host *host = model_host(model, target);
    if (ledger_is_dead(line))
        return;
    if (strcmp(target, reading->target) == 0)
        facts->busy = arena_text(arena, text_of(line, "remediation"));
    if (strcmp(text_of(line, "remediation"), facts->remediation->name) != 0)
        return;
    facts->running++;
    facts->hosts_running += !service || (host && host->service == service);
}

bool ledger_facts_read(const char *path, const char *target, const struct service *service,
                       const struct model *model, struct arena *arena, struct remedy_facts *facts,
                       int64_t now, struct error *error)
{
    struct reading reading = {.facts = facts, .target = target, .from = now - facts->remediation->max.span};
    facts->last = REMEDY_NEVER;
    bool ok = ledger_read(path, take, &reading, NULL, error);
    while (reading.open) {
        struct open_run *run = reading.open;
        count(&reading, service, model, arena, run->begin);
        reading.open = run->next;
        json_decref(run->begin);
        free(run);
    }
    for (size_t i = 0; service && i < model->host_count; i++)
        facts->hosts += model->hosts[i]->service == service;
    return ok;
}

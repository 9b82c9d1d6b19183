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
    const struct service *service;
    const struct model *model;
    int64_t now; /* epoch ms */
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

static bool is_beside(const struct reading *reading, const char *target)
{
    const struct host *host = model_host(reading->model, target);
    return !reading->service || (host && host->service == reading->service);
}

static void count_begin(const struct reading *reading, const json_t *line)
{
    struct remedy_facts *facts = reading->facts;
    const struct remediation *remediation = facts->remediation;
    const char *target = text_of(line, "target");
    int64_t at = instant_of(line);
    remedy_count(&facts->site, &facts->site_bounds->max, at, reading->now);
    if (facts->service_bounds && is_beside(reading, target))
        remedy_count(&facts->service, &facts->service_bounds->max, at, reading->now);
    if (strcmp(text_of(line, "remediation"), remediation->name) != 0)
        return;
    remedy_count(&facts->total, &remediation->max_total, at, reading->now);
    if (strcmp(target, reading->target) == 0)
        remedy_count(&facts->target, &remediation->max, at, reading->now);
}

static void begin(struct reading *reading, const json_t *line)
{
    struct open_run *run = memory_get(1, sizeof *run);
    run->begin = json_deep_copy(line);
    run->next = reading->open;
    reading->open = run;
    count_begin(reading, line);
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
        begin(reading, line);
    else if (strcmp(event, "end") == 0)
        end(reading, line, ours);
}

static void count_open(const struct reading *reading, struct arena *arena, const json_t *line)
{
    struct remedy_facts *facts = reading->facts;
    const char *target = text_of(line, "target");
    bool same = strcmp(text_of(line, "remediation"), facts->remediation->name) == 0;
    bool beside = is_beside(reading, target);
    if (ledger_is_dead(line))
        return;
    if (strcmp(target, reading->target) == 0)
        facts->busy = arena_text(arena, text_of(line, "remediation"));
    facts->site.running++;
    facts->service.running += beside;
    facts->total.running += same;
    facts->hosts_running += same && beside;
}

bool ledger_facts_read(const char *path, const char *target, const struct service *service,
                       const struct model *model, struct arena *arena, struct remedy_facts *facts,
                       int64_t now, struct error *error)
{
    static const char *const words[] = {"\"begin\"", "\"end\"", NULL};
    struct reading reading = {
        .facts = facts, .target = target, .service = service, .model = model, .now = now};
    facts->last = REMEDY_NEVER;
    facts->site_bounds = &model->governance.bounds;
    facts->service_bounds = service ? &service->bounds : NULL;
    bool ok = ledger_read_with(path, words, take, &reading, error);
    while (reading.open) {
        struct open_run *run = reading.open;
        count_open(&reading, arena, run->begin);
        reading.open = run->next;
        json_decref(run->begin);
        free(run);
    }
    for (size_t i = 0; service && i < model->host_count; i++)
        facts->hosts += model->hosts[i]->service == service;
    return ok;
}

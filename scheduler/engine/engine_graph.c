/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture: the request of a person becomes a list of files, labels and lines for the series process. */
#include "scheduler/engine/engine_internal.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/mime.h"

#include <dirent.h>
#include <fnmatch.h>

enum { ITEMS_AT_MOST = 24, LINES_AT_MOST = 200 };

struct drawing {
    struct engine *engine;
    json_t *graph;
    char *subjects[2]; /* whose events are drawn: the host's and its service's */
    size_t asked;      /* of them */
    series_drawn *drawn;
    void *owner;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_series(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".rrd") == 0;
}

json_t *engine_graph_metrics(const struct engine *engine, const char *host, const char *check)
{
    struct text folder = TEXT_INIT;
    struct dirent **entries = NULL;
    json_t *metrics = json_array();
    text_format(&folder, "%s/%s/%s", engine->rrd, host, check);
    int count = scandir(folder.bytes, &entries, is_series, by_name);
    for (int i = 0; i < count; i++) {
        json_add(metrics, json_stringn(entries[i]->d_name, strlen(entries[i]->d_name) - 4));
        free(entries[i]);
    }
    free(entries);
    text_release(&folder);
    return metrics;
}

/* Add every file of HOST/CHECK whose label matches; ${item} supplies label, stack and negative. */
static void add_files(const struct engine *engine, json_t *items, const char *host, const char *check,
                      const char *pattern, const struct graph_item *item)
{
    json_t *metrics = engine_graph_metrics(engine, host, check);
    size_t index;
    const json_t *metric;
    json_array_foreach(metrics, index, metric) {
        const char *label = json_string_value(metric);
        if (fnmatch(pattern, label, 0) != 0 || json_array_size(items) >= ITEMS_AT_MOST)
            continue;
        struct text path = TEXT_INIT;
        text_format(&path, "%s/%s/%s.rrd", host, check, label);
        json_add(items, json_pack("{s:s, s:s, s:b, s:b}", "path", path.bytes, "label",
                                  item && item->label ? item->label : label, "stack",
                                  item ? (int)item->stack : 0, "negative", item ? (int)item->negative : 0));
        text_release(&path);
    }
    json_decref(metrics);
}

static void add_plan(const struct engine *engine, json_t *items, const char *host,
                     const struct graph_plan *plan)
{
    for (size_t i = 0; i < plan->item_count; i++) {
        const struct graph_item *item = &plan->items[i];
        const char *dot = strchr(item->metric, '.');
        if (!dot)
            continue;
        char *check = memory_text_of(item->metric, (size_t)(dot - item->metric));
        add_files(engine, items, host, check, dot + 1, item);
        free(check);
    }
}

static const struct graph_plan *find_plan(const struct service *service, const char *name)
{
    for (size_t i = 0; service && i < service->graph_count; i++)
        if (strcmp(service->graphs[i].name, name) == 0)
            return &service->graphs[i];
    return NULL;
}

static json_t *text_or(const json_t *request, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(request, key));
    return json_string(text ? text : otherwise);
}

static json_t *whole_or(const json_t *request, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(request, key);
    return json_integer(json_is_integer(value) ? json_integer_value(value) : otherwise);
}

static json_t *graph_of(const struct engine *engine, const json_t *request, const struct host *host,
                        const char *name)
{
    const char *metric = json_string_value(json_object_get(request, "metric"));
    const struct graph_plan *plan = metric ? NULL : find_plan(host->service, name);
    int64_t now = loop_wall() / 1000;
    json_t *items = json_array();
    if (plan)
        add_plan(engine, items, host->name, plan);
    else
        add_files(engine, items, host->name, name, metric ? metric : "*", NULL);
    json_t *graph = json_pack(
        "{s:s++, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:[]}", "title", host->name, " ", name, "vertical",
        plan && plan->label ? plan->label : "", "format", text_or(request, "format", "png"), "start",
        whole_or(request, "from", now - 86400), "end", whole_or(request, "to", now), "width",
        whole_or(request, "width", 700), "height", whole_or(request, "height", 220), "items", items, "lines");
    json_t *overlay = json_incref(json_object_get(request, "overlay"));
    if (!overlay)
        overlay = json_array();
    for (size_t k = 0; plan && k < plan->overlay.count; k++)
        json_array_append_new(overlay, json_string(plan->overlay.items[k]));
    json_object_set_new(graph, "overlay", overlay);
    return graph;
}

/* ---- overlays: events drawn as lines ---- */

static bool has_word(const json_t *words, const char *word)
{
    size_t index;
    const json_t *item;
    json_array_foreach(words, index, item)
        if (json_is_string(item) && strcmp(json_string_value(item), word) == 0)
            return true;
    return false;
}

/* An archive event is drawn when the graph names it: by the event's own name, or "remediation" for a run of one. */
static void add_line(const struct drawing *drawing, const json_t *row)
{
    const json_t *wanted = json_object_get(drawing->graph, "overlay");
    const json_t *data = json_object_get(row, "data");
    const char *name = json_string_value(json_object_get(row, "name"));
    const char *remediation = json_string_value(json_object_get(data, "remediation"));
    int64_t at = json_integer_value(json_object_get(row, "at")) / 1000;
    const char *text = remediation && has_word(wanted, "remediation") ? remediation
                       : name && has_word(wanted, name)               ? name
                                                                      : NULL;
    if (text)
        json_array_append_new(json_object_get(drawing->graph, "lines"),
                              json_pack("{s:I, s:s}", "at", (json_int_t)at, "text", text));
}

static void finish(struct drawing *drawing)
{
    if (drawing->engine->ending)
        drawing->drawn(drawing->owner, NULL, 0, "the scheduler is ending");
    else
        series_draw(drawing->engine->series, drawing->graph, drawing->drawn, drawing->owner);
    json_decref(drawing->graph);
    free(drawing->subjects[0]);
    free(drawing->subjects[1]);
    free(drawing);
}

static void ask_events(struct drawing *drawing);

static void events_known(void *owner, const json_t *rows)
{
    struct drawing *drawing = owner;
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        add_line(drawing, row);
    ask_events(drawing);
}

/* The scheduler that is ending has no series any more, but answers what was asked of its journal. */
static void ask_events(struct drawing *drawing)
{
    bool wanted = json_array_size(json_object_get(drawing->graph, "overlay")) > 0;
    const char *subject = wanted && drawing->asked < 2 ? drawing->subjects[drawing->asked] : NULL;
    if (drawing->engine->ending || !subject) {
        finish(drawing);
        return;
    }
    drawing->asked++;
    json_int_t since = json_integer_value(json_object_get(drawing->graph, "start")) * 1000;
    json_t *filter = json_pack("{s:s, s:s, s:I, s:i}", "subject", subject, "type", "archive", "since", since,
                               "limit", (int)LINES_AT_MOST);
    journal_query(drawing->engine->journal, QUERY_EVENTS, filter, events_known, drawing);
    json_decref(filter);
}

void engine_graph_draw(struct engine *engine, const char *target, const json_t *request, series_drawn *drawn,
                       void *owner)
{
    const char *slash = target ? strchr(target, '/') : NULL;
    char *name = slash ? memory_text_of(target, (size_t)(slash - target)) : NULL;
    const struct host *host = name ? model_host(engine->model, name) : NULL;
    json_t *graph = host ? graph_of(engine, request, host, slash + 1) : NULL;
    struct text sentence = TEXT_INIT;
    if (!host) {
        text_format(&sentence, "no such host: \"%s\"; a graph is HOST/CHECK or HOST/GRAPH",
                    target ? target : "");
    } else if (strchr(slash + 1, '/') || json_array_size(json_object_get(graph, "items")) == 0) {
        text_format(&sentence, "nothing is stored under \"%s\" that the graph could show", target);
    } else {
        struct drawing *drawing = memory_get(1, sizeof *drawing);
        *drawing =
            (struct drawing){.engine = engine, .graph = json_incref(graph), .drawn = drawn, .owner = owner};
        drawing->subjects[0] = memory_text(host->name);
        drawing->subjects[1] = memory_text(host->service ? host->service->name : NULL);
        ask_events(drawing);
    }
    if (sentence.length)
        drawn(owner, NULL, 0, sentence.bytes);
    text_release(&sentence);
    json_decref(graph);
    free(name);
}

/* ---- asked for over the control socket ---- */

static void drawn(void *owner, const void *picture, size_t length, const char *error)
{
    struct control_call *call = owner;
    struct text text = TEXT_INIT;
    if (picture) {
        mime_base64(&text, picture, length);
        control_reply(call, json_pack("{s:s}", "picture", text.bytes));
    } else {
        control_refuse(call, "%s", error);
    }
    text_release(&text);
}

void engine_graph(struct engine *engine, struct control_call *call, const json_t *request)
{
    engine_graph_draw(engine, json_string_value(json_object_get(request, "target")), request, drawn, call);
}

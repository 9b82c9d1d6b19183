/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page at "/": every check and its state, the worst first, without scripts. */
#include "scheduler/engine/engine_answer.h"
#include "scheduler/engine/engine_internal.h"

#include "lib/html.h"
#include "scheduler/core/notice.h"

static const char head[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" "
    "content=\"15\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>watchbill</title><style>"
    "body{font:15px/1.4 system-ui,sans-serif;margin:1.5rem auto;max-width:72rem;padding:0 1rem;"
    "color:#1c2126;background:#fff}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;color:#5a636b;font-weight:600}"
    "td,th{padding:.3rem .6rem;border-bottom:1px solid #dde1e4;vertical-align:top}"
    "td.s{font-weight:700;white-space:nowrap}.OK{color:#1a7f37}.WARNING{color:#8a6100}.CRITICAL{color:#"
    "b42318}"
    ".UNKNOWN{color:#6f42c1}.PENDING{color:#5a636b}code{font-size:.9em}"
    "@media(prefers-color-scheme:dark){body{background:#14181c;color:#e4e7ea}td,th{border-color:#30363c}"
    ".OK{color:#4ac26b}.WARNING{color:#d8a431}.CRITICAL{color:#ff7b72}.UNKNOWN{color:#b392f0}}"
    "</style></head><body><h1>watchbill</h1>";

static void add_pause(struct text *text, const char *name, const json_t *pause, const char *who)
{
    if (!json_is_object(pause))
        return;
    text_format(text, "<br><small>in %s %lld of ", name,
                (long long)json_integer_value(json_object_get(pause, "id")));
    html_add(text, json_string_value(json_object_get(pause, who)));
    const char *comment = json_string_value(json_object_get(pause, "comment"));
    if (comment && *comment) {
        text_add(text, ": ");
        html_add(text, comment);
    }
    text_add(text, "</small>");
}

static void add_acknowledgement(struct text *text, const struct engine *engine, uint32_t index,
                                const struct zone *zone)
{
    const char *author;
    int64_t until;
    if (!world_acknowledged(engine->world, index, &author, &until))
        return;
    text_add(text, "<br><small>acknowledged by ");
    html_add(text, author);
    if (until) {
        text_add(text, " until ");
        notice_time(text, zone, until);
    }
    text_add(text, "</small>");
}

/* What is done about it, and until when it waits. */
static void add_remedy(struct text *text, const struct engine *engine, uint32_t index)
{
    json_t *remedy = answer_remedy(engine, index);
    if (json_is_string(remedy)) {
        text_add(text, "<br><small>remediation ");
        html_add(text, json_string_value(remedy));
        text_add(text, "</small>");
    }
    json_decref(remedy);
}

/* What people said of it. */
static void add_calm(struct text *text, const struct engine *engine, uint32_t index)
{
    json_t *row = json_object();
    size_t at;
    const json_t *comment;
    engine_calm_row(engine, index, row);
    add_pause(text, "downtime", json_object_get(row, "downtime"), "author");
    add_pause(text, "silence", json_object_get(row, "silence"), "owner");
    json_array_foreach(json_object_get(row, "comments"), at, comment) {
        text_add(text, "<br><small>");
        html_add(text, json_string_value(json_object_get(comment, "author")));
        text_add(text, ": ");
        html_add(text, json_string_value(json_object_get(comment, "text")));
        text_add(text, "</small>");
    }
    json_decref(row);
}

static void add_row(struct text *text, const struct engine *engine, uint32_t index, const struct zone *zone)
{
    const struct binding *binding = &engine->model->bindings[index];
    const struct state *state = world_state(engine->world, index);
    const char *class = state->known ? verdict_name(state->verdict) : "PENDING";
    const char *name = state->known ? model_state_name(binding->plan, state->verdict) : "PENDING";
    text_format(text, "<tr><td class=\"s %s\">%s%s%s</td><td>", class, name,
                state->known && state->type == STATE_SOFT ? " (soft)" : "",
                state->flapping ? " (flapping)" : "");
    html_add(text, binding->host->name);
    text_add_char(text, '/');
    html_add(text, binding->plan->name);
    int64_t since;
    enum host_state host = world_host_state(engine->world, binding->host, &since);
    if (host != HOST_UP)
        text_format(text, " (host %s)", host_state_name(host));
    text_add(text, "</td><td>");
    if (state->known)
        notice_time(text, zone, state->since);
    text_add(text, "</td><td>");
    html_add(text, engine->slots[index].output ? engine->slots[index].output : "");
    add_remedy(text, engine, index);
    add_acknowledgement(text, engine, index, zone);
    add_calm(text, engine, index);
    text_add(text, "</td></tr>");
}

static int rank_of(const struct engine *engine, uint32_t index)
{
    const struct state *state = world_state(engine->world, index);
    return state->known ? verdict_rank(state->verdict) : 0;
}

void engine_page(struct engine *engine, struct web_call *call)
{
    enum { ROWS_AT_MOST = 2000 };
    struct text text = TEXT_INIT;
    const struct zone *zone = zone_open(engine->model->site.timezone, NULL);
    size_t rows = 0;
    text_add(&text, head);
    if (engine->config_error) {
        text_add(&text,
                 "<p class=\"CRITICAL\">the newest configuration is refused, the one before runs on: <code>");
        html_add(&text, engine->config_error);
        text_add(&text, "</code></p>");
    }
    const char *trouble = engine_trouble(engine);
    if (trouble && trouble != engine->config_error) {
        text_add(&text, "<p class=\"CRITICAL\">");
        html_add(&text, trouble);
        text_add(&text, "</p>");
    }
    text_add(&text, "<table><tr><th>state</th><th>check</th><th>since</th><th>says</th></tr>");
    for (int rank = verdict_rank(VERDICT_CRITICAL); rank >= 0; rank--)
        for (size_t i = 0; i < engine->model->binding_count && rows < ROWS_AT_MOST; i++)
            if (rank_of(engine, (uint32_t)i) == rank) {
                add_row(&text, engine, (uint32_t)i, zone);
                rows++;
            }
    text_format(&text, "</table><p>%zu of %zu checks</p></body></html>", rows, engine->model->binding_count);
    web_reply(call, 200, "text/html; charset=utf-8", text.bytes, text.length);
    text_release(&text);
}

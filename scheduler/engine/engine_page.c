/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as pages, and pictures. */
#include "scheduler/engine/engine_page.h"

#include "lib/instant.h"
#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "lib/number.h"

struct showing {
    struct engine *engine;
    struct web_call *call;
    page_show *show;
};

static void reply_page(struct engine *engine, struct web_call *call, unsigned status, page_show *show,
                       const json_t *answer)
{
    struct text text = TEXT_INIT;
    const struct page page = {&text, zone_open(engine->model->site.timezone, NULL), loop_wall() / 1000};
    show(&page, answer);
    web_reply(call, status, "text/html; charset=utf-8", text.bytes, text.length);
    text_release(&text);
}

void engine_page_refuse(struct engine *engine, struct web_call *call, unsigned status, const json_t *answer)
{
    reply_page(engine, call, status, page_refusal, answer);
}

static void show_answer(void *call, json_t *reply)
{
    struct showing *showing = call;
    reply_page(showing->engine, showing->call, 200, showing->show, reply);
    json_decref(reply);
    free(showing);
}

static void show_refusal(void *call, const char *sentence)
{
    struct showing *showing = call;
    json_t *answer = json_object();
    json_set(answer, "error", ledger_text(sentence, strlen(sentence)));
    engine_page_refuse(showing->engine, showing->call, 404, answer);
    json_decref(answer);
    free(showing);
}

struct door engine_page_door(struct engine *engine, struct web_call *call, page_show *show)
{
    struct showing *showing = memory_get(1, sizeof *showing);
    *showing = (struct showing){engine, call, show};
    return (struct door){.call = showing, .reply = show_answer, .refuse = show_refusal};
}

/* ---- pictures ---- */

struct drawing {
    struct web_call *call;
    const char *type;
};

static void reply_sentence(struct web_call *call, unsigned status, const char *sentence)
{
    struct text text = TEXT_INIT;
    text_format(&text, "%s\n", sentence);
    web_reply(call, status, "text/plain; charset=utf-8", text.bytes, text.length);
    text_release(&text);
}

static void drawn(void *owner, const void *picture, size_t length, const char *error)
{
    struct drawing *drawing = owner;
    if (picture)
        web_reply(drawing->call, 200, drawing->type, picture, length);
    else
        reply_sentence(drawing->call, 404, error);
    free(drawing);
}

/* An argument between its bounds, or what is usual. */
static bool read_size(const struct web_call *call, const char *name, int64_t low, json_t *request,
                      struct error *error)
{
    enum { PIXELS_MOST = 4000 };
    const char *given = web_argument(call, name);
    int64_t pixels;
    if (!given)
        return true;
    if (!number_read_whole(given, low, PIXELS_MOST, &pixels))
        return error_set(error, "\"%s\" is not a number of pixels from %lld to %d", name, (long long)low,
                         PIXELS_MOST);
    json_set(request, name, json_integer(pixels));
    return true;
}

static bool read_edge(const struct web_call *call, const char *name, json_t *request, struct error *error)
{
    const char *given = web_argument(call, name);
    int64_t at;
    if (!given)
        return true;
    if (!instant_read(given, loop_wall() / 1000, &at, error))
        return error_prefix(error, "%s", name);
    json_set(request, name, json_integer(at));
    return true;
}

/* What is asked for behind the path, as the control socket is asked. */
static json_t *request_of(const struct web_call *call, const char *format, struct error *error)
{
    json_t *request = json_pack("{s:s}", "format", format);
    const char *metric = web_argument(call, "metric");
    bool ok = read_edge(call, "from", request, error) && read_edge(call, "to", request, error) &&
              read_size(call, "width", 100, request, error) && read_size(call, "height", 50, request, error);
    if (metric)
        json_set(request, "metric", ledger_text(metric, strlen(metric)));
    if (ok)
        return request;
    json_decref(request);
    return NULL;
}

static const struct {
    const char *suffix, *format, *type;
} formats[] = {{".svg", "svg", "image/svg+xml"}, {".png", "png", "image/png"}};

void engine_picture(struct engine *engine, struct web_call *call, const char *target)
{
    size_t length = strlen(target);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct error error = {""};
        size_t suffix = strlen(formats[i].suffix);
        if (length <= suffix || strcmp(target + length - suffix, formats[i].suffix) != 0)
            continue;
        json_t *request = request_of(call, formats[i].format, &error);
        if (!request) {
            reply_sentence(call, 400, error.text);
            return;
        }
        struct drawing *drawing = memory_get(1, sizeof *drawing);
        char *subject = memory_text_of(target, length - suffix);
        *drawing = (struct drawing){call, formats[i].type};
        engine_graph_draw(engine, subject, request, drawn, drawing);
        free(subject);
        json_decref(request);
        return;
    }
    reply_sentence(call, 404, "a picture is /graph/HOST/CHECK.svg or .png");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window */
#include "lib/json.h"
#include "lib/nearest.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/core/rota.h"

struct arguments {
    const char *at, *timezone;
};

static const struct option_row options[] = {
    {"at", 0, TEXT(struct arguments, at), .value = "TIME",
     .help = "The instant that is asked about, RFC 3339 or epoch seconds; now unless given."},
    {"timezone", 0, TEXT(struct arguments, timezone), .value = "ZONE",
     .help = "The zone of a window that has none of its own; else that of watchbill.yaml."},
    {0},
};

static json_t *instant_or_null(int64_t at)
{
    return at == WINDOW_NEVER ? json_null() : json_integer(at);
}

static int answer(struct command_call *call, const struct window *window, const struct zone *zone, int64_t at)
{
    struct window_answer answer = window_ask(window, zone, at);
    json_t *object = json_object();
    json_set(object, "inside", json_boolean(answer.inside));
    json_set(object, "since", instant_or_null(answer.since));
    json_set(object, "until", instant_or_null(answer.until));
    json_set(object, "next", instant_or_null(answer.next));
    json_write(call->out, object);
    json_decref(object);
    return answer.inside ? COMMAND_YES : COMMAND_NO;
}

static int refuse_name(struct command_call *call, const struct window_set *windows, const char *name)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < window_count(windows); i++)
        nearest_try(&nearest, window_name(window_at(windows, i)));
    if (nearest.name)
        return command_refuse(call, "no such window as \"%s\"; did you mean \"%s\"", name, nearest.name);
    return command_refuse(call, "no such window as \"%s\"", name);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct error error = {""};
    int64_t at = call->now;
    const struct zone *zone = NULL;
    if (arguments->at && !instant_read(arguments->at, call->now, &at, &error))
        return command_refuse(call, "%s", error.text);
    if (arguments->timezone && !(zone = zone_open(arguments->timezone, &error)))
        return command_refuse(call, "%s", error.text);
    struct model *model = site_load_users(call);
    if (!model)
        return COMMAND_REFUSED;
    if (!zone)
        zone = rota_zone(model, NULL, NULL);
    const struct window *window = window_find(model->windows, call->words.items[0]);
    int code =
        window ? answer(call, window, zone, at) : refuse_name(call, model->windows, call->words.items[0]);
    model_free(model);
    return code;
}

const struct command command_window = {
    .name = "window",
    .usage = "WINDOW [--at TIME] [--timezone ZONE]",
    .summary = "tells whether a window is open, and until when",
    .notes = "Always JSON: inside, since, until and next, in epoch seconds or null. Exit: 0 inside, 1 "
             "outside, 3 for a "
             "window or a time that cannot be read.",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = 1,
    .run = run,
};

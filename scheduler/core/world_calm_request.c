/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people say as JSON, by whichever door it comes: one row for each deed. */
#include "lib/json.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "lib/utf8.h"
#include "scheduler/core/saved.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_calm_parts.h"

#include <math.h>

struct asked {
    struct world *world;
    const json_t *request;
    const char *author;
    int64_t now;
    world_sink *sink;
    void *owner;
    struct error *error;
    bool good;
    struct text match; /* made of "host" and "check" */
};

static bool refuse(struct asked *asked, const char *name, const char *what)
{
    if (asked->good)
        (void)error_set(asked->error, "\"%s\" is not %s", name, what);
    asked->good = false;
    return false;
}

/* ${otherwise} when it is absent. One line of UTF-8: it is shown in lists and mails. */
static const char *text_of(struct asked *asked, const char *name, const char *otherwise)
{
    const json_t *value = json_object_get(asked->request, name);
    const char *text = json_string_value(value);
    if (!value || json_is_null(value))
        return otherwise;
    if (!text || strlen(text) != json_string_length(value) || strpbrk(text, "\r\n") ||
        strlen(text) > COMMENT_BYTES) {
        (void)refuse(asked, name, "one line of text");
        return otherwise;
    }
    return text;
}

/* Seconds, an instant or a span, as ms; 0 when it is absent. */
static int64_t seconds_of(struct asked *asked, const char *name)
{
    const json_t *value = json_object_get(asked->request, name);
    double seconds = json_number_value(value);
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_number(value) || !(fabs(seconds) < (double)SAVED_INSTANT_MAX / 1000)) {
        (void)refuse(asked, name, "a number of seconds");
        return 0;
    }
    return llround(seconds * 1000);
}

static int64_t span_of(struct asked *asked, const char *name)
{
    int64_t span = seconds_of(asked, name);
    if (span < 0)
        (void)refuse(asked, name, "a span");
    return span < 0 ? 0 : span;
}

static uint64_t id_of(struct asked *asked, const char *name)
{
    const json_t *value = json_object_get(asked->request, name);
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) <= 0)
        return refuse(asked, name, "an id");
    return (uint64_t)json_integer_value(value);
}

static bool flag_of(struct asked *asked, const char *name)
{
    const json_t *value = json_object_get(asked->request, name);
    if (value && !json_is_boolean(value))
        (void)refuse(asked, name, "true or false");
    return json_is_true(value);
}

/* "match", or "host" and perhaps "check". */
static const char *match_of(struct asked *asked)
{
    const char *match = text_of(asked, "match", NULL);
    const char *host = text_of(asked, "host", NULL);
    const char *check = text_of(asked, "check", NULL);
    if (match || !host)
        return match ? match : check ? check : "";
    text_format(&asked->match, check ? "%s/%s" : "%s", host, check);
    return asked->match.bytes;
}

/* An instant, or how long from ${start} on. */
static int64_t end_of(struct asked *asked, int64_t start)
{
    int64_t end = seconds_of(asked, json_object_get(asked->request, "end") ? "end" : "until");
    int64_t span = span_of(asked, "duration");
    return end == 0 && span ? start + span : end;
}

static json_t *id_answer(uint64_t id)
{
    return json_pack("{s:I}", "id", (json_int_t)id);
}

/* What was made, and how many checks it means: a slip of the matcher shows at once. */
static json_t *made_answer(const struct asked *asked, uint64_t id, const char *match)
{
    struct matcher *matcher = matcher_read(match, NULL);
    size_t count = 0;
    for (size_t i = 0; matcher && i < asked->world->count; i++)
        count += matcher_matches(matcher, &asked->world->model->bindings[i]);
    matcher_free(matcher);
    return json_pack("{s:I, s:I}", "id", (json_int_t)id, "checks", (json_int_t)count);
}

/* ---- the deeds ---- */

static json_t *make_downtime(struct asked *asked)
{
    uint64_t id = 0;
    bool given = json_object_get(asked->request, "end") || json_object_get(asked->request, "until");
    struct downtime_request request = {.match = match_of(asked),
                                       .author = text_of(asked, "author", asked->author),
                                       .comment = text_of(asked, "comment", ""),
                                       .start = seconds_of(asked, "start"),
                                       .window = text_of(asked, "window", NULL),
                                       .trigger = id_of(asked, "trigger"),
                                       .children = flag_of(asked, "children")};
    if (given || request.trigger)
        request.duration = span_of(asked, "duration");
    if (given || !request.trigger)
        request.end = end_of(asked, request.start ? request.start : asked->now);
    if (!asked->good ||
        !world_downtime(asked->world, &request, asked->now, asked->sink, asked->owner, &id, asked->error))
        return NULL;
    return made_answer(asked, id, request.match);
}

static json_t *end_downtime(struct asked *asked)
{
    uint64_t id = id_of(asked, "id");
    return asked->good &&
                   world_end_downtime(asked->world, id, asked->now, asked->sink, asked->owner, asked->error)
               ? id_answer(id)
               : NULL;
}

static json_t *make_silence(struct asked *asked)
{
    uint64_t id = 0;
    struct silence_request request = {.match = match_of(asked),
                                      .owner =
                                          text_of(asked, "owner", text_of(asked, "author", asked->author)),
                                      .comment = text_of(asked, "comment", ""),
                                      .until = end_of(asked, asked->now),
                                      .expire_on_resolve = flag_of(asked, "expire_on_resolve")};
    if (asked->good && request.until == 0)
        asked->good = error_set(asked->error, "the end of the silence is missing");
    if (!asked->good ||
        !world_silence(asked->world, &request, asked->now, asked->sink, asked->owner, &id, asked->error))
        return NULL;
    return made_answer(asked, id, request.match);
}

static json_t *end_silence(struct asked *asked)
{
    uint64_t id = id_of(asked, "id");
    return asked->good &&
                   world_unsilence(asked->world, id, asked->now, asked->sink, asked->owner, asked->error)
               ? id_answer(id)
               : NULL;
}

static json_t *make_comment(struct asked *asked)
{
    uint64_t id = 0;
    const char *author = text_of(asked, "author", asked->author);
    const char *text = text_of(asked, "text", text_of(asked, "comment", ""));
    int64_t until = end_of(asked, asked->now);
    const char *name = match_of(asked);
    int64_t binding = asked->good ? model_binding_named(asked->world->model, name) : MODEL_NONE;
    if (asked->good && binding == MODEL_NONE)
        asked->good = error_set(asked->error, "no such check: \"%.200s\"", name);
    if (!asked->good ||
        !world_comment(asked->world, (uint32_t)binding, author, text, until, asked->now, &id, asked->error))
        return NULL;
    return id_answer(id);
}

static json_t *end_comment(struct asked *asked)
{
    uint64_t id = id_of(asked, "id");
    return asked->good && world_uncomment(asked->world, id, asked->error) ? id_answer(id) : NULL;
}

static const struct {
    const char *name;
    json_t *(*take)(struct asked *asked);
    const char *members;
} deeds[] = {
    {"downtime", make_downtime,
     "match host check author comment start end until duration window trigger children"},
    {"cancel_downtime", end_downtime, "id author"},
    {"silence", make_silence, "match host check owner author comment end until duration expire_on_resolve"},
    {"unsilence", end_silence, "id author"},
    {"comment", make_comment, "match host check author text comment end until duration"},
    {"uncomment", end_comment, "id author"},
};
enum { DEEDS = sizeof deeds / sizeof deeds[0] };

const char *world_calm_deed(size_t index)
{
    return index < DEEDS ? deeds[index].name : NULL;
}

const char *world_calm_members(size_t index)
{
    return deeds[index].members;
}

json_t *world_calm_take(struct world *world, const char *deed, const json_t *request, const char *author,
                        int64_t now, world_sink *sink, void *owner, struct error *error)
{
    struct asked *asked = memory_get(1, sizeof *asked);
    json_t *answer = NULL;
    size_t index = 0;
    *asked = (struct asked){world, request, author, now, sink, owner, error, true, TEXT_INIT};
    while (index < DEEDS && strcmp(deeds[index].name, deed) != 0)
        index++;
    if (index == DEEDS)
        (void)error_set(error, "cannot do \"%.100s\"", deed);
    else if (!json_is_object(request))
        (void)error_set(error, "the request is not an object");
    else
        answer = deeds[index].take(asked);
    text_release(&asked->match);
    free(asked);
    return answer;
}

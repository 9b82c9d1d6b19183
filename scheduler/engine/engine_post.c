/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs tell over HTTP; who it is, which the token says, stands in what becomes of it. */
#include "scheduler/engine/engine_act.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/utf8.h"

enum { LIST_MOST = 1000 };

static void reply_json(struct web_call *call, unsigned status, json_t *document)
{
    char *body = json_dumps(document, JSON_COMPACT);
    web_reply(call, status, "application/json", body, strlen(body));
    free(body);
    json_decref(document);
}

/* What was done is on disk before it is answered; results are not kept one by one. */
struct late {
    struct web_call *call;
    unsigned status;
    json_t *document;
};

static void reply_late(void *owner)
{
    struct late *late = owner;
    reply_json(late->call, late->status, late->document);
    free(late);
}

static void reply_when_kept(struct engine *engine, struct web_call *call, unsigned status, json_t *document)
{
    struct late *late = memory_get(1, sizeof *late);
    *late = (struct late){call, status, document};
    act_then(engine, reply_late, late);
}

static json_t *sentence_json(const char *sentence)
{
    struct text text = TEXT_INIT; /* what was given may be any bytes */
    utf8_add(&text, sentence, strlen(sentence));
    json_t *value = json_string(text.bytes);
    text_release(&text);
    return value;
}

static void refuse(struct web_call *call, unsigned status, const char *sentence)
{
    reply_json(call, status, json_pack("{s:o}", "error", sentence_json(sentence)));
}

/* ---- what is told ---- */

/* One object of the request; members of the answer go into ${reply}. */
typedef bool post_one(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                      struct error *error);

static bool post_result(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                        struct error *error)
{
    (void)reply;
    return act_result(engine, one, author, error);
}

static bool post_event(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                       struct error *error)
{
    (void)reply;
    return act_event(engine, one, author, error);
}

static bool post_acknowledgement(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                                 struct error *error)
{
    uint64_t problem = 0;
    bool done = act_acknowledge(engine, one, author, &problem, error);
    if (done)
        json_set(reply, "problem", json_integer((json_int_t)problem));
    return done;
}

static bool post_calm(struct engine *engine, const char *deed, const json_t *one, const char *author,
                      json_t *reply, struct error *error)
{
    json_t *answer = act_calm(engine, deed, one, author, error);
    bool done = answer != NULL;
    if (done)
        (void)json_object_update(reply, answer);
    json_decref(answer);
    return done;
}

/* With "id" alone it ends that one. */
static bool post_downtime(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                          struct error *error)
{
    return post_calm(engine, json_object_get(one, "id") ? "cancel_downtime" : "downtime", one, author, reply,
                     error);
}

static bool post_silence(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                         struct error *error)
{
    return post_calm(engine, json_object_get(one, "id") ? "unsilence" : "silence", one, author, reply, error);
}

static bool post_comment(struct engine *engine, const json_t *one, const char *author, json_t *reply,
                         struct error *error)
{
    return post_calm(engine, json_object_get(one, "id") ? "uncomment" : "comment", one, author, reply, error);
}

static const struct {
    const char *name;
    post_one *post;
} resources[] = {
    {"acknowledgements", post_acknowledgement},
    {"comments", post_comment},
    {"downtimes", post_downtime},
    {"events", post_event},
    {"results", post_result},
    {"silences", post_silence},
};

static void take_object(struct engine *engine, struct web_call *call, post_one *post, const json_t *one,
                        const char *author)
{
    struct error error = {""};
    json_t *reply = json_pack("{s:i}", "accepted", 1);
    if (post(engine, one, author, reply, &error)) {
        if (post == post_result)
            reply_json(call, 200, reply);
        else
            reply_when_kept(engine, call, 200, reply);
    } else {
        refuse(call, 400, error.text);
        json_decref(reply);
    }
}

/* What is good in a list is taken; what is not is told with its place. */
static void take_list(struct engine *engine, struct web_call *call, post_one *post, const json_t *list,
                      const char *author)
{
    json_t *refused = json_array();
    json_t *none = json_object();
    size_t index;
    const json_t *one;
    json_array_foreach(list, index, one) {
        struct error error = {""};
        if (!json_is_object(one))
            error_set(&error, "it is no object");
        else if (post(engine, one, author, none, &error))
            continue;
        json_add(refused,
                 json_pack("{s:I, s:o}", "index", (json_int_t)index, "error", sentence_json(error.text)));
    }
    size_t count = json_array_size(refused);
    unsigned status = count ? 400 : 200;
    json_t *reply =
        json_pack("{s:I, s:o}", "accepted", (json_int_t)(json_array_size(list) - count), "refused", refused);
    if (post == post_result)
        reply_json(call, status, reply);
    else
        reply_when_kept(engine, call, status, reply);
    json_decref(none);
}

static void take(struct engine *engine, struct web_call *call, post_one *post, const char *author)
{
    size_t length;
    json_error_t place;
    struct text sentence = TEXT_INIT;
    const char *body = web_body(call, &length);
    json_t *request = json_loadb(body, length, JSON_REJECT_DUPLICATES, &place);
    if (!request) {
        text_format(&sentence, "the request is not JSON: line %d, column %d: %s", place.line, place.column,
                    place.text);
        refuse(call, 400, sentence.bytes);
    } else if (json_array_size(request) > LIST_MOST) {
        text_format(&sentence, "more than %d at once", (int)LIST_MOST);
        refuse(call, 413, sentence.bytes);
    } else if (json_is_array(request)) {
        take_list(engine, call, post, request, author);
    } else {
        take_object(engine, call, post, request, author);
    }
    json_decref(request);
    text_release(&sentence);
}

/* NULL: none takes a POST under that name. */
static post_one *post_of(const char *resource)
{
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++)
        if (strcmp(resource, resources[i].name) == 0)
            return resources[i].post;
    return NULL;
}

bool engine_post_takes(const char *resource)
{
    return post_of(resource) != NULL;
}

void engine_post(struct engine *engine, struct web_call *call, const char *resource)
{
    post_one *post = post_of(resource);
    const char *author = post ? engine_author(engine, call) : NULL;
    if (author)
        take(engine, call, post, author);
    else if (!post)
        refuse(call, 405,
               "only acknowledgements, comments, downtimes, events, results and silences take a POST");
}

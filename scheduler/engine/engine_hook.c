/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The webhooks of trackers: whoever knows the secret may have the tracker asked now. What is said of an issue is not
 * believed, because it is old when it is repeated. */
#include "scheduler/engine/engine_tracker.h"

#include "scheduler/core/tracker_hook.h"

enum { BODY_MOST = 512 << 10 };

static void reply_json(struct web_call *call, unsigned status, json_t *document)
{
    char *body = json_dumps(document, JSON_COMPACT);
    web_reply(call, status, "application/json", body, strlen(body));
    free(body);
    json_decref(document);
}

/* Which trackers there are is told to nobody. */
static void refuse(struct web_call *call)
{
    reply_json(call, 403,
               json_pack("{s:s}", "error", "there is no such webhook, or the call does not have its secret"));
}

static const struct tracker *tracker_of(const struct engine *engine, const char *name)
{
    const struct tracker *tracker = model_tracker(engine->model, name);
    return tracker && tracker->webhook_secret_file ? tracker : NULL;
}

static const char *own_proof(const struct web_call *call, const struct tracker *tracker, bool *is_signed)
{
    const char *header = tracker_hook_header(tracker->type, is_signed);
    return header ? web_header(call, header) : NULL;
}

bool engine_hook_admit(struct engine *engine, struct web_call *call, const char *name)
{
    const struct tracker *tracker = tracker_of(engine, name);
    bool is_signed,
        proof = tracker && (own_proof(call, tracker, &is_signed) || web_header(call, "Authorization"));
    if (!proof)
        refuse(call);
    web_limit(call, BODY_MOST);
    return proof;
}

static bool is_proven(const struct web_call *call, const struct tracker *tracker, const struct seal *seal)
{
    size_t length;
    bool is_signed;
    const char *body = web_body(call, &length);
    const char *proof = own_proof(call, tracker, &is_signed);
    if (!proof)
        return engine_carries(call, seal);
    if (is_signed)
        proof = tracker_hook_signature(proof);
    return proof && (is_signed ? seal_check(seal, body, length, proof) : seal_is(seal, proof));
}

void engine_hook(struct engine *engine, struct web_call *call, const char *name)
{
    size_t length;
    struct error error = {""};
    const struct tracker *tracker = tracker_of(engine, name);
    struct seal *seal = tracker ? seal_read(tracker->webhook_secret_file, &error) : NULL;
    const char *bytes = web_body(call, &length);
    if (seal && is_proven(call, tracker, seal)) {
        json_t *body = json_loadb(bytes, length, 0, NULL);
        size_t asked = trackers_hooked(engine->trackers, tracker, body);
        json_decref(body);
        reply_json(call, 202, json_pack("{s:I}", "asked", (json_int_t)asked));
    } else {
        if (tracker)
            trackers_refused(engine->trackers, tracker,
                             seal ? "its secret or signature is wrong" : error.text);
        refuse(call);
    }
    seal_free(seal);
}

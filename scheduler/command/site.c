/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/site.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "scheduler/core/rota.h"
#include "scheduler/io/config.h"
#include "scheduler/io/control.h"

/* "FILE:LINE:COLUMN: sentence", one a line. */
static void complain(struct command_call *call, const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        text_format(call->complaint, "%s%s\n", findings->items[i].text,
                    findings->items[i].warning ? " (a warning)" : "");
}

static struct model *load(struct command_call *call, struct model *(*loader)(const char *, struct findings *))
{
    struct findings findings = {0};
    struct model *model = loader(call->conf, &findings);
    if (!model) {
        complain(call, &findings);
        (void)command_refuse(call, "the configuration in \"%s\" has errors", call->conf);
    }
    findings_release(&findings);
    return model;
}

struct model *site_load(struct command_call *call)
{
    return load(call, config_load);
}

struct model *site_load_users(struct command_call *call)
{
    return load(call, config_load_users);
}

/* The state directory must be found also while a broken edit waits to be mended, because the scheduler goes on
 * with what it had: then users.yaml and watchbill.yaml alone are read. */
static struct model *load_for_state(struct command_call *call)
{
    struct findings findings = {0};
    struct model *model = config_load(call->conf, &findings);
    findings_release(&findings);
    if (!model)
        model = config_load_users(call->conf, &findings);
    if (!model) {
        complain(call, &findings);
        (void)command_refuse(call, "the configuration in \"%s\" has errors", call->conf);
    }
    findings_release(&findings);
    return model;
}

char *site_state(struct command_call *call)
{
    struct model *model = load_for_state(call);
    char *state = model ? memory_text(model->site.state) : NULL;
    model_free(model);
    return state;
}

static void ask(struct command_call *call, const char *state, const json_t *request, int64_t timeout,
                struct site_reply *reply)
{
    struct text path = TEXT_INIT;
    struct error error = {""};
    text_format(&path, "%s/control.sock", state);
    json_t *answer = control_ask(path.bytes, request, timeout, &error);
    const char *refusal = answer ? json_string_value(json_object_get(answer, "error")) : NULL;
    if (!answer) {
        reply->code = command_refuse(call, "no scheduler answers: %s", error.text);
    } else if (refusal) {
        (void)command_refuse(call, "%s", refusal);
        reply->code = COMMAND_NO;
        json_decref(answer);
    } else {
        reply->answer = answer;
    }
    text_release(&path);
}

struct site_reply site_ask(struct command_call *call, json_t *request, int64_t timeout)
{
    struct site_reply reply = {.code = COMMAND_REFUSED};
    struct model *model = request ? load_for_state(call) : NULL;
    if (!request)
        (void)command_refuse(call, "a text is not UTF-8");
    if (model) {
        reply.code = COMMAND_YES;
        reply.zone = rota_zone(model, NULL, NULL);
        ask(call, model->site.state, request, timeout, &reply);
    }
    json_decref(request);
    model_free(model);
    return reply;
}

void site_release(struct site_reply *reply)
{
    json_decref(reply->answer);
    reply->answer = NULL;
}

int site_tell(struct command_call *call, json_t *request, int64_t timeout, site_writer *write,
              const void *with)
{
    struct site_reply reply = site_ask(call, request, timeout);
    if (!reply.answer)
        return reply.code;
    if (call->json)
        json_write(call->out, reply.answer);
    else if (write)
        write(call->out, &reply, with);
    site_release(&reply);
    return COMMAND_YES;
}

const char *site_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t site_whole(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

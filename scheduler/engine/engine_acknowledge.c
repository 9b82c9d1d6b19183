/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the link changes nothing, because mail scanners open links; the button on its page does. The signature alone
 * gives the right, so it is looked at first, and nothing is told to whoever has none. */
#include "scheduler/engine/engine_act.h"

#include "lib/clean.h"
#include "lib/form.h"
#include "lib/html.h"
#include "lib/json.h"
#include "lib/memory.h"
#include "scheduler/core/ack_link.h"

enum { COMMENT_MOST = 500, REQUEST_MOST = 16384 };

static const char head[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"robots\" "
    "content=\"noindex\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>watchbill</title><style>"
    "body{font:17px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:36rem;padding:0 1rem;color:#1c2126;"
    "background:#fff}input,button{font:inherit;padding:.5rem .8rem;width:100%;box-sizing:border-box;"
    "margin:.3rem "
    "0}button{font-weight:700}pre{white-space:pre-wrap;background:#f3f4f5;color:#1c2126;padding:.6rem}"
    "@media(prefers-color-scheme:dark){body{background:#14181c;color:#e4e7ea}}</style></head><body>";

struct visit {
    struct engine *engine;
    struct web_call *call;
    struct ack_link link;
    int64_t binding;
};

static void answer(struct web_call *call, unsigned status, const char *title, const char *content)
{
    struct text text = TEXT_INIT;
    text_format(&text, "%s<h1>", head);
    html_add(&text, title);
    text_format(&text, "</h1>%s</body></html>\n", content);
    web_reply(call, status, "text/html; charset=utf-8", text.bytes, text.length);
    text_release(&text);
}

static void refuse(struct web_call *call, unsigned status, const char *sentence)
{
    struct text text = TEXT_INIT;
    text_add(&text, "<p>");
    html_add(&text, sentence);
    text_add(&text, ".</p>");
    answer(call, status, "Not done", text.bytes);
    text_release(&text);
}

static const char *argument(void *call, const char *name)
{
    return web_argument(call, name);
}

static bool signature_is_good(const struct engine *engine, const struct ack_link *link)
{
    struct text text = TEXT_INIT;
    ack_link_text(&text, link);
    bool good = seal_check(engine->seal, text.bytes, text.length, link->signature);
    text_release(&text);
    return good;
}

/* The id of the check's open problem; 0: there is none. */
static uint64_t open_problem(const struct engine *engine, int64_t binding)
{
    const struct state *state = binding == MODEL_NONE ? NULL : world_state(engine->world, (uint32_t)binding);
    return state && state->known && state->hard != VERDICT_OK ? state->problem : 0;
}

/* false: the call is answered. */
static bool admit(struct visit *visit)
{
    struct engine *engine = visit->engine;
    struct error error = {""};
    unsigned status = 403;
    bool ok = ack_link_read(&visit->link, argument, visit->call, &error);
    if (ok && !signature_is_good(engine, &visit->link))
        ok = error_set(&error, "this link was not made here, or was changed on its way");
    if (ok && !model_user(engine->model, visit->link.user))
        ok = error_set(&error, "\"%s\", whose link this is, is no longer configured", visit->link.user);
    if (ok) {
        status = 410;
        visit->binding = model_binding_named(engine->model, visit->link.subject);
        ok = ack_link_judge(&visit->link, loop_wall() / 1000, open_problem(engine, visit->binding), &error);
    }
    if (!ok)
        refuse(visit->call, status, error.text);
    return ok;
}

/* ---- the page ---- */

static void add_problem(struct text *text, const struct visit *visit)
{
    const struct state *state = world_state(visit->engine->world, (uint32_t)visit->binding);
    const char *output = visit->engine->slots[visit->binding].output;
    text_add(text, "<p><b>");
    html_add(text, visit->link.subject);
    text_format(text, "</b> is %s, problem %llu.</p>", verdict_name(state->verdict),
                (unsigned long long)visit->link.problem);
    if (output) {
        text_add(text, "<pre>");
        html_add(text, output);
        text_add(text, "</pre>");
    }
}

/* Whether someone is on it already, and then who. */
static bool is_acknowledged(const struct visit *visit, struct text *text)
{
    const char *author = NULL;
    int64_t until;
    if (!world_acknowledged(visit->engine->world, (uint32_t)visit->binding, &author, &until))
        return false;
    text_add(text, "<p>It is acknowledged by ");
    html_add(text, author);
    text_add(text, ".</p>");
    return true;
}

/* Whether it still asks is said by the button: who approves at the same time as another learns it there. */
static void show_approval(const struct visit *visit)
{
    struct text text = TEXT_INIT;
    add_problem(&text, visit);
    text_add(&text, "<p>The remediation asks as <b>");
    html_add(&text, visit->link.run);
    text_add(&text, "</b>.</p><form method=\"post\"><button>Approve as ");
    html_add(&text, visit->link.user);
    text_add(&text, "</button></form>");
    answer(visit->call, 200, "Approve", text.bytes);
    text_release(&text);
}

static void show(const struct visit *visit)
{
    struct text text = TEXT_INIT;
    add_problem(&text, visit);
    if (!is_acknowledged(visit, &text)) {
        /* Without an action the form goes to the address of the page, which is the link. */
        text_add(&text, "<form method=\"post\"><input name=\"comment\" maxlength=\"500\" "
                        "placeholder=\"what is being done about it\"><button>Acknowledge as ");
        html_add(&text, visit->link.user);
        text_add(&text, "</button></form>");
    }
    answer(visit->call, 200, "Acknowledge", text.bytes);
    text_release(&text);
}

/* ---- the button ---- */

static char *comment_of(struct web_call *call)
{
    size_t length;
    const char *body = web_body(call, &length);
    struct text given = TEXT_INIT, comment = TEXT_INIT;
    (void)form_find(body, length < REQUEST_MOST ? length : REQUEST_MOST, "comment", &given);
    clean_text(&comment, given.bytes);
    clean_cut(&comment, COMMENT_MOST);
    text_release(&given);
    return text_take(&comment);
}

static void act(const struct visit *visit)
{
    struct text text = TEXT_INIT;
    struct error error = {""};
    uint64_t problem = 0;
    char *comment = comment_of(visit->call);
    json_t *request = json_pack("{s:s, s:s}", "check", visit->link.subject, "comment", comment);
    add_problem(&text, visit);
    if (is_acknowledged(visit, &text)) {
        answer(visit->call, 200, "Acknowledged", text.bytes);
    } else if (act_acknowledge(visit->engine, request, visit->link.user, &problem, &error)) {
        (void)is_acknowledged(visit, &text);
        answer(visit->call, 200, "Acknowledged", text.bytes);
    } else {
        refuse(visit->call, 409, error.text);
    }
    json_decref(request);
    free(comment);
    text_release(&text);
}

static void approve(const struct visit *visit)
{
    struct text text = TEXT_INIT;
    struct error error = {""};
    if (engine_approve_run(visit->engine, visit->link.run, visit->link.user, &error)) {
        text_add(&text, "<p>The run <b>");
        html_add(&text, visit->link.run);
        text_add(&text, "</b> is approved. It still obeys its limits.</p>");
        answer(visit->call, 200, "Approved", text.bytes);
    } else {
        refuse(visit->call, 409, error.text);
    }
    text_release(&text);
}

bool engine_is_link(const char *path)
{
    return strcmp(path, "/" ACK_LINK_PATH) == 0 || strcmp(path, "/" ACK_LINK_APPROVE) == 0;
}

bool engine_acknowledge_admit(struct engine *engine, struct web_call *call)
{
    return admit(&(struct visit){.engine = engine, .call = call});
}

void engine_acknowledge(struct engine *engine, struct web_call *call, bool button)
{
    struct visit visit = {.engine = engine, .call = call};
    if (!admit(&visit))
        return;
    if (visit.link.run[0])
        (button ? approve : show_approval)(&visit);
    else if (button)
        act(&visit);
    else
        show(&visit);
}

void engine_acknowledge_link(const struct engine *engine, struct text *text, const char *subject,
                             uint64_t problem, const char *user, const char *run, int64_t expires)
{
    struct ack_link link = {.problem = problem, .expires = expires};
    struct text signed_text = TEXT_INIT;
    if (!engine->model->site.url || strlen(subject) > ACK_LINK_NAME || strlen(user) > ACK_LINK_NAME ||
        (run && strlen(run) > ACK_LINK_NAME))
        return;
    memcpy(link.subject, subject, strlen(subject) + 1);
    memcpy(link.user, user, strlen(user) + 1);
    if (run)
        memcpy(link.run, run, strlen(run) + 1);
    ack_link_text(&signed_text, &link);
    if (seal_sign(engine->seal, signed_text.bytes, signed_text.length, link.signature))
        ack_link_url(text, engine->model->site.url, &link);
    text_release(&signed_text);
}

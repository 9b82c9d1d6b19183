/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may come in over HTTP. Every change needs the token of a program that the site knows, as a bearer token: a browser
 * sends the password of HTTP Basic along with whatever another site's page makes it POST, and never a bearer token. To
 * look, off loopback, either will do; diagnostics need one on loopback too, because root gathered them. A signed link is
 * its own right, and so is the webhook of a tracker. */
#include "scheduler/engine/engine_page.h"

#include "lib/guarded_file.h"

#include <strings.h>

static const char bearer_challenge[] = "Bearer realm=\"watchbill\"";
static const char basic_challenge[] = "Basic realm=\"watchbill\", charset=\"UTF-8\"";

/* The sentence is ours and needs no quoting. A person gets a page, a program the document. */
static void refuse(struct engine *engine, struct web_call *call, bool person, unsigned status,
                   const char *sentence)
{
    json_t *document = json_pack("{s:s}", "error", sentence);
    char *body = person ? NULL : json_dumps(document, JSON_COMPACT);
    if (person)
        engine_page_refuse(engine, call, status, document);
    else
        web_reply(call, status, "application/json", body, strlen(body));
    free(body);
    json_decref(document);
}

/* The file may change at any time: a token that is taken out of it is no longer taken. */
static void refresh_tokens(struct engine *engine)
{
    struct error error = {""};
    const char *path = engine->model->site.tokens_file;
    uint64_t stamp = guarded_file_stamp(path);
    if (stamp == engine->tokens_stamp)
        return;
    tokens_free(engine->tokens);
    engine->tokens = tokens_read(path, &error);
    engine->tokens_stamp = stamp;
    if (!engine->tokens)
        log_say(engine->settings.log, LOG_LEVEL_ERROR, "%s; no token is taken", error.text);
}

/* What follows "Bearer "; NULL: there is none. */
static const char *bearer_of(const struct web_call *call)
{
    static const char scheme[] = "Bearer ";
    const char *given = web_header(call, "Authorization");
    bool bearer = given && strncasecmp(given, scheme, sizeof scheme - 1) == 0;
    return bearer ? given + sizeof scheme - 1 : NULL;
}

static const char *name_of(struct engine *engine, const char *token)
{
    refresh_tokens(engine);
    return token && engine->tokens ? tokens_find(engine->tokens, token) : NULL;
}

const char *engine_author(struct engine *engine, struct web_call *call)
{
    const char *token = bearer_of(call);
    if (!engine->model->site.tokens_file) {
        refuse(engine, call, false, 403, "nothing can be changed here: no \"tokens_file\" is configured");
        return NULL;
    }
    const char *name = name_of(engine, token);
    if (!name) {
        web_challenge(call, bearer_challenge);
        refuse(engine, call, false, 401, token ? "the token is not known" : "a bearer token is needed");
    }
    return name;
}

static bool admit_reader(struct engine *engine, struct web_call *call, bool person)
{
    if (!engine->model->site.tokens_file) {
        refuse(engine, call, person, 403,
               "a token is needed to see this, and no \"tokens_file\" is configured");
        return false;
    }
    char *password = web_password(call);
    const char *token = password ? password : bearer_of(call);
    bool known = name_of(engine, token) != NULL;
    if (!known) {
        web_challenge(call, basic_challenge);
        web_challenge(call, bearer_challenge);
        refuse(engine, call, person, 401,
               token ? "the token is not known"
                     : "a token is needed, as \"Authorization: Bearer\" or as the password of HTTP Basic");
    }
    web_password_free(password);
    return known;
}

bool engine_carries(const struct web_call *call, const struct seal *secret)
{
    char *password = web_password(call);
    const char *given = password ? password : bearer_of(call);
    bool is = given && seal_is(secret, given);
    web_password_free(password);
    return is;
}

bool engine_admit(void *owner, struct web_call *call, const char *method, const char *path)
{
    struct engine *engine = owner;
    if (engine_is_link(path))
        return engine_acknowledge_admit(engine, call);
    if (strcmp(method, "POST") == 0 && strncmp(path, ENGINE_API, sizeof ENGINE_API - 1) == 0 &&
        engine_post_takes(path + sizeof ENGINE_API - 1))
        return engine_author(engine, call) != NULL;
    if (strcmp(method, "POST") == 0 && strncmp(path, ENGINE_HOOKS, sizeof ENGINE_HOOKS - 1) == 0)
        return engine_hook_admit(engine, call, path + sizeof ENGINE_HOOKS - 1);
    bool open = web_is_loopback(engine->web) && !engine_web_is_guarded(path);
    return open || admit_reader(engine, call, engine_web_is_page(path));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_words.h"

#include "lib/clean.h"
#include "lib/json.h"
#include "lib/utf8.h"
#include "scheduler/core/notice.h"
#include "scheduler/core/notice_macros.h"

#include <stdarg.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The check that it is about, in the present generation; NULL: about the site, or gone. */
static const struct binding *binding_of(const struct engine *engine, const json_t *alert)
{
    const struct model *model = engine->model;
    const json_t *member = json_array_get(json_object_get(alert, "members"), 0);
    int64_t found =
        member ? model_binding(model, text_of(member, "host"), text_of(member, "check")) : MODEL_NONE;
    return found == MODEL_NONE ? NULL : &model->bindings[found];
}

const struct alert_rule *words_rule(const struct engine *engine, const json_t *alert)
{
    const struct binding *binding = binding_of(engine, alert);
    return binding ? binding->plan->alert : NULL;
}

void words_warn(const struct engine *engine, json_t *alert, const char *format, ...)
{
    struct text sentence = TEXT_INIT, clean = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&sentence, format, arguments);
    va_end(arguments);
    clean_text(&clean, sentence.bytes);
    log_say(engine->settings.log, LOG_LEVEL_WARNING, "alert to %s: %s", text_of(alert, "contact"),
            clean.bytes);
    text_add(&clean, "; these are the built-in words.");
    json_set(alert, "warning", json_string(clean.bytes));
    text_release(&sentence);
    text_release(&clean);
}

char *words_script_input(json_t *alert)
{
    static const char *const own[] = {"mail", "url",     "token_file", "format",  "address",   "to",
                                      "from", "command", "channel",    "picture", "timeout_ms"};
    json_t *event = json_copy(alert);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        (void)json_object_del(event, own[i]);
    char *input = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    return input;
}

/* Fill a template; false: there is none, or it cannot be filled. */
static bool fill(const struct engine *engine, json_t *alert, const json_t *script, const char *template,
                 bool html, struct text *text)
{
    struct error error = {""};
    /* Once something failed, the built-in words are the message in both of its parts. */
    if (!template || json_object_get(alert, "warning"))
        return false;
    if (notice_fill(text, template, alert, binding_of(engine, alert), script, html, &error))
        return true;
    words_warn(engine, alert, "the template cannot be filled: %s", error.text);
    return false;
}

static void set_words(json_t *alert, const char *key, const struct text *text)
{
    struct text mended = TEXT_INIT; /* a template may be any bytes */
    utf8_add(&mended, text->bytes, text->length);
    json_set(alert, key, json_string(mended.bytes));
    text_release(&mended);
}

void words_write(const struct engine *engine, json_t *alert, const json_t *script)
{
    const struct alert_rule *rule = words_rule(engine, alert);
    struct text plain = TEXT_INIT, html = TEXT_INIT;
    bool mail = strcmp(text_of(alert, "channel"), "mail") == 0;
    bool own_html = mail && rule && fill(engine, alert, script, rule->template_html, true, &html);
    bool own_text = rule && fill(engine, alert, script, rule->template_text, false, &plain);
    if (json_object_get(alert, "warning"))
        own_html = own_text = false;
    if (!own_text) {
        text_clear(&plain);
        notice_text(&plain, alert);
    }
    if (!own_html && !own_text) {
        text_clear(&html);
        notice_html(&html, alert);
    }
    set_words(alert, "text", &plain);
    if (mail && (own_html || !own_text))
        set_words(alert, "html", &html);
    text_release(&plain);
    text_release(&html);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alert as the journal keeps it and as its channel reads it. */
#include "scheduler/core/notice.h"
#include "scheduler/core/rota.h"
#include "scheduler/engine/engine_alert.h"

enum { CHANNEL_TIMEOUT = 50000 }; /* ms, for the channel's own clock; the outbox waits a little longer */

static json_t *mail_settings(const struct mail_settings *mail)
{
    if (mail->spool)
        return json_pack("{s:s}", "spool", mail->spool);
    return json_pack("{s:s*, s:s, s:s*, s:s*, s:s*}", "server", mail->server, "tls",
                     mail->tls_required ? "required" : "none", "ca_file", mail->ca_file, "user", mail->user,
                     "password_file", mail->password_file);
}

static json_t *words_array(const struct words *words)
{
    json_t *array = json_array();
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(array, json_string(words->items[i]));
    return array;
}

static void add_mail(json_t *alert, const struct site *site)
{
    json_object_set_new(alert, "from", json_string(site->mail.from));
    json_object_set_new(alert, "mail", mail_settings(&site->mail));
}

static void add_channel(json_t *alert, const struct site *site, const struct contact *contact)
{
    switch (contact->channel) {
    case CHANNEL_MAIL:
        add_mail(alert, site);
        break;
    case CHANNEL_WEBHOOK:
        json_object_set_new(alert, "url", json_string(contact->address));
        if (contact->token_file)
            json_object_set_new(alert, "token_file", json_string(contact->token_file));
        break;
    case CHANNEL_COMMAND:
        json_object_set_new(alert, "command", words_array(&contact->command));
        break;
    }
}

json_t *alert_json(const struct model *model, const struct decision *decision, const struct state *state,
                   const char *output, const char *author)
{
    const struct binding *binding =
        decision->binding == WORLD_SITE ? NULL : &model->bindings[decision->binding];
    struct notice_facts facts = {.decision = decision,
                                 .binding = binding,
                                 .state = state,
                                 .output = output,
                                 .url = model->site.url,
                                 .author = author,
                                 .zone = rota_zone(model, NULL, decision->user)};
    struct text subject = TEXT_INIT;
    struct text body = TEXT_INIT;
    notice_subject(&subject, &facts);
    notice_body(&body, &facts);
    json_t *alert = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:i}", "id", decision->message_id,
        "channel", channel_name(decision->contact->channel), "address", decision->contact->address, "to",
        decision->contact->address, "user", decision->user->name, "urgency", urgency_name(decision->urgency),
        "kind", notice_name(decision->notice), "host", decision->subject, "check", decision->name, "state",
        verdict_name(decision->verdict), "problem", (json_int_t)decision->problem, "at",
        (json_int_t)decision->at, "timeout_ms", (int)CHANNEL_TIMEOUT);
    struct text contact = TEXT_INIT;
    notice_contact(&contact, decision->contact);
    json_object_set_new(alert, "contact", json_string(contact.bytes));
    text_release(&contact);
    json_object_set_new(alert, "subject", json_stringn(subject.bytes, subject.length));
    json_object_set_new(alert, "text", json_stringn(body.bytes, body.length));
    if (output)
        json_object_set_new(alert, "output", json_string(output));
    add_channel(alert, &model->site, decision->contact);
    text_release(&subject);
    text_release(&body);
    return alert;
}

void alert_refresh(json_t *alert, const struct site *site)
{
    if (site->mail.from && json_object_get(alert, "mail"))
        add_mail(alert, site);
}

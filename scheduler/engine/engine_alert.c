/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alert as the journal keeps it and as its channel reads it. */
#include "lib/json.h"
#include "scheduler/core/notice.h"
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
        if (contact->format)
            json_object_set_new(alert, "format", json_string(contact->format));
        if (contact->token_file)
            json_object_set_new(alert, "token_file", json_string(contact->token_file));
        break;
    case CHANNEL_COMMAND:
        json_object_set_new(alert, "command", words_array(&contact->command));
        break;
    }
}

/* Its words as far as they can be told now: whoever finds it in the journal can read it. */
static void add_words(json_t *alert)
{
    struct text subject = TEXT_INIT, text = TEXT_INIT;
    notice_subject(&subject, alert);
    notice_text(&text, alert);
    json_set(alert, "subject", json_string(subject.bytes));
    json_set(alert, "text", json_string(text.bytes));
    text_release(&subject);
    text_release(&text);
}

json_t *alert_json(const struct notice_source *source)
{
    const struct contact *contact = source->decision->contact;
    json_t *alert = notice_facts(source);
    json_t *output = json_object_get(json_array_get(json_object_get(alert, "members"), 0), "output");
    json_set(alert, "channel", json_string(channel_name(contact->channel)));
    json_set(alert, "address", json_string(contact->address));
    json_set(alert, "to", json_string(contact->address));
    json_set(alert, "timeout_ms", json_integer(CHANNEL_TIMEOUT));
    if (output)
        json_set(alert, "output", json_incref(output));
    add_words(alert);
    add_channel(alert, &source->model->site, contact);
    return alert;
}

void alert_refresh(json_t *alert, const struct site *site)
{
    if (site->mail.from && json_object_get(alert, "mail"))
        add_mail(alert, site);
}

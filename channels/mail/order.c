/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/mail/order.h"

#include "lib/mail.h"
#include "lib/memory.h"
#include "lib/mime.h"
#include "lib/number.h"

enum { HEADERS_MOST = 32 };

static bool read_headers(json_t *headers, struct mail_letter *letter, struct mail_header *rows,
                         struct error *error)
{
    const char *name;
    json_t *value;
    if (headers && !json_is_object(headers))
        return error_set(error, "\"headers\" is not an object");
    if (json_object_size(headers) > HEADERS_MOST)
        return error_set(error, "more than %d headers", HEADERS_MOST);
    void *iterator = json_object_iter(headers);
    for (; iterator; iterator = json_object_iter_next(headers, iterator)) {
        name = json_object_iter_key(iterator);
        value = json_object_iter_value(iterator);
        if (!json_is_string(value))
            return error_set(error, "the header \"%s\" is not a text", name);
        rows[letter->header_count++] = (struct mail_header){name, json_string_value(value)};
    }
    letter->headers = rows;
    return true;
}

/* What is shown beside the text. A picture without hypertext has no place. */
static bool read_hypertext(struct order *order, const json_t *alert, struct mail_letter *letter,
                           struct error *error)
{
    static const char *const keys[] = {"html", "picture", NULL};
    if (!alert_channel_texts(alert, keys, error))
        return false;
    const char *picture = alert_channel_text(alert, "picture");
    letter->html = alert_channel_text(alert, "html");
    letter->html_length = letter->html ? strlen(letter->html) : 0;
    if (!letter->html || !picture)
        return true;
    if (!mime_base64_read(&order->picture, picture, strlen(picture)))
        return error_set(error, "\"picture\" is not base64");
    letter->picture = order->picture.bytes;
    letter->picture_length = order->picture.length;
    return true;
}

static bool compose(struct order *order, const json_t *alert, int64_t now, struct error *error)
{
    static const char *const keys[] = {"id", "from", "to", "subject", "text", NULL};
    struct mail_header rows[HEADERS_MOST];
    if (!alert_channel_texts(alert, keys, error))
        return false;
    for (size_t i = 0; keys[i]; i++)
        if (!alert_channel_text(alert, keys[i]))
            return error_set(error, "\"%s\" is missing", keys[i]);
    const char *body = alert_channel_text(alert, "text");
    order->id = alert_channel_text(alert, "id");
    order->from = alert_channel_text(alert, "from");
    order->to = alert_channel_text(alert, "to");
    struct mail_letter letter = {.id = order->id,
                                 .from = order->from,
                                 .to = order->to,
                                 .subject = alert_channel_text(alert, "subject"),
                                 .body = body,
                                 .body_length = strlen(body),
                                 .date = now};
    return read_headers(json_object_get(alert, "headers"), &letter, rows, error) &&
           read_hypertext(order, alert, &letter, error) && mail_compose(&order->message, &letter, error);
}

/* "HOST:PORT", "HOST", with "smtp://" before and "/" behind it. */
static bool read_server(struct order *order, const char *server, struct error *error)
{
    static const char scheme[] = "smtp://";
    const char *begin = strncmp(server, scheme, sizeof scheme - 1) == 0 ? server + sizeof scheme - 1 : server;
    size_t length = strcspn(begin, "/");
    const char *colon = memchr(begin, ':', length);
    size_t host = colon ? (size_t)(colon - begin) : length;
    int64_t port = 587;
    order->host = memory_text_of(begin, host);
    char *given = colon ? memory_text_of(colon + 1, length - host - 1) : memory_text("587");
    bool ok = host > 0 && host < 254 &&
              strspn(order->host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_") == host;
    ok = ok && number_read_whole(given, 1, 65535, &port);
    if (ok) {
        struct text text = TEXT_INIT;
        order->port = given;
        text_format(&text, "%s:%s", order->host, given);
        order->server = text_take(&text);
        return true;
    }
    free(given);
    return error_set(error, "the mail server \"%s\" is not HOST:PORT", server);
}

static bool read_settings(struct order *order, const json_t *alert, struct error *error)
{
    static const char *const keys[] = {"spool", "server", "tls", "ca_file", "user", "password_file", NULL};
    const json_t *mail = json_object_get(alert, "mail");
    if (!json_is_object(mail))
        return error_set(error, "\"mail\" is missing: it tells the server or the spool");
    if (!alert_channel_texts(mail, keys, error))
        return false;
    const char *server = alert_channel_text(mail, "server"), *tls = alert_channel_text(mail, "tls");
    order->spool = alert_channel_text(mail, "spool");
    order->ca_file = alert_channel_text(mail, "ca_file");
    order->user = alert_channel_text(mail, "user");
    order->password_file = alert_channel_text(mail, "password_file");
    order->tls = !tls || strcmp(tls, "none") != 0;
    if (order->spool)
        return true;
    if (!server)
        return error_set(error, "neither a mail server nor a spool is configured");
    if (tls && order->tls && strcmp(tls, "required") != 0)
        return error_set(error, "\"tls\" is \"%s\": it may be \"required\" or \"none\"", tls);
    if (!order->user != !order->password_file)
        return error_set(error, "a user of the mail server needs a password file, and the other way round");
    if (order->user && !order->tls)
        return error_set(error, "a password is never sent without tls");
    return read_server(order, server, error);
}

enum alert_end order_read(struct order *order, const json_t *alert, int64_t now, struct error *error)
{
    *order =
        (struct order){.message = TEXT_INIT, .picture = TEXT_INIT, .timeout = alert_channel_timeout(alert)};
    if (!compose(order, alert, now, error))
        return ALERT_NEVER;
    return read_settings(order, alert, error) ? ALERT_DELIVERED : ALERT_AGAIN;
}

void order_release(struct order *order)
{
    text_release(&order->message);
    text_release(&order->picture);
    free(order->server);
    free(order->host);
    free(order->port);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The webhook channel: one alert on standard input, one POST to a URL.
 *
 *   {"id", "user", "urgency", "kind", "host", "check", "state", "problem", "at", "subject", "text",
 *    "url", "format", "token_file", "timeout_ms"}
 *
 * The body is application/json; channels/webhook/payload.h describes it. "id" is the same for every attempt; it is
 * also the header Idempotency-Key.
 *
 * The first line of token_file goes as "Authorization: Bearer". Exit 0 for an answer 2xx, 1 (try again later)
 * for 408, 429, 5xx, a redirect that may pass, and where no answer came, 2 (never) for every other answer. */
#include "channels/webhook/payload.h"
#include "collectors/http.h"
#include "collectors/http_status.h"
#include "lib/alert_channel.h"
#include "lib/process.h"

enum { ANSWER_MOST = 64 << 10, KEY_MOST = 512, HEADERS = 4 };

struct webhook {
    struct alert_facts facts;
    const char *url, *token_file;
    struct text place; /* scheme, host and port: the path of a hook is often its secret */
};

static bool is_visible(const char *text)
{
    while ((unsigned char)*text > ' ' && *text != '\x7f')
        text++;
    return *text == '\0';
}

static bool read_url(struct webhook *hook, struct error *error)
{
    struct text shown = TEXT_INIT;
    size_t scheme = strncasecmp(hook->url, "http://", 7) == 0    ? 7
                    : strncasecmp(hook->url, "https://", 8) == 0 ? 8
                                                                 : 0;
    http_shown_url(hook->url, &shown);
    size_t host = scheme && shown.length > scheme ? strcspn(shown.bytes + scheme, "/?#") : 0;
    if (host)
        text_add_bytes(&hook->place, shown.bytes, scheme + host);
    text_release(&shown);
    return (host && is_visible(hook->url)) || error_set(error, "\"url\" is no URL of http or https");
}

static bool read_webhook(struct webhook *hook, const json_t *alert, struct error *error)
{
    static const char *const keys[] = {"url", "format", "token_file", NULL};
    if (!alert_channel_facts(alert, &hook->facts, error) || !alert_channel_texts(alert, keys, error))
        return false;
    hook->url = alert_channel_text(alert, "url");
    hook->token_file = alert_channel_text(alert, "token_file");
    if (!hook->url)
        return error_set(error, "\"url\" is missing");
    if (!*hook->facts.id || strlen(hook->facts.id) > KEY_MOST || !is_visible(hook->facts.id))
        return error_set(error, "\"id\" cannot be a header: it is empty, too long or has blanks");
    return read_url(hook, error);
}

/* A redirect that may be gone tomorrow: a login page, maintenance. It is not followed. */
static bool may_pass(int status)
{
    return status == 408 || status == 429 || status >= 500 || status == 302 || status == 303 || status == 307;
}

/* An answer counts by its status, also when the rest of it is too large or broken off. */
static enum alert_end judge(const struct webhook *hook, const struct http_response *response,
                            enum source_end end, struct error *said)
{
    int status = response->status;
    const char *name = http_status_name(status);
    if (status < 200) { /* none came, or only a hint of one: the sentence is there */
        if (end == SOURCE_TIMEOUT)
            error_prefix(said, "no answer in time");
        return ALERT_AGAIN;
    }
    error_set(said, "\"%s\" answered %d%s%s", hook->place.bytes, status, *name ? " " : "", name);
    if (status / 100 == 2)
        return ALERT_DELIVERED;
    return may_pass(status) ? ALERT_AGAIN : ALERT_NEVER;
}

static enum alert_end post(const struct webhook *hook, const char *body, const char *token, int64_t timeout,
                           struct error *said)
{
    struct text key = TEXT_INIT, login = TEXT_INIT;
    text_format(&key, "Idempotency-Key: %s", hook->facts.id);
    text_format(&login, "Authorization: Bearer %s", token);
    /* Without "Expect:" a large body waits for a leave that many servers never give. */
    const char *headers[HEADERS] = {"Content-Type: application/json", "Expect:", key.bytes, login.bytes};
    struct http_request request = {.url = hook->url,
                                   .body = body,
                                   .headers = headers,
                                   .header_count = *token ? HEADERS : HEADERS - 1,
                                   .deadline = process_now() + timeout,
                                   .body_cap = ANSWER_MOST};
    struct http_response response;
    enum source_end end = http_fetch(&request, &response, said);
    enum alert_end outcome = judge(hook, &response, end, said);
    http_release(&response);
    explicit_bzero(login.bytes, login.length);
    text_release(&login);
    text_release(&key);
    return outcome;
}

static enum alert_end deliver(const json_t *alert, struct error *said)
{
    struct webhook hook = {.place = TEXT_INIT};
    char token[ALERT_CHANNEL_SECRET_MOST] = "";
    char *body = NULL;
    enum alert_end outcome = ALERT_NEVER;
    if (read_webhook(&hook, alert, said))
        body = payload_write(alert, &hook.facts, said);
    if (!body)
        outcome = ALERT_NEVER;
    else if (hook.token_file && !alert_channel_secret(hook.token_file, "token", token, said))
        outcome = ALERT_AGAIN;
    else if (!is_visible(token)) {
        error_set(said, "the first line of the token file \"%s\" is no token", hook.token_file);
        outcome = ALERT_AGAIN;
    } else {
        outcome = post(&hook, body, token, alert_channel_timeout(alert), said);
    }
    explicit_bzero(token, sizeof token);
    free(body);
    text_release(&hook.place);
    return outcome;
}

int main(int argc, char **argv)
{
    return alert_channel_main(argc, argv, deliver);
}

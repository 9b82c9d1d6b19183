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
#include "channels/webhook/target.h"
#include "lib/alert_channel.h"
#include "lib/process.h"

enum { KEY_MOST = 512, HEADERS = 4 };

struct webhook {
    struct alert_facts facts;
    const char *token_file;
    struct target target;
};

static bool read_webhook(struct webhook *hook, const json_t *alert, struct error *error)
{
    static const char *const keys[] = {"url", "format", "token_file", NULL};
    if (!alert_channel_facts(alert, &hook->facts, error) || !alert_channel_texts(alert, keys, error))
        return false;
    const char *url = alert_channel_text(alert, "url");
    hook->token_file = alert_channel_text(alert, "token_file");
    if (!url)
        return error_set(error, "\"url\" is missing");
    if (!*hook->facts.id || strlen(hook->facts.id) > KEY_MOST || !target_visible(hook->facts.id))
        return error_set(error, "\"id\" cannot be a header: it is empty, too long or has blanks");
    return target_read(&hook->target, url, error);
}

static enum alert_end post(const struct webhook *hook, const char *body, const char *token, int64_t timeout,
                           struct error *said)
{
    struct text key = TEXT_INIT, login = TEXT_INIT;
    text_format(&key, "Idempotency-Key: %s", hook->facts.id);
    text_format(&login, "Authorization: Bearer %s", token);
    /* Without "Expect:" a large body waits for a leave that many servers never give. */
    const char *headers[HEADERS] = {"Content-Type: application/json", "Expect:", key.bytes, login.bytes};
    struct http_request request = {.url = hook->target.url,
                                   .body = body,
                                   .headers = headers,
                                   .header_count = *token ? HEADERS : HEADERS - 1,
                                   .deadline = process_now() + timeout,
                                   .body_cap = TARGET_ANSWER_MOST};
    struct http_response response;
    enum source_end end = http_fetch(&request, &response, said);
    enum alert_end outcome = target_judge(&hook->target, &response, end, said);
    http_release(&response);
    explicit_bzero(login.bytes, login.length);
    text_release(&login);
    text_release(&key);
    return outcome;
}

static enum alert_end deliver(const json_t *alert, struct error *said)
{
    struct webhook hook = {.target = {.place = TEXT_INIT}};
    char token[ALERT_CHANNEL_SECRET_MOST] = "";
    char *body = NULL;
    enum alert_end outcome = ALERT_NEVER;
    if (read_webhook(&hook, alert, said))
        body = payload_write(alert, &hook.facts, said);
    if (!body)
        outcome = ALERT_NEVER;
    else if (hook.token_file && !alert_channel_secret(hook.token_file, "token", token, said))
        outcome = ALERT_AGAIN;
    else if (!target_visible(token)) {
        error_set(said, "the first line of the token file \"%s\" is no token", hook.token_file);
        outcome = ALERT_AGAIN;
    } else {
        outcome = post(&hook, body, token, alert_channel_timeout(alert), said);
    }
    explicit_bzero(token, sizeof token);
    free(body);
    target_release(&hook.target);
    return outcome;
}

int main(int argc, char **argv)
{
    return alert_channel_main(argc, argv, deliver);
}

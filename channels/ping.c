/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dead-man signal: one GET that says nothing but that it comes.
 *
 *   {"url", "token_file", "timeout_ms"}
 *
 * The first line of token_file goes as "Authorization: Bearer". Exit codes as those of a webhook. */
#include "channels/webhook/target.h"
#include "lib/process.h"

static enum alert_end ping(const struct target *target, const char *token, int64_t timeout,
                           struct error *said)
{
    struct text login = TEXT_INIT;
    text_format(&login, "Authorization: Bearer %s", token);
    const char *headers[] = {login.bytes};
    struct http_request request = {.url = target->url,
                                   .headers = headers,
                                   .header_count = *token ? 1 : 0,
                                   .deadline = process_now() + timeout,
                                   .body_cap = TARGET_ANSWER_MOST};
    struct http_response response;
    enum source_end end = http_fetch(&request, &response, said);
    enum alert_end outcome = target_judge(target, &response, end, said);
    http_release(&response);
    explicit_bzero(login.bytes, login.length);
    text_release(&login);
    return outcome;
}

static enum alert_end deliver(const json_t *order, struct error *said)
{
    static const char *const keys[] = {"url", "token_file", NULL};
    struct target target = {.place = TEXT_INIT};
    char token[ALERT_CHANNEL_SECRET_MOST] = "";
    const char *url = alert_channel_text(order, "url"), *token_file = alert_channel_text(order, "token_file");
    enum alert_end outcome = ALERT_NEVER;
    if (!alert_channel_texts(order, keys, said) || !target_read(&target, url ? url : "", said))
        outcome = ALERT_NEVER;
    else if (token_file && !alert_channel_secret(token_file, "token", token, said))
        outcome = ALERT_AGAIN;
    else if (!target_visible(token))
        error_set(said, "the first line of the token file \"%s\" is no token", token_file);
    else
        outcome = ping(&target, token, alert_channel_timeout(order), said);
    explicit_bzero(token, sizeof token);
    target_release(&target);
    return outcome;
}

int main(int argc, char **argv)
{
    return alert_channel_main(argc, argv, deliver);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a remediation says to its issue, and asks of it. One JSON object on standard input:
 *
 *   {"do": "state" | "comment" | "reopen", "type", "url", "token_file", "issue", "text", "timeout_ms"}
 *
 * "url" is the address that people use. Prints "open" or "closed" for "state", else what was done; exit 0 done, 1 try
 * again later, 2 never. */
#include "channels/tracker/forge.h"
#include "lib/process.h"

static const struct forge *const forges[] = {&forge_redmine, &forge_github, &forge_gitlab, &forge_jira};

static const struct forge *find_forge(const char *type, struct error *said)
{
    for (size_t i = 0; i < sizeof forges / sizeof forges[0]; i++)
        if (strcmp(forges[i]->type, type) == 0)
            return forges[i];
    (void)error_set(said, "no such type of tracker: \"%.50s\"", type);
    return NULL;
}

static const char *text_of(const json_t *order, const char *key)
{
    const char *text = alert_channel_text(order, key);
    return text ? text : "";
}

static bool is_token(const char *token)
{
    while ((unsigned char)*token > ' ' && *token != '\x7f')
        token++;
    return *token == '\0';
}

/* The token behind the colon, which ends the name; NULL: there is no name. */
static const char *split_pair(char *token)
{
    char *colon = strchr(token, ':');
    if (colon)
        *colon++ = '\0';
    return colon;
}

static enum alert_end ask_state(const struct forge *forge, const struct talk *talk, struct error *said)
{
    bool open = false;
    enum alert_end end = forge->state(talk, &open, said);
    if (end == ALERT_DELIVERED)
        (void)error_set(said, "%s", open ? "open" : "closed");
    return end;
}

static enum alert_end carry_out(const json_t *order, const struct forge *forge, const struct talk *talk,
                                struct error *said)
{
    const char *deed = text_of(order, "do"), *text = text_of(order, "text");
    enum alert_end end = ALERT_NEVER;
    if (strcmp(deed, "state") == 0) {
        end = ask_state(forge, talk, said);
    } else if (strcmp(deed, "comment") == 0 || strcmp(deed, "reopen") == 0) {
        bool comment = *deed == 'c';
        end = comment ? forge->comment(talk, text, said) : forge->reopen(talk, text, said);
        if (end == ALERT_DELIVERED)
            (void)error_set(said, "%s the issue \"%s\"", comment ? "commented on" : "reopened", talk->issue);
    } else {
        (void)error_set(said, "cannot do \"%.50s\"", deed);
    }
    return end;
}

static enum alert_end deliver(const json_t *order, struct error *said)
{
    static const char *const keys[] = {"do", "type", "url", "token_file", "issue", "text", NULL};
    const char *token_file, *issue, *dash, *password;
    const struct forge *forge;
    char token[ALERT_CHANNEL_SECRET_MOST] = "";
    struct text base = TEXT_INIT, header = TEXT_INIT, url = TEXT_INIT, place = TEXT_INIT;
    enum alert_end end = ALERT_NEVER;
    if (!alert_channel_texts(order, keys, said) || !(forge = find_forge(text_of(order, "type"), said)))
        return ALERT_NEVER;
    token_file = alert_channel_text(order, "token_file");
    issue = text_of(order, "issue");
    dash = strrchr(issue, '-');
    text_add(&url, text_of(order, "url"));
    while (url.length && url.bytes[url.length - 1] == '/')
        url.bytes[--url.length] = '\0';
    if (!dash || dash[1] == '\0') {
        (void)error_set(said, "not an issue: \"%.50s\"", issue);
    } else if (token_file && !alert_channel_secret(token_file, "token", token, said)) {
        end = ALERT_AGAIN;
    } else if (!is_token(token)) {
        (void)error_set(said, "the first line of the token file \"%s\" is no token", token_file);
        end = ALERT_AGAIN;
    } else {
        password = forge->pair ? split_pair(token) : NULL;
        forge->base(&base, url.bytes);
        text_format(&header, "%s%s", forge->header, token);
        text_add(&place, forge->place);
        talk_escape(&place, forge->whole ? issue : dash + 1);
        const struct talk talk = {.base = base.bytes,
                                  .header = *token && !password ? header.bytes : NULL,
                                  .user = password ? token : NULL,
                                  .password = password,
                                  .place = place.bytes,
                                  .issue = issue,
                                  .deadline = process_now() + alert_channel_timeout(order)};
        end = carry_out(order, forge, &talk, said);
    }
    explicit_bzero(token, sizeof token);
    explicit_bzero(header.bytes, header.length);
    text_release(&header);
    text_release(&place);
    text_release(&base);
    text_release(&url);
    return end;
}

int main(int argc, char **argv)
{
    return alert_channel_main(argc, argv, deliver);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GitLab. Source: its REST API version 4, issues and notes. */
#include "channels/tracker/forge.h"

/* https://HOST/GROUP/PROJECT -> https://HOST/api/v4/projects/GROUP%2FPROJECT */
static void write_base(struct text *base, const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    text_add_bytes(base, url, path ? (size_t)(path - url) : strlen(url));
    text_add(base, "/api/v4/projects/");
    talk_escape(base, path ? path + 1 : "");
}

static enum alert_end ask(const struct talk *talk, const char *method, const char *more, json_t *body,
                          json_t **answer, struct error *said)
{
    struct text path = TEXT_INIT;
    text_add(&path, "/issues/");
    talk_escape(&path, talk->number);
    text_add(&path, more);
    enum alert_end end = talk_ask(talk, method, path.bytes, body, answer, said);
    json_decref(body);
    text_release(&path);
    return end;
}

static enum alert_end ask_state(const struct talk *talk, bool *open, struct error *said)
{
    json_t *answer = NULL;
    enum alert_end end = ask(talk, "GET", "", NULL, &answer, said);
    const char *state = talk_text(answer, "state");
    *open = strcmp(state, "opened") == 0 || strcmp(state, "reopened") == 0;
    if (end == ALERT_DELIVERED && !*open && strcmp(state, "closed") != 0) {
        (void)error_set(said, "the tracker answered without a state");
        end = ALERT_AGAIN;
    }
    json_decref(answer);
    return end;
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return ask(talk, "POST", "/notes", json_pack("{s:s}", "body", text), NULL, said);
}

static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    enum alert_end end = ask(talk, "PUT", "", json_pack("{s:s}", "state_event", "reopen"), NULL, said);
    return end == ALERT_DELIVERED ? comment(talk, text, said) : end;
}

const struct forge forge_gitlab = {"gitlab", "PRIVATE-TOKEN: ", write_base, ask_state, comment, reopen};

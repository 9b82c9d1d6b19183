/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GitHub, and GitHub Enterprise on a host of its own. Source: GitHub's REST API, issues and comments. */
#include "channels/tracker/forge.h"

/* https://github.com/OWNER/REPO -> https://api.github.com/repos/OWNER/REPO; elsewhere HOST/api/v3/repos/OWNER/REPO. */
static void write_base(struct text *base, const char *url)
{
    static const char public[] = "https://github.com/";
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    if (strncmp(url, public, sizeof public - 1) == 0)
        text_format(base, "https://api.github.com/repos/%s", url + sizeof public - 1);
    else if (path)
        text_format(base, "%.*s/api/v3/repos%s", (int)(path - url), url, path);
    else
        text_add(base, url);
}

static void write_path(struct text *path, const struct talk *talk, const char *more)
{
    text_add(path, "/issues/");
    talk_escape(path, talk->number);
    text_add(path, more);
}

static enum alert_end ask(const struct talk *talk, const char *method, const char *more, json_t *body,
                          json_t **answer, struct error *said)
{
    struct text path = TEXT_INIT;
    write_path(&path, talk, more);
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
    *open = strcmp(state, "open") == 0;
    if (end == ALERT_DELIVERED && !*open && strcmp(state, "closed") != 0) {
        (void)error_set(said, "the tracker answered without a state");
        end = ALERT_AGAIN;
    }
    json_decref(answer);
    return end;
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return ask(talk, "POST", "/comments", json_pack("{s:s}", "body", text), NULL, said);
}

static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    enum alert_end end = ask(talk, "PATCH", "", json_pack("{s:s}", "state", "open"), NULL, said);
    return end == ALERT_DELIVERED ? comment(talk, text, said) : end;
}

const struct forge forge_github = {"github", "Authorization: Bearer ", write_base, ask_state, comment,
                                   reopen};

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

static enum alert_end state(const struct talk *talk, bool *open, struct error *said)
{
    static const char *const opens[] = {"opened", "reopened", NULL}, *const closes[] = {"closed", NULL};
    return talk_state(talk, "", "state", opens, closes, open, said);
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return talk_issue(talk, "POST", "/notes", json_pack("{s:s}", "body", text), NULL, said);
}

static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    enum alert_end end = talk_issue(talk, "PUT", "", json_pack("{s:s}", "state_event", "reopen"), NULL, said);
    return talk_reopened(talk, end, comment, text, said);
}

const struct forge forge_gitlab = {.type = "gitlab",
                                   .header = "PRIVATE-TOKEN: ",
                                   .place = "/issues/",
                                   .base = write_base,
                                   .state = state,
                                   .comment = comment,
                                   .reopen = reopen};

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

static enum alert_end state(const struct talk *talk, bool *open, struct error *said)
{
    static const char *const opens[] = {"open", NULL}, *const closes[] = {"closed", NULL};
    return talk_state(talk, "", "state", opens, closes, open, said);
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return talk_issue(talk, "POST", "/comments", json_pack("{s:s}", "body", text), NULL, said);
}

static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    enum alert_end end = talk_issue(talk, "PATCH", "", json_pack("{s:s}", "state", "open"), NULL, said);
    return talk_reopened(talk, end, comment, text, said);
}

const struct forge forge_github = {.type = "github",
                                   .header = "Authorization: Bearer ",
                                   .place = "/issues/",
                                   .base = write_base,
                                   .state = state,
                                   .comment = comment,
                                   .reopen = reopen};

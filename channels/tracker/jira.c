/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jira. Source: its REST API version 2: issues, comments, transitions. An issue is named with its prefix. A personal access
 * token of Data Center is a bearer token; Cloud wants that of a user with the mail address by HTTP Basic. */
#include "channels/tracker/forge.h"

static void write_base(struct text *base, const char *url)
{
    text_format(base, "%s/rest/api/2", url);
}

/* Whatever a status is called, its category says whether it is an end. */
static enum alert_end state(const struct talk *talk, bool *open, struct error *said)
{
    static const char *const closes[] = {"done", NULL};
    return talk_state(talk, "?fields=status", "fields.status.statusCategory.key", NULL, closes, open, said);
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return talk_issue(talk, "POST", "/comment", json_pack("{s:s}", "body", text), NULL, said);
}

/* The first transition that leads to what is no end. */
static const char *way_back(const json_t *answer)
{
    size_t index;
    const json_t *transition;
    json_array_foreach(talk_at(answer, "transitions"), index, transition)
        if (strcmp(talk_text(transition, "to.statusCategory.key"), "done") != 0)
            return talk_text(transition, "id");
    return "";
}

static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    json_t *answer = NULL;
    enum alert_end end = talk_issue(talk, "GET", "/transitions", NULL, &answer, said);
    const char *id = way_back(answer);
    if (end == ALERT_DELIVERED && !*id) {
        (void)error_set(said, "no transition that the token's user may use leads out of it");
        end = ALERT_NEVER;
    }
    if (end == ALERT_DELIVERED)
        end = talk_issue(talk, "POST", "/transitions", json_pack("{s:{s:s}}", "transition", "id", id), NULL,
                         said);
    json_decref(answer);
    return talk_reopened(talk, end, comment, text, said);
}

const struct forge forge_jira = {.type = "jira",
                                 .header = "Authorization: Bearer ",
                                 .place = "/issue/",
                                 .whole = true,
                                 .pair = true,
                                 .base = write_base,
                                 .state = state,
                                 .comment = comment,
                                 .reopen = reopen};

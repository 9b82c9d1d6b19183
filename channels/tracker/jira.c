/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jira. Source: its REST API version 2: issues, comments, transitions. An issue is named with its prefix. */
#include "channels/tracker/forge.h"

static void write_base(struct text *base, const char *url)
{
    text_format(base, "%s/rest/api/2", url);
}

static enum alert_end ask(const struct talk *talk, const char *method, const char *more, json_t *body,
                          json_t **answer, struct error *said)
{
    struct text path = TEXT_INIT;
    text_add(&path, "/issue/");
    talk_escape(&path, talk->issue);
    text_add(&path, more);
    enum alert_end end = talk_ask(talk, method, path.bytes, body, answer, said);
    json_decref(body);
    text_release(&path);
    return end;
}

/* Whatever a status is called, its category says whether it is an end. */
static enum alert_end ask_state(const struct talk *talk, bool *open, struct error *said)
{
    json_t *answer = NULL;
    enum alert_end end = ask(talk, "GET", "?fields=status", NULL, &answer, said);
    const char *category = talk_text(answer, "fields.status.statusCategory.key");
    *open = strcmp(category, "done") != 0;
    if (end == ALERT_DELIVERED && !*category) {
        (void)error_set(said, "the tracker answered without a state");
        end = ALERT_AGAIN;
    }
    json_decref(answer);
    return end;
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return ask(talk, "POST", "/comment", json_pack("{s:s}", "body", text), NULL, said);
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
    enum alert_end end = ask(talk, "GET", "/transitions", NULL, &answer, said);
    const char *id = way_back(answer);
    if (end == ALERT_DELIVERED && !*id) {
        (void)error_set(said, "the tracker knows no way to reopen the issue \"%s\"", talk->issue);
        end = ALERT_NEVER;
    }
    if (end == ALERT_DELIVERED)
        end = ask(talk, "POST", "/transitions", json_pack("{s:{s:s}}", "transition", "id", id), NULL, said);
    json_decref(answer);
    return end == ALERT_DELIVERED ? comment(talk, text, said) : end;
}

const struct forge forge_jira = {"jira", "Authorization: Bearer ", write_base, ask_state, comment, reopen};

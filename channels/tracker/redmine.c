/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Redmine. Source: its REST API, issues and issue statuses. */
#include "channels/tracker/forge.h"

static void write_base(struct text *base, const char *url)
{
    text_add(base, url);
}

/* From 5.0 on a status says whether it is closed; before, the day of the closing does. */
static enum alert_end ask_state(const struct talk *talk, bool *open, struct error *said)
{
    json_t *answer = NULL;
    enum alert_end end = talk_issue(talk, "GET", ".json", NULL, &answer, said);
    const json_t *closed = talk_at(answer, "issue.status.is_closed");
    if (end == ALERT_DELIVERED && !json_is_object(talk_at(answer, "issue"))) {
        (void)error_set(said, "the tracker answered without an issue");
        end = ALERT_AGAIN;
    }
    *open = closed ? json_is_false(closed) : *talk_text(answer, "issue.closed_on") == '\0';
    json_decref(answer);
    return end;
}

static enum alert_end put(const struct talk *talk, json_t *issue, struct error *said)
{
    return talk_issue(talk, "PUT", ".json", json_pack("{s:o}", "issue", issue), NULL, said);
}

static enum alert_end comment(const struct talk *talk, const char *text, struct error *said)
{
    return put(talk, json_pack("{s:s}", "notes", text), said);
}

/* The first status that is not closed: in a new installation, "New". */
static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    json_t *answer = NULL;
    size_t index;
    const json_t *status, *found = NULL;
    enum alert_end end = talk_ask(talk, "GET", "/issue_statuses.json", NULL, &answer, said);
    json_array_foreach(talk_at(answer, "issue_statuses"), index, status)
        if (!found && !json_is_true(json_object_get(status, "is_closed")))
            found = json_object_get(status, "id");
    if (end == ALERT_DELIVERED && !json_is_integer(found)) {
        (void)error_set(said, "the tracker has no status that is open");
        end = ALERT_NEVER;
    }
    if (end == ALERT_DELIVERED)
        end = put(talk, json_pack("{s:s, s:I}", "notes", text, "status_id", json_integer_value(found)), said);
    json_decref(answer);
    return end;
}

const struct forge forge_redmine = {.type = "redmine",
                                    .header = "X-Redmine-API-Key: ",
                                    .place = "/issues/",
                                    .base = write_base,
                                    .state = ask_state,
                                    .comment = comment,
                                    .reopen = reopen};

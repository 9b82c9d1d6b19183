/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Redmine. Source: its REST API, issues and issue statuses. */
#include "channels/tracker/forge.h"

static void write_base(struct text *base, const char *url)
{
    text_add(base, url);
}

static enum alert_end without_state(struct error *said)
{
    (void)error_set(said, "the tracker answered without a state");
    return ALERT_AGAIN;
}

static enum alert_end ask_statuses(const struct talk *talk, json_t **answer, struct error *said)
{
    return talk_ask(talk, "GET", "/issue_statuses.json", NULL, answer, said);
}

/* From 5.0 on an issue's status says whether it is an end; before, only the list of all statuses does. The day of the
 * closing says nothing: it stays when the issue is reopened. */
static enum alert_end judge_status(const struct talk *talk, const json_t *status, bool *open,
                                   struct error *said)
{
    const json_t *closed = json_object_get(status, "is_closed"), *id = json_object_get(status, "id"), *one;
    json_t *answer = NULL;
    enum alert_end end = ALERT_DELIVERED;
    size_t index;
    if (!closed && json_is_integer(id)) {
        end = ask_statuses(talk, &answer, said);
        json_array_foreach(talk_at(answer, "issue_statuses"), index, one)
            if (json_equal(json_object_get(one, "id"), id))
                closed = json_object_get(one, "is_closed");
    }
    *open = json_is_false(closed);
    if (end == ALERT_DELIVERED && !json_is_boolean(closed))
        end = without_state(said);
    json_decref(answer);
    return end;
}

/* The issue, for json_decref, and whether it is open. */
static enum alert_end ask_issue(const struct talk *talk, const char *more, json_t **answer, bool *open,
                                struct error *said)
{
    *open = false;
    enum alert_end end = talk_issue(talk, "GET", more, NULL, answer, said);
    if (end == ALERT_DELIVERED)
        end = judge_status(talk, talk_at(*answer, "issue.status"), open, said);
    return end;
}

static enum alert_end ask_state(const struct talk *talk, bool *open, struct error *said)
{
    json_t *answer = NULL;
    enum alert_end end = ask_issue(talk, ".json", &answer, open, said);
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

/* The id of the first status that is no end: in a new installation, "New". NULL: there is none. */
static json_t *first_open(const json_t *statuses)
{
    size_t index;
    const json_t *status;
    json_array_foreach(statuses, index, status)
        if (json_is_false(json_object_get(status, "is_closed")) &&
            json_is_integer(json_object_get(status, "id")))
            return json_object_get(status, "id");
    return NULL;
}

/* A status that the workflow does not allow is passed over without a word (204 all the same), so that the issue is looked
 * at afterwards. That look alone is no reason to say the same once more. One that demands a field is refused (422), and
 * the notes with it. */
static enum alert_end put_open(const struct talk *talk, const char *text, json_t *status, struct error *said)
{
    bool open = true;
    struct error ignored;
    enum alert_end end = put(talk, json_pack("{s:s, s:O*}", "notes", text, "status_id", status), said);
    if (end == ALERT_NEVER && status)
        return talk_reopened(talk, end, comment, text, said);
    if (end != ALERT_DELIVERED || ask_state(talk, &open, &ignored) != ALERT_DELIVERED || open)
        return end;
    (void)error_set(said,
                    "commented on the issue \"%s\", which stays closed: its workflow does not let the "
                    "token's user reopen it",
                    talk->issue);
    return ALERT_NEVER;
}

/* From 5.0 on an issue tells to what the token's user may set it. */
static enum alert_end reopen(const struct talk *talk, const char *text, struct error *said)
{
    json_t *answer = NULL, *all = NULL;
    bool open;
    enum alert_end end = ask_issue(talk, ".json?include=allowed_statuses", &answer, &open, said);
    const json_t *statuses = talk_at(answer, "issue.allowed_statuses");
    if (end == ALERT_DELIVERED && !open && !statuses) {
        end = ask_statuses(talk, &all, said);
        statuses = talk_at(all, "issue_statuses");
    }
    if (end == ALERT_DELIVERED)
        end = open ? comment(talk, text, said) : put_open(talk, text, first_open(statuses), said);
    json_decref(all);
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

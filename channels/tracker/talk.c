/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/tracker/talk.h"

#include "collectors/http.h"
#include "collectors/http_status.h"
#include "lib/clean.h"

#include <ctype.h>

enum { ANSWER_MOST = 4 << 20, REASON_MOST = 200 };

/* GitHub says 403 to who has asked too often. */
static bool is_throttled(const struct http_response *response)
{
    struct text after = TEXT_INIT, remaining = TEXT_INIT;
    bool throttled =
        response->status == 429 ||
        (response->status == 403 &&
         (http_header(response, "Retry-After", &after) ||
          (http_header(response, "X-RateLimit-Remaining", &remaining) && strcmp(remaining.bytes, "0") == 0)));
    text_release(&after);
    text_release(&remaining);
    return throttled;
}

/* A token can be mended while a message waits. */
static bool may_pass(int status)
{
    return status < 200 || status == 401 || status == 408 || status >= 500;
}

/* The tracker's own reason: Redmine's "errors", Jira's "errorMessages", the "message" of GitHub and GitLab. */
static void add_reason(struct text *text, const struct http_response *response)
{
    json_t *answer = json_loadb(response->body.bytes, response->body.length, 0, NULL);
    const json_t *reason = json_array_get(json_object_get(answer, "errors"), 0);
    if (!reason)
        reason = json_array_get(json_object_get(answer, "errorMessages"), 0);
    if (!reason)
        reason = json_object_get(answer, "message");
    if (json_is_string(reason)) {
        text_add(text, ": ");
        clean_text(text, json_string_value(reason));
        clean_cut(text, REASON_MOST);
    }
    json_decref(answer);
}

static void say_status(const struct http_response *response, struct error *said)
{
    struct text reason = TEXT_INIT;
    add_reason(&reason, response);
    (void)error_set(said, "the tracker answered %d %s%s", response->status,
                    http_status_name(response->status), reason.length ? reason.bytes : "");
    text_release(&reason);
}

static enum alert_end judge(const struct talk *talk, const struct http_response *response, struct error *said)
{
    int status = response->status;
    bool throttled = is_throttled(response);
    if (status / 100 == 2)
        return ALERT_DELIVERED;
    if (throttled)
        (void)error_set(said, "the tracker says that it is asked too often (%d)", status);
    else if (status == 401)
        (void)error_set(said, "the tracker refuses the token (401)");
    else if (status == 403)
        (void)error_set(said, "the tracker does not let the token's user at the issue \"%s\" (403)",
                        talk->issue);
    else if (status == 404 || status == 410)
        (void)error_set(said, "the tracker has no issue \"%s\"", talk->issue);
    else if (status >= 200)
        say_status(response, said);
    return throttled || may_pass(status) ? ALERT_AGAIN : ALERT_NEVER;
}

static enum alert_end read_answer(const struct http_response *response, json_t **answer, struct error *said)
{
    json_error_t where;
    if (!answer || response->body.length == 0)
        return ALERT_DELIVERED;
    *answer = json_loadb(response->body.bytes, response->body.length, 0, &where);
    if (*answer)
        return ALERT_DELIVERED;
    (void)error_set(said, "the tracker answered what is no JSON: %.100s", where.text);
    return ALERT_AGAIN;
}

enum alert_end talk_ask(const struct talk *talk, const char *method, const char *path, const json_t *body,
                        json_t **answer, struct error *said)
{
    /* Without "Expect:" a body waits for a leave that many servers never give. */
    const char *headers[] = {"Accept: application/json", "User-Agent: watchbill",
                             "Expect:", "Content-Type: application/json", talk->header};
    struct text url = TEXT_INIT;
    char *bytes = body ? json_dumps(body, JSON_COMPACT) : NULL;
    text_format(&url, "%s%s", talk->base, path);
    const struct http_request request = {.url = url.bytes,
                                         .method = method,
                                         .body = bytes,
                                         .headers = headers,
                                         .header_count =
                                             sizeof headers / sizeof headers[0] - (talk->header ? 0 : 1),
                                         .user = talk->user,
                                         .password = talk->password,
                                         .follow = 0,
                                         .deadline = talk->deadline,
                                         .body_cap = ANSWER_MOST};
    struct http_response response;
    if (answer)
        *answer = NULL;
    (void)http_fetch(&request, &response, said);
    enum alert_end end = judge(talk, &response, said);
    if (end == ALERT_DELIVERED)
        end = read_answer(&response, answer, said);
    http_release(&response);
    free(bytes);
    text_release(&url);
    return end;
}

enum alert_end talk_issue(const struct talk *talk, const char *method, const char *more, json_t *body,
                          json_t **answer, struct error *said)
{
    struct text path = TEXT_INIT;
    text_format(&path, "%s%s", talk->place, more);
    enum alert_end end = talk_ask(talk, method, path.bytes, body, answer, said);
    json_decref(body);
    text_release(&path);
    return end;
}

enum alert_end talk_reopened(const struct talk *talk, enum alert_end end, talk_comment *comment,
                             const char *text, struct error *said)
{
    struct error why = *said;
    if (end == ALERT_AGAIN)
        return end;
    enum alert_end told = comment(talk, text, said);
    if (told != ALERT_DELIVERED || end == ALERT_DELIVERED)
        return told;
    (void)error_set(said, "commented on the issue \"%s\", which stays closed: %s", talk->issue, why.text);
    return end;
}

static bool is_one_of(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

enum alert_end talk_state(const struct talk *talk, const char *more, const char *where,
                          const char *const *open, const char *const *closed, bool *is_open,
                          struct error *said)
{
    json_t *answer = NULL;
    enum alert_end end = talk_issue(talk, "GET", more, NULL, &answer, said);
    const char *state = talk_text(answer, where);
    bool is_closed = closed && is_one_of(closed, state);
    *is_open = open ? is_one_of(open, state) : *state && !is_closed;
    if (end == ALERT_DELIVERED && !*is_open && !is_closed) {
        (void)error_set(said, "the tracker answered without a state");
        end = ALERT_AGAIN;
    }
    json_decref(answer);
    return end;
}

const json_t *talk_at(const json_t *object, const char *path)
{
    char name[64];
    while (object && *path) {
        size_t length = strcspn(path, ".");
        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        object = json_object_get(object, name);
        path += length + (path[length] == '.');
    }
    return object;
}

const char *talk_text(const json_t *object, const char *path)
{
    const char *text = json_string_value(talk_at(object, path));
    return text ? text : "";
}

void talk_escape(struct text *text, const char *name)
{
    for (; *name; name++) {
        unsigned char byte = (unsigned char)*name;
        if (isalnum(byte) || strchr("-_.~", byte))
            text_add_char(text, *name);
        else
            text_format(text, "%%%02X", byte);
    }
}

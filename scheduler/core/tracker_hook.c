/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/tracker_hook.h"

#include <stdio.h>
#include <string.h>

enum { DEEPEST = 3, NUMBER_BYTES = 24 };

static const struct {
    const char *type, *header;
    bool is_signed;
} headers[] = {
    {"github", "X-Hub-Signature-256", true},
    {"gitlab", "X-Gitlab-Token", false},
    {"jira", "X-Hub-Signature", true},
    {"redmine", "X-Redmine-Signature-256", true},
};

/* Where the issue is named: of events about an issue, and of comments on one. Redmine has plugins besides, of which the
 * common ones are these. */
static const struct {
    const char *type;
    const char *path[DEEPEST + 1];
} places[] = {
    {"github", {"issue", "number"}},      {"gitlab", {"object_attributes", "iid"}},
    {"gitlab", {"issue", "iid"}},         {"jira", {"issue", "key"}},
    {"redmine", {"data", "issue", "id"}}, {"redmine", {"payload", "issue", "id"}},
    {"redmine", {"issue", "id"}},
};

const char *tracker_hook_header(const char *type, bool *is_signed)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (strcmp(headers[i].type, type) != 0)
            continue;
        *is_signed = headers[i].is_signed;
        return headers[i].header;
    }
    *is_signed = false;
    return NULL;
}

const char *tracker_hook_signature(const char *value)
{
    static const char algorithm[] = "sha256=";
    return strncmp(value, algorithm, sizeof algorithm - 1) == 0 ? value + sizeof algorithm - 1 : NULL;
}

static const json_t *member_at(const json_t *body, const char *const *path)
{
    for (; body && *path; path++)
        body = json_object_get(body, *path);
    return body;
}

/* A key is the whole name of an issue, a number what is behind its last dash. */
static bool names(const json_t *value, const char *issue)
{
    char number[NUMBER_BYTES];
    const char *dash = strrchr(issue, '-');
    if (json_is_string(value))
        return strcmp(json_string_value(value), issue) == 0;
    (void)snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return dash && strcmp(dash + 1, number) == 0;
}

bool tracker_hook_concerns(const char *type, const json_t *body, const char *issue)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const json_t *value = strcmp(places[i].type, type) == 0 ? member_at(body, places[i].path) : NULL;
        if (json_is_string(value) || json_is_integer(value))
            return names(value, issue);
    }
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_issues.h"

#include "scheduler/io/config.h"
#include "scheduler/io/config_document.h"

#include <string.h>

static const char *state_of(const struct node *root, const char *issue)
{
    const struct entry *entry = root && root->kind == NODE_MAP ? config_document_find(root, issue) : NULL;
    const struct entry *state =
        entry && entry->value->kind == NODE_MAP ? config_document_find(entry->value, "state") : NULL;
    return state && state->value->kind == NODE_TEXT ? state->value->text : NULL;
}

bool config_issue_read(const char *path, const char *issue, bool *open, struct error *error)
{
    struct arena *arena = arena_create();
    struct findings_draft draft = {0};
    struct findings findings = {0};
    const char *file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const struct node *root = config_document_load(path, file, arena, arena, &draft);
    const char *state = state_of(root, issue);
    bool good = true;
    findings_finish(&draft, &findings);
    if (findings.errors)
        good = error_set(error, "%s", findings.items[0].text);
    else if (!state)
        good = error_set(error, "%s says no state of the issue \"%s\"", file, issue);
    else if (strcmp(state, "open") == 0 || strcmp(state, "closed") == 0)
        *open = *state == 'o';
    else
        good = error_set(error, "%s: the state of \"%s\" is neither open nor closed: \"%.50s\"", file, issue,
                         state);
    findings_release(&findings);
    arena_free(arena);
    return good;
}

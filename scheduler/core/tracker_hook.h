/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the webhook of a tracker brings: how it proves where it comes from, and of which issue it speaks. Nothing else
 * of it is believed: the tracker is asked. Sources: the manuals of GitHub (X-Hub-Signature-256), Jira
 * (X-Hub-Signature) and GitLab (X-Gitlab-Token), Redmine 7 (app/models/webhook.rb). */
#ifndef WATCHBILL_CORE_TRACKER_HOOK_H
#define WATCHBILL_CORE_TRACKER_HOOK_H

#include <jansson.h>
#include <stdbool.h>

/* tracker_hook_header(type, is_signed): the header with which a tracker of that type proves itself; NULL: it has none
 * of its own. *is_signed: it signs the body; else it sends the secret. */
const char *tracker_hook_header(const char *type, bool *is_signed);

/* tracker_hook_signature(value): the hexadecimal digits behind "sha256=" of such a header; NULL: it is none. */
const char *tracker_hook_signature(const char *value);

/* tracker_hook_concerns(type, body, issue): whether the call may be about ${issue} ("OPS-1423"): its body names that
 * one, or none that is recognised. ${body} is NULL when it is no JSON. */
bool tracker_hook_concerns(const char *type, const json_t *body, const char *issue);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a webhook, by the key "format" of the alert:
 *
 *   json          ours, which is the default: {"id","kind","urgency","host","check","state","problem","at","subject",
 *                 "text","user"} in this order, and "members", "events", "remediations" and "told" where there are
 *                 any, as scheduler/core/notice.h describes them
 *   alertmanager  the webhook payload of Prometheus Alertmanager, version 4. One alert for each check, resolved when
 *                 it is OK; its fingerprint is of host and check alone, so that it stays while the state changes
 *   slack         {"text"} in the markup of Slack, which Mattermost and Rocket.Chat read too */
#ifndef WATCHBILL_CHANNELS_WEBHOOK_PAYLOAD_H
#define WATCHBILL_CHANNELS_WEBHOOK_PAYLOAD_H

#include "lib/alert_channel.h"

/* payload_write(alert, facts, error): compact JSON, the caller's to free; NULL with a sentence. */
char *payload_write(const json_t *alert, const struct alert_facts *facts, struct error *error);

#endif

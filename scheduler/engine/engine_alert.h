/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WATCHBILL_ENGINE_ALERT_H
#define WATCHBILL_ENGINE_ALERT_H

#include "scheduler/core/notice_facts.h"

/* alert_json(source): everything a channel needs, as one object: that of scheduler/core/notice.h with the words and
 * the contact's address; a new reference. */
json_t *alert_json(const struct notice_source *source);

/* alert_refresh(alert, site): a mail that waits goes to the server that is configured now. */
void alert_refresh(json_t *alert, const struct site *site);

#endif

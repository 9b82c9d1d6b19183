/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the configuration says of days, seen from today. */
#include "lib/zone.h"
#include "scheduler/core/remedy.h"
#include "scheduler/io/config_findings.h"

#include <inttypes.h>

#define DAY INT64_C(86400)

static void look(const struct remediation *remediation, int64_t now, struct findings_draft *draft)
{
    int64_t year = 0, expiry = remedy_expiry(remediation) / 1000;
    int month = 0, day = 0;
    civil_from_days(expiry / DAY - 1, &year, &month, &day);
    if (remediation->tagged * DAY > now)
        findings_warning(
            draft, remediation->place,
            "\"tagged\" is a day that is still to come, in UTC; until then it is refused: \"%s\"",
            remediation->tagged_text);
    else if (now >= expiry)
        findings_warning(draft, remediation->place,
                         "its TTL ended with %04" PRId64 "-%02d-%02d, and it is disarmed", year, month, day);
}

void config_days(const struct model *model, int64_t now, struct findings *findings)
{
    struct findings_draft draft = {0};
    for (size_t i = 0; i < model->remediation_count; i++)
        look(model->remediations[i], now, &draft);
    findings_finish(&draft, findings);
}

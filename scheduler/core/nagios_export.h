/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a configuration as objects of Nagios: what is checked, by whom and when. What Nagios cannot say is a
 * finding. */
#ifndef WATCHBILL_CORE_NAGIOS_EXPORT_H
#define WATCHBILL_CORE_NAGIOS_EXPORT_H

#include "lib/text.h"
#include "scheduler/core/nagios_text.h"

struct nagios_export_options {
    int64_t interval;      /* ms of interval_length */
    const char *remediate; /* the path of nagios/remediate */
};

/* nagios_export(model, options, arena, text, findings): definitions of timeperiods, commands, contacts, contactgroups,
 * hostgroups, hosts, services and dependencies. ${findings->arena} is set. The same model gives the same bytes. */
void nagios_export(const struct model *model, const struct nagios_export_options *options,
                   struct arena *arena, struct text *text, struct nagios_findings *findings);

#endif

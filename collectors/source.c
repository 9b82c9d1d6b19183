/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/source.h"

bool source_failed(struct report *report, enum source_end end, const struct error *error, int64_t limit)
{
    if (end == SOURCE_TIMEOUT)
        return report_late(report, "timed out after %.1f s while %s", (double)limit / 1000, error->text);
    return report_failure(report, end == SOURCE_FAULT ? VERDICT_CRITICAL : VERDICT_UNKNOWN, "%s",
                          error->text);
}

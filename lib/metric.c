/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/metric.h"

static const char *const names[] = {
    [METRIC_GAUGE] = "GAUGE",
    [METRIC_COUNTER] = "COUNTER",
    [METRIC_DERIVE] = "DERIVE",
    [METRIC_ABSOLUTE] = "ABSOLUTE",
};

const char *metric_type_name(enum metric_type type)
{
    return names[type];
}

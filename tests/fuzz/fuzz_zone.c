/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hostile TZif file must be refused or be usable at every instant. */
#include "lib/zone.h"
#include "lib/zone_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const int64_t instants[] = {INT64_MIN, -5000000000, 0, 1792888200, 4102444800, INT64_MAX};
    struct zone_rule rule;
    struct error error;
    struct zone *zone = zone_from_bytes(bytes, length, &error);
    (void)zone_rule_read((const char *)bytes, length, &rule);
    for (size_t i = 0; zone && i < sizeof instants / sizeof instants[0]; i++) {
        struct civil civil = zone_civil(zone, instants[i]);
        (void)zone_instant(zone, civil);
        int64_t next = zone_next_change(zone, instants[i]);
        if (next <= instants[i] && next != INT64_MAX && instants[i] < INT64_MAX / 4)
            abort();
    }
    zone_free(zone);
    return 0;
}

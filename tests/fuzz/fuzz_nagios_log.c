/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a line of nagios.log. */
#include "collectors/nagios_log.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *line = (const char *)bytes;
    struct nagios_log_entry entry;
    if (nagios_log_parse(line, length, &entry)) {
        assert(entry.at >= 0);
        assert(entry.host.length > 0 && entry.host.at + entry.host.length <= line + length);
        assert(entry.state.length > 0 && entry.state.at + entry.state.length <= line + length);
    }
    return 0;
}

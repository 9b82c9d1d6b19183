/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a line of a mail server's log. */
#include "collectors/maillog.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *line = (const char *)bytes;
    struct maillog_delivery delivery;
    if (maillog_parse(line, length, &delivery)) {
        bool inside = delivery.relay >= line && delivery.relay + delivery.relay_length <= line + length;
        assert(inside || strcmp(delivery.relay, "local") == 0);
        assert(delivery.relay_length > 0);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a line of /proc/net/tcp. */
#include "collectors/sockets.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct sockets_row row = {.kind = "tcp"};
    if (sockets_parse((const char *)bytes, length, &row)) {
        assert(strlen(row.local) >= 5 && strrchr(row.local, ':'));
        assert(strlen(row.remote) >= 5 && strrchr(row.remote, ':'));
        assert(row.state <= 255 && *sockets_state_name(row.state));
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a ledger: read, summed up, and still fit to take another run. */
#include "lib/ledger.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void ignore(void *owner, const json_t *line)
{
    (void)owner;
    (void)line;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char path[64];
    size_t bad;
    struct error error;
    int fd = memfd_create("ledger", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!ledger_read(path, ignore, NULL, &bad, &error))
        abort();
    json_decref(ledger_summary(path, NULL, 0, 1795200000, NULL, &error));
    json_decref(ledger_text((const char *)bytes, length));
    close(fd);
    return 0;
}

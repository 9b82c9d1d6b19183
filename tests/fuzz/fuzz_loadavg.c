/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as /proc/loadavg. */
#include "collectors/loadavg.h"
#include "lib/memory.h"

#include <assert.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *input = memory_text_of((const char *)bytes, length);
    struct loadavg loadavg;
    struct error error = {""};
    if (loadavg_parse(input, &loadavg, &error))
        assert(isfinite(loadavg.load[0]) && loadavg.load[2] >= 0 && loadavg.threads >= 0);
    else
        assert(error.text[0] != '\0');
    free(input);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text is refused with a sentence, or is a range that goes upwards; its ends are within it, and "@" turns it round. */
#include "lib/memory.h"
#include "lib/range.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = memory_text_of((const char *)data, size);
    struct range range;
    struct error error = {""};
    bool good = range_read(input, &range, &error);
    if (good == (error.text[0] != '\0'))
        abort();
    if (good && range.given) {
        if (range.start > range.end || range_alerts(&range, range.start) != range.inside ||
            range_alerts(&range, range.end) != range.inside)
            abort();
        range.inside = !range.inside;
        if (range_alerts(&range, range.start) != range.inside)
            abort();
    }
    free(input);
    return 0;
}

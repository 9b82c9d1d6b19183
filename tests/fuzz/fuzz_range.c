/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is read as a range is written so that it reads as the same range. */
#include "lib/memory.h"
#include "lib/range.h"

#include <math.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool near(double a, double b)
{
    return isinf(a) ? isinf(b) : fabs(a - b) <= fabs(b) * 1e-14;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = memory_text_of((const char *)data, size);
    struct range range, again;
    struct error error;
    if (range_read(input, &range, &error) && range.given) {
        struct text text = TEXT_INIT;
        range_write(&text, &range);
        if (!range_read(text.bytes, &again, &error) || again.inside != range.inside)
            abort();
        if (!near(again.start, range.start) || !near(again.end, range.end))
            abort();
        text_release(&text);
    }
    free(input);
    return 0;
}

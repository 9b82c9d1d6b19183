/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a number, a whole number and a duration: what is read is written so that it reads as the same. */
#include "lib/memory.h"
#include "lib/number.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_number(const char *input, bool exponent)
{
    double value, again;
    struct text text = TEXT_INIT;
    if (number_read(input, exponent, &value)) {
        assert(isfinite(value));
        number_write(&text, value);
        assert(number_read(text.bytes, false, &again));
        assert(fabs(again - value) <= fabs(value) * 1e-14);
    }
    text_release(&text);
}

static void check_duration(const char *input)
{
    int64_t value, again;
    struct error error = {""};
    struct text text = TEXT_INIT;
    if (duration_read(input, &value, &error)) {
        assert(value >= 0 && value <= 100LL * 366 * 86400 * 1000);
        duration_write(&text, value);
        assert(duration_read(text.bytes, &again, &error) && again <= value);
    } else {
        assert(error.text[0] != '\0');
    }
    text_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *input = memory_text_of((const char *)bytes, length);
    int64_t whole;
    check_number(input, false);
    check_number(input, true);
    check_duration(input);
    if (number_read_whole(input, -5, 5000000000, &whole))
        assert(whole >= -5 && whole <= 5000000000);
    free(input);
    return 0;
}

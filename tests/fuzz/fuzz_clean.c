/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text made fit for a line: valid UTF-8 without control characters, pipes and newlines, and clean once is clean. */
#include "lib/clean.h"
#include "lib/memory.h"
#include "lib/utf8.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_bytes(const struct text *text)
{
    for (size_t i = 0; i < text->length; i++) {
        unsigned char byte = (unsigned char)text->bytes[i];
        assert(byte >= ' ' && byte != 0x7f && byte != '|');
        assert(byte != 0xc2 || (unsigned char)text->bytes[i + 1] >= 0xa0); /* no C1 */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *input = memory_text_of((const char *)bytes, length);
    struct text once = TEXT_INIT, twice = TEXT_INIT, name = TEXT_INIT;
    clean_line(&once, input);
    check_bytes(&once);
    clean_line(&twice, once.bytes ? once.bytes : "");
    assert(once.length == twice.length);
    assert(once.length == 0 || memcmp(once.bytes, twice.bytes, once.length) == 0);
    clean_cut(&twice, length / 2);
    assert(twice.length <= length / 2 || twice.length == once.length);
    clean_name(&name, input, "._-", true);
    assert(name.length > 0);
    text_release(&name);
    text_release(&twice);
    text_release(&once);
    free(input);
    return 0;
}

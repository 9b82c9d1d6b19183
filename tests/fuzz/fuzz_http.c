/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as the head of an answer, as an address that is shown and as a list of statuses. */
#include "collectors/http.h"
#include "lib/memory.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *input = memory_text_of((const char *)bytes, length);
    struct http_response response = {.status = 200, .head = TEXT_INIT};
    struct text value = TEXT_INIT, shown = TEXT_INIT;
    text_add(&response.head, input);
    (void)http_header(&response, "Location", &value);
    assert(value.length <= length);
    http_shown_url(input, &shown);
    assert(shown.length <= length);
    text_release(&shown);
    text_release(&value);
    text_release(&response.head);
    free(input);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A path, a newline and any bytes as the JSON in which it is sought. */
#include "collectors/jsonpath.h"
#include "lib/memory.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const uint8_t *end = memchr(bytes, '\n', length);
    size_t head = end ? (size_t)(end - bytes) + 1 : 0;
    char *path = memory_text_of((const char *)bytes, head ? head - 1 : 0);
    struct text value = TEXT_INIT;
    struct error error = {""};
    enum jsonpath_end found = jsonpath_find((const char *)bytes + head, length - head, path, &value, &error);
    assert(found == JSONPATH_FOUND || value.length == 0);
    assert(found == JSONPATH_FOUND || error.text[0] != '\0');
    text_release(&value);
    free(path);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a line of an access log; the first chooses the field of the server. */
#include "collectors/nginx.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_word(struct nginx_word word, const char *line, size_t length)
{
    assert(word.length == 0 || word.at[0] == '-' ||
           (word.at >= line && word.at + word.length <= line + length));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct nginx_line parsed;
    if (length == 0)
        return 0;
    const char *line = (const char *)bytes + 1;
    if (nginx_parse(line, length - 1, bytes[0] % 4, &parsed)) {
        assert(parsed.status >= 100 && parsed.status <= 999);
        check_word(parsed.url, line, length - 1);
        check_word(parsed.server, line, length - 1);
        check_word(parsed.code, line, length - 1);
    }
    return 0;
}

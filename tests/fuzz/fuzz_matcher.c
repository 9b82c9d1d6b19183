/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A matcher of any bytes is refused with a sentence or read; then it reads the same again and answers. */
#include "scheduler/core/matcher.h"

#include "lib/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair tags[] = {{"env", "prod"}};
    static const struct service service = {.name = "www", .tags = {tags, 1}};
    static const struct host host = {.name = "web01", .service = &service};
    static const struct check_plan plan = {.name = "http"};
    const struct binding binding = {&host, &plan};
    char *text = memory_text_of((const char *)data, size);
    struct error error = {""};
    struct matcher *matcher = matcher_read(text, &error);
    assert(matcher || error.text[0]);
    if (matcher) {
        struct matcher *again = matcher_read(matcher_text(matcher), &error);
        assert(again && matcher_matches(matcher, &binding) == matcher_matches(again, &binding));
        assert(matcher_matches_host(matcher, &host) == matcher_matches_host(again, &host));
        matcher_free(again);
    }
    matcher_free(matcher);
    free(text);
    return 0;
}

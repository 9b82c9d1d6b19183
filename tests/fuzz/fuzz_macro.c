/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a word with macros: what its check lets pass can be expanded, but for variables that a host lacks. */
#include "lib/memory.h"
#include "scheduler/core/macro.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct pair variables[] = {{"SPOOL", "$HOSTNAME$"}};
static const struct host host = {.name = "web01", .address = "10.0.0.1", .vars = {variables, 1}};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *input = memory_text_of((const char *)bytes, length);
    const struct macro_source source = {.host = &host, .check = "c"};
    struct text out = TEXT_INIT;
    struct error error = {""};
    bool good = macro_check(input, &error);
    assert(good || error.text[0] != '\0');
    static const char *const names[] = {"TEXT", "_ALERT*", NULL};
    size_t mistakes = 0;
    for (const char *from = input; macro_mistake(&from, names, &error); mistakes++)
        assert(mistakes < length && from > input);
    assert(!good || mistakes == 0);
    error.text[0] = '\0';
    if (!macro_expand(input, &source, &out, &error))
        assert(error.text[0] != '\0' && (!good || strstr(input, "$_HOST")));
    else
        assert(good);
    text_release(&out);
    free(input);
    return 0;
}

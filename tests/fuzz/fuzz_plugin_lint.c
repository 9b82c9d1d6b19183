/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a plugin says in each of the ways in which it is started; the first byte is the way and the code. */
#include "lib/plugin_lint.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void tell(void *owner, const char *rule, const char *sentence)
{
    size_t *told = owner;
    ++*told;
    assert(rule[0] != '\0' && sentence[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    size_t told = 0;
    if (length == 0)
        return 0;
    struct plugin_lint_run run = {.way = (enum plugin_lint_way)(bytes[0] % (PLUGIN_LINT_LIMIT + 1)),
                                  .exited = (bytes[0] & 0x80) == 0,
                                  .code = bytes[0] >> 4,
                                  .limit = 1000,
                                  .elapsed = 500,
                                  .output = (const char *)bytes + 1,
                                  .length = length - 1};
    plugin_lint(&run, tell, &told);
    assert(run.exited || told > 0);
    (void)plugin_lint_knows(run.output, run.length, "--warning");
    return 0;
}

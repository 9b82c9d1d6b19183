/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/state_path.h"

#include "lib/hash.h"
#include "lib/text.h"

#include <inttypes.h>

static bool counts(const struct option_row *row)
{
    static const char *const others[] = {"warning", "critical", "timeout", "timeout-state", "verbose",
                                         "format",  "describe", "help",    "version",       "extra-opts"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(row->name, others[i]) == 0)
            return false;
    return true;
}

static const char *directory(void)
{
    static const char *const variables[] = {"MUNIN_PLUGSTATE", "WATCHBILL_STATE"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *path = getenv(variables[i]);
        if (path && *path)
            return path;
    }
    return "/var/lib/watchbill/plugins";
}

const char *state_path(struct arena *arena, const char *program, const char *given,
                       const struct option_set *sets, size_t count)
{
    struct text facts = TEXT_INIT;
    if (given)
        return given;
    for (size_t set = 0; set < count; set++) {
        for (const struct option_row *row = sets[set].rows; row->target.kind != OPTION_NONE; row++) {
            if (!counts(row))
                continue;
            text_format(&facts, "%s=", row->name);
            (void)option_value(row, sets[set].arguments, &facts);
            text_add_char(&facts, '\n');
        }
    }
    uint64_t hash = hash_bytes(HASH_START, facts.bytes, facts.length);
    text_release(&facts);
    return arena_format(arena, "%s/%s-%016" PRIx64 ".state", directory(), program, hash);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a tracker's webhook: the first byte chooses the type ("d" github, "e" gitlab, "f" jira, "g" redmine, "h"
 * command), the rest is what was sent. What names an issue names one; what is no JSON names none. */
#include "scheduler/core/tracker_hook.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"github", "gitlab", "jira", "redmine", "command"};
    static const char *const issues[] = {"OPS-1", "OPS-12", "OPS-", "OPS", "A-B-1"};
    enum { TYPES = sizeof types / sizeof types[0], ISSUES = sizeof issues / sizeof issues[0] };
    if (size == 0)
        return 0;
    const char *type = types[data[0] % TYPES];
    json_t *body = json_loadb((const char *)data + 1, size - 1, 0, NULL);
    unsigned concerned = 0;
    for (size_t i = 0; i < ISSUES; i++)
        concerned += tracker_hook_concerns(type, body, issues[i]);
    /* Of different trackers two may have the same number. */
    if ((!body && concerned != ISSUES) || (concerned > 2 && concerned != ISSUES))
        abort();
    json_decref(body);
    return 0;
}

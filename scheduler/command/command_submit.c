/* SPDX-License-Identifier: GPL-3.0-or-later */
/* submit */
#include "lib/number.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

static int run(const void *arguments, struct command_call *call)
{
    (void)arguments;
    int64_t code;
    struct text text = TEXT_INIT;
    if (!number_read_whole(call->words.items[1], 0, 3, &code))
        return command_refuse(call, "not an exit code from 0 to 3: \"%s\"", call->words.items[1]);
    for (size_t i = 2; i < call->words.count; i++)
        text_format(&text, "%s%s", i > 2 ? " " : "", call->words.items[i]);
    json_t *request = json_pack("{s:s, s:s, s:I, s:s}", "command", "submit", "check", call->words.items[0],
                                "exit", (json_int_t)code, "text", text.bytes);
    text_release(&text);
    return site_tell(call, request, SITE_TIMEOUT, NULL, NULL);
}

const struct command command_submit = {
    .name = "submit",
    .usage = "HOST/CHECK EXIT TEXT",
    .summary = "hands in a passive result",
    .notes = "EXIT is 0 OK, 1 WARNING, 2 CRITICAL or 3 UNKNOWN; TEXT may hold perfdata behind a bar.",
    .least = 3,
    .most = COMMAND_MANY,
    .run = run,
};

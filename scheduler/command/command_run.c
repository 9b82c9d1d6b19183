/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run */
#include "lib/utf8.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

enum { RUN_TIMEOUT = 900000 }; /* the scheduler ends the check long before */

static int run(const void *arguments, struct command_call *call)
{
    (void)arguments;
    const char *check = call->words.items[0];
    struct site_reply reply =
        site_ask(call, json_pack("{s:s, s:s}", "command", "run", "check", check), RUN_TIMEOUT);
    if (!reply.answer)
        return reply.code;
    const char *text = site_text(reply.answer, "text");
    if (call->json) {
        site_print_json(call, reply.answer);
    } else {
        text_format(call->out, "%s %s %s: ", check, site_text(reply.answer, "state"),
                    site_text(reply.answer, "type"));
        utf8_add(call->out, text, strlen(text));
        text_add_char(call->out, '\n');
    }
    site_release(&reply);
    return COMMAND_YES;
}

const struct command command_run = {
    .name = "run",
    .usage = "HOST/CHECK",
    .summary = "runs a check now and waits for its result",
    .notes = "Exit: 0 whatever the result is.",
    .least = 1,
    .most = 1,
    .run = run,
};

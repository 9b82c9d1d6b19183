/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run */
#include "lib/utf8.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

enum { RUN_TIMEOUT = 900000 }; /* the scheduler ends the check long before */

static void write_result(struct text *out, const struct site_reply *reply, const void *check)
{
    const char *text = site_text(reply->answer, "text");
    text_format(out, "%s %s %s: ", (const char *)check, site_text(reply->answer, "state"),
                site_text(reply->answer, "type"));
    utf8_add(out, text, strlen(text));
    text_add_char(out, '\n');
}

static int run(const void *arguments, struct command_call *call)
{
    (void)arguments;
    const char *check = call->words.items[0];
    return site_tell(call, json_pack("{s:s, s:s}", "command", "run", "check", check), RUN_TIMEOUT,
                     write_result, check);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal export: the scheduler's own history as a timeline. */
#include "lib/instant.h"
#include "scheduler/command/history.h"
#include "scheduler/command/rows.h"

struct arguments {
    const char *since, *until;
};

static const struct option_row options[] = {
    {"since", 0, TEXT(struct arguments, since), .value = "TIME",
     .help = "From then on; what was known at a time before it comes first. All that is kept unless given."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME", .help = "Up to then; now unless given."},
    {0},
};

static bool read_instant(struct command_call *call, const char *text, int64_t otherwise, int64_t *at)
{
    struct error error = {""};
    *at = otherwise;
    if (!text)
        return true;
    if (!instant_read(text, call->now, at, &error)) {
        (void)command_refuse(call, "%s", error.text);
        return false;
    }
    *at *= 1000;
    return true;
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct error error = {""};
    int64_t since, until;
    if (!read_instant(call, arguments->since, 0, &since) ||
        !read_instant(call, arguments->until, INT64_MAX, &until))
        return COMMAND_REFUSED;
    struct history *history = history_open(call, since, until);
    if (!history)
        return COMMAND_REFUSED;
    const char *line;
    while ((line = history_next(history, &error)) && command_pass_on(call))
        text_format(call->out, "%s\n", line);
    history_close(history);
    return error.text[0] ? command_refuse(call, "the history cannot be read: %s", error.text) : COMMAND_YES;
}

const struct command command_journal_export = {
    .name = "journal export",
    .usage = "[--since TIME] [--until TIME]",
    .summary = "prints the scheduler's own history as a timeline",
    .notes =
        "One line for everything that happened and mattered for a decision. \"watchbill simulate\" makes "
        "the\n"
        "decisions again from it; with --diff of another configuration it shows what that would have "
        "changed.\n"
        "Where no scheduler runs, the state directory is read. How long a history is kept: journal.keep.",
    .options = options,
    .size = sizeof(struct arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack, unack */
#include "scheduler/command/login.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/say.h"

struct arguments {
    const char *comment, *author, *until;
    int64_t span;
};

static const struct option_row options[] = {
    {"comment", 0, TEXT(struct arguments, comment), .value = "TEXT", .help = "What is being done about it."},
    {"author", 0, TEXT(struct arguments, author), .value = "NAME",
     .help = "Who says so; the login name unless given."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME",
     .help = "When it ends, RFC 3339 or epoch seconds; when the check is OK unless given."},
    {"for", 0, DURATION(struct arguments, span), .value = "DURATION",
     .help = "The same as a span from now, such as 2h."},
    {0},
};

static void write_done(struct text *out, const struct site_reply *reply, const void *done)
{
    text_format(out, "%s problem %lld\n", (const char *)done,
                (long long)site_whole(reply->answer, "problem"));
}

static int run_ack(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    int64_t until;
    if (!say_ending(call, arguments->until, arguments->span, 0, &until))
        return COMMAND_REFUSED;
    if (arguments->until && until <= call->now)
        return command_refuse(call, "the end has passed already: \"%s\"", arguments->until);
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:s, s:I}", "command", "ack", "check", call->words.items[0], "author",
                  arguments->author ? arguments->author : login_name(call->arena), "comment",
                  arguments->comment ? arguments->comment : "", "until", (json_int_t)until);
    return site_tell(call, request, SITE_TIMEOUT, write_done, "acknowledged");
}

const struct command command_ack = {
    .name = "ack",
    .usage = "HOST/CHECK|PROBLEM-ID [--comment TEXT] [--author NAME] [--until TIME|--for DURATION]",
    .summary = "acknowledges a problem: nobody is told of it again",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = 1,
    .run = run_ack,
};

static int run_unack(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return site_tell(call, json_pack("{s:s, s:s}", "command", "unack", "check", call->words.items[0]),
                     SITE_TIMEOUT, write_done, "no longer acknowledged:");
}

const struct command command_unack = {
    .name = "unack",
    .usage = "HOST/CHECK|PROBLEM-ID",
    .summary = "takes an acknowledgement back",
    .least = 1,
    .most = 1,
    .run = run_unack,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comment, comment list, comment cancel */
#include "lib/instant.h"
#include "scheduler/command/login.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/say.h"

struct arguments {
    const char *author, *until;
    int64_t span;
};

static const struct option_row options[] = {
    {"author", 0, TEXT(struct arguments, author), .value = "NAME",
     .help = "Who says so; the login name unless given."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME",
     .help = "When it goes, RFC 3339 or epoch seconds; with the check unless given."},
    {"for", 0, DURATION(struct arguments, span), .value = "DURATION",
     .help = "The same as a span from now, such as 2h."},
    {0},
};

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    int64_t until;
    if (!say_ending(call, arguments->until, arguments->span, 0, &until))
        return COMMAND_REFUSED;
    json_t *request = json_pack("{s:s, s:s, s:s, s:s}", "command", "comment", "match", call->words.items[0],
                                "text", say_match(call, 1), "author",
                                arguments->author ? arguments->author : login_name(call->arena));
    if (request && until)
        json_object_set_new(request, "until", json_integer(until));
    return say_make(call, request, "comment");
}

const struct command command_comment = {
    .name = "comment",
    .usage = "HOST/CHECK TEXT... [--author NAME] [--until TIME|--for DURATION]",
    .summary = "keeps a remark with a check",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 2,
    .most = COMMAND_MANY,
    .run = run,
};

static void write_comment(struct text *out, const struct zone *zone, const json_t *each)
{
    text_format(out, "%s/%s ", site_text(each, "subject"), site_text(each, "name"));
    instant_write(out, zone, site_whole(each, "at"));
    text_format(out, " %s", site_text(each, "author"));
    say_comment(out, each, "text");
}

static int run_list(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return say_list(call, "comments", write_comment);
}

const struct command command_comment_list = {
    .name = "comment list",
    .usage = "",
    .summary = "lists the remarks about checks",
    .run = run_list,
};

static int run_cancel(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return say_end(call, "uncomment", "comment");
}

const struct command command_comment_cancel = {
    .name = "comment cancel",
    .usage = "ID",
    .summary = "takes a remark back",
    .least = 1,
    .most = 1,
    .run = run_cancel,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* silence, silence list, silence cancel */
#include "scheduler/command/login.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/say.h"

struct arguments {
    const char *comment, *owner, *until;
    int64_t span;
    bool resolve;
};

static const struct option_row options[] = {
    {"comment", 0, TEXT(struct arguments, comment), .value = "TEXT", .help = "Why."},
    {"owner", 0, TEXT(struct arguments, owner), .value = "USER",
     .help = "A user of the configuration, who hears weekly that it lasts; the login name unless given."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME",
     .help = "When it ends, RFC 3339 or epoch seconds."},
    {"for", 0, DURATION(struct arguments, span), .value = "DURATION",
     .help = "The same as a span from now, such as 2h."},
    {"expire-on-resolve", 0, FLAG(struct arguments, resolve),
     .help = "It ends with the last problem that it holds back."},
    {0},
};

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    int64_t until;
    if (!say_ending(call, arguments->until, arguments->span, 0, &until))
        return COMMAND_REFUSED;
    if (until == 0)
        return command_refuse(call, "a silence needs an end: --until or --for");
    return say_make(call,
                    json_pack("{s:s, s:s, s:s, s:s, s:I, s:b}", "command", "silence", "match",
                              say_match(call, 0), "owner",
                              arguments->owner ? arguments->owner : login_name(call->arena), "comment",
                              arguments->comment ? arguments->comment : "", "until", (json_int_t)until,
                              "expire_on_resolve", (int)arguments->resolve),
                    "silence");
}

const struct command command_silence = {
    .name = "silence",
    .usage = "MATCHER --until TIME|--for DURATION [--owner USER] [--comment TEXT] [--expire-on-resolve]",
    .summary = "tells nobody of the problems of checks for a time",
    .notes = "MATCHER: as in \"watchbill downtime --help\". Recoveries go to whoever was told before. One "
             "that holds nothing "
             "back for a week ends by itself.",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = COMMAND_MANY,
    .run = run,
};

static void write_silence(struct text *out, const struct zone *zone, const json_t *each)
{
    size_t index;
    const json_t *held;
    text_format(out, "%s by %s", site_text(each, "match"), site_text(each, "owner"));
    say_until(out, zone, "until", site_whole(each, "until"));
    if (json_is_true(json_object_get(each, "expire_on_resolve")))
        text_add(out, " or what it holds back is over");
    say_comment(out, each, "comment");
    json_array_foreach(json_object_get(each, "holds"), index, held)
        text_format(out, "%s%s", index ? ", " : "\n    holds back ", json_string_value(held));
}

static int run_list(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return say_list(call, "silences", write_silence);
}

const struct command command_silence_list = {
    .name = "silence list",
    .usage = "",
    .summary = "lists the silences, and what each holds back",
    .run = run_list,
};

static int run_cancel(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return say_end(call, "unsilence", "silence");
}

const struct command command_silence_cancel = {
    .name = "silence cancel",
    .usage = "ID",
    .summary = "ends a silence now: what it held back is told",
    .least = 1,
    .most = 1,
    .run = run_cancel,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* downtime, downtime list, downtime cancel */
#include "scheduler/command/login.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/say.h"

#include "lib/number.h"

struct arguments {
    const char *comment, *author, *from, *until, *window;
    int64_t span, flexible, trigger;
    bool children;
};

static const struct option_row options[] = {
    {"comment", 0, TEXT(struct arguments, comment), .value = "TEXT", .help = "What is done."},
    {"author", 0, TEXT(struct arguments, author), .value = "NAME",
     .help = "Who says so; the login name unless given."},
    {"from", 0, TEXT(struct arguments, from), .value = "TIME",
     .help = "When it begins, RFC 3339 or epoch seconds; now unless given."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME", .help = "When it ends."},
    {"for", 0, DURATION(struct arguments, span), .value = "DURATION",
     .help = "The same as a span from its beginning, such as 2h."},
    {"flexible", 0, DURATION(struct arguments, flexible), .value = "DURATION",
     .help = "It begins with the first problem between --from and --until, and lasts this long; with "
             "--trigger it "
             "begins with the other."},
    {"window", 0, TEXT(struct arguments, window), .value = "NAME", .help = "Whenever that window is open."},
    {"trigger", 0, WHOLE(struct arguments, trigger), .value = "ID", .low = 1, .high = INT32_MAX,
     .help = "While that downtime lasts."},
    {"children", 0, FLAG(struct arguments, children), .help = "The hosts behind those that are meant, too."},
    {0},
};

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    int64_t from, until;
    if (!say_instant(call, "from", arguments->from, &from) ||
        !say_ending(call, arguments->until, arguments->span, from, &until))
        return COMMAND_REFUSED;
    json_t *request =
        json_pack("{s:s, s:s, s:s, s:s, s:b}", "command", "downtime", "match", say_match(call, 0), "author",
                  arguments->author ? arguments->author : login_name(call->arena), "comment",
                  arguments->comment ? arguments->comment : "", "children", (int)arguments->children);
    if (!request)
        return command_refuse(call, "a text is not UTF-8");
    if (from)
        json_object_set_new(request, "start", json_integer(from));
    if (until)
        json_object_set_new(request, "end", json_integer(until));
    if (arguments->flexible > 0)
        json_object_set_new(request, "duration", json_real((double)arguments->flexible / 1000));
    if (arguments->window)
        json_object_set_new(request, "window", json_string(arguments->window));
    if (arguments->trigger)
        json_object_set_new(request, "trigger", json_integer(arguments->trigger));
    if (arguments->flexible > 0 && !until && !arguments->trigger) {
        json_decref(request);
        return command_refuse(call, "--flexible needs --until or --for, within which it begins");
    }
    return say_make(call, request, "downtime");
}

const struct command command_downtime = {
    .name = "downtime",
    .usage = "MATCHER [--comment TEXT] [--author NAME] [--from TIME] [--until TIME|--for DURATION] "
             "[--flexible DURATION] [--window NAME] [--trigger ID] [--children]",
    .summary = "keeps quiet about checks while somebody works on them",
    .notes = "MATCHER: HOST/CHECK, HOST, or host=, check=, service= and tag.NAME= with a text or /REGEX/; "
             "all of them must "
             "hold. Nobody is told of problems within it; what is still one at its end is told then, with a "
             "result from "
             "after it. A recovery goes to whoever was told before. Remediations go on within it.",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = COMMAND_MANY,
    .run = run,
};

static void write_downtime(struct text *out, const struct zone *zone, const json_t *each)
{
    const char *window = site_text(each, "window");
    int64_t duration = site_whole(each, "duration"), trigger = site_whole(each, "trigger");
    bool on = json_is_true(json_object_get(each, "on"));
    text_format(out, "%s %s, %s by %s", site_text(each, "match"), on ? "now" : "not now",
                site_text(each, "kind"), site_text(each, "author"));
    if (*window)
        text_format(out, " in %s", window);
    if (trigger)
        text_format(out, " with %lld", (long long)trigger);
    if (duration) {
        text_add(out, " for ");
        duration_write(out, duration * 1000);
    }
    say_until(out, zone, "from", on ? site_whole(each, "since") : site_whole(each, "start"));
    say_until(out, zone, "until", on ? site_whole(each, "until") : site_whole(each, "end"));
    if (json_is_true(json_object_get(each, "children")))
        text_add(out, ", with the hosts behind");
    say_comment(out, each, "comment");
}

static int run_list(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return say_list(call, "downtimes", write_downtime);
}

const struct command command_downtime_list = {
    .name = "downtime list",
    .usage = "",
    .summary = "lists the downtimes that are, or are to come",
    .run = run_list,
};

static int run_cancel(const void *arguments, struct command_call *call)
{
    (void)arguments;
    return say_end(call, "cancel_downtime", "downtime");
}

const struct command command_downtime_cancel = {
    .name = "downtime cancel",
    .usage = "ID",
    .summary = "ends a downtime now, and those that it triggered",
    .least = 1,
    .most = 1,
    .run = run_cancel,
};

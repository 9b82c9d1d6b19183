/* SPDX-License-Identifier: GPL-3.0-or-later */
/* why */
#include "lib/utf8.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/say.h"
#include "scheduler/command/site.h"

struct arguments {
    int64_t limit, problem;
    const char *since;
};

static const struct arguments defaults = {.limit = 40};

static const struct option_row options[] = {
    {"problem", 0, WHOLE(struct arguments, problem), .value = "ID", .low = 1, .high = 1e15,
     .help = "Of this problem alone."},
    {"since", 0, TEXT(struct arguments, since), .value = "TIME", .help = "From then on."},
    {"limit", 0, WHOLE(struct arguments, limit), .value = "COUNT", .low = 1, .high = 10000,
     .help = "How many of the last decisions."},
    {0},
};

static void write_instant(struct text *out, const struct zone *zone, const json_t *object, const char *key,
                          const char *before)
{
    if (site_whole(object, key) <= 0)
        return;
    text_add(out, before);
    instant_write(out, zone, site_whole(object, key));
}

static void write_names(struct text *out, const json_t *names)
{
    size_t index;
    const json_t *name;
    json_array_foreach(names, index, name)
        text_format(out, "%s%s", index ? ", " : "", json_string_value(name));
}

/* The line above what was decided about a problem. */
static void write_problem(struct text *out, const json_t *answer, int64_t id)
{
    size_t index;
    const json_t *problem;
    json_array_foreach(json_object_get(answer, "problems"), index, problem) {
        const json_t *told = json_object_get(problem, "told");
        const char *because = site_text(problem, "because");
        if (site_whole(problem, "id") != id)
            continue;
        text_format(out, "problem %lld: %s", (long long)id, site_text(problem, "state"));
        if (json_array_size(told) > 0) {
            text_add(out, ", told ");
            write_names(out, told);
        } else {
            text_format(out, ", told nobody%s", *because ? " because " : "");
            utf8_add(out, because, strlen(because));
        }
        text_add_char(out, '\n');
    }
}

static void write_row(struct text *out, const json_t *row, const struct zone *zone)
{
    const char *text = site_text(row, "text");
    instant_write(out, zone, site_whole(row, "at"));
    text_add_char(out, ' ');
    utf8_add(out, text, strlen(text));
    write_instant(out, zone, row, "next", "; next at ");
    text_add_char(out, '\n');
}

static void write_story(struct text *out, const struct site_reply *reply, const void *with)
{
    (void)with;
    const json_t *answer = reply->answer;
    const struct zone *zone = reply->zone;
    const json_t *story = json_object_get(answer, "story");
    const char *hint = site_text(answer, "hint"), *now = site_text(answer, "now");
    int64_t problem = 0;
    for (size_t i = json_array_size(story); i > 0; i--) {
        const json_t *row = json_array_get(story, i - 1);
        if (site_whole(row, "problem") != problem && site_whole(row, "problem") != 0)
            write_problem(out, answer, site_whole(row, "problem"));
        problem = site_whole(row, "problem");
        write_row(out, row, zone);
    }
    if (json_array_size(story) == 0)
        text_add(out, "nothing was decided\n");
    say_calm(out, json_object_get(answer, "check"), zone);
    if (*hint)
        text_format(out, "%s\n", hint);
    if (*now) {
        text_add(out, "now: ");
        utf8_add(out, now, strlen(now));
        write_instant(out, zone, answer, "next", "; next at ");
        text_add_char(out, '\n');
    }
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct error error = {""};
    int64_t since = 0;
    if (arguments->since && !instant_read(arguments->since, call->now, &since, &error))
        return command_refuse(call, "%s", error.text);
    json_t *request = json_pack("{s:s, s:s, s:I}", "command", "why", "check", call->words.items[0], "limit",
                                (json_int_t)arguments->limit);
    if (since)
        json_object_set_new(request, "since", json_integer(since));
    if (arguments->problem)
        json_object_set_new(request, "problem", json_integer(arguments->problem));
    return site_tell(call, request, SITE_TIMEOUT, write_story, NULL);
}

const struct command command_why = {
    .name = "why",
    .usage = "HOST/CHECK|PROBLEM-ID [--problem ID] [--since TIME] [--limit COUNT]",
    .summary = "tells why a check alerted, kept quiet or was acted upon",
    .notes = "Problem by problem, the newest last: what was decided, who was told by what and whether it "
             "arrived, why\n"
             "others were not, and when that is decided again. The last line is about now.",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .least = 1,
    .most = 1,
    .run = run,
};

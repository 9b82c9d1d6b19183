/* SPDX-License-Identifier: GPL-3.0-or-later */
/* why */
#include "lib/utf8.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

struct arguments {
    int64_t limit;
};

static const struct arguments defaults = {.limit = 40};

static const struct option_row options[] = {
    {"limit", 0, WHOLE(struct arguments, limit), .value = "COUNT", .low = 1, .high = 10000,
     .help = "How many of the last decisions."},
    {0},
};

static void write_story(struct text *out, const json_t *answer, const struct zone *zone)
{
    const json_t *story = json_object_get(answer, "story");
    const char *hint = site_text(answer, "hint");
    size_t index;
    const json_t *each;
    json_array_foreach(story, index, each) {
        const char *text = site_text(each, "text");
        instant_write(out, zone, site_whole(each, "at"));
        text_add_char(out, ' ');
        utf8_add(out, text, strlen(text));
        if (site_whole(each, "next") > 0) {
            text_add(out, "; next at ");
            instant_write(out, zone, site_whole(each, "next"));
        }
        text_add_char(out, '\n');
    }
    if (json_array_size(story) == 0)
        text_add(out, "nothing has been decided yet\n");
    if (*hint)
        text_format(out, "%s\n", hint);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    json_t *request = json_pack("{s:s, s:s, s:I}", "command", "why", "check", call->words.items[0], "limit",
                                (json_int_t)arguments->limit);
    struct site_reply reply = site_ask(call, request, SITE_TIMEOUT);
    if (!reply.answer)
        return reply.code;
    if (call->json)
        site_print_json(call, reply.answer);
    else
        write_story(call->out, reply.answer, reply.zone);
    site_release(&reply);
    return COMMAND_YES;
}

const struct command command_why = {
    .name = "why",
    .usage = "HOST/CHECK [--limit COUNT]",
    .summary = "tells why a check alerted, kept quiet or was acted upon",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .least = 1,
    .most = 1,
    .run = run,
};

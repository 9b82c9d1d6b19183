/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts, events */
#include "lib/utf8.h"
#include "lib/instant.h"
#include "scheduler/command/noise.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

struct arguments {
    int64_t limit;
};

static const struct arguments defaults = {.limit = 50};

static const struct option_row options[] = {
    {"limit", 0, WHOLE(struct arguments, limit), .value = "COUNT", .low = 1, .high = 100000,
     .help = "How many of the last."},
    {0},
};

struct alert_arguments {
    struct arguments list;
    bool noise;
    int64_t since; /* ms */
};

static const struct alert_arguments alert_defaults = {.list = {.limit = 50}, .since = INT64_C(30) * 86400000};

static const struct option_row alert_options[] = {
    {"limit", 0, WHOLE(struct alert_arguments, list.limit), .value = "COUNT", .low = 1, .high = 100000,
     .help = "How many of the last; with --noise how many checks."},
    {"noise", 0, FLAG(struct alert_arguments, noise),
     .help = "Rank the checks by the pages they sent, and propose what would have spared some."},
    {"since", 0, DURATION(struct alert_arguments, since), .value = "DURATION",
     .help = "With --noise: how far to look back; 30d unless given."},
    {0},
};

static void write_alert(struct text *out, const json_t *alert)
{
    const char *result = site_text(alert, "result");
    text_format(out, "%s %s/%s %s to %s (%s), problem %lld: ", site_text(alert, "kind"),
                site_text(alert, "subject"), site_text(alert, "name"), site_text(alert, "state"),
                site_text(alert, "to"), site_text(alert, "contact"), (long long)site_whole(alert, "problem"));
    utf8_add(out, result, strlen(result));
}

static void write_event(struct text *out, const json_t *event)
{
    const char *name = site_text(event, "name");
    text_format(out, "%s %s%s%s", site_text(event, "type"), site_text(event, "subject"), *name ? "/" : "",
                name);
    const json_t *data = json_object_get(event, "data");
    char *bytes = data ? json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (bytes)
        text_format(out, " %s", bytes);
    free(bytes);
}

typedef void row_writer(struct text *out, const json_t *each);

struct listed {
    const char *name;
    row_writer *write;
};

static void write_list(struct text *out, const struct site_reply *reply, const void *with)
{
    const struct listed *listed = with;
    size_t index;
    const json_t *each;
    json_array_foreach(json_object_get(reply->answer, listed->name), index, each) {
        instant_write(out, reply->zone, site_whole(each, "at"));
        text_add_char(out, ' ');
        listed->write(out, each);
        text_add_char(out, '\n');
    }
}

static int list(struct command_call *call, const struct arguments *arguments, row_writer *write)
{
    const char *name = call->command->name; /* of the command, of the request and of the list in the answer */
    json_t *request = json_pack("{s:s, s:I}", "command", name, "limit", (json_int_t)arguments->limit);
    return site_tell(call, request, SITE_TIMEOUT, write_list, &(struct listed){name, write});
}

static int run_alerts(const void *given, struct command_call *call)
{
    const struct alert_arguments *arguments = given;
    if (arguments->noise)
        return noise_run(call, call->now * 1000 - arguments->since, arguments->list.limit);
    return list(call, &arguments->list, write_alert);
}

static int run_events(const void *arguments, struct command_call *call)
{
    return list(call, arguments, write_event);
}

const struct command command_alerts = {
    .name = "alerts",
    .usage = "[--limit COUNT] [--noise [--since DURATION]]",
    .summary = "lists what was sent to whom, and what came of it",
    .notes = "With --noise the scheduler's history is decided again with other attempts, with a delay and "
             "with flapping:\n"
             "what each would have saved is what it did save there.",
    .options = alert_options,
    .size = sizeof(struct alert_arguments),
    .defaults = &alert_defaults,
    .run = run_alerts,
};

const struct command command_events = {
    .name = "events",
    .usage = "[--limit COUNT]",
    .summary = "lists the last events",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .run = run_events,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event post */
#include "lib/json.h"
#include "scheduler/command/login.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

#include <math.h>

struct arguments {
    const char *type, *subject, *name, *data, *author;
    int64_t severity;
    double value;
    struct option_list tags;
};

static const struct arguments defaults = {.value = NAN};

static const char *const types[] = {"metric", "status", "archive", NULL};

static const struct option_row options[] = {
    {"type", 0, TEXT(struct arguments, type), .value = "metric|status|archive", .choices = types,
     .help = "What it is; archive unless given: something that happened."},
    {"subject", 0, TEXT(struct arguments, subject), .value = "NAME", .required = true,
     .help = "What it happened to: a host or a service."},
    {"name", 0, TEXT(struct arguments, name), .value = "NAME", .required = true,
     .help = "What happened, such as deploy."},
    {"severity", 0, WHOLE(struct arguments, severity), .value = "0-3", .low = 0, .high = 3,
     .help = "0 to 3, as the exit codes of checks."},
    {"value", 0, NUMBER(struct arguments, value), .value = "NUMBER", .help = "A number; a metric needs it."},
    {"tag", 0, LIST(struct arguments, tags), .value = "KEY=VALUE", .help = "A tag."},
    {"data", 0, TEXT(struct arguments, data), .value = "JSON", .help = "More about it, as a JSON object."},
    {"author", 0, TEXT(struct arguments, author), .value = "NAME",
     .help = "Who says so; the login name unless given."},
    {0},
};

static bool add_tags(json_t *event, const struct option_list *list, struct error *error)
{
    json_t *tags = list->count ? json_object() : NULL;
    for (size_t i = 0; i < list->count; i++) {
        const char *tag = list->items[i], *equals = strchr(tag, '=');
        json_t *value = equals && equals > tag ? json_string(equals + 1) : NULL;
        if (!value) {
            json_decref(tags);
            return error_set(error, "a tag is KEY=VALUE, not \"%s\"", tag);
        }
        (void)json_object_setn_new(tags, tag, (size_t)(equals - tag), value);
    }
    if (tags)
        json_set(event, "tags", tags);
    return true;
}

static bool add_data(json_t *event, const char *data, struct error *error)
{
    json_error_t place;
    json_t *object = data ? json_loads(data, JSON_REJECT_DUPLICATES, &place) : NULL;
    if (object)
        json_set(event, "data", object);
    return !data || json_is_object(object) || error_set(error, "the data are no JSON object: \"%s\"", data);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct error error = {""};
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:I}", "type", arguments->type ? arguments->type : "archive", "subject",
                  arguments->subject, "name", arguments->name, "severity", (json_int_t)arguments->severity);
    if (!event)
        return command_refuse(call, "a text is not UTF-8");
    if (!isnan(arguments->value))
        json_set(event, "value", json_number_of(arguments->value));
    if (!add_tags(event, &arguments->tags, &error) || !add_data(event, arguments->data, &error)) {
        json_decref(event);
        return command_refuse(call, "%s", error.text);
    }
    const char *author = arguments->author ? arguments->author : login_name(call->arena);
    json_t *request = json_pack("{s:s, s:s, s:o}", "command", "event", "author", author, "event", event);
    return site_tell(call, request, SITE_TIMEOUT, NULL, NULL);
}

const struct command command_event_post = {
    .name = "event post",
    .usage = "--subject NAME --name NAME [--tag KEY=VALUE] [--data JSON] [OPTION...]",
    .summary = "tells of something that happened, such as a deploy",
    .notes =
        "It is listed by \"watchbill events\", told in the mail of problems that begin within 30 minutes, "
        "and drawn as a line in graphs whose overlay has its name.",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .run = run,
};

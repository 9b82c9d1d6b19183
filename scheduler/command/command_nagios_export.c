/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nagios export */
#include "lib/json.h"
#include "lib/layout.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/core/nagios_export.h"

#include <unistd.h>

struct arguments {
    int64_t interval;
};

static const struct arguments defaults = {.interval = 60000};

static const struct option_row options[] = {
    {"interval-length", 0, DURATION(struct arguments, interval), .value = "DURATION", .low = 1, .high = 86400,
     .help = "The interval_length of the main file of that Nagios."},
    {0},
};

/* Beside the program in build/, in lib/watchbill when installed. */
static const char *find_remediate(struct command_call *call)
{
    struct layout layout;
    struct error error = {""};
    if (!layout_find(&layout, call->arena, &error))
        return "/usr/lib/watchbill/nagios/remediate";
    const char *path = arena_format(call->arena, "%s/../nagios/remediate", layout.remediations);
    char *real = access(path, X_OK) == 0 ? realpath(path, NULL) : NULL;
    const char *kept = arena_text(call->arena, real ? real : "/usr/lib/watchbill/nagios/remediate");
    free(real);
    return kept;
}

static void tell(struct command_call *call, const struct nagios_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct place *place = &findings->items[i].place;
        if (place->file)
            text_format(call->complaint, "%s:%u:%u: ", place->file, place->line, place->column);
        text_format(call->complaint, "%s\n", findings->items[i].sentence);
    }
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct nagios_findings findings = {.arena = call->arena};
    struct text text = TEXT_INIT;
    struct model *model = site_load(call);
    if (!model)
        return COMMAND_REFUSED;
    const struct nagios_export_options wanted = {arguments->interval, find_remediate(call)};
    nagios_export(model, &wanted, call->arena, &text, &findings);
    if (call->json) {
        json_t *object = json_pack("{s:s%}", "objects", text.bytes, text.length);
        json_write(call->out, object);
        json_decref(object);
    } else {
        text_add_bytes(call->out, text.bytes, text.length);
    }
    tell(call, &findings);
    text_release(&text);
    model_free(model);
    return COMMAND_YES;
}

const struct command command_nagios_export = {
    .name = "nagios export",
    .usage = "[--interval-length DURATION]",
    .summary = "writes the configuration as objects of Nagios",
    .notes = "Prints timeperiods, commands, contacts, contactgroups, hostgroups, hosts, services and "
             "dependencies, "
             "for a cfg_file of a Nagios. What Nagios cannot say is told as FILE:LINE:COLUMN: sentence on "
             "standard "
             "error.",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .run = run,
};

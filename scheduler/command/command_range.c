/* SPDX-License-Identifier: GPL-3.0-or-later */
/* range */
#include "lib/json.h"
#include "lib/number.h"
#include "lib/range.h"
#include "scheduler/command/command.h"
#include "scheduler/command/rows.h"

struct arguments {
    const char *warning, *critical;
};

static const struct option_row options[] = {
    {"warning", 'w', TEXT(struct arguments, warning), .value = "RANGE",
     .help = "Outside of it a value is WARNING; with @ before it, inside."},
    {"critical", 'c', TEXT(struct arguments, critical), .value = "RANGE",
     .help = "The same for CRITICAL, which is judged first."},
    {0},
};

static void print_judged(struct command_call *call, json_t *array, const char *value, enum verdict verdict)
{
    if (array)
        json_add(array, json_pack("{s:s, s:s}", "value", value, "verdict", verdict_name(verdict)));
    else
        text_format(call->out, "%s\n", verdict_name(verdict));
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    const char *warning_text = arguments->warning ? arguments->warning : "";
    const char *critical_text = arguments->critical ? arguments->critical : "";
    struct range warning, critical;
    struct error error = {""};
    enum verdict worst = VERDICT_OK;
    double value;
    if (!range_read(warning_text, &warning, &error))
        return command_refuse(call, "--warning: %s", error.text);
    if (!range_read(critical_text, &critical, &error))
        return command_refuse(call, "--critical: %s", error.text);
    for (size_t i = 0; i < call->words.count; i++)
        if (!number_read(call->words.items[i], true, &value))
            return command_refuse(call, "not a number: \"%s\"", call->words.items[i]);
    json_t *array = call->json ? json_array() : NULL;
    for (size_t i = 0; i < call->words.count; i++) {
        (void)number_read(call->words.items[i], true, &value);
        enum verdict verdict = range_judge(&warning, &critical, value);
        worst = verdict_worse(worst, verdict);
        print_judged(call, array, call->words.items[i], verdict);
    }
    if (array)
        json_write(call->out, array);
    json_decref(array);
    return (int)worst;
}

const struct command command_range = {
    .name = "range",
    .usage = "[-w RANGE] [-c RANGE] VALUE...",
    .summary = "judges values by threshold ranges",
    .notes = "Prints OK, WARNING or CRITICAL for each value. An empty RANGE is none given; before a VALUE "
             "that begins "
             "with a minus sign, end the options with \"--\". Exit: 0, 1 or 2 as the worst value; 3 for a "
             "bad range.",
    .options = options,
    .size = sizeof(struct arguments),
    .least = 1,
    .most = COMMAND_MANY,
    .run = run,
};

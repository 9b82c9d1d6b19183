/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/output.h"

#include "lib/clean.h"

static const struct output_format formats[] = {
    {"nagios", output_nagios},           {"json", output_json},         {"munin", output_munin},
    {"openmetrics", output_openmetrics}, {"graphite", output_graphite}, {"cacti", output_cacti},
    {"statsd", output_statsd},           {"perfdata", output_perfdata},
};

/* The option table needs constant names; a unit test seeks each among the rows above. */
const char *const output_check_names[] = {"nagios",   "json",  "munin", "openmetrics",
                                          "graphite", "cacti", NULL};
const char *const output_collector_names[] = {"json",  "graphite", "statsd", "openmetrics",
                                              "cacti", "perfdata", "munin",  NULL};

const struct output_format *output_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

int output_end(const struct report *report, const struct output *output)
{
    bool failed = report->failure || report->count == 0;
    if (failed) {
        clean_line(output->complaint, report->answer);
        text_add_char(output->complaint, '\n');
    }
    if (!report->check->collects)
        return (int)report->verdict;
    if (!failed)
        return 0;
    text_clear(output->text);
    return (int)VERDICT_UNKNOWN;
}

void output_sample_name(const struct sample *sample, struct text *text)
{
    text_add(text, sample->row->name);
    if (sample->instance)
        text_format(text, "_%s", sample->instance);
}

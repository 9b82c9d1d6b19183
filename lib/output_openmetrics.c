/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: the OpenMetrics 1.0 text format. Values that are not known are left out. */
#include "lib/output.h"

#include "lib/clean.h"
#include "lib/number.h"

#include <math.h>

static bool is_counter(const struct metric_row *row)
{
    return row->type == METRIC_COUNTER || row->type == METRIC_DERIVE;
}

static void add_escaped(struct text *text, const char *string)
{
    struct text clean = TEXT_INIT;
    clean_text(&clean, string);
    for (size_t i = 0; i < clean.length; i++) {
        if (strchr("\\\"", clean.bytes[i]))
            text_add_char(text, '\\');
        text_add_char(text, clean.bytes[i]);
    }
    text_release(&clean);
}

static void add_sample(struct text *text, const char *family, const struct sample *sample)
{
    text_format(text, "%s%s", family, is_counter(sample->row) ? "_total" : "");
    if (sample->instance) {
        text_add(text, "{instance=\"");
        add_escaped(text, sample->instance);
        text_add(text, "\"}");
    }
    text_add_char(text, ' ');
    number_write(text, sample->value);
    text_add_char(text, '\n');
}

/* A family stands together, however its samples came. */
static void add_family(struct text *text, const struct report *report, const struct metric_row *row)
{
    struct text family = TEXT_INIT;
    text_add(&family, "watchbill_");
    clean_name(&family, report->check->name, "", false);
    text_format(&family, "_%s", row->name);
    text_format(text, "# TYPE %s %s\n# HELP %s ", family.bytes, is_counter(row) ? "counter" : "gauge",
                family.bytes);
    add_escaped(text, row->help);
    text_add_char(text, '\n');
    for (size_t i = 0; i < report->count; i++)
        if (report->samples[i].row == row && !isnan(report->samples[i].value))
            add_sample(text, family.bytes, &report->samples[i]);
    text_release(&family);
}

static bool has_samples(const struct report *report, const struct metric_row *row)
{
    bool found = false;
    for (size_t i = 0; i < report->count && !found; i++)
        found = report->samples[i].row == row && !isnan(report->samples[i].value);
    return found;
}

int output_openmetrics(const struct report *report, const struct output *output)
{
    for (size_t i = 0; i < report->metrics; i++)
        if (has_samples(report, &report->check->metrics[i]))
            add_family(output->text, report, &report->check->metrics[i]);
    if (!report->check->collects) {
        text_add(output->text, "# TYPE watchbill_check_verdict gauge\n"
                               "# HELP watchbill_check_verdict 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN\n");
        text_format(output->text, "watchbill_check_verdict{check=\"%s\"} %d\n", report->check->name,
                    (int)report->verdict);
    }
    text_add(output->text, "# EOF\n");
    return output_end(report, output);
}

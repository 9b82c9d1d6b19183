/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/output.h"

#include "lib/clean.h"
#include "lib/json.h"

#include <math.h>

static json_t *line_of(const char *string)
{
    struct text clean = TEXT_INIT;
    if (!string)
        return json_null();
    clean_text(&clean, string);
    json_t *value = json_stringn(clean.bytes, clean.length);
    text_release(&clean);
    return value;
}

static json_t *bound_of(const struct bound *bound)
{
    return *bound->text ? line_of(bound->text) : json_null();
}

static json_t *sample_of(const struct sample *sample)
{
    json_t *object = json_object();
    json_set(object, "name", json_string(sample->row->name));
    json_set(object, "instance", line_of(sample->instance));
    json_set(object, "value", json_number_of(sample->value));
    json_set(object, "unit", line_of(sample->unit));
    json_set(object, "type", json_string(metric_type_name(sample->row->type)));
    json_set(object, "warning", bound_of(&sample->warning));
    json_set(object, "critical", bound_of(&sample->critical));
    json_set(object, "min", json_number_of(sample->min));
    json_set(object, "max", json_number_of(sample->max));
    return object;
}

static json_t *document_of(const struct report *report)
{
    json_t *document = json_object();
    json_t *details = json_array();
    json_t *metrics = json_array();
    for (size_t i = 0; i < report->detail_count; i++)
        json_add(details, line_of(report->details[i]));
    for (size_t i = 0; i < report->count; i++)
        json_add(metrics, sample_of(&report->samples[i]));
    json_set(document, report->check->collects ? "collector" : "check", json_string(report->check->name));
    if (!report->check->collects) {
        json_set(document, "verdict", json_string(verdict_name(report->verdict)));
        json_set(document, "exit", json_integer(report->verdict));
        json_set(document, "text", line_of(report->answer));
    }
    json_set(document, "details", details);
    json_set(document, "metrics", metrics);
    json_set(document, "elapsed", json_number_of(report->elapsed));
    return document;
}

int output_json(const struct report *report, const struct output *output)
{
    json_t *document = document_of(report);
    json_write(output->text, document);
    json_decref(document);
    if (!report->check->collects)
        return (int)report->verdict;
    return output_end(report, output);
}

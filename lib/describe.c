/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/describe.h"

#include "lib/json.h"
#include "lib/text.h"

#include <math.h>

static const char *const kinds[] = {
    [OPTION_NONE] = "none",   [OPTION_FLAG] = "flag",         [OPTION_COUNT] = "count",
    [OPTION_TEXT] = "text",   [OPTION_SECRET] = "secret",     [OPTION_NUMBER] = "number",
    [OPTION_WHOLE] = "whole", [OPTION_DURATION] = "duration", [OPTION_CHOICE] = "choice",
    [OPTION_LIST] = "list",
};

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

json_t *describe_program(const char *program, const char *kind, const char *name, const char *summary,
                         const char *notes)
{
    json_t *object = json_object();
    json_set(object, "program", json_string(program));
    json_set(object, "kind", json_string(kind));
    json_set(object, "name", json_string(name));
    json_set(object, "summary", json_string(summary));
    json_set(object, "notes", text_or_null(notes));
    return object;
}

static json_t *choices_of(const struct option_row *row)
{
    if (!row->choices)
        return json_null();
    json_t *array = json_array();
    for (size_t i = 0; row->choices[i]; i++)
        json_add(array, json_string(row->choices[i]));
    return array;
}

static json_t *default_of(const struct option_row *row, const void *arguments)
{
    struct text text = TEXT_INIT;
    bool known = option_value(row, arguments, &text);
    json_t *value = text_or_null(known ? text.bytes : NULL);
    text_release(&text);
    return value;
}

static json_t *option_of(const struct option_row *row, const void *arguments, bool own)
{
    const char letter[2] = {row->letter, '\0'};
    bool bounded = row->low < row->high;
    json_t *object = json_object();
    json_set(object, "name", json_string(row->name));
    json_set(object, "letter", text_or_null(row->letter ? letter : NULL));
    json_set(object, "alias", text_or_null(row->alias));
    json_set(object, "kind", json_string(kinds[row->target.kind]));
    json_set(object, "value", text_or_null(row->value));
    json_set(object, "help", json_string(row->help));
    json_set(object, "default", default_of(row, arguments));
    json_set(object, "choices", choices_of(row));
    json_set(object, "low", bounded ? json_number_of(row->low) : json_null());
    json_set(object, "high", bounded ? json_number_of(row->high) : json_null());
    json_set(object, "required", json_boolean(row->required));
    json_set(object, "standard", json_boolean(!own));
    return object;
}

json_t *describe_options(const struct option_set *sets, size_t count, size_t own)
{
    json_t *array = json_array();
    for (size_t set = 0; set < count; set++)
        for (const struct option_row *row = sets[set].rows; row->target.kind != OPTION_NONE; row++)
            json_add(array, option_of(row, sets[set].arguments, set < own));
    return array;
}

static json_t *metric_of(const struct metric_row *row)
{
    json_t *object = json_object();
    json_set(object, "name", json_string(row->name));
    json_set(object, "help", json_string(row->help));
    json_set(object, "unit", json_string(row->unit ? row->unit : ""));
    json_set(object, "type", json_string(metric_type_name(row->type)));
    json_set(object, "label", text_or_null(row->label));
    json_set(object, "warning", text_or_null(row->warning));
    json_set(object, "critical", text_or_null(row->critical));
    json_set(object, "min", row->has_min ? json_number_of(row->min) : json_null());
    json_set(object, "max", row->has_max ? json_number_of(row->max) : json_null());
    json_set(object, "graph", text_or_null(row->graph));
    json_set(object, "draw", text_or_null(row->draw));
    json_set(object, "negative", text_or_null(row->negative));
    json_set(object, "quiet", json_boolean(row->quiet));
    return object;
}

json_t *describe_metrics(const struct metric_row *rows)
{
    json_t *array = json_array();
    for (const struct metric_row *row = rows; row && row->name; row++)
        json_add(array, metric_of(row));
    return array;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/plugin_output.h"

#include "lib/json.h"
#include "lib/verdict.h"

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *item_of(const struct plugin_item *item)
{
    json_t *object = json_object();
    json_set(object, "label", json_string(item->label));
    json_set(object, "value", json_number_of(item->value));
    json_set(object, "unit", json_string(item->unit));
    json_set(object, "warning", text_or_null(item->warning));
    json_set(object, "critical", text_or_null(item->critical));
    json_set(object, "min", json_number_of(item->min));
    json_set(object, "max", json_number_of(item->max));
    return object;
}

json_t *plugin_output_json(const char *bytes, size_t length, int64_t code)
{
    struct plugin_output output;
    json_t *object = json_object();
    json_t *perfdata = json_array();
    json_t *errors = json_array();
    bool known = code >= VERDICT_OK && code <= VERDICT_UNKNOWN;
    plugin_output_parse(&output, bytes, length);
    for (size_t i = 0; i < output.item_count; i++)
        json_add(perfdata, item_of(&output.items[i]));
    if (!known)
        json_add(errors, json_sprintf("exit code %lld is not one of 0 to 3", (long long)code));
    for (size_t i = 0; i < output.error_count; i++)
        json_add(errors, json_string(output.errors[i]));
    json_set(object, "verdict", json_string(verdict_name(known ? (enum verdict)code : VERDICT_UNKNOWN)));
    json_set(object, "text", json_string(output.text));
    json_set(object, "long_text", json_string(output.long_text));
    json_set(object, "perfdata", perfdata);
    json_set(object, "perfdata_text", json_string(output.perfdata_text));
    json_set(object, "errors", errors);
    plugin_output_release(&output);
    return object;
}

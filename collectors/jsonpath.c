/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/jsonpath.h"

#include "lib/memory.h"
#include "lib/number.h"

#include <jansson.h>

static const json_t *member(const json_t *json, const char *name)
{
    int64_t index;
    if (!json_is_array(json))
        return json_object_get(json, name);
    return number_read_whole(name, 0, INT32_MAX, &index) ? json_array_get(json, (size_t)index) : NULL;
}

static const json_t *walk(const json_t *json, const char *path)
{
    char *names = memory_text(path), *rest = names, *name;
    while (json && (name = strsep(&rest, ".")))
        if (*name)
            json = member(json, name);
    free(names);
    return json;
}

static void add_value(struct text *value, const json_t *json)
{
    if (json_is_string(json)) {
        text_add(value, json_string_value(json));
        return;
    }
    char *dumped = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    text_add(value, dumped ? dumped : "");
    free(dumped);
}

enum jsonpath_end jsonpath_find(const char *bytes, size_t length, const char *path, struct text *value,
                                struct error *error)
{
    json_error_t reason;
    enum jsonpath_end end = JSONPATH_FOUND;
    json_t *whole = json_loadb(bytes, length, JSON_DECODE_ANY, &reason);
    if (!whole) {
        (void)error_set(error, "not JSON: line %d: %s", reason.line, reason.text);
        return JSONPATH_NO_JSON;
    }
    const json_t *found = walk(whole, path);
    if (found) {
        add_value(value, found);
    } else {
        (void)error_set(error, "no member \"%s\"", path);
        end = JSONPATH_MISSING;
    }
    json_decref(whole);
    return end;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rabbitmq_json.h"

#include "lib/text.h"

#include <math.h>

/* A value costs up to 250 bytes once it is read, whatever few bytes it took in the answer. */
enum { VALUES_CAP = 200000, NAME_CAP = 64 };

static size_t count_values(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{';
    return count;
}

static const char *kind_of(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    if (at == length)
        return "empty";
    if (bytes[at] == '<')
        return "HTML, not JSON";
    return bytes[at] == '[' || bytes[at] == '{' ? NULL : "not JSON";
}

json_t *rabbitmq_json_read(const char *bytes, size_t length, struct error *error)
{
    json_error_t reason;
    const char *kind = kind_of(bytes, length);
    if (kind) {
        (void)error_set(error, "the answer is %s", kind);
        return NULL;
    }
    if (count_values(bytes, length) > VALUES_CAP) {
        (void)error_set(error, "the answer has more than %d values", VALUES_CAP);
        return NULL;
    }
    json_t *json = json_loadb(bytes, length, 0, &reason); /* members do come twice: the last one counts */
    if (json)
        return json;
    if (json_error_code(&reason) == json_error_premature_end_of_input)
        (void)error_set(error, "the answer is cut off at line %d: %s", reason.line, reason.text);
    else
        (void)error_set(error, "the answer is not JSON: line %d: %s", reason.line, reason.text);
    return NULL;
}

/* NULL: there is none. */
static const json_t *find(const json_t *json, const char *path)
{
    char name[NAME_CAP];
    while (json && *path) {
        size_t length = strcspn(path, ".");
        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        json = json_object_get(json, name);
        path += length + (path[length] == '.');
    }
    return json;
}

double rabbitmq_json_number(const json_t *json, const char *path)
{
    const json_t *found = find(json, path);
    return json_is_number(found) ? json_number_value(found) : (double)NAN;
}

const char *rabbitmq_json_text(const json_t *json, const char *path, struct arena *arena)
{
    const json_t *found = find(json, path);
    return json_is_string(found) ? arena_text(arena, json_string_value(found)) : "";
}

const char *rabbitmq_json_names(const json_t *json, struct arena *arena)
{
    struct text names = TEXT_INIT;
    for (size_t i = 0; i < json_array_size(json); i++) {
        const json_t *item = json_array_get(json, i);
        const json_t *name = json_is_object(item) ? json_object_get(item, "name") : item;
        if (json_is_string(name))
            text_format(&names, "%s%s", names.length ? ", " : "", json_string_value(name));
    }
    const char *copy = arena_text_of(arena, names.bytes, names.length);
    text_release(&names);
    return copy;
}

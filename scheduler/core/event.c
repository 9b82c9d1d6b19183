/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/event.h"

#include "lib/json.h"

#include <stdlib.h>

enum { NAME_MOST = 200, DATA_MOST = 16384, TAGS_MOST = 64 };

static bool check_keys(json_t *given, struct error *error)
{
    static const char *const keys[] = {"type", "subject", "name", "severity", "value", "tags", "data"};
    for (void *place = json_object_iter(given); place; place = json_object_iter_next(given, place)) {
        bool known = false;
        for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !known; i++)
            known = strcmp(json_object_iter_key(place), keys[i]) == 0;
        if (!known)
            return error_set(error, "an event has no member \"%.100s\"", json_object_iter_key(place));
    }
    return true;
}

/* A name is one line: it stands in lists, graphs and mail. */
static bool read_name(const json_t *given, const char *key, const char **name, struct error *error)
{
    const char *text = json_string_value(json_object_get(given, key));
    if (!text || !*text)
        return error_set(error, "the \"%s\" of an event is a text", key);
    if (strlen(text) > NAME_MOST)
        return error_set(error, "the \"%s\" of an event is longer than %d bytes", key, NAME_MOST);
    for (const char *byte = text; *byte; byte++)
        if ((unsigned char)*byte < 0x20 || *byte == 0x7f)
            return error_set(error, "the \"%s\" of an event has a control character in it", key);
    *name = text;
    return true;
}

static bool read_type(const json_t *given, const char **type, struct error *error)
{
    static const char *const types[] = {"archive", "metric", "status"};
    const json_t *value = json_object_get(given, "type");
    const char *text = value ? json_string_value(value) : types[0];
    for (size_t i = 0; text && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(text, types[i]) == 0) {
            *type = types[i];
            return true;
        }
    return error_set(error, "the \"type\" of an event is metric, status or archive");
}

static bool read_severity(const json_t *given, int *severity, struct error *error)
{
    const json_t *value = json_object_get(given, "severity");
    json_int_t number = json_integer_value(value);
    if (value && (!json_is_integer(value) || number < 0 || number > 3))
        return error_set(error, "the \"severity\" of an event is a whole number from 0 to 3");
    *severity = (int)number;
    return true;
}

static bool take_tags(json_t *data, json_t *given, struct error *error)
{
    json_t *tags = json_object_get(given, "tags");
    if (!tags)
        return true;
    bool ok = json_is_object(tags) && json_object_size(tags) <= TAGS_MOST;
    for (void *place = json_object_iter(tags); ok && place; place = json_object_iter_next(tags, place))
        ok = json_is_string(json_object_iter_value(place));
    if (!ok)
        return error_set(error, "the \"tags\" of an event are a map of at most %d texts", TAGS_MOST);
    json_set(data, "tags", json_incref(tags));
    return true;
}

static bool take_value(json_t *data, json_t *given, const char *type, struct error *error)
{
    json_t *value = json_object_get(given, "value");
    if (!value && strcmp(type, "metric") == 0)
        return error_set(error, "a metric needs a \"value\"");
    if (value && !json_is_number(value))
        return error_set(error, "the \"value\" of an event is a number");
    if (value)
        json_set(data, "value", json_incref(value));
    return true;
}

/* What the journal would have to keep. */
static bool fits(const json_t *data, struct error *error)
{
    size_t length = json_dumpb(data, NULL, 0, JSON_COMPACT);
    return (length > 0 && length <= DATA_MOST) ||
           error_set(error, "the data of an event are more than %d bytes", DATA_MOST);
}

bool event_read(const json_t *given, const char *author, struct event *event, struct error *error)
{
    json_t *members = json_is_object(given) ? json_deep_copy(given) : NULL;
    json_t *own = json_object_get(members, "data");
    *event = (struct event){.data = json_is_object(own) ? json_incref(own) : json_object()};
    bool ok = members || error_set(error, "an event is a JSON object");
    ok = ok && check_keys(members, error) && read_type(members, &event->type, error) &&
         read_name(given, "subject", &event->subject, error) &&
         read_name(given, "name", &event->name, error) && read_severity(members, &event->severity, error);
    ok = ok && (!own || json_is_object(own) || error_set(error, "the \"data\" of an event are an object"));
    ok = ok && take_value(event->data, members, event->type, error) &&
         take_tags(event->data, members, error) && fits(event->data, error);
    if (ok && author)
        json_set(event->data, "author", json_string(author));
    json_decref(members);
    if (!ok)
        event_release(event);
    return ok;
}

void event_release(struct event *event)
{
    json_decref(event->data);
    event->data = NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "channels/webhook/payload.h"

#include "lib/clean.h"
#include "lib/hash.h"
#include "lib/json.h"
#include "lib/memory.h"

#include <inttypes.h>
#include <time.h>

enum { ALERTS_MOST = 100, SLACK_BLOCK = 3000 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void set(json_t *object, const char *key, const char *value)
{
    json_set(object, key, json_string(value));
}

/* ---- json ---- */

static json_t *write_json(const json_t *alert, const struct alert_facts *facts)
{
    static const char *const lists[] = {"members", "events", "remediations", "told"};
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s}", "id", facts->id, "kind",
                  facts->kind, "urgency", facts->urgency, "host", facts->host, "check", facts->check, "state",
                  facts->state, "problem", (json_int_t)facts->problem, "at", (json_int_t)facts->at, "subject",
                  facts->subject, "text", facts->text, "user", facts->user);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *list = json_object_get(alert, lists[i]);
        if (json_array_size(list))
            json_set(body, lists[i], json_incref(list));
    }
    return body;
}

/* ---- alertmanager ---- */

static void set_time(json_t *object, const char *key, int64_t at)
{
    struct tm civil = {0};
    char text[64] = "0001-01-01T00:00:00Z"; /* of what has not ended */
    time_t seconds = (time_t)(at / 1000);
    if (at > 0 && gmtime_r(&seconds, &civil))
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &civil);
    set(object, key, text);
}

static void set_lower(json_t *object, const char *key, const char *value)
{
    char *text = memory_text(value);
    for (char *byte = text; *byte; byte++)
        if (*byte >= 'A' && *byte <= 'Z')
            *byte = (char)(*byte - 'A' + 'a');
    set(object, key, text);
    free(text);
}

static json_t *labels_of(const struct alert_facts *facts, const json_t *member)
{
    json_t *labels = json_object();
    set(labels, "alertname", text_of(member, "check"));
    set(labels, "check", text_of(member, "check"));
    set(labels, "host", text_of(member, "host"));
    if (*text_of(member, "service"))
        set(labels, "service", text_of(member, "service"));
    set_lower(labels, "severity", text_of(member, "state"));
    set(labels, "urgency", facts->urgency);
    return labels;
}

static json_t *annotations_of(const struct alert_facts *facts, const json_t *member)
{
    json_t *annotations = json_object();
    char problem[32];
    const char *output = text_of(member, "output");
    const json_t *id = json_object_get(member, "problem");
    (void)snprintf(problem, sizeof problem, "%" PRId64,
                   json_is_integer(id) ? (int64_t)json_integer_value(id) : facts->problem);
    set(annotations, "summary", facts->subject);
    set(annotations, "description", *output ? output : facts->text);
    set(annotations, "kind", facts->kind);
    set(annotations, "problem", problem);
    if (*text_of(member, "info"))
        set(annotations, "info", text_of(member, "info"));
    return annotations;
}

static bool is_over(const json_t *member)
{
    return strcmp(text_of(member, "state"), "OK") == 0;
}

static json_t *alert_of(const json_t *alert, const struct alert_facts *facts, const json_t *member)
{
    const json_t *since = json_object_get(member, "since");
    char fingerprint[17];
    uint64_t hash = hash_text(HASH_START, text_of(member, "host"));
    hash = hash_spread(hash_text(hash_text(hash, "/"), text_of(member, "check")));
    (void)snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, hash);
    json_t *one = json_object();
    set(one, "status", is_over(member) ? "resolved" : "firing");
    json_set(one, "labels", labels_of(facts, member));
    json_set(one, "annotations", annotations_of(facts, member));
    set_time(one, "startsAt", json_is_integer(since) ? json_integer_value(since) : facts->at);
    set_time(one, "endsAt", is_over(member) ? facts->at : 0);
    set(one, "generatorURL", text_of(alert, "base"));
    set(one, "fingerprint", fingerprint);
    return one;
}

/* What all of them have in common. */
static json_t *common_of(const json_t *alerts, const char *key)
{
    json_t *common = json_deep_copy(json_object_get(json_array_get(alerts, 0), key));
    for (size_t i = 1; i < json_array_size(alerts); i++) {
        const json_t *other = json_object_get(json_array_get(alerts, i), key);
        const char *name;
        json_t *value;
        void *safe;
        json_object_foreach_safe(common, safe, name,
                                 value) if (!json_equal(value, json_object_get(other, name)))(void)
            json_object_del(common, name);
    }
    return common;
}

/* Several checks are told together by their service; one stands for itself. */
static json_t *group_of(const json_t *alerts)
{
    const json_t *labels = json_object_get(json_array_get(alerts, 0), "labels");
    json_t *group = json_object();
    if (json_array_size(alerts) > 1) {
        set(group, "service", text_of(labels, "service"));
    } else {
        set(group, "check", text_of(labels, "check"));
        set(group, "host", text_of(labels, "host"));
    }
    return group;
}

static void set_group_key(json_t *body, json_t *group)
{
    struct text key = TEXT_INIT;
    const char *name, *joint = "";
    json_t *value;
    text_add(&key, "{}:{");
    json_object_foreach(group, name, value) {
        text_format(&key, "%s%s=\"%s\"", joint, name, json_string_value(value));
        joint = ", ";
    }
    text_add_char(&key, '}');
    set(body, "groupKey", key.bytes);
    text_release(&key);
}

static json_t *alerts_of(const json_t *alert, const struct alert_facts *facts)
{
    const json_t *members = json_object_get(alert, "members");
    json_t *alerts = json_array();
    for (size_t i = 0; i < json_array_size(members) && i < ALERTS_MOST; i++)
        json_add(alerts, alert_of(alert, facts, json_array_get(members, i)));
    if (json_array_size(alerts) == 0)
        json_add(alerts, alert_of(alert, facts, alert)); /* about the site, which has the same names */
    return alerts;
}

static json_t *write_alertmanager(const json_t *alert, const struct alert_facts *facts)
{
    size_t count = json_array_size(json_object_get(alert, "members"));
    json_t *alerts = alerts_of(alert, facts), *body = json_object(), *group = group_of(alerts);
    bool firing = false;
    for (size_t i = 0; i < json_array_size(alerts); i++)
        firing = firing || strcmp(text_of(json_array_get(alerts, i), "status"), "firing") == 0;
    set(body, "version", "4");
    set_group_key(body, group);
    json_set(body, "truncatedAlerts",
             json_integer(count > ALERTS_MOST ? (json_int_t)(count - ALERTS_MOST) : 0));
    set(body, "status", firing ? "firing" : "resolved");
    set(body, "receiver", facts->user);
    json_set(body, "groupLabels", group);
    json_set(body, "commonLabels", common_of(alerts, "labels"));
    json_set(body, "commonAnnotations", common_of(alerts, "annotations"));
    set(body, "externalURL", text_of(alert, "base"));
    json_set(body, "alerts", alerts);
    return body;
}

/* ---- slack ---- */

/* Only these three are markup that text could be taken for; api.slack.com, "Formatting text for app surfaces". */
static void add_escaped(struct text *text, const char *string, size_t most)
{
    struct text cut = TEXT_INIT;
    text_add(&cut, string);
    clean_cut(&cut, most);
    for (const char *byte = cut.bytes; *byte; byte++) {
        const char *entity = *byte == '&' ? "&amp;" : *byte == '<' ? "&lt;" : *byte == '>' ? "&gt;" : NULL;
        if (entity)
            text_add(text, entity);
        else
            text_add_char(text, *byte == '`' ? '\'' : *byte);
    }
    text_release(&cut);
}

static json_t *write_slack(const json_t *alert, const struct alert_facts *facts)
{
    struct text text = TEXT_INIT;
    size_t index;
    const json_t *link;
    text_add_char(&text, '*');
    add_escaped(&text, facts->subject, SLACK_BLOCK);
    text_add(&text, "*\n```");
    add_escaped(&text, facts->text, SLACK_BLOCK);
    text_add(&text, "```");
    json_array_foreach(json_object_get(alert, "acknowledge"), index, link) {
        text_add(&text, "\n<");
        add_escaped(&text, text_of(link, "link"), SLACK_BLOCK);
        text_add(&text, "|Acknowledge ");
        add_escaped(&text, text_of(link, "subject"), SLACK_BLOCK);
        text_add_char(&text, '>');
    }
    json_t *body = json_pack("{s:s}", "text", text.bytes);
    text_release(&text);
    return body;
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    json_t *(*write)(const json_t *alert, const struct alert_facts *facts);
} formats[] = {{"json", write_json}, {"alertmanager", write_alertmanager}, {"slack", write_slack}};

char *payload_write(const json_t *alert, const struct alert_facts *facts, struct error *error)
{
    const char *wanted = alert_channel_text(alert, "format");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (wanted && strcmp(formats[i].name, wanted) != 0)
            continue;
        json_t *body = formats[i].write(alert, facts);
        char *bytes = json_dumps(body, JSON_COMPACT);
        json_decref(body);
        return bytes;
    }
    error_set(error, "\"format\" is \"%s\": it may be json, alertmanager or slack", wanted);
    return NULL;
}

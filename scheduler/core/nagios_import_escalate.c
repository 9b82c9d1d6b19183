/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escalations: who is told as well from the Nth notification on. Nagios counts notifications, watchbill time: the Nth
 * comes N - 1 intervals after the first. */
#include "scheduler/core/nagios_import_parts.h"

#include "lib/number.h"

struct nagios_escalation {
    struct nagios_escalation *next;
    struct nagios_definition *definition;
    bool host; /* a hostescalation */
    struct nagios_set hosts;
    struct words names;       /* of services */
    const unsigned char *has; /* by the index of contacts */
    int64_t first;            /* the notification that it begins with */
    bool matched, replaces_told, interval_told, never_told;
};

static int64_t whole_of(struct nagios_import *import, struct nagios_definition *definition, const char *name)
{
    struct place place;
    int64_t number = 0;
    const char *value = nagios_get(import->objects, definition, name, &place);
    if (value && !number_read_whole(value, 0, 100000, &number))
        nagios_find(import->findings, place, "not a number of notifications: \"%.60s\"", value);
    return number;
}

/* What a step of time cannot say. */
static void judge(struct nagios_import *import, struct nagios_definition *definition, bool host)
{
    struct place place;
    const struct nagios_objects *objects = import->objects;
    char letters[16];
    const char *period = nagios_get(objects, definition, "escalation_period", &place);
    if (period && !nagios_import_is_always(import, period))
        nagios_find(import->findings, place, "escalated at all times here, not only in \"%s\"", period);
    const char *options = nagios_get(objects, definition, "escalation_options", &place);
    nagios_import_options(options ? options : "a", host ? "du" : "wuc", letters);
    if (options && strcmp(letters, host ? "du" : "wuc") != 0)
        nagios_find(import->findings, place, "escalated in every state here, not only in \"%s\"", options);
    if (whole_of(import, definition, "last_notification") > 0) {
        (void)nagios_get(objects, definition, "last_notification", &place);
        nagios_find(import->findings, place, "an escalation goes on until the problem ends here");
    }
    if (nagios_get(objects, definition, "servicegroup_name", &place))
        nagios_find(import->findings, place, "an escalation of a servicegroup is not carried over");
}

void nagios_import_escalations(struct nagios_import *import)
{
    const struct nagios_objects *objects = import->objects;
    struct nagios_escalation **last = &import->escalations;
    for (size_t i = 0; i < objects->source->count; i++) {
        struct nagios_definition *definition = objects->source->definitions[i];
        bool host = strcmp(definition->type, "hostescalation") == 0;
        struct place place;
        if ((!host && strcmp(definition->type, "serviceescalation") != 0) || !nagios_is_object(definition))
            continue;
        struct nagios_escalation *escalation = arena_get(import->arena, 1, sizeof *escalation);
        *escalation = (struct nagios_escalation){.definition = definition, .host = host};
        const char *hosts = nagios_get(objects, definition, "host_name", &place);
        const char *groups = nagios_get(objects, definition, "hostgroup_name", NULL);
        nagios_hosts(objects, hosts, groups, place, &escalation->hosts);
        nagios_split(import->arena, nagios_get(objects, definition, "service_description", NULL),
                     &escalation->names);
        escalation->has = nagios_import_audience(import, definition, definition);
        escalation->first = whole_of(import, definition, "first_notification");
        judge(import, definition, host);
        *last = escalation;
        last = &escalation->next;
    }
}

static bool means(const struct nagios_escalation *escalation, size_t host, const char *description)
{
    if (escalation->host != !description || !escalation->hosts.has[host])
        return false;
    bool named = !description;
    for (size_t i = 0; !named && i < escalation->names.count; i++)
        named = strcmp(escalation->names.items[i], "*") == 0 ||
                strcmp(escalation->names.items[i], description) == 0;
    return named;
}

bool nagios_import_escalated(struct nagios_import *import, size_t host, const char *description, bool at_once,
                             unsigned char *has)
{
    bool any = false;
    for (struct nagios_escalation *at = import->escalations; at; at = at->next) {
        if (!means(at, host, description) || (at_once && at->first > 1))
            continue;
        any = true;
        at->matched = at->matched || at_once;
        for (size_t i = 0; i < import->objects->contacts.count; i++)
            has[i] |= at->has[i];
    }
    return any;
}

/* The next first notification behind ${after} of those that are meant; 0: none. */
static int64_t next_first(const struct nagios_import *import, size_t host, const char *description,
                          int64_t after)
{
    int64_t next = 0;
    for (const struct nagios_escalation *at = import->escalations; at; at = at->next)
        if (means(at, host, description) && at->first > after && (next == 0 || at->first < next))
            next = at->first;
    return next;
}

static void judge_step(struct nagios_import *import, struct nagios_escalation *escalation,
                       const unsigned char *told, int64_t repeat)
{
    struct place place = escalation->definition->place;
    bool replaces = false;
    for (size_t i = 0; i < import->objects->contacts.count; i++)
        replaces = replaces || (told[i] && !escalation->has[i]);
    if (replaces && !escalation->replaces_told)
        nagios_find(import->findings, place,
                    "those who are told first are told on here, not only the others");
    escalation->replaces_told = escalation->replaces_told || replaces;
    if (repeat == 0 && !escalation->never_told)
        nagios_find(import->findings, place,
                    "it never happens in Nagios: a notification_interval of 0 repeats nothing");
    escalation->never_told = escalation->never_told || repeat == 0;
    const char *interval =
        nagios_get(import->objects, escalation->definition, "notification_interval", &place);
    if (interval && repeat > 0 && !escalation->interval_told &&
        nagios_import_span(import, interval, place) != repeat) {
        nagios_find(import->findings, place, "repeats go on in the interval of before here");
        escalation->interval_told = true;
    }
}

void nagios_import_escalate(struct nagios_import *import, size_t host, const char *description,
                            int64_t repeat, const unsigned char *base, nagios_write_people *write,
                            void *owner, struct text *text)
{
    size_t contacts = import->objects->contacts.count;
    unsigned char *told = arena_get(import->arena, contacts + 1, 1);
    unsigned char *fresh = arena_get(import->arena, contacts + 1, 1);
    size_t steps = 0;
    memcpy(told, base, contacts);
    for (int64_t first = 1; (first = next_first(import, host, description, first)) > 0;) {
        struct text names = TEXT_INIT;
        memset(fresh, 0, contacts);
        for (struct nagios_escalation *at = import->escalations; at; at = at->next) {
            if (at->first != first || !means(at, host, description))
                continue;
            at->matched = true;
            judge_step(import, at, base, repeat);
            for (size_t i = 0; i < contacts; i++)
                fresh[i] |= at->has[i] && !told[i];
        }
        for (size_t i = 0; i < contacts; i++)
            told[i] |= fresh[i];
        if (repeat > 0 && write(owner, fresh, &names)) {
            text_add(text, steps++ ? ", {after: " : ", escalate: [{after: ");
            duration_write(text, (first - 1) * repeat);
            text_format(text, ", groups: [%s]}", names.bytes);
        }
        text_release(&names);
    }
    text_add(text, steps ? "]" : "");
}

void nagios_import_escalations_end(struct nagios_import *import)
{
    for (const struct nagios_escalation *at = import->escalations; at; at = at->next)
        if (!at->matched)
            nagios_find(import->findings, at->definition->place,
                        "an escalation of nothing that somebody is told of");
}

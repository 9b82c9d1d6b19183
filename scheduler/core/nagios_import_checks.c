/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is checked: the services of a host, and the host itself. */
#include "scheduler/core/nagios_import_parts.h"

#include "lib/number.h"
#include "scheduler/core/nagios_command.h"

#include <ctype.h>
#include <math.h>

const char nagios_alive[] = "host-alive";

enum { LEAST_MS = 100 };

int64_t nagios_import_span(struct nagios_import *import, const char *text, struct place place)
{
    double number;
    if (number_read(text, false, &number) && number >= 0 && number * import->unit < 1e12)
        return (int64_t)llround(number * import->unit);
    nagios_find(import->findings, place, "not a number of intervals: \"%.60s\"", text);
    return -1;
}

static bool is_off(const struct nagios_import *import, struct nagios_definition *definition, const char *name)
{
    const char *value = nagios_get(import->objects, definition, name, NULL);
    return value && strcmp(value, "0") == 0;
}

static void write_words(struct text *text, const char *key, const struct words *words)
{
    text_format(text, "    %s: [", key);
    for (size_t i = 0; i < words->count; i++) {
        text_add(text, i ? ", " : "");
        nagios_import_quote(text, words->items[i]);
    }
    text_add(text, "]\n");
}

static void write_command(struct nagios_import *import, struct nagios_definition *definition,
                          const char *description, struct text *text)
{
    struct place place;
    struct words words = {0};
    struct error error = {""};
    const char *call = nagios_get(import->objects, definition, "check_command", &place);
    if (is_off(import, definition, "active_checks_enabled"))
        return;
    if (!call)
        nagios_find(import->findings, place, "no \"check_command\"");
    else if (!nagios_command_words(import->objects, definition, call, description, &words, &error))
        nagios_find(import->findings, place, "the command \"%.150s\" is not carried over: %s", call,
                    error.text);
    else
        write_words(text, "command", &words);
    for (size_t i = 0; call && !error.text[0] && i < words.count; i++)
        import->uses_alias = import->uses_alias || strstr(words.items[i], "$_HOSTALIAS$");
}

static void write_span(struct text *text, const char *key, int64_t span)
{
    text_format(text, "    %s: ", key);
    duration_write(text, span < LEAST_MS ? LEAST_MS : span);
    text_add(text, "\n");
}

static void write_schedule(struct nagios_import *import, struct nagios_definition *definition,
                           struct text *text)
{
    struct place place, attempts_place;
    const char *every = nagios_get(import->objects, definition, "check_interval", &place);
    const char *retry = nagios_get(import->objects, definition, "retry_interval", &place);
    const char *attempts = nagios_get(import->objects, definition, "max_check_attempts", &attempts_place);
    int64_t span = nagios_import_span(import, every ? every : "5", place);
    int64_t count = 1;
    if (span == 0) {
        nagios_find(import->findings, place, "checked on demand alone in Nagios; every 5 intervals here");
        span = (int64_t)(5 * import->unit);
    }
    if (span > 0)
        write_span(text, "every", span);
    span = nagios_import_span(import, retry ? retry : "1", place);
    if (span > 0)
        write_span(text, "retry", span);
    if (!attempts || !number_read_whole(attempts, 1, 1000, &count))
        nagios_find(import->findings, attempts_place, "no \"max_check_attempts\" from 1 to 1000; 1 is taken");
    text_format(text, "    attempts: %lld\n", (long long)count);
}

/* Objects without a main file are taken at their word. */
static bool flaps(const struct nagios_import *import, struct nagios_definition *definition)
{
    const char *enabled = nagios_get(import->objects, definition, "flap_detection_enabled", NULL);
    if (!import->has_main)
        return enabled && strcmp(enabled, "1") == 0;
    return import->flapping && !(enabled && strcmp(enabled, "0") == 0);
}

/* What Nagios runs when results stay away is for a passive check most often check_dummy with a state. */
static void write_stale(struct nagios_import *import, struct nagios_definition *definition, struct text *text)
{
    struct place place;
    struct words words = {0};
    struct error error = {""};
    int64_t state;
    const char *call = nagios_get(import->objects, definition, "check_command", &place);
    bool known = call && nagios_command_words(import->objects, definition, call, NULL, &words, &error) &&
                 words.count > 1;
    const char *slash = known ? strrchr(words.items[0], '/') : NULL;
    if (known && strcmp(slash ? slash + 1 : words.items[0], "check_dummy") == 0 &&
        number_read_whole(words.items[1], 0, 3, &state))
        text_format(text, "    stale: %s\n", verdict_name((enum verdict)state));
    else
        nagios_find(import->findings, place,
                    "UNKNOWN when results stay away here; the command \"%.100s\" is not run",
                    call ? call : "");
}

static void write_freshness(struct nagios_import *import, struct nagios_definition *definition, bool host,
                            struct text *text)
{
    struct nagios_objects *objects = import->objects;
    struct place place;
    double threshold, every, latency;
    const char *wanted = nagios_get(objects, definition, "check_freshness", NULL);
    const char *enabled = host ? nagios_setting(objects->source, "check_host_freshness", "0")
                               : nagios_setting(objects->source, "check_service_freshness", "1");
    if (!wanted || strcmp(wanted, "1") != 0 || (import->has_main && strcmp(enabled, "0") == 0))
        return;
    const char *given = nagios_get(objects, definition, "freshness_threshold", &place);
    if (!given || !number_read(given, false, &threshold) || threshold <= 0) {
        /* what Nagios takes: an interval and some seconds for its own lateness */
        const char *interval = nagios_get(objects, definition, "check_interval", NULL);
        const char *late = nagios_setting(objects->source, "additional_freshness_latency", "15");
        threshold = (interval && number_read(interval, false, &every) && every >= 0 ? every : 5) *
                        import->unit / 1000 +
                    (number_read(late, false, &latency) && latency >= 0 ? latency : 15);
    }
    write_span(text, "freshness", threshold < 1e9 ? (int64_t)llround(threshold * 1000) : LEAST_MS);
    if (is_off(import, definition, "active_checks_enabled"))
        write_stale(import, definition, text);
}

int64_t nagios_import_importance(struct nagios_import *import, struct nagios_definition *definition,
                                 const char *name, const char *old_name)
{
    struct place place;
    int64_t importance = 0;
    const char *value = nagios_get(import->objects, definition, name, &place);
    value = value ? value : nagios_get(import->objects, definition, old_name, &place);
    if (value && !number_read_whole(value, 0, 1000000, &importance))
        nagios_find(import->findings, place, "not an importance: \"%.60s\"", value);
    return importance;
}

/* They are sorted by host: a binary search finds the first of one. */
static size_t first_check(const struct nagios_objects *objects, size_t host)
{
    size_t low = 0, high = objects->check_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (objects->checks[middle].host < host)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* That of a host counts with those of its services. */
static void write_importance(struct nagios_import *import, struct nagios_definition *definition, size_t host,
                             bool is_host, struct text *text)
{
    const struct nagios_objects *objects = import->objects;
    int64_t importance = nagios_import_importance(import, definition, "importance", "hourly_value");
    size_t i = is_host ? first_check(objects, host) : objects->check_count;
    for (; i < objects->check_count && objects->checks[i].host == host; i++)
        importance +=
            nagios_import_importance(import, objects->checks[i].definition, "importance", "hourly_value");
    if (importance > 0)
        text_format(text, "    importance: %lld\n", (long long)importance);
}

static void take_tag(void *owner, const struct nagios_line *line)
{
    nagios_import_tag(line, owner);
}

bool nagios_import_tag(const struct nagios_line *line, struct text *tags)
{
    if (strncmp(line->name, "_TAG_", 5) != 0 || !line->name[5])
        return false;
    struct text name = TEXT_INIT;
    for (const char *at = line->name + 5; *at; at++)
        text_add_char(&name, (char)tolower((unsigned char)*at));
    text_add(tags, tags->length ? ", " : "");
    nagios_import_quote(tags, name.bytes);
    text_add(tags, ": ");
    nagios_import_quote(tags, line->value);
    text_release(&name);
    return true;
}

static void write_tags(struct nagios_import *import, struct nagios_definition *definition, struct text *text)
{
    struct text tags = TEXT_INIT, joined = TEXT_INIT;
    struct words groups;
    nagios_split(import->arena, nagios_get(import->objects, definition, "servicegroups", NULL), &groups);
    for (size_t i = 0; i < groups.count; i++)
        text_format(&joined, "%s%s", i ? " " : "", groups.items[i]);
    if (groups.count) {
        text_add(&tags, "servicegroups: ");
        nagios_import_quote(&tags, joined.bytes);
    }
    nagios_lines(import->objects, definition, take_tag, &tags);
    if (tags.length)
        text_format(text, "    tags: {%s}\n", tags.bytes);
    text_release(&tags);
    text_release(&joined);
}

/* What a check has of its own beside its command and its schedule. */
static void write_manners(struct nagios_import *import, struct nagios_definition *definition, bool host,
                          struct text *text)
{
    struct nagios_objects *objects = import->objects;
    struct place place;
    const char *volatile_ = nagios_get(objects, definition, "is_volatile", NULL);
    const char *period = nagios_get(objects, definition, "check_period", &place);
    const char *low = nagios_get(objects, definition, "low_flap_threshold", NULL);
    const char *high = nagios_get(objects, definition, "high_flap_threshold", NULL);
    double share;
    if (volatile_ && strcmp(volatile_, "0") != 0)
        text_add(text, "    volatile: true\n");
    if (is_off(import, definition, "process_perf_data"))
        text_add(text, "    store: false\n");
    const char *window = nagios_import_window(import, period, place);
    if (window && !nagios_import_is_always(import, period)) {
        text_add(text, "    window: ");
        nagios_import_quote(text, window);
        text_add(text, "\n");
    }
    write_freshness(import, definition, host, text);
    if (flaps(import, definition))
        text_format(text, "    flapping: {low: %s, high: %s}\n",
                    low && number_read(low, false, &share) && share > 0 ? low
                    : host ? nagios_setting(objects->source, "low_host_flap_threshold", "20")
                           : nagios_setting(objects->source, "low_service_flap_threshold", "20"),
                    high && number_read(high, false, &share) && share > 0 ? high
                    : host ? nagios_setting(objects->source, "high_host_flap_threshold", "30")
                           : nagios_setting(objects->source, "high_service_flap_threshold", "30"));
    if (!host)
        write_tags(import, definition, text);
}

static void add_dependency(struct nagios_import *import, size_t count, const char *host, const char *check,
                           struct text *text)
{
    text_add(text, count ? ", " : "    depends_on: [");
    nagios_import_quote(text, host ? arena_format(import->arena, "%s/%s", host, check) : check);
}

static void write_service_links(struct nagios_import *import, size_t index, struct text *text)
{
    const struct nagios_check *checks = import->objects->checks;
    size_t count = 0;
    for (size_t i = 0; i < import->service_links.count; i++) {
        const struct nagios_link *link = &import->service_links.items[i];
        if (link->dependent != index)
            continue;
        size_t host = checks[link->master].host;
        add_dependency(import, count++, host == checks[index].host ? NULL : import->host_names[host],
                       import->check_names[link->master], text);
    }
    text_add(text, count ? "]\n" : "");
}

static void write_host_links(struct nagios_import *import, size_t host, struct text *text)
{
    size_t count = 0;
    for (size_t i = 0; i < import->host_links.count; i++) {
        const struct nagios_link *link = &import->host_links.items[i];
        if (link->dependent == host && import->has_alive[link->master])
            add_dependency(import, count++, import->host_names[link->master], nagios_alive, text);
    }
    text_add(text, count ? "]\n" : "");
}

static void write_service(struct nagios_import *import, size_t index, struct text *text)
{
    const struct nagios_check *check = &import->objects->checks[index];
    text_add(text, "  ");
    nagios_import_quote(text, import->check_names[index]);
    text_add(text, ":\n");
    if (strcmp(import->check_names[index], check->description) != 0) {
        text_add(text, "    title: ");
        nagios_import_quote(text, check->description);
        text_add(text, "\n");
    }
    write_command(import, check->definition, check->description, text);
    write_schedule(import, check->definition, text);
    write_manners(import, check->definition, false, text);
    write_importance(import, check->definition, check->host, false, text);
    nagios_import_handler(import, check->definition, check->description, text);
    write_service_links(import, index, text);
    nagios_import_alert(import, check->host, check, text);
}

static void write_alive(struct nagios_import *import, size_t host, struct text *text)
{
    struct nagios_definition *definition = import->objects->hosts.items[host].definition;
    text_format(text, "  %s:\n", nagios_alive);
    write_command(import, definition, NULL, text);
    write_schedule(import, definition, text);
    write_manners(import, definition, true, text);
    write_importance(import, definition, host, true, text);
    nagios_import_handler(import, definition, NULL, text);
    write_host_links(import, host, text);
    nagios_import_alert(import, host, NULL, text);
}

void nagios_import_checks(struct nagios_import *import, size_t host, struct text *text)
{
    const struct nagios_objects *objects = import->objects;
    if (import->has_alive[host])
        write_alive(import, host, text);
    for (size_t i = first_check(objects, host); i < objects->check_count && objects->checks[i].host == host;
         i++)
        write_service(import, i, text);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_tally.h"

#include "lib/hash.h"
#include "lib/memory.h"
#include "scheduler/io/statsd.h"

enum { SERIES_MOST = 2000, BUCKETS = 4096, LABELS = 4 };

struct series_count {
    struct series_count *next; /* of its bucket */
    char *labels;              /* as they are printed */
    uint64_t count;
};

struct tally {
    struct series_count *buckets[BUCKETS];
    size_t series;
    uint64_t other;
    struct statsd *statsd;
    char *statsd_place; /* its address and prefix; NULL: none */
};

static const char *const label_names[LABELS] = {"host", "check", "state", "contact"};

struct tally *tally_create(void)
{
    return memory_get(1, sizeof(struct tally));
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; tally && i < BUCKETS; i++)
        for (struct series_count *one = tally->buckets[i], *next; one; one = next) {
            next = one->next;
            free(one->labels);
            free(one);
        }
    if (tally) {
        statsd_close(tally->statsd);
        free(tally->statsd_place);
    }
    free(tally);
}

void tally_adopt(struct tally *tally, const struct site *site, const struct log *log)
{
    struct text place = TEXT_INIT;
    struct error error = {""};
    if (site->statsd_address)
        text_format(&place, "%s %s", site->statsd_address, site->statsd_prefix);
    if (strcmp(place.bytes, tally->statsd_place ? tally->statsd_place : "") != 0) {
        statsd_close(tally->statsd);
        tally->statsd =
            site->statsd_address ? statsd_open(site->statsd_address, site->statsd_prefix, &error) : NULL;
        if (site->statsd_address && !tally->statsd)
            log_say(log, LOG_LEVEL_ERROR, "alerts are not counted by StatsD: %s", error.text);
        free(tally->statsd_place);
        tally->statsd_place = text_take(&place);
    }
    text_release(&place);
}

/* Escaped as the text format wants it. */
static void add_label(struct text *text, const char *name, const char *value)
{
    text_format(text, "%s%s=\"", text->length ? "," : "", name);
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            text_add_char(text, '\\');
        if (*value == '\n')
            text_add(text, "\\n");
        else
            text_add_char(text, *value);
    }
    text_add_char(text, '"');
}

static void count(struct tally *tally, const char *const values[static LABELS])
{
    struct text labels = TEXT_INIT;
    for (size_t i = 0; i < LABELS; i++)
        add_label(&labels, label_names[i], values[i]);
    struct series_count **bucket = &tally->buckets[hash_text(HASH_START, labels.bytes) % BUCKETS];
    struct series_count *found = *bucket;
    while (found && strcmp(found->labels, labels.bytes) != 0)
        found = found->next;
    if (!found && tally->series < SERIES_MOST) {
        found = memory_get(1, sizeof *found);
        *found = (struct series_count){.next = *bucket, .labels = memory_text(labels.bytes)};
        *bucket = found;
        tally->series++;
    }
    if (found)
        found->count++;
    else
        tally->other++;
    text_release(&labels);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void count_one(struct tally *tally, const json_t *about, const json_t *alert)
{
    const char *const values[LABELS] = {text_of(about, "host"), text_of(about, "check"),
                                        text_of(about, "state"), text_of(alert, "contact")};
    const char *const names[LABELS + 1] = {"alerts", values[0], values[1], values[2], values[3]};
    count(tally, values);
    if (tally->statsd)
        statsd_count(tally->statsd, names, LABELS + 1);
}

void tally_alert(struct tally *tally, const json_t *alert)
{
    const json_t *members = json_object_get(alert, "members");
    for (size_t i = 0; i < json_array_size(members); i++)
        count_one(tally, json_array_get(members, i), alert);
    if (json_array_size(members) == 0)
        count_one(tally, alert, alert);
}

void tally_write(const struct tally *tally, struct text *text)
{
    static const char name[] = "watchbill_alerts_total";
    text_format(text, "# HELP %s alerts decided since the start\n# TYPE %s counter\n", name, name);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct series_count *one = tally->buckets[i]; one; one = one->next)
            text_format(text, "%s{%s} %llu\n", name, one->labels, (unsigned long long)one->count);
    if (tally->other)
        text_format(text, "%s{host=\"other\",check=\"other\",state=\"other\",contact=\"other\"} %llu\n", name,
                    (unsigned long long)tally->other);
}

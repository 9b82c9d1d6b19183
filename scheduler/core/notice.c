/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice.h"

#include "lib/clean.h"
#include "scheduler/core/notice_sheet.h"

enum { SUBJECT_BYTES = 200, NAMES_BYTES = 2 * SUBJECT_BYTES, LABEL_WIDTH = 10 };

static void add_output(struct text *text, const json_t *alert)
{
    const char *output = sheet_text(json_array_get(json_object_get(alert, "members"), 0), "output");
    const char *reason = sheet_text(alert, "reason");
    bool told = strcmp(sheet_text(alert, "kind"), "REMEDIATION") == 0 && *reason;
    const char *remediation = sheet_text(alert, "remediation");
    if (told)
        text_format(text, ": %s%s%s", remediation, *remediation ? ": " : "", reason);
    else if (*output)
        text_format(text, ": %.*s", (int)strcspn(output, "\r\n"), output);
}

/* "2 CRITICAL, 1 WARNING". */
static void add_tally(struct text *text, const json_t *members)
{
    static const char *const states[] = {"CRITICAL", "UNKNOWN", "WARNING", "OK"};
    const char *joint = "";
    for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
        size_t tally = 0;
        for (size_t i = 0; i < json_array_size(members); i++)
            tally += strcmp(sheet_text(json_array_get(members, i), "state"), states[k]) == 0;
        if (tally) {
            text_format(text, "%s%zu %s", joint, tally, states[k]);
            joint = ", ";
        }
    }
}

static void add_several(struct text *text, const json_t *members)
{
    const json_t *first = json_array_get(members, 0);
    const char *service = sheet_text(first, "service");
    text_format(text, "%zu checks%s%s: ", json_array_size(members), *service ? " of " : "", service);
    add_tally(text, members);
    for (size_t i = 0; i < json_array_size(members) && text->length < NAMES_BYTES; i++)
        text_format(text, "%s%s/%s", i ? ", " : ": ", sheet_text(json_array_get(members, i), "host"),
                    sheet_text(json_array_get(members, i), "title"));
}

/* About the site, which says its own words; a remediation speaks of its check. */
static bool is_of_site(const json_t *alert)
{
    return *sheet_text(alert, "reason") && strcmp(sheet_text(alert, "kind"), "REMEDIATION") != 0;
}

void notice_subject(struct text *text, const json_t *alert)
{
    const json_t *members = json_object_get(alert, "members");
    struct text line = TEXT_INIT;
    text_format(&line, "%s: ", sheet_text(alert, "kind"));
    if (json_array_size(members) > 1 && !*sheet_text(alert, "reason")) {
        add_several(&line, members);
    } else if (json_array_size(members) == 1 && !is_of_site(alert)) {
        text_format(&line, "%s/%s is %s", sheet_text(alert, "host"),
                    sheet_text(json_array_get(members, 0), "title"),
                    sheet_text(json_array_get(members, 0), "state_name"));
        add_output(&line, alert);
    } else {
        text_format(&line, "%s/%s: %s", sheet_text(alert, "host"), sheet_text(alert, "check"),
                    sheet_text(alert, "reason"));
    }
    struct text cleaned = TEXT_INIT;
    clean_text(&cleaned, line.bytes);
    if (cleaned.length > SUBJECT_BYTES) {
        clean_cut(&cleaned, SUBJECT_BYTES);
        text_add(&cleaned, "...");
    }
    text_add(text, cleaned.bytes);
    text_release(&cleaned);
    text_release(&line);
}

static void write_row(struct text *text, const struct sheet_row *row, bool after_field)
{
    switch (row->kind) {
    case SHEET_FIELD:
        text_format(text, "%s:%*s%s\n", row->label, LABEL_WIDTH - (int)strlen(row->label), "", row->value);
        break;
    case SHEET_BLOCK:
        text_format(text, "\n%s\n", row->value);
        break;
    case SHEET_HEAD:
        text_format(text, "\n%s:\n", row->value);
        break;
    case SHEET_LINE:
        text_format(text, "%s%s\n", after_field ? "\n" : "", row->value);
        break;
    case SHEET_LINK:
    case SHEET_COMMAND:
        text_format(text, "%s:  %s\n", row->label, row->value);
        break;
    }
}

void notice_text(struct text *text, const json_t *alert)
{
    struct sheet sheet;
    bool after_field = false;
    notice_subject(text, alert);
    text_add(text, "\n\n");
    sheet_fill(&sheet, alert);
    for (size_t i = 0; i < sheet.count; i++) {
        write_row(text, &sheet.rows[i], after_field);
        after_field = sheet.rows[i].kind == SHEET_FIELD || sheet.rows[i].kind == SHEET_BLOCK;
    }
    sheet_release(&sheet);
}

/* ---- events ---- */

/* Members that are not shown as they are: the first is the event's own, the others say what the type says. */
static bool is_plain(const char *key)
{
    static const char *const others[] = {"type", "state_type", "attempt", "problem", "at", "tags"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(key, others[i]) == 0)
            return false;
    return true;
}

static void add_pairs(struct text *text, json_t *object)
{
    enum { BYTES_MOST = 200 };
    void *place = json_object_iter(object);
    for (; place && text->length < BYTES_MOST; place = json_object_iter_next(object, place)) {
        const char *key = json_object_iter_key(place);
        const json_t *value = json_object_iter_value(place);
        if (!is_plain(key))
            continue;
        if (json_is_string(value))
            text_format(text, " %s=%s", key, json_string_value(value));
        else if (json_is_integer(value))
            text_format(text, " %s=%lld", key, (long long)json_integer_value(value));
        else if (json_is_real(value))
            text_format(text, " %s=%.10g", key, json_real_value(value));
    }
}

/* By the exit codes of the frame: what the program says of itself. Whether it helped, the check says. */
static const char *outcome_of(const json_t *data)
{
    static const char *const words[] = {"it says that it helped", "no effect", "failed", "refused"};
    const json_t *outcome = json_object_get(data, "outcome");
    json_int_t code = json_is_integer(outcome) ? json_integer_value(outcome) : -1;
    if (code == 0 && json_is_true(json_object_get(data, "dry_run")))
        return "rehearsed";
    return code >= 0 && code < 4 ? words[code] : "interrupted";
}

void notice_event(struct text *text, const json_t *row)
{
    enum { BYTES_MOST = 240 };
    json_t *data = json_object_get(row, "data");
    struct text words = TEXT_INIT, cleaned = TEXT_INIT;
    text_format(&words, "%s:", sheet_text(row, "name"));
    if (strcmp(sheet_text(row, "type"), "status") == 0 && json_object_get(data, "state_type")) {
        text_format(&words, " %s %s", sheet_text(data, "state"), sheet_text(data, "state_type"));
    } else if (json_object_get(data, "remediation") && json_object_get(data, "outcome")) {
        text_format(&words, " remediation %s: %s", sheet_text(data, "remediation"), outcome_of(data));
    } else {
        add_pairs(&words, data);
        add_pairs(&words, json_object_get(data, "tags"));
    }
    clean_text(&cleaned, words.bytes);
    clean_cut(&cleaned, BYTES_MOST);
    text_add(text, cleaned.bytes);
    text_release(&words);
    text_release(&cleaned);
}

/* ---- parts ---- */

void notice_contact(struct text *text, const struct contact *contact)
{
    const char *host = strstr(contact->address, "://");
    if (contact->channel != CHANNEL_WEBHOOK || !host) {
        text_add(text, contact->address);
        return;
    }
    host += 3;
    size_t length = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', length);
    const char *name = at ? at + 1 : host;
    text_add_bytes(text, contact->address, (size_t)(host - contact->address));
    text_add_bytes(text, name, length - (size_t)(name - host));
}

void notice_time(struct text *text, const struct zone *zone, int64_t at)
{
    struct civil civil = zone_civil(zone, at / 1000);
    int64_t offset = zone_offset(zone, at / 1000) / 60;
    text_format(text, "%04lld-%02d-%02d %02d:%02d:%02d %c%02d:%02d", (long long)civil.year, civil.month,
                civil.day, civil.hour, civil.minute, civil.second, offset < 0 ? '-' : '+',
                (int)((offset < 0 ? -offset : offset) / 60), (int)((offset < 0 ? -offset : offset) % 60));
}

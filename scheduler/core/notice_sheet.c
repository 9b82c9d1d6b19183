/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice_sheet.h"

#include "lib/form.h"
#include "lib/memory.h"
#include "lib/number.h"
#include "scheduler/core/notice.h"

#include <inttypes.h>

enum { MEMBERS_MOST = 50, LINES_MOST = 30 };

const char *sheet_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t sheet_whole(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : 0;
}

const struct zone *sheet_zone(const json_t *alert)
{
    const struct zone *zone = zone_open(sheet_text(alert, "timezone"), NULL);
    return zone ? zone : zone_open("UTC", NULL);
}

/* Takes the bytes of ${value}; a row that says nothing is left out. */
static void add_row(struct sheet *sheet, enum sheet_kind kind, const char *label, struct text *value)
{
    if (value->length == 0) {
        text_release(value);
        return;
    }
    if (sheet->count == sheet->room) {
        sheet->room = sheet->room ? sheet->room * 2 : 32;
        sheet->rows = memory_grow(sheet->rows, sheet->room, sizeof *sheet->rows);
    }
    sheet->rows[sheet->count++] = (struct sheet_row){kind, memory_text(label), text_take(value)};
}

static void add_text(struct sheet *sheet, enum sheet_kind kind, const char *label, const char *value)
{
    struct text text = TEXT_INIT;
    text_add(&text, value);
    add_row(sheet, kind, label, &text);
}

static void add_time(struct sheet *sheet, const char *label, const json_t *alert, int64_t at)
{
    struct text text = TEXT_INIT;
    int64_t now = sheet_whole(alert, "at");
    if (at > 0) {
        notice_time(&text, sheet_zone(alert), at);
        if (now > at) {
            text_add(&text, " (");
            duration_write(&text, (now - at) / 1000 * 1000);
            text_add(&text, " ago)");
        }
    }
    add_row(sheet, SHEET_FIELD, label, &text);
}

/* The time of day, because all of it is near. */
static void add_clock(struct text *text, const json_t *alert, int64_t at)
{
    struct civil civil = zone_civil(sheet_zone(alert), at / 1000);
    text_format(text, "%02d:%02d:%02d", civil.hour, civil.minute, civil.second);
}

/* ---- the checks ---- */

static void add_state(struct sheet *sheet, const json_t *member)
{
    struct text text = TEXT_INIT;
    text_format(&text, "%s (%s, attempt %" PRId64 " of %" PRId64 ")%s", sheet_text(member, "state_name"),
                strcmp(sheet_text(member, "type"), "HARD") == 0 ? "hard" : "soft",
                sheet_whole(member, "attempt"), sheet_whole(member, "attempts"),
                json_is_true(json_object_get(member, "flapping")) ? ", flapping" : "");
    add_row(sheet, SHEET_FIELD, "State", &text);
}

static void add_problem(struct sheet *sheet, const json_t *alert)
{
    struct text text = TEXT_INIT;
    if (sheet_whole(alert, "problem") > 0)
        text_format(&text, "%" PRId64, sheet_whole(alert, "problem"));
    add_row(sheet, SHEET_FIELD, "Problem", &text);
}

static void add_check(struct sheet *sheet, const json_t *alert, const json_t *member)
{
    const char *address = sheet_text(member, "address");
    add_state(sheet, member);
    add_problem(sheet, alert);
    add_time(sheet, "Since", alert, sheet_whole(member, "since"));
    add_time(sheet, "Last OK", alert, sheet_whole(member, "last_ok"));
    add_text(sheet, SHEET_FIELD, "Host", sheet_text(member, "host"));
    add_text(sheet, SHEET_FIELD, "Address", strcmp(address, sheet_text(member, "host")) == 0 ? "" : address);
    add_text(sheet, SHEET_FIELD, "Check", sheet_text(member, "title"));
    add_text(sheet, SHEET_FIELD, "Service", sheet_text(member, "service"));
    add_text(sheet, SHEET_FIELD, "Info", sheet_text(member, "info"));
}

static void write_member(struct text *text, const json_t *alert, const json_t *member)
{
    const char *output = sheet_text(member, "output");
    text_format(text, "%s %s/%s", sheet_text(member, "state_name"), sheet_text(member, "host"),
                sheet_text(member, "title"));
    if (sheet_whole(member, "since") > 0) {
        text_add(text, " since ");
        add_clock(text, alert, sheet_whole(member, "since"));
    }
    if (sheet_whole(member, "problem") > 0)
        text_format(text, " (problem %" PRId64 ")", sheet_whole(member, "problem"));
    if (*output)
        text_format(text, ": %.*s", (int)strcspn(output, "\r\n"), output);
}

/* One line for each, the first of many. */
static void add_members(struct sheet *sheet, const json_t *alert, const json_t *members)
{
    size_t count = json_array_size(members);
    for (size_t i = 0; i < count && i < MEMBERS_MOST; i++) {
        struct text text = TEXT_INIT;
        write_member(&text, alert, json_array_get(members, i));
        add_row(sheet, SHEET_LINE, NULL, &text);
    }
    if (count > MEMBERS_MOST) {
        struct text text = TEXT_INIT;
        text_format(&text, "and %zu more", count - MEMBERS_MOST);
        add_row(sheet, SHEET_LINE, NULL, &text);
    }
}

void notice_members(struct text *text, const json_t *alert)
{
    struct sheet sheet = {0};
    add_members(&sheet, alert, json_object_get(alert, "members"));
    for (size_t i = 0; i < sheet.count; i++)
        text_format(text, "%s%s", i ? "\n" : "", sheet.rows[i].value);
    sheet_release(&sheet);
}

/* ---- who is told, and when again ---- */

static void add_account(struct sheet *sheet, const json_t *alert)
{
    const json_t *account = json_object_get(alert, "account");
    struct text text = TEXT_INIT;
    text_format(&text, "%s at %s", sheet_text(alert, "user"), sheet_text(alert, "contact"));
    if (account)
        text_format(&text, ", of the group %s: number %" PRId64 " of %" PRId64 " on its rota",
                    sheet_text(account, "group"), sheet_whole(account, "place"), sheet_whole(account, "of"));
    add_row(sheet, SHEET_FIELD, "Told", &text);
}

static void add_told(struct sheet *sheet, const json_t *alert)
{
    struct text text = TEXT_INIT;
    size_t index;
    const json_t *told;
    json_array_foreach(json_object_get(alert, "told"), index, told) {
        text_format(&text, "%s%s at %s, ", index ? "; " : "", sheet_text(told, "user"),
                    sheet_text(told, "contact"));
        add_clock(&text, alert, sheet_whole(told, "at"));
    }
    add_row(sheet, SHEET_FIELD, "Also told", &text);
}

static void add_repeat(struct sheet *sheet, const json_t *alert)
{
    struct text text = TEXT_INIT;
    if (sheet_whole(alert, "repeat") > 0) {
        text_add(&text, "told again at ");
        add_clock(&text, alert, sheet_whole(alert, "repeat"));
        text_add(&text, ", unless it is acknowledged or over");
    }
    if (sheet_whole(alert, "next") > 0) {
        int64_t left = sheet_whole(alert, "next") - sheet_whole(alert, "at");
        text_add(&text, "it may run at ");
        notice_time(&text, sheet_zone(alert), sheet_whole(alert, "next"));
        text_add(&text, ", in ");
        duration_write(&text, (left + 999) / 1000 * 1000);
    }
    add_row(sheet, SHEET_FIELD, "Next", &text);
}

static void add_remediation(struct sheet *sheet, const json_t *alert)
{
    struct text text = TEXT_INIT;
    if (*sheet_text(alert, "remediation"))
        text_format(&text, "%s (%s)", sheet_text(alert, "remediation"), sheet_text(alert, "issue"));
    add_row(sheet, SHEET_FIELD, "Remediation", &text);
}

/* ---- what is known beside it ---- */

void sheet_events(struct sheet *sheet, const json_t *alert)
{
    const json_t *events = json_object_get(alert, "events");
    size_t count = json_array_size(events), first = count > LINES_MOST ? count - LINES_MOST : 0;
    for (size_t i = first; i < count; i++) {
        const json_t *event = json_array_get(events, i);
        struct text text = TEXT_INIT;
        add_clock(&text, alert, sheet_whole(event, "at"));
        text_format(&text, "  %s %s", sheet_text(event, "subject"), sheet_text(event, "text"));
        add_row(sheet, SHEET_LINE, NULL, &text);
    }
}

/* A link to a page below the public base of links, which may be none. */
static void add_page(struct sheet *sheet, const json_t *alert, const char *label, const char *top,
                     const char *name)
{
    const char *base = sheet_text(alert, "base");
    struct text text = TEXT_INIT;
    if (*base && *name) {
        form_base(&text, base);
        text_format(&text, "%s/%s", top, name);
    }
    add_row(sheet, SHEET_LINK, label, &text);
}

static void add_bundle(struct sheet *sheet, const json_t *alert, const char *path)
{
    const char *slash = strrchr(path, '/');
    add_text(sheet, SHEET_FIELD, "Diagnostics", path);
    add_page(sheet, alert, "What they found", "diagnostics", slash ? slash + 1 : "");
}

void sheet_remediations(struct sheet *sheet, const json_t *alert)
{
    const json_t *remediations = json_object_get(alert, "remediations");
    size_t index;
    const json_t *one;
    json_array_foreach(remediations, index, one) {
        struct text text = TEXT_INIT;
        add_clock(&text, alert, sheet_whole(one, "at"));
        text_format(&text, "  %s (%s): %s%s%s", sheet_text(one, "remediation"), sheet_text(one, "issue"),
                    sheet_text(one, "decision"), *sheet_text(one, "reason") ? ": " : "",
                    sheet_text(one, "reason"));
        add_row(sheet, SHEET_LINE, NULL, &text);
        add_text(sheet, SHEET_LINK, sheet_text(one, "issue"), sheet_text(one, "link"));
        add_bundle(sheet, alert, sheet_text(one, "bundle"));
    }
}

/* ---- what the reader can do ---- */

static bool can_be_acknowledged(const json_t *alert)
{
    return sheet_whole(alert, "problem") > 0 && strcmp(sheet_text(alert, "state"), "OK") != 0 &&
           strcmp(sheet_text(alert, "kind"), "ACKNOWLEDGEMENT") != 0;
}

static void add_command(struct sheet *sheet, const char *label, const char *command, const json_t *alert,
                        const char *more)
{
    struct text text = TEXT_INIT;
    text_format(&text, "watchbill %s %s/%s%s", command, sheet_text(alert, "host"), sheet_text(alert, "check"),
                more);
    add_row(sheet, SHEET_COMMAND, label, &text);
}

static void add_links(struct sheet *sheet, const json_t *alert)
{
    size_t index;
    const json_t *link;
    add_text(sheet, SHEET_LINK, "Approve the remediation", sheet_text(alert, "approve"));
    json_array_foreach(json_object_get(alert, "acknowledge"), index, link) {
        struct text label = TEXT_INIT;
        text_format(&label, "Acknowledge %s", sheet_text(link, "subject"));
        add_text(sheet, SHEET_LINK, label.bytes, sheet_text(link, "link"));
        text_release(&label);
    }
    if (json_array_size(json_object_get(alert, "members")) == 1) {
        struct text subject = TEXT_INIT;
        text_format(&subject, "%s/%s", sheet_text(alert, "host"), sheet_text(alert, "check"));
        add_page(sheet, alert, "Its page", "checks", subject.bytes);
        text_release(&subject);
    }
    add_text(sheet, SHEET_LINK, "All checks", sheet_text(alert, "base"));
}

void sheet_fill(struct sheet *sheet, const json_t *alert)
{
    const json_t *members = json_object_get(alert, "members");
    size_t count = json_array_size(members);
    *sheet = (struct sheet){0};
    if (count == 1)
        add_check(sheet, alert, json_array_get(members, 0));
    else
        add_members(sheet, alert, members);
    add_text(sheet, SHEET_FIELD, "By", sheet_text(alert, "author"));
    add_remediation(sheet, alert);
    add_text(sheet, SHEET_FIELD, "Reason", sheet_text(alert, "reason"));
    add_account(sheet, alert);
    add_told(sheet, alert);
    add_repeat(sheet, alert);
    add_text(sheet, SHEET_FIELD, "Escalates", sheet_text(alert, "escalation"));
    if (count == 1)
        add_text(sheet, SHEET_BLOCK, NULL, sheet_text(json_array_get(members, 0), "output"));
    add_text(sheet, SHEET_BLOCK, NULL, sheet_text(alert, "details")); /* of a review */
    if (json_array_size(json_object_get(alert, "events")))
        add_text(sheet, SHEET_HEAD, NULL, "What happened before");
    sheet_events(sheet, alert);
    if (json_array_size(json_object_get(alert, "remediations")))
        add_text(sheet, SHEET_HEAD, NULL, "Remediations");
    sheet_remediations(sheet, alert);
    if (count > 0) {
        add_text(sheet, SHEET_HEAD, NULL, "What you can do");
        if (can_be_acknowledged(alert))
            add_command(sheet, "Acknowledge it", "ack", alert, " --comment \"...\"");
        add_command(sheet, "The whole story", "why", alert, "");
    }
    add_links(sheet, alert);
    add_text(sheet, SHEET_LINE, NULL, sheet_text(alert, "warning"));
}

void sheet_release(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->count; i++) {
        free(sheet->rows[i].label);
        free(sheet->rows[i].value);
    }
    free(sheet->rows);
}

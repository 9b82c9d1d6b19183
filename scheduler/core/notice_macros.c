/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice_macros.h"

#include "lib/html.h"
#include "lib/mail.h"
#include "lib/lookup.h"
#include "scheduler/core/macro.h"
#include "scheduler/core/notice.h"
#include "scheduler/core/notice_sheet.h"

#include <inttypes.h>

/* What a macro is written from. */
struct facts {
    const json_t *alert, *member; /* of an alert about the site the member is the alert itself */
};

typedef void write_value(struct text *text, const struct facts *facts, const char *key);

static void of_alert(struct text *text, const struct facts *facts, const char *key)
{
    text_add(text, sheet_text(facts->alert, key));
}

static void of_member(struct text *text, const struct facts *facts, const char *key)
{
    text_add(text, sheet_text(facts->member, key));
}

static void number_of_member(struct text *text, const struct facts *facts, const char *key)
{
    text_format(text, "%" PRId64, sheet_whole(facts->member, key));
}

static void seconds_of_member(struct text *text, const struct facts *facts, const char *key)
{
    text_format(text, "%" PRId64, sheet_whole(facts->member, key) / 1000);
}

static void title(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    const char *given = sheet_text(facts->member, "title");
    text_add(text, *given ? given : sheet_text(facts->alert, "check"));
}

static void first_line(struct text *text, const struct facts *facts, const char *key)
{
    const char *output = sheet_text(facts->member, key);
    text_add_bytes(text, output, strcspn(output, "\r\n"));
}

static void other_lines(struct text *text, const struct facts *facts, const char *key)
{
    const char *output = sheet_text(facts->member, key);
    size_t first = strcspn(output, "\n");
    text_add(text, output[first] ? output + first + 1 : "");
}

static void state_id(struct text *text, const struct facts *facts, const char *key)
{
    int found = lookup_name(verdict_names, sheet_text(facts->member, key));
    text_format(text, "%d", found == LOOKUP_NONE ? (int)VERDICT_UNKNOWN : found);
}

static int64_t lasting(const struct facts *facts)
{
    int64_t since = sheet_whole(facts->member, "since"), at = sheet_whole(facts->alert, "at");
    return since > 0 && at > since ? (at - since) / 1000 : 0;
}

static void duration(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    int64_t seconds = lasting(facts);
    text_format(text, "%" PRId64 "d %" PRId64 "h %" PRId64 "m %" PRId64 "s", seconds / 86400,
                seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

static void duration_seconds(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    text_format(text, "%" PRId64, lasting(facts));
}

/* ---- times ---- */

static struct civil civil_of(const struct facts *facts)
{
    return zone_civil(sheet_zone(facts->alert), sheet_whole(facts->alert, "at") / 1000);
}

static void add_date(struct text *text, const struct facts *facts, const char *key)
{
    struct civil civil = civil_of(facts);
    (void)key;
    text_format(text, "%04" PRId64 "-%02d-%02d", civil.year, civil.month, civil.day);
}

static void add_clock(struct text *text, const struct facts *facts, const char *key)
{
    struct civil civil = civil_of(facts);
    (void)key;
    text_format(text, "%02d:%02d:%02d", civil.hour, civil.minute, civil.second);
}

static void short_time(struct text *text, const struct facts *facts, const char *key)
{
    add_date(text, facts, key);
    text_add_char(text, ' ');
    add_clock(text, facts, key);
}

/* "Fri Nov 20 17:04:05 +01:00 2026": that of Nagios, with the offset for the name of the zone. */
static void long_time(struct text *text, const struct facts *facts, const char *key)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil civil = civil_of(facts);
    struct text whole = TEXT_INIT;
    notice_time(&whole, sheet_zone(facts->alert), sheet_whole(facts->alert, "at"));
    text_format(text, "%.3s %.3s %d ", days + (size_t)civil.weekday * 3,
                months + (size_t)(civil.month - 1) * 3, civil.day);
    add_clock(text, facts, key);
    text_format(text, " %s %" PRId64, strrchr(whole.bytes, ' ') + 1, civil.year);
    text_release(&whole);
}

static void epoch(struct text *text, const struct facts *facts, const char *key)
{
    text_format(text, "%" PRId64, sheet_whole(facts->alert, key) / 1000);
}

/* ---- ours ---- */

static void subject(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    notice_subject(text, facts->alert);
}

static void whole_text(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    notice_text(text, facts->alert);
}

static void members(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    notice_members(text, facts->alert);
}

static void add_lines(struct text *text, const struct facts *facts,
                      void (*fill)(struct sheet *sheet, const json_t *alert))
{
    struct sheet sheet = {0};
    fill(&sheet, facts->alert);
    for (size_t i = 0; i < sheet.count; i++)
        text_format(text, "%s%s", i ? "\n" : "", sheet.rows[i].value);
    sheet_release(&sheet);
}

static void events(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    add_lines(text, facts, sheet_events);
}

static void remediations(struct text *text, const struct facts *facts, const char *key)
{
    (void)key;
    add_lines(text, facts, sheet_remediations);
}

static void acknowledge_link(struct text *text, const struct facts *facts, const char *key)
{
    text_add(text, sheet_text(json_array_get(json_object_get(facts->alert, key), 0), "link"));
}

static void picture_link(struct text *text, const struct facts *facts, const char *key)
{
    if (!json_object_get(facts->alert, key))
        return;
    text_add(text, "cid:");
    mail_picture_id(text, sheet_text(facts->alert, "id"));
}

/* ---- all of them ---- */

/* In the order of notice_macro_names. */
static const struct {
    write_value *write;
    const char *key;
} values[] = {
    {of_alert, "host"},
    {of_alert, "host"},
    {of_alert, "host"},
    {of_member, "address"},
    {of_alert, "check"},
    {title, NULL},
    {of_alert, "state"},
    {state_id, "state"},
    {of_member, "type"},
    {number_of_member, "attempt"},
    {number_of_member, "attempts"},
    {first_line, "output"},
    {other_lines, "output"},
    {number_of_member, "problem"},
    {duration, NULL},
    {duration_seconds, NULL},
    {of_member, "info"},
    {seconds_of_member, "last_ok"},
    {of_member, "service"},
    {of_alert, "kind"},
    {of_alert, "user"},
    {of_alert, "author"},
    {of_alert, "reason"},
    {of_alert, "user"},
    {of_alert, "name"},
    {of_alert, "contact"},
    {long_time, NULL},
    {short_time, NULL},
    {add_date, NULL},
    {add_clock, NULL},
    {epoch, "at"},
    {of_alert, "urgency"},
    {subject, NULL},
    {whole_text, NULL},
    {members, NULL},
    {events, NULL},
    {remediations, NULL},
    {of_alert, "base"},
    {acknowledge_link, "acknowledge"},
    {picture_link, "picture"},
};

enum { VALUES = sizeof values / sizeof values[0] };

const char *const notice_macro_names[] = {
    "HOSTNAME",
    "HOSTALIAS",
    "HOSTDISPLAYNAME",
    "HOSTADDRESS",
    "SERVICEDESC",
    "SERVICEDISPLAYNAME",
    "SERVICESTATE",
    "SERVICESTATEID",
    "SERVICESTATETYPE",
    "SERVICEATTEMPT",
    "MAXSERVICEATTEMPTS",
    "SERVICEOUTPUT",
    "LONGSERVICEOUTPUT",
    "SERVICEPROBLEMID",
    "SERVICEDURATION",
    "SERVICEDURATIONSEC",
    "SERVICENOTES",
    "LASTSERVICEOK",
    "HOSTGROUPNAME",
    "NOTIFICATIONTYPE",
    "NOTIFICATIONRECIPIENTS",
    "NOTIFICATIONAUTHOR",
    "NOTIFICATIONCOMMENT",
    "CONTACTNAME",
    "CONTACTALIAS",
    "CONTACTEMAIL",
    "LONGDATETIME",
    "SHORTDATETIME",
    "DATE",
    "TIME",
    "TIMET",
    "URGENCY",
    "SUBJECT",
    "TEXT",
    "MEMBERS",
    "EVENTS",
    "REMEDIATIONS",
    "URL",
    "ACKURL",
    "GRAPHURL",
    "_ALERT*",
    NULL,
};
_Static_assert(sizeof notice_macro_names / sizeof notice_macro_names[0] == VALUES + 2,
               "a value for each name");

static void add_pair(struct pairs *pairs, const char *name, const char *value)
{
    pairs->items[pairs->count++] = (struct pair){name, value};
}

static void add_own(struct pairs *pairs, struct arena *arena, const json_t *alert)
{
    const json_t *member = json_array_get(json_object_get(alert, "members"), 0);
    const struct facts facts = {alert, member ? member : alert};
    for (size_t i = 0; i < VALUES; i++) {
        struct text text = TEXT_INIT;
        values[i].write(&text, &facts, values[i].key);
        add_pair(pairs, notice_macro_names[i], arena_text(arena, text.bytes));
        text_release(&text);
    }
}

static void add_script(struct pairs *pairs, struct arena *arena, json_t *script)
{
    const char *name;
    json_t *value;
    json_object_foreach(script, name, value) {
        const char *key = arena_format(arena, "_ALERT%s", name);
        if (json_is_string(value))
            add_pair(pairs, key, arena_text(arena, json_string_value(value)));
        else if (json_is_integer(value))
            add_pair(pairs, key, arena_format(arena, "%lld", (long long)json_integer_value(value)));
        else if (json_is_real(value))
            add_pair(pairs, key, arena_format(arena, "%.15g", json_real_value(value)));
    }
}

static void add_list(struct text *text, const char *template, const json_t *alert, bool html)
{
    struct text list = TEXT_INIT;
    if (json_array_size(json_object_get(alert, "members")) < 2 || strstr(template, "$MEMBERS$"))
        return;
    notice_members(&list, alert);
    text_add(text, html ? "<pre>" : "\n");
    if (html)
        html_add(text, list.bytes);
    else
        text_add(text, list.bytes);
    text_add(text, html ? "</pre>\n" : "\n");
    text_release(&list);
}

bool notice_fill(struct text *text, const char *template, const json_t *alert, const struct binding *binding,
                 const json_t *script, bool html, struct error *error)
{
    struct arena *arena = arena_create();
    json_t *own = json_deep_copy(script);
    struct pairs pairs = {.items = arena_get(arena, VALUES + json_object_size(script), sizeof(struct pair))};
    add_own(&pairs, arena, alert);
    add_script(&pairs, arena, own);
    const struct macro_source source = {.host = binding ? binding->host : NULL,
                                        .check = binding ? binding->plan->name : NULL,
                                        .extra = &pairs,
                                        .write = html ? html_add : NULL};
    bool ok = macro_expand(template, &source, text, error);
    if (ok)
        add_list(text, template, alert, html);
    json_decref(own);
    arena_free(arena);
    return ok;
}

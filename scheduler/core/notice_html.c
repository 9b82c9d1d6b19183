/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hypertext of an alert: inline styles only, no scripts, nothing that is fetched, because that is all that
 * mail readers show. */
#include "scheduler/core/notice.h"

#include "lib/html.h"
#include "lib/mail.h"
#include "scheduler/core/notice_sheet.h"

static const char *colour_of(const char *state)
{
    static const char *const colours[][2] = {
        {"OK", "#1a7f37"}, {"WARNING", "#8a6100"}, {"CRITICAL", "#b42318"}, {"UNKNOWN", "#6f42c1"}};
    for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++)
        if (strcmp(state, colours[i][0]) == 0)
            return colours[i][1];
    return "#1c2126";
}

static void add_element(struct text *text, const char *open, const char *content, const char *close)
{
    text_add(text, open);
    html_add(text, content);
    text_add(text, close);
}

static void add_picture(struct text *text, const json_t *alert)
{
    if (!json_object_get(alert, "picture"))
        return;
    text_add(text, "<p><img alt=\"the graph of the check\" style=\"max-width:100%\" src=\"cid:");
    mail_picture_id(text, sheet_text(alert, "id"));
    text_add(text, "\"></p>\n");
}

static void write_row(struct text *text, const struct sheet_row *row, const json_t *alert)
{
    switch (row->kind) {
    case SHEET_FIELD:
        add_element(text, "<tr><td style=\"color:#5a636b;padding:1px 12px 1px 0;vertical-align:top\">",
                    row->label, "</td><td>");
        add_element(text, "", row->value, "</td></tr>\n");
        break;
    case SHEET_BLOCK:
        add_element(text, "<pre style=\"white-space:pre-wrap;background:#f3f4f5;color:#1c2126;padding:8px\">",
                    row->value, "</pre>\n");
        add_picture(text, alert);
        break;
    case SHEET_HEAD:
        add_element(text, "<h3 style=\"font-size:15px;margin:14px 0 4px\">", row->value, "</h3>\n");
        break;
    case SHEET_LINE:
        add_element(text, "<div>", row->value, "</div>\n");
        break;
    case SHEET_COMMAND:
        add_element(text, "<div>", row->label, ": <code>");
        add_element(text, "", row->value, "</code></div>\n");
        break;
    case SHEET_LINK:
        add_element(text, "<div><a href=\"", row->value, "\">");
        add_element(text, "", row->label, "</a></div>\n");
        break;
    }
}

void notice_html(struct text *text, const json_t *alert)
{
    struct sheet sheet;
    struct text subject = TEXT_INIT;
    bool in_table = false, shown = false;
    notice_subject(&subject, alert);
    sheet_fill(&sheet, alert);
    text_add(text, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"></head>"
                   "<body style=\"font:14px/1.4 sans-serif\">\n");
    text_format(text, "<h2 style=\"font-size:17px;color:%s\">", colour_of(sheet_text(alert, "state")));
    add_element(text, "", subject.bytes, "</h2>\n");
    for (size_t i = 0; i < sheet.count; i++) {
        bool field = sheet.rows[i].kind == SHEET_FIELD;
        if (field != in_table)
            text_add(text, field ? "<table style=\"border-collapse:collapse\">\n" : "</table>\n");
        in_table = field;
        write_row(text, &sheet.rows[i], alert);
        shown = shown || sheet.rows[i].kind == SHEET_BLOCK;
    }
    text_add(text, in_table ? "</table>\n" : "");
    if (!shown)
        add_picture(text, alert);
    text_add(text, "</body></html>\n");
    sheet_release(&sheet);
    text_release(&subject);
}

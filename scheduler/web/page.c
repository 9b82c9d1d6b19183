/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/web/page_parts.h"

static const char style[] =
    "body{font:15px/1.45 system-ui,sans-serif;margin:1.2rem auto;max-width:76rem;padding:0 1rem;"
    "color:#1c2126;background:#fff}"
    "nav a{margin-right:1.2rem}h1{font-size:1.35rem;margin:.9rem 0 .6rem}h2{font-size:1.05rem;margin:1.4rem "
    "0 .4rem}"
    "a{color:#0b5cad}table{border-collapse:collapse;width:100%}th{text-align:left;color:#5a636b;font-weight:"
    "600}"
    "td,th{padding:.3rem .6rem;border-bottom:1px solid #dde1e4;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.s{font-weight:700;white-space:nowrap}"
    "time{white-space:nowrap;font-variant-numeric:tabular-nums}pre{white-space:pre-wrap;overflow-wrap:"
    "anywhere}"
    "small,.dim{color:#5a636b}.now{font-size:1.05rem}.trouble{border-left:4px solid #b42318;padding:.3rem "
    ".8rem}"
    ".wide{overflow-x:auto}.wide table{font-size:.87rem}.wide td,.wide th{padding:.3rem .4rem}.wide "
    "td:first-child{white-space:nowrap}"
    "img{width:min(100%,36rem);margin:.3rem .6rem .3rem 0;background:#fff}"
    ".OK,.fixed{color:#1a7f37}.WARNING,.REDUNDANCY,.no_effect{color:#8a6100}"
    ".CRITICAL,.failed,.worse,.interrupted{color:#b42318}.UNKNOWN{color:#6f42c1}.PENDING{color:#5a636b}"
    "@media(prefers-color-scheme:dark){body{background:#14181c;color:#e4e7ea}a{color:#79b8ff}"
    "td,th{border-color:#30363c}small,.dim,th{color:#9aa4ad}"
    ".OK,.fixed{color:#4ac26b}.WARNING,.REDUNDANCY,.no_effect{color:#d8a431}"
    ".CRITICAL,.failed,.worse,.interrupted{color:#ff7b72}.UNKNOWN{color:#b392f0}}";

static const struct {
    const char *path, *label;
} places[] = {{"/", "checks"}, {"/remediations", "remediations"}, {"/oncall", "who is called"}};

void page_begin(const struct page *page, const char *title, int refresh)
{
    struct text *text = page->text;
    text_add(text, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    if (refresh > 0)
        text_format(text, "<meta http-equiv=\"refresh\" content=\"%d\">", refresh);
    text_add(text, "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    html_add(text, title);
    text_add(text, " - watchbill</title><style>");
    text_add(text, style);
    text_add(text, "</style></head><body><nav>");
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        text_format(text, "<a href=\"%s\">%s</a>", places[i].path, places[i].label);
    text_add(text, "</nav><h1>");
    html_add(text, title);
    text_add(text, "</h1>");
}

void page_end(const struct page *page)
{
    text_add(page->text, "</body></html>\n");
}

const char *page_text(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

int64_t page_whole(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte && strchr("-._~/", byte));
}

void page_path(const struct page *page, const char *path)
{
    for (; *path; path++)
        if (is_plain(*path))
            text_add_char(page->text, *path);
        else
            text_format(page->text, "%%%02X", (unsigned char)*path);
}

void page_link(const struct page *page, const char *top, const char *path, const char *label)
{
    text_format(page->text, "<a href=\"%s", top);
    page_path(page, path);
    text_add(page->text, "\">");
    html_add(page->text, label);
    text_add(page->text, "</a>");
}

void page_instant(const struct page *page, int64_t at)
{
    struct civil civil = zone_civil(page->zone, at);
    if (at <= 0)
        text_add_char(page->text, '-');
    else
        text_format(page->text, "<time>%04lld-%02d-%02d %02d:%02d:%02d</time>", (long long)civil.year,
                    civil.month, civil.day, civil.hour, civil.minute, civil.second);
}

void page_day(const struct page *page, int64_t at)
{
    struct civil civil = zone_civil(page->zone, at);
    if (at <= 0)
        text_add_char(page->text, '-');
    else
        text_format(page->text, "<time title=\"%02d:%02d:%02d\">%04lld-%02d-%02d</time>", civil.hour,
                    civil.minute, civil.second, (long long)civil.year, civil.month, civil.day);
}

void page_span(const struct page *page, int64_t seconds)
{
    long long minutes = (long long)seconds / 60, hours = minutes / 60;
    if (seconds < 120)
        text_format(page->text, "%lld s", (long long)seconds);
    else if (minutes < 120)
        text_format(page->text, "%lld min", minutes);
    else if (hours < 48)
        text_format(page->text, "%lld h %lld min", hours, minutes % 60);
    else
        text_format(page->text, "%lld d", hours / 24);
}

void page_small(const struct page *page, const char *before, const char *string)
{
    if (!*string)
        return;
    text_format(page->text, "<br><small>%s", before);
    html_add(page->text, string);
    text_add(page->text, "</small>");
}

static void add_pause(const struct page *page, const char *name, const json_t *pause, const char *who)
{
    if (!json_is_object(pause))
        return;
    text_format(page->text, "<br><small>in %s %lld of ", name, (long long)page_whole(pause, "id"));
    html_add(page->text, page_text(pause, who));
    if (*page_text(pause, "comment")) {
        text_add(page->text, ": ");
        html_add(page->text, page_text(pause, "comment"));
    }
    text_add(page->text, "</small>");
}

void page_notes(const struct page *page, const json_t *row)
{
    size_t index;
    const json_t *comment;
    page_small(page, "remediation ", page_text(row, "remediation"));
    page_small(page, "acknowledged by ", page_text(row, "acknowledged"));
    if (page_whole(row, "acknowledged_until")) {
        text_add(page->text, "<small> until ");
        page_instant(page, page_whole(row, "acknowledged_until"));
        text_add(page->text, "</small>");
    }
    add_pause(page, "downtime", json_object_get(row, "downtime"), "author");
    add_pause(page, "silence", json_object_get(row, "silence"), "owner");
    json_array_foreach(json_object_get(row, "comments"), index, comment) {
        text_add(page->text, "<br><small>");
        html_add(page->text, page_text(comment, "author"));
        text_add(page->text, ": ");
        html_add(page->text, page_text(comment, "text"));
        text_add(page->text, "</small>");
    }
}

void page_state(const struct page *page, const json_t *row)
{
    text_add(page->text, "<td class=\"s ");
    html_add(page->text, page_text(row, "state"));
    text_add(page->text, "\">");
    html_add(page->text, page_text(row, "state"));
    if (strcmp(page_text(row, "type"), "SOFT") == 0 && strcmp(page_text(row, "state"), "PENDING") != 0)
        text_add(page->text, " (soft)");
    if (json_is_true(json_object_get(row, "flapping")))
        text_add(page->text, " (flapping)");
    text_add(page->text, "</td>");
}

void page_refusal(const struct page *page, const json_t *answer)
{
    page_begin(page, "this cannot be shown", 0);
    text_add(page->text, "<p>");
    html_add(page->text, page_text(answer, "error"));
    text_add(page->text, "</p>");
    page_end(page);
}

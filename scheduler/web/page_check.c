/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One check: how it is, what was measured, and why people were told or not, problem by problem, the newest first. */
#include "scheduler/web/page_parts.h"

enum { REFRESH = 60, PICTURES = 6 };

static void add_state(const struct page *page, const json_t *row)
{
    struct text *text = page->text;
    text_add(text, "<table><tr>");
    page_state(page, row);
    text_add(text, "<td>");
    html_add(text, page_text(row, "text"));
    page_notes(page, row);
    text_add(text, "</td></tr></table><p class=\"dim\">since ");
    page_instant(page, page_whole(row, "since"));
    text_add(text, ", last result ");
    page_instant(page, page_whole(row, "last"));
    if (page_whole(row, "next")) {
        text_add(text, ", next ");
        page_instant(page, page_whole(row, "next"));
    }
    text_format(text, ", attempt %lld of %lld, host ", (long long)page_whole(row, "attempt"),
                (long long)page_whole(row, "attempts"));
    html_add(text, page_text(row, "host_state"));
    text_add(text, "</p>");
}

static void add_now(const struct page *page, const json_t *answer)
{
    text_add(page->text, "<p class=\"now\">Now: ");
    html_add(page->text, page_text(answer, "now"));
    if (page_whole(answer, "next")) {
        text_add(page->text, "; next at ");
        page_instant(page, page_whole(answer, "next"));
    }
    page_small(page, "", page_text(answer, "hint"));
    text_add(page->text, "</p>");
}

static void add_picture(const struct page *page, const char *subject, const char *metric)
{
    struct text *text = page->text;
    text_add(text, "<img loading=\"lazy\" alt=\"");
    html_add(text, metric);
    text_add(text, " of the last day\" src=\"/graph/");
    page_path(page, subject);
    text_add(text, ".svg?from=-1d&amp;width=500&amp;height=120&amp;metric=");
    page_path(page, metric);
    text_add(text, "\">");
}

/* The first ones as pictures, each with a link to its week; the others as links. */
static void add_metrics(const struct page *page, const json_t *answer, const char *subject)
{
    size_t index;
    const json_t *metric;
    if (json_array_size(json_object_get(answer, "metrics")) == 0)
        return;
    text_add(page->text, "<h2>what was measured</h2><p>");
    json_array_foreach(json_object_get(answer, "metrics"), index, metric) {
        const char *label = json_string_value(metric);
        if (!label)
            continue;
        text_add(page->text, "<a href=\"/graph/");
        page_path(page, subject);
        text_add(page->text, ".svg?from=-7d&amp;metric=");
        page_path(page, label);
        text_add(page->text, "\">");
        if (index < PICTURES)
            add_picture(page, subject, label);
        else
            html_add(page->text, label);
        text_add(page->text, "</a> ");
    }
    text_add(page->text, "</p>");
}

static void add_line(const struct page *page, const json_t *line)
{
    const char *run = page_text(line, "run");
    text_add(page->text, "<tr><td>");
    page_instant(page, page_whole(line, "at"));
    text_add(page->text, "</td><td>");
    if (page_whole(line, "problem"))
        text_format(page->text, "%lld", (long long)page_whole(line, "problem"));
    text_add(page->text, "</td><td>");
    html_add(page->text, page_text(line, "text"));
    if (page_whole(line, "next")) {
        text_add(page->text, "; next at ");
        page_instant(page, page_whole(line, "next"));
    }
    if (*run) {
        text_add(page->text, " ");
        page_link(page, "/diagnostics/", run, "diagnostics");
    }
    text_add(page->text, "</td></tr>");
}

void page_check(const struct page *page, const json_t *answer)
{
    const json_t *row = json_object_get(answer, "check"), *line;
    const char *subject = page_text(row, "subject");
    size_t index;
    page_begin(page, subject, REFRESH);
    add_state(page, row);
    add_now(page, answer);
    add_metrics(page, answer, subject);
    text_add(page->text, "<h2>what was decided</h2><table><tr><th>at</th><th>problem</th><th>what</th></tr>");
    json_array_foreach(json_object_get(answer, "story"), index, line)
        add_line(page, line);
    text_add(page->text, "</table>");
    page_end(page);
}

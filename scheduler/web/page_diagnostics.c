/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diagnostics of one run, as they were gathered before it acted. */
#include "scheduler/web/page_parts.h"

static void add_part(const struct page *page, const json_t *part)
{
    text_add(page->text, "<h2>");
    html_add(page->text, page_text(part, "name"));
    text_format(page->text, " <small>%lld bytes", (long long)page_whole(part, "bytes"));
    if (json_is_true(json_object_get(part, "changed")))
        text_add(page->text, "; <b class=\"CRITICAL\">changed since it was gathered</b>");
    if (json_is_true(json_object_get(part, "truncated")))
        text_add(page->text, "; the beginning was left out");
    text_add(page->text, "</small></h2>");
    if (*page_text(part, "error")) {
        text_add(page->text, "<p class=\"trouble\">");
        html_add(page->text, page_text(part, "error"));
        text_add(page->text, "</p>");
    }
    text_add(page->text, "<pre>");
    html_add(page->text, page_text(part, "content"));
    text_add(page->text, "</pre>");
}

void page_diagnostics(const struct page *page, const json_t *answer)
{
    size_t index;
    const json_t *part;
    page_begin(page, page_text(answer, "run"), 0);
    text_add(page->text, "<p>");
    html_add(page->text, page_text(answer, "folder"));
    text_add(page->text, "</p>");
    json_array_foreach(json_object_get(answer, "parts"), index, part)
        add_part(page, part);
    page_end(page);
}

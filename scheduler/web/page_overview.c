/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first page: how the scheduler itself is, how many checks are in which state, and the checks, the worst first. */
#include "scheduler/web/page_parts.h"

enum { REFRESH = 15 }; /* seconds */

static void add_trouble(const struct page *page, const char *before, const char *sentence)
{
    if (!*sentence)
        return;
    text_format(page->text, "<p class=\"trouble\">%s<code>", before);
    html_add(page->text, sentence);
    text_add(page->text, "</code></p>");
}

static void add_counts(const struct page *page, const json_t *answer)
{
    const char *state;
    const json_t *count;
    text_add(page->text, "<p>");
    json_object_foreach((json_t *)json_object_get(answer, "counts"), state, count) {
        text_format(page->text, "<b class=\"");
        html_add(page->text, state);
        text_format(page->text, "\">%lld ", (long long)json_integer_value(count));
        html_add(page->text, state);
        text_add(page->text, "</b> &nbsp; ");
    }
    text_add(page->text, "</p>");
}

static void add_row(const struct page *page, const json_t *row)
{
    struct text *text = page->text;
    const char *host = page_text(row, "host_state");
    text_add(text, "<tr>");
    page_state(page, row);
    text_add(text, "<td>");
    page_link(page, "/checks/", page_text(row, "subject"), page_text(row, "subject"));
    if (*host && strcmp(host, "UP") != 0)
        page_small(page, "host ", host);
    text_add(text, "</td><td>");
    page_instant(page, strcmp(page_text(row, "state"), "PENDING") == 0 ? 0 : page_whole(row, "since"));
    text_add(text, "</td><td>");
    html_add(text, page_text(row, "text"));
    page_notes(page, row);
    text_add(text, "</td></tr>");
}

/* Which checks to show, and a way to all of them. */
static void add_choice(const struct page *page, const json_t *answer)
{
    text_add(page->text, "<form><input name=\"part\" aria-label=\"part of HOST/CHECK\" value=\"");
    html_add(page->text, page_text(answer, "part"));
    text_add(page->text, "\"> <button>show</button></form>");
}

static void add_total(const struct page *page, const json_t *answer)
{
    size_t shown = json_array_size(json_object_get(answer, "checks"));
    long long total = (long long)page_whole(answer, "total");
    text_format(page->text, "<p>%zu of %lld checks", shown, total);
    if ((long long)shown < total) {
        text_format(page->text, " <a href=\"/?limit=%lld", total);
        if (*page_text(answer, "part")) {
            text_add(page->text, "&amp;part=");
            page_path(page, page_text(answer, "part"));
        }
        text_add(page->text, "\">show all</a>");
    }
    text_add(page->text, "</p>");
}

void page_overview(const struct page *page, const json_t *answer)
{
    const json_t *checks = json_object_get(answer, "checks"), *row;
    size_t index;
    page_begin(page, "checks", REFRESH);
    add_trouble(page, "The newest configuration is refused, the one before runs on: ",
                page_text(answer, "config_error"));
    add_trouble(page, "", page_text(answer, "trouble"));
    add_choice(page, answer);
    add_counts(page, answer);
    text_add(page->text, "<table><tr><th>state</th><th>check</th><th>since</th><th>says</th></tr>");
    json_array_foreach(checks, index, row)
        add_row(page, row);
    text_add(page->text, "</table>");
    add_total(page, answer);
    page_end(page);
}

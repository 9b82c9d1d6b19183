/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review of remediations: a row an issue and remediation, the worst first; and the runs of one issue. */
#include "scheduler/web/page_parts.h"

enum cell { CELL_TEXT, CELL_NUMBER, CELL_DAY };

static const struct {
    const char *key, *heading;
    enum cell cell;
} columns[] = {
    {"remediation", "remediation", CELL_TEXT},
    {"runs", "runs", CELL_NUMBER},
    {"fixed", "fixed", CELL_NUMBER},
    {"no_effect", "no effect", CELL_NUMBER},
    {"worse", "worse", CELL_NUMBER},
    {"failed", "failed", CELL_NUMBER},
    {"refused", "refused", CELL_NUMBER},
    {"avoided_minutes", "minutes avoided", CELL_NUMBER},
    {"pages_saved", "pages saved %", CELL_NUMBER},
    {"first_run", "first run", CELL_DAY},
    {"last_run", "last run", CELL_DAY},
    {"days_left", "days left", CELL_NUMBER},
    {"renewals", "renewals", CELL_NUMBER},
    {"diagnosed", "diagnosed", CELL_TEXT},
    {"cause", "cause", CELL_TEXT},
    {"owner", "owner", CELL_TEXT},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void add_heading(const struct page *page)
{
    text_add(page->text, "<div class=\"wide\"><table><tr><th>issue</th>");
    for (size_t i = 0; i < COLUMNS; i++)
        text_format(page->text, "<th%s>%s</th>", columns[i].cell == CELL_NUMBER ? " class=\"n\"" : "",
                    columns[i].heading);
    text_add(page->text, "</tr>");
}

static void add_cell(const struct page *page, const json_t *row, size_t column)
{
    const json_t *value = json_object_get(row, columns[column].key);
    bool late =
        strcmp(columns[column].key, "days_left") == 0 && json_is_true(json_object_get(row, "expired"));
    text_format(page->text, "<td%s>", columns[column].cell == CELL_NUMBER ? " class=\"n\"" : "");
    if (late)
        text_add(page->text, "<b class=\"CRITICAL\">ended</b>");
    else if (json_is_integer(value) && columns[column].cell == CELL_DAY)
        page_day(page, json_integer_value(value));
    else if (json_is_integer(value))
        text_format(page->text, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        text_add(page->text, json_is_true(value) ? "yes" : "<b>no</b>");
    else
        html_add(page->text, json_string_value(value) ? json_string_value(value) : "-");
    if (column == 0 && json_is_true(json_object_get(row, "rehearsal_due")))
        page_small(page, "", "not rehearsed in time");
    text_add(page->text, "</td>");
}

static void add_table(const struct page *page, const json_t *rows)
{
    size_t index;
    const json_t *row;
    add_heading(page);
    json_array_foreach(rows, index, row) {
        text_add(page->text, "<tr><td>");
        page_link(page, "/remediations/", page_text(row, "issue"), page_text(row, "issue"));
        text_add(page->text, "</td>");
        for (size_t i = 0; i < COLUMNS; i++)
            add_cell(page, row, i);
        text_add(page->text, "</tr>");
    }
    text_add(page->text, "</table></div>");
}

void page_remediations(const struct page *page, const json_t *answer)
{
    page_begin(page, "remediations", 0);
    if (json_array_size(answer) == 0)
        text_add(page->text, "<p>No remediation is configured, and none has run.</p>");
    else
        add_table(page, answer);
    page_end(page);
}

/* ---- one issue ---- */

static void add_run(const struct page *page, const json_t *run)
{
    struct text *text = page->text;
    const char *came = *page_text(run, "verdict") ? page_text(run, "verdict") : page_text(run, "outcome");
    const char *words = page_text(run, "text");
    text_add(text, "<tr><td>");
    page_instant(page, page_whole(run, "at"));
    text_add(text, "</td><td>");
    html_add(text, page_text(run, "remediation"));
    text_add(text, "</td><td>");
    if (*page_text(run, "subject"))
        page_link(page, "/checks/", page_text(run, "subject"), page_text(run, "subject"));
    else
        html_add(text, page_text(run, "target"));
    text_add(text, "</td><td class=\"s ");
    html_add(text, came);
    text_add(text, "\">");
    html_add(text, *came ? came : "not ended");
    text_add(text, "</td><td>");
    html_add(text, words);
    page_small(page, "by ", page_text(run, "author"));
    text_add(text, "</td><td>");
    if (*page_text(run, "bundle"))
        page_link(page, "/diagnostics/", page_text(run, "run"), page_text(run, "run"));
    text_add(text, "</td></tr>");
}

void page_runs(const struct page *page, const json_t *answer)
{
    size_t index;
    const json_t *run;
    page_begin(page, page_text(answer, "issue"), 0);
    add_table(page, json_object_get(answer, "rows"));
    text_add(page->text,
             "<h2>runs, the newest first</h2><table><tr><th>at</th><th>remediation</th><th>of</th>"
             "<th>came of it</th><th>says</th><th>diagnostics</th></tr>");
    json_array_foreach(json_object_get(answer, "runs"), index, run)
        add_run(page, run);
    text_format(page->text, "</table><p>%zu of %lld runs</p>",
                json_array_size(json_object_get(answer, "runs")), (long long)page_whole(answer, "total"));
    page_end(page);
}

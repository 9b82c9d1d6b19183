/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever an answer holds, a page is whole and shows it as text. */
#include "scheduler/web/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char hostile[] = "\"'><script>x</script>&";

static const struct {
    const char *name;
    page_show *show;
} pages[] = {{"overview", page_overview}, {"check", page_check},   {"remediations", page_remediations},
             {"runs", page_runs},         {"oncall", page_oncall}, {"diagnostics", page_diagnostics},
             {"refusal", page_refusal}};

/* Members that any of the pages reads. */
static const char *const keys[] = {
    "check",     "checks",    "counts",       "subject",      "state",    "text",    "now",
    "next",      "story",     "metrics",      "run",          "runs",     "rows",    "issue",
    "parts",     "name",      "content",      "error",        "oncall",   "users",   "contacts",
    "group",     "urgency",   "remediation",  "comments",     "downtime", "silence", "author",
    "owner",     "comment",   "acknowledged", "host_state",   "trouble",  "hint",    "config_error",
    "days_left", "diagnosed", "first_run",    "verdict",      "outcome",  "bundle",  "folder",
    "address",   "channel",   "instead_of",   "after",        "at",       "since",   "last",
    "type",      "flapping",  "expired",      "bytes",        "changed",  "total",   "acknowledged_until",
    "problem",   "part",      "truncated",    "rehearsal_due"};
enum { KEYS = sizeof keys / sizeof keys[0], DEPTH = 3 };

/* An answer in which every member is ${leaf}, or holds such members itself. */
static json_t *answer_of(json_t *leaf, int depth, bool list)
{
    json_t *object = json_object();
    for (size_t i = 0; i < KEYS; i++) {
        json_t *below = depth == 0 ? json_incref(leaf) : answer_of(leaf, depth - 1, list);
        if (depth > 0 && list) {
            json_t *array = json_array();
            json_array_append_new(array, below);
            json_array_append(array, leaf);
            below = array;
        }
        /* All members at the upper levels would make too much of it. */
        bool deep = depth == 0 || i % 7 == (size_t)depth % 7;
        json_object_set_new(object, keys[i], deep ? below : json_incref(leaf));
        if (!deep)
            json_decref(below);
    }
    return object;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

static void shows(page_show *show, const char *name, const json_t *answer)
{
    static const char *const tags[] = {"table", "td", "tr",  "p", "small", "a",     "div",
                                       "ol",    "li", "pre", "b", "form",  "button"};
    struct text text = TEXT_INIT;
    const struct page page = {&text, zone_open("Europe/Berlin", NULL), 1795219008};
    show(&page, answer);
    assert_memory_equal(text.bytes, "<!doctype html>", 15);
    assert_string_equal(text.bytes + text.length - 15, "</body></html>\n");
    assert_int_equal(strlen(text.bytes), text.length);
    assert_null(strstr(text.bytes, "<script"));
    assert_null(strstr(text.bytes, "\"'>"));
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        char bare[16], open[16], end[16];
        (void)snprintf(bare, sizeof bare, "<%s>", tags[i]);
        (void)snprintf(open, sizeof open, "<%s ", tags[i]);
        (void)snprintf(end, sizeof end, "</%s>", tags[i]);
        if (count_of(text.bytes, bare) + count_of(text.bytes, open) != count_of(text.bytes, end))
            fail_msg("%s: <%s> is not closed", name, tags[i]);
    }
    text_release(&text);
}

static void each_page_shows_anything(void **state)
{
    json_t *const leaves[] = {
        json_string(hostile), json_integer(INT64_MAX), json_integer(INT64_MIN), json_null(), json_true(),
        json_array(),         json_object(),           json_real(0.5)};
    (void)state;
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        for (size_t at = 0; at < sizeof pages / sizeof pages[0]; at++) {
            shows(pages[at].show, pages[at].name, leaves[i]);
            for (int depth = 0; depth < DEPTH; depth++)
                for (int list = 0; list < 2; list++) {
                    json_t *answer = answer_of(leaves[i], depth, list);
                    shows(pages[at].show, pages[at].name, answer);
                    json_decref(answer);
                }
        }
        json_decref(leaves[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_page_shows_anything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages are made of. Text from outside goes through html_add or one of these. */
#ifndef WATCHBILL_WEB_PAGE_PARTS_H
#define WATCHBILL_WEB_PAGE_PARTS_H

#include "lib/html.h"
#include "scheduler/web/page.h"

/* page_begin(page, title, refresh): up to the heading; read anew every ${refresh} seconds, 0: never. page_end: the rest. */
void page_begin(const struct page *page, const char *title, int refresh);
void page_end(const struct page *page);

/* page_text(row, key): a member that is a string; "" when it is none. page_whole: one that is an integer; 0. */
const char *page_text(const json_t *row, const char *key);
int64_t page_whole(const json_t *row, const char *key);

/* page_path(page, path): a part of a URL's path; all but letters, digits and "-._~/" is escaped. */
void page_path(const struct page *page, const char *path);

/* page_link(page, top, path, label): a link to ${top} followed by ${path}. ${top} is a literal such as "/checks/". */
void page_link(const struct page *page, const char *top, const char *path, const char *label);

/* page_instant(page, at): "2026-11-20 17:04:05" of epoch seconds as a <time>; "-" for 0. page_day: the day alone. */
void page_instant(const struct page *page, int64_t at);
void page_day(const struct page *page, int64_t at);

/* page_span(page, seconds): "3 min", "2 h 5 min", "4 d": roughly. */
void page_span(const struct page *page, int64_t seconds);

/* page_small(page, before, string): a line below in small letters: ${before}, a literal, and ${string}; nothing when that
 * is empty. */
void page_small(const struct page *page, const char *before, const char *string);

/* page_notes(page, row): what people said of a check and what is done about it, from a row of the status. */
void page_notes(const struct page *page, const json_t *row);

/* page_state(page, row): its cell of a table, in its colour. */
void page_state(const struct page *page, const json_t *row);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages: each shows one answer of the API as hypertext, without scripts. Pure: what is shown is the JSON that a
 * program gets for the same question, so that the two cannot differ. */
#ifndef WATCHBILL_WEB_PAGE_H
#define WATCHBILL_WEB_PAGE_H

#include "lib/text.h"
#include "lib/zone.h"

#include <jansson.h>

struct page {
    struct text *text;       /* what has been written so far */
    const struct zone *zone; /* of instants */
    int64_t now;             /* epoch seconds */
};

/* A page for ${answer}, from its first byte to its last. */
typedef void page_show(const struct page *page, const json_t *answer);

page_show page_overview;     /* of answer_overview: every check, the worst first */
page_show page_check;        /* of answer_why: one check with its pictures and its story */
page_show page_remediations; /* of answer_remediations: the review */
page_show page_runs;         /* of answer_runs: one issue and each of its runs */
page_show page_oncall;       /* of answer_oncall: who is called now */
page_show page_diagnostics;  /* of answer_diagnostics: the diagnostics of one run */
page_show page_refusal;      /* of {"error": sentence} */

#endif

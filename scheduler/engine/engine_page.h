/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as pages, and pictures, for a person with a browser. */
#ifndef WATCHBILL_ENGINE_PAGE_H
#define WATCHBILL_ENGINE_PAGE_H

#include "scheduler/engine/engine_answer.h"
#include "scheduler/web/page.h"

/* engine_page_door(engine, call, show): a door whose answer is shown by ${show}, and whose refusal is a page too. */
struct door engine_page_door(struct engine *engine, struct web_call *call, page_show *show);

/* engine_page_refuse(engine, call, status, answer): the page of {"error": sentence}. */
void engine_page_refuse(struct engine *engine, struct web_call *call, unsigned status, const json_t *answer);

/* engine_picture(engine, call, target): HOST/CHECK.svg or .png, or a graph of the configuration; the arguments are
 * metric, from and to (RFC 3339, epoch seconds, a span before now), width and height (pixels). */
void engine_picture(struct engine *engine, struct web_call *call, const char *target);

#endif

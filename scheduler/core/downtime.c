/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/downtime.h"

#include "lib/memory.h"
#include "scheduler/core/rota.h"

#include <stdlib.h>
#include <string.h>

struct downtime *downtimes_add(struct downtimes *list)
{
    list->items = memory_grow(list->items, list->count + 1, sizeof *list->items);
    struct downtime *downtime = &list->items[list->count++];
    *downtime = (struct downtime){.id = ++list->last_id};
    return downtime;
}

void downtimes_note_told(struct downtime *downtime, const char *user, const char *contact)
{
    downtime->told = memory_grow(downtime->told, downtime->told_count + 1, sizeof *downtime->told);
    downtime->told[downtime->told_count++] = (struct downtime_told){memory_text(user), memory_text(contact)};
}

void downtimes_forget_told(struct downtime *downtime)
{
    for (size_t i = 0; i < downtime->told_count; i++) {
        free(downtime->told[i].user);
        free(downtime->told[i].contact);
    }
    free(downtime->told);
    downtime->told = NULL;
    downtime->told_count = 0;
}

static void release(struct downtime *downtime)
{
    downtimes_forget_told(downtime);
    matcher_free(downtime->matcher);
    free(downtime->author);
    free(downtime->comment);
    free(downtime->window);
}

void downtimes_remove(struct downtimes *list, size_t index)
{
    release(&list->items[index]);
    list->count = memory_remove(list->items, list->count, sizeof *list->items, index);
}

void downtimes_release(struct downtimes *list)
{
    for (size_t i = 0; i < list->count; i++)
        release(&list->items[i]);
    free(list->items);
    *list = (struct downtimes){.last_id = list->last_id};
}

struct downtime *downtimes_find(const struct downtimes *list, uint64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            return &list->items[i];
    return NULL;
}

const char *downtimes_kind(const struct downtime *downtime)
{
    return downtime->trigger    ? "triggered"
           : downtime->window   ? "recurring"
           : downtime->duration ? "flexible"
                                : "fixed";
}

/* ---- which checks ---- */

enum { DEPTH_MOST = 16 };

/* A circle of parents is an error of the configuration; the depth holds whatever there is. */
static bool is_behind(const struct matcher *matcher, const struct model *model, const struct host *host,
                      int depth)
{
    for (size_t i = 0; i < host->parents.count && depth < DEPTH_MOST; i++) {
        const struct host *parent = model_host(model, host->parents.items[i]);
        if (parent && (matcher_matches_host(matcher, parent) || is_behind(matcher, model, parent, depth + 1)))
            return true;
    }
    return false;
}

bool downtimes_means(const struct downtime *downtime, const struct model *model,
                     const struct binding *binding)
{
    return matcher_matches(downtime->matcher, binding) ||
           (downtime->children && is_behind(downtime->matcher, model, binding->host, 0));
}

/* ---- when ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static struct downtime_phase span(int64_t start, int64_t end, int64_t now)
{
    struct downtime_phase phase = {.on = now >= start && now < end, .since = start, .until = end};
    phase.done = now >= end;
    phase.over = phase.done ? end : 0;
    phase.next = now < start ? start : now < end ? end : 0;
    return phase;
}

static struct downtime_phase flexible(const struct downtime *downtime, int64_t now)
{
    if (downtime->begun)
        return span(downtime->begun, downtime->begun + downtime->duration, now);
    struct downtime_phase phase = {.done = now >= downtime->end};
    phase.next = phase.done ? 0 : downtime->end;
    return phase;
}

static int64_t instant(int64_t second)
{
    return second == WINDOW_NEVER ? 0 : second * 1000;
}

static int64_t second_of(int64_t at)
{
    int64_t whole = at / 1000;
    return at % 1000 < 0 ? whole - 1 : whole;
}

static struct downtime_phase recurring(const struct downtime *downtime, const struct model *model,
                                       int64_t now)
{
    const struct window *window = window_find(model->windows, downtime->window);
    struct downtime_phase phase = {.done = downtime->end && now >= downtime->end};
    if (!window || phase.done) {
        phase.over = phase.done ? downtime->end : 0;
        return phase;
    }
    if (now < downtime->start) {
        phase.next = downtime->start;
        return phase;
    }
    struct window_answer answer = window_ask(window, rota_zone(model, NULL, NULL), second_of(now));
    phase.on = answer.inside;
    phase.next = earlier(instant(answer.until), downtime->end);
    if (phase.on) {
        phase.since = instant(answer.since) > downtime->start ? instant(answer.since) : downtime->start;
        phase.until = phase.next;
    } else if (instant(answer.since) > downtime->start) {
        phase.over = instant(answer.since);
    }
    return phase;
}

static struct downtime_phase phase_of(const struct downtimes *list, const struct model *model,
                                      const struct downtime *downtime, int64_t now, size_t depth);

/* What triggers it stands before it in the list, so that there are no circles. */
static struct downtime_phase triggered(const struct downtimes *list, const struct model *model,
                                       const struct downtime *downtime, int64_t now, size_t depth)
{
    const struct downtime *other = downtimes_find(list, downtime->trigger);
    if (!other || other >= downtime || depth > DOWNTIMES_MOST)
        return (struct downtime_phase){.done = true};
    struct downtime_phase phase = phase_of(list, model, other, now, depth + 1);
    if (downtime->duration == 0)
        return phase;
    int64_t began = phase.on || phase.over ? phase.since : 0;
    if (began == 0) {
        phase.over = 0;
        return phase;
    }
    return span(began, began + downtime->duration, now);
}

static struct downtime_phase phase_of(const struct downtimes *list, const struct model *model,
                                      const struct downtime *downtime, int64_t now, size_t depth)
{
    if (downtime->ended && now >= downtime->ended)
        return (struct downtime_phase){.done = true, .over = downtime->ended};
    if (downtime->trigger)
        return triggered(list, model, downtime, now, depth);
    if (downtime->window)
        return recurring(downtime, model, now);
    return downtime->duration ? flexible(downtime, now) : span(downtime->start, downtime->end, now);
}

struct downtime_phase downtimes_phase(const struct downtimes *list, const struct model *model,
                                      const struct downtime *downtime, int64_t now)
{
    return phase_of(list, model, downtime, now, 0);
}

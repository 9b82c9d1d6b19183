/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downtimes in the world: they are made and taken back, they begin and end. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_calm_parts.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/number.h"
#include "lib/text.h"

#include <inttypes.h>

static struct downtime_phase phase_of(const struct world *world, const struct downtime *downtime, int64_t now)
{
    return downtimes_phase(&world->calm.downtimes, world->model, downtime, now);
}

/* An end is remembered for as long as problems wait for results from after it. */
static int64_t wake_of(const struct world *world, const struct downtime_phase *phase, int64_t now)
{
    int64_t forgotten = phase->over ? phase->over + world->model->site.alerting.hold : 0;
    return world_earlier(phase->next, phase->done && forgotten > now ? forgotten : 0);
}

/* ---- what is allowed ---- */

static bool is_window(const struct world *world, const struct downtime_request *request, struct error *error)
{
    if (request->window && !window_find(world->model->windows, request->window))
        return error_set(error, "no such window: \"%.100s\"", request->window);
    if (request->window && (request->duration || request->trigger))
        return error_set(error, "a recurring downtime has neither a duration nor a trigger");
    return true;
}

static bool is_trigger(const struct world *world, const struct downtime_request *request, struct error *error)
{
    if (request->trigger == 0)
        return true;
    const struct downtime *other = downtimes_find(&world->calm.downtimes, request->trigger);
    if (!other || other->ended)
        return error_set(error, "no such downtime: %" PRIu64, request->trigger);
    if (request->end)
        return error_set(error, "a triggered downtime has no end of its own, but may have a duration");
    if (other->window && request->duration)
        return error_set(error, "what a recurring downtime triggers lasts as long as that");
    return true;
}

static bool is_timely(const struct world *world, const struct downtime_request *request, int64_t start,
                      int64_t now, struct error *error)
{
    int64_t most = world->model->site.alerting.downtime_max;
    struct text span = TEXT_INIT;
    bool good = true;
    bool ends = request->trigger == 0 && !request->window;
    duration_write(&span, most);
    if (start < -SAVED_INSTANT_MAX || start > SAVED_INSTANT_MAX || request->end > SAVED_INSTANT_MAX)
        good = error_set(error, "an instant of the downtime is out of range");
    else if (ends && request->end == 0)
        good = error_set(error, "the end of the downtime is missing");
    else if (request->end && request->end <= start)
        good = error_set(error, "the downtime ends before it begins");
    else if (request->end && request->end <= now)
        good = error_set(error, "the end of the downtime has passed");
    else if ((ends && request->end - start > most) || request->duration > most)
        good = error_set(error, "a downtime may last %s at most", span.bytes);
    text_release(&span);
    return good;
}

static bool is_allowed(const struct world *world, const struct downtime_request *request, int64_t start,
                       int64_t now, struct error *error)
{
    if (world->calm.downtimes.count >= DOWNTIMES_MOST)
        return error_set(error, "there are %d downtimes already", DOWNTIMES_MOST);
    return is_window(world, request, error) && is_trigger(world, request, error) &&
           is_timely(world, request, start, now, error);
}

/* ---- in time ---- */

static void reconsider(struct world *world, const struct downtime *downtime, bool over, int64_t now,
                       world_sink *sink, void *owner)
{
    struct text reason = TEXT_INIT;
    text_format(&reason, "downtime %" PRIu64 " has ended", downtime->id);
    for (uint32_t i = 0; i < world->count; i++) {
        struct turn turn = world_turn(world, i, now, sink, owner);
        const struct state *state = &turn.record->state;
        if ((!turn.record->problem && (!over || state->verdict == VERDICT_OK)) ||
            !downtimes_means(downtime, world->model, turn.binding))
            continue;
        if (over && state->known && state->verdict != VERDICT_OK && state->last_result < now &&
            world_source_can_be_asked(world, i, now))
            world_source_run(&turn, i, reason.bytes);
        if (turn.record->problem)
            world_settle(&turn, false);
    }
    text_release(&reason);
}

static void note(const struct downtime *downtime, const char *what, int64_t now, world_sink *sink,
                 void *owner)
{
    struct text text = TEXT_INIT;
    text_format(&text, "downtime %" PRIu64 " of \"%s\" on %s %s", downtime->id, downtime->author,
                matcher_text(downtime->matcher), what);
    world_site_quiet("downtime", now, 0, text.bytes, sink, owner);
    text_release(&text);
}

/* What the instant brings for one downtime. */
static void turn_downtime(struct world *world, struct downtime *downtime, int64_t now, world_sink *sink,
                          void *owner)
{
    struct downtime_phase phase = phase_of(world, downtime, now);
    bool changes = phase.on != downtime->on;
    downtime->on = phase.on;
    downtime->wake = wake_of(world, &phase, now);
    if (changes) {
        note(downtime, phase.on ? "has begun" : "has ended", now, sink, owner);
        if (phase.on)
            world_downtime_tell_begin(world, downtime, &phase, now, sink, owner);
        else
            world_downtime_tell_end(world, downtime, phase.over, now, sink, owner);
        reconsider(world, downtime, !phase.on, now, sink, owner);
    }
}

/* What another is triggered by is needed for as long as that. */
static bool is_needed(const struct downtimes *list, const struct downtime *downtime)
{
    for (const struct downtime *other = downtime + 1; other < list->items + list->count; other++)
        if (other->trigger == downtime->id)
            return true;
    return false;
}

/* All of them, whichever is due: what one does may trigger others. */
static void turn_all(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    struct downtimes *list = &world->calm.downtimes;
    for (size_t i = 0; i < list->count; i++)
        turn_downtime(world, &list->items[i], now, sink, owner);
    for (size_t i = list->count; i-- > 0;) {
        const struct downtime *downtime = &list->items[i];
        if (downtime->wake <= now && phase_of(world, downtime, now).done && !is_needed(list, downtime))
            downtimes_remove(list, i);
    }
    world_calm_changed(world);
}

int64_t world_downtime_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->calm.downtimes.count; i++)
        due = world_earlier(due, world->calm.downtimes.items[i].wake);
    return due;
}

void world_downtime_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    int64_t due = world_downtime_due(world);
    if (due != 0 && due <= now)
        turn_all(world, now, sink, owner);
}

/* ---- made and taken back ---- */

bool world_downtime(struct world *world, const struct downtime_request *request, int64_t now,
                    world_sink *sink, void *owner, uint64_t *id, struct error *error)
{
    int64_t start = request->start ? request->start : now;
    if (!is_allowed(world, request, start, now, error))
        return false;
    struct matcher *matcher = matcher_read(request->match, error);
    if (!matcher)
        return false;
    struct downtime *downtime = downtimes_add(&world->calm.downtimes);
    downtime->matcher = matcher;
    downtime->author = memory_text(request->author);
    downtime->comment = memory_text(request->comment);
    downtime->start = start;
    downtime->end = request->end;
    downtime->duration = request->duration;
    downtime->window = memory_text(request->window);
    downtime->trigger = request->trigger;
    downtime->children = request->children;
    *id = downtime->id;
    turn_all(world, now, sink, owner);
    world_post_deliver(world, sink, owner);
    return true;
}

static void end_it(struct downtime *downtime, int64_t now)
{
    downtime->ended = now;
}

bool world_end_downtime(struct world *world, uint64_t id, int64_t now, world_sink *sink, void *owner,
                        struct error *error)
{
    struct downtimes *list = &world->calm.downtimes;
    struct downtime *downtime = downtimes_find(list, id);
    if (!downtime || downtime->ended)
        return error_set(error, "no such downtime: %" PRIu64, id);
    if (downtime->configured)
        return error_set(error, "downtime %" PRIu64 " stands in the configuration, and ends there", id);
    end_it(downtime, now);
    for (size_t i = 0; i < list->count; i++) {
        const struct downtime *other =
            list->items[i].trigger ? downtimes_find(list, list->items[i].trigger) : NULL;
        if (other && other->ended == now && !list->items[i].ended)
            end_it(&list->items[i], now);
    }
    turn_all(world, now, sink, owner);
    world_post_deliver(world, sink, owner);
    return true;
}

/* ---- what a decision needs ---- */

/* The first problem that becomes hard within a flexible one begins it. */
static void trigger(const struct turn *turn, struct downtime *downtime)
{
    const struct state *state = &turn->record->state;
    if (downtime->begun || downtime->duration == 0 || downtime->trigger || downtime->ended)
        return;
    if (turn->now < downtime->start || turn->now >= downtime->end || !turn->record->problem ||
        state->hard == VERDICT_OK || state->hard_since < downtime->start)
        return;
    downtime->begun = turn->now;
    downtime->wake = turn->now;
    world_calm_changed(turn->world);
}

static bool lasts_longer(int64_t until, int64_t than)
{
    return than != 0 && (until == 0 || until > than);
}

void world_downtime_facts(const struct turn *turn, struct quiet_facts *facts)
{
    const struct world *world = turn->world;
    const struct state *state = &turn->record->state;
    int64_t hold = world->model->site.alerting.hold;
    for (size_t i = 0; i < world->calm.downtimes.count; i++) {
        struct downtime *downtime = &turn->world->calm.downtimes.items[i];
        if (!downtimes_means(downtime, world->model, turn->binding))
            continue;
        trigger(turn, downtime);
        struct downtime_phase phase = phase_of(world, downtime, turn->now);
        bool first = !facts->downtime || facts->downtime_over;
        bool waits = phase.over && state->last_result < phase.over && turn->now < phase.over + hold &&
                     world_source_can_be_asked(world, turn->index, turn->now);
        if (phase.on && (first || lasts_longer(phase.until, facts->downtime_until))) {
            facts->downtime = downtime;
            facts->downtime_until = phase.until;
            facts->downtime_over = false;
        } else if (!phase.on && waits && !facts->downtime) {
            facts->downtime = downtime;
            facts->downtime_until = phase.over + hold;
            facts->downtime_over = true;
        }
    }
}

void world_downtime_shift(struct world *world, int64_t delta)
{
    for (size_t i = 0; i < world->calm.downtimes.count; i++) {
        struct downtime *downtime = &world->calm.downtimes.items[i];
        if (downtime->begun)
            downtime->begun += delta;
        downtime->wake = 1;
    }
}

/* ---- shown ---- */

static json_t *seconds_or_null(int64_t at)
{
    return at ? json_integer(at / 1000) : json_null();
}

json_t *world_downtimes_json(const struct world *world, int64_t now)
{
    json_t *answers = json_array();
    for (size_t i = 0; i < world->calm.downtimes.count; i++) {
        const struct downtime *downtime = &world->calm.downtimes.items[i];
        struct downtime_phase phase = phase_of(world, downtime, now);
        if (phase.done)
            continue;
        json_t *answer = json_pack(
            "{s:I, s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:b}", "id", (json_int_t)downtime->id, "kind",
            downtimes_kind(downtime), "match", matcher_text(downtime->matcher), "author", downtime->author,
            "comment", downtime->comment, "duration", (json_int_t)(downtime->duration / 1000), "children",
            (int)downtime->children, "configured", (int)downtime->configured, "on", (int)phase.on);
        json_set(answer, "start", seconds_or_null(downtime->configured ? 0 : downtime->start));
        json_set(answer, "end", seconds_or_null(downtime->end));
        json_set(answer, "window", downtime->window ? json_string(downtime->window) : json_null());
        json_set(answer, "trigger",
                 downtime->trigger ? json_integer((json_int_t)downtime->trigger) : json_null());
        json_set(answer, "since", seconds_or_null(phase.on ? phase.since : 0));
        json_set(answer, "until", seconds_or_null(phase.on ? phase.until : 0));
        json_set(answer, "next", seconds_or_null(phase.next));
        json_add(answers, answer);
    }
    return answers;
}

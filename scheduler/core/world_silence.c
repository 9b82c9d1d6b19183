/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Silences in the world: they are made, they end, and their owners hear of them each week. */
#include "scheduler/core/notice.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_calm_parts.h"

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/nearest.h"
#include "lib/number.h"

#include <inttypes.h>

static bool is_held(const struct world *world, const struct silence *silence, uint32_t binding)
{
    const struct record *record = &world->records[binding];
    return record->problem && !record->problem->soft &&
           matcher_matches(silence->matcher, &world->model->bindings[binding]);
}

/* The bindings whose problems it holds back; the caller frees them. */
static uint32_t *held_by(const struct world *world, const struct silence *silence, size_t *count)
{
    uint32_t *held = NULL;
    *count = 0;
    for (uint32_t i = 0; i < world->count; i++)
        if (is_held(world, silence, i)) {
            held = memory_grow(held, *count + 1, sizeof *held);
            held[(*count)++] = i;
        }
    return held;
}

/* ---- made and taken back ---- */

static bool refuse_owner(const struct world *world, const char *owner, struct error *error)
{
    struct nearest nearest = {.wanted = owner};
    for (size_t i = 0; i < world->model->user_count; i++)
        nearest_try(&nearest, world->model->users[i]->name);
    if (nearest.name)
        return error_set(error, "no such user as \"%s\"; did you mean \"%s\"", owner, nearest.name);
    return error_set(error, "no such user as \"%s\"", owner);
}

static bool is_allowed(const struct world *world, const struct silence_request *request, int64_t now,
                       struct error *error)
{
    int64_t most = world->model->site.alerting.silence_max;
    if (!model_user(world->model, request->owner))
        return refuse_owner(world, request->owner, error);
    if (request->until <= now)
        return error_set(error, "the end of a silence must be to come");
    if (request->until - now > most) {
        struct text span = TEXT_INIT;
        duration_write(&span, most);
        (void)error_set(error, "a silence may last %s at most", span.bytes);
        text_release(&span);
        return false;
    }
    if (world->calm.silences.count >= SILENCES_MOST)
        return error_set(error, "there are %d silences already", SILENCES_MOST);
    return true;
}

bool world_silence(struct world *world, const struct silence_request *request, int64_t now, world_sink *sink,
                   void *owner, uint64_t *id, struct error *error)
{
    if (!is_allowed(world, request, now, error))
        return false;
    struct matcher *matcher = matcher_read(request->match, error);
    if (!matcher)
        return false;
    struct silence *silence = silences_add(&world->calm.silences);
    silence->matcher = matcher;
    silence->owner = memory_text(request->owner);
    silence->comment = memory_text(request->comment);
    silence->since = silence->used = now;
    silence->until = request->until;
    silence->remind = now + SILENCE_WEEK;
    silence->resolve = request->expire_on_resolve;
    *id = silence->id;
    world_calm_reconsider(world, matcher, now, sink, owner);
    world_calm_changed(world);
    world_post_deliver(world, sink, owner);
    return true;
}

/* Ends it, and decides anew on what it held back. */
static void end_silence(struct world *world, size_t index, const char *why, int64_t now, world_sink *sink,
                        void *owner)
{
    struct silence *silence = &world->calm.silences.items[index];
    struct text text = TEXT_INIT;
    text_format(&text, "silence %" PRIu64 " of \"%s\" on %s %s", silence->id, silence->owner,
                matcher_text(silence->matcher), why);
    struct matcher *matcher = silence->matcher;
    silence->matcher = NULL;
    silences_remove(&world->calm.silences, index);
    world_site_quiet("silence", now, 0, text.bytes, sink, owner);
    world_calm_reconsider(world, matcher, now, sink, owner);
    world_calm_changed(world);
    matcher_free(matcher);
    text_release(&text);
}

bool world_unsilence(struct world *world, uint64_t id, int64_t now, world_sink *sink, void *owner,
                     struct error *error)
{
    size_t index = silences_find(&world->calm.silences, id);
    if (index == SILENCES_MOST)
        return error_set(error, "no such silence: %" PRIu64, id);
    end_silence(world, index, "was taken back", now, sink, owner);
    world_post_deliver(world, sink, owner);
    return true;
}

/* ---- in time ---- */

static const char useless_text[] = "has ended, because it held nothing back for a week";

/* To the owner, by what can wait. */
static bool tell_owner(struct world *world, struct silence *silence, bool useless, const uint32_t *members,
                       size_t count, int64_t now, world_sink *sink, void *owner)
{
    const struct zone *zone = rota_zone(world->model, NULL, model_user(world->model, silence->owner));
    struct text text = TEXT_INIT;
    text_format(&text, "silence %" PRIu64 " on %s ", silence->id, matcher_text(silence->matcher));
    if (useless) {
        text_add(&text, useless_text);
    } else {
        text_add(&text, "lasts until ");
        notice_time(&text, zone, silence->until);
        text_format(&text, " and holds back %zu problem%s", count, count == 1 ? "" : "s");
    }
    if (*silence->comment)
        text_format(&text, " (%s)", silence->comment);
    /* Ids grow with time, so that no two of an owner have the same sum. */
    const struct world_message message = {.notice = NOTICE_SILENCE,
                                          .name = "silence",
                                          .began = silence->since + (int64_t)silence->id,
                                          .number = silence->notices + 1,
                                          .reason = text.bytes,
                                          .members = members,
                                          .member_count = count};
    bool told = world_tell(world, &message, silence->owner, now, sink, owner);
    silence->notices += told;
    text_release(&text);
    return told;
}

/* The weekly word to the owner, at an hour when the owner can be reached; false: it has ended. */
static bool remind(struct world *world, size_t index, int64_t now, world_sink *sink, void *owner)
{
    struct silence *silence = &world->calm.silences.items[index];
    size_t count;
    uint32_t *held = held_by(world, silence, &count);
    bool useless = count == 0 && now - silence->used >= SILENCE_WEEK;
    bool told = tell_owner(world, silence, useless, held, count, now, sink, owner);
    int64_t opening = told ? 0 : world_tell_when(world, silence->owner, now);
    free(held);
    if (opening > now) {
        silence->remind = opening;
        return true;
    }
    if (useless) {
        end_silence(world, index, useless_text, now, sink, owner);
        return false;
    }
    if (!told)
        world_site_quiet("silence", now, 0, "the owner of a silence cannot be reached to be reminded of it",
                         sink, owner);
    while (silence->remind <= now)
        silence->remind += SILENCE_WEEK;
    return true;
}

int64_t world_silence_due(const struct world *world)
{
    return silences_due(&world->calm.silences);
}

void world_silence_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    struct silences *list = &world->calm.silences;
    for (size_t i = 0; i < list->count;) {
        const struct silence *silence = &list->items[i];
        bool lasts = true;
        if (silence->until <= now) {
            end_silence(world, i, "has ended", now, sink, owner);
            lasts = false;
        } else if (silence->remind <= now) {
            lasts = remind(world, i, now, sink, owner);
            world_calm_changed(world);
        }
        i += lasts;
    }
}

void world_silence_resolved(struct turn *turn)
{
    struct world *world = turn->world;
    struct silences *list = &world->calm.silences;
    for (size_t i = 0; i < list->count;) {
        const struct silence *silence = &list->items[i];
        bool over = silence->resolve && silence->held && matcher_matches(silence->matcher, turn->binding);
        for (uint32_t other = 0; over && other < world->count; other++)
            over = !is_held(world, silence, other);
        if (over)
            end_silence(world, i, "has ended with the last problem that it held back", turn->now, turn->sink,
                        turn->owner);
        else
            i++;
    }
}

const struct silence *world_silence_of(const struct turn *turn)
{
    struct silence *silence = silences_of(&turn->world->calm.silences, turn->binding, turn->now);
    const struct problem *problem = turn->record->problem;
    if (silence && problem && !problem->soft && silences_use(silence, turn->now))
        world_calm_changed(turn->world);
    return silence;
}

/* ---- shown ---- */

json_t *world_silences_json(const struct world *world)
{
    json_t *answers = json_array();
    for (size_t i = 0; i < world->calm.silences.count; i++) {
        const struct silence *silence = &world->calm.silences.items[i];
        size_t count;
        uint32_t *held = held_by(world, silence, &count);
        json_t *answer =
            json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:b}", "id", (json_int_t)silence->id, "match",
                      matcher_text(silence->matcher), "owner", silence->owner, "comment", silence->comment,
                      "since", (json_int_t)(silence->since / 1000), "until",
                      (json_int_t)(silence->until / 1000), "expire_on_resolve", (int)silence->resolve);
        json_set(answer, "holds", world_calm_names(world, held, count));
        json_add(answers, answer);
        free(held);
    }
    return answers;
}

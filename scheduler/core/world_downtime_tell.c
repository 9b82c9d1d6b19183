/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning and the end of a downtime are told to those who are on call, where the alert rule asks for it: one
 * message for a contact, however many checks are meant. */
#include "scheduler/core/notice.h"
#include "scheduler/core/world_calm_parts.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <inttypes.h>

enum { BEGINS = 1, ENDS = 2 }; /* the numbers of the two messages */

struct reader {
    const struct user *user;
    uint32_t *members;
    size_t count;
};

/* Whom a group calls now; asked once for each group. */
struct answered {
    const struct group *group;
    const struct user *user; /* NULL: nobody */
};

struct round {
    const struct world *world;
    int64_t now;
    struct reader *readers;
    size_t reader_count;
    struct answered *answers;
    size_t answer_count;
};

static const struct user *answer_of(struct round *round, const struct group *group)
{
    for (size_t i = 0; i < round->answer_count; i++)
        if (round->answers[i].group == group)
            return round->answers[i].user;
    const struct user *user =
        rota_first(round->world->model, group, URGENCY_NOTIFY, world_seconds(round->now), 0);
    round->answers = memory_grow(round->answers, round->answer_count + 1, sizeof *round->answers);
    round->answers[round->answer_count++] = (struct answered){group, user};
    return user;
}

static void add_member(struct round *round, const struct user *user, uint32_t binding)
{
    struct reader *reader = NULL;
    for (size_t i = 0; i < round->reader_count && !reader; i++)
        if (round->readers[i].user == user)
            reader = &round->readers[i];
    if (!reader) {
        round->readers = memory_grow(round->readers, round->reader_count + 1, sizeof *round->readers);
        reader = &round->readers[round->reader_count++];
        *reader = (struct reader){.user = user};
    }
    if (reader->count && reader->members[reader->count - 1] == binding)
        return; /* by another of its groups */
    reader->members = memory_grow(reader->members, reader->count + 1, sizeof *reader->members);
    reader->members[reader->count++] = binding;
}

/* Whether the rule of that check wants the beginning and the end told. */
static bool asks(const struct model *model, uint32_t index)
{
    const struct alert_rule *rule = model->bindings[index].plan->alert;
    return rule && rule->downtime != URGENCY_NONE;
}

static void gather(struct round *round, const struct downtime *downtime)
{
    const struct model *model = round->world->model;
    for (uint32_t i = 0; i < model->binding_count; i++) {
        const struct alert_rule *rule = model->bindings[i].plan->alert;
        if (!asks(model, i) || !downtimes_means(downtime, model, &model->bindings[i]))
            continue;
        for (size_t g = 0; g < rule->group_count; g++) {
            const struct user *user = answer_of(round, rule->groups[g]);
            if (user)
                add_member(round, user, i);
        }
    }
}

static void write_begin(struct text *text, const struct world *world, const struct downtime *downtime,
                        int64_t until, size_t count)
{
    text_format(text, "downtime %" PRIu64 " of %zu check%s by %s", downtime->id, count, count == 1 ? "" : "s",
                downtime->author);
    if (until) {
        text_add(text, " until ");
        notice_time(text, rota_zone(world->model, NULL, NULL), until);
    }
    if (*downtime->comment)
        text_format(text, ": %s", downtime->comment);
}

static void tell_reader(struct world *world, struct downtime *downtime, const struct reader *reader,
                        const struct downtime_phase *phase, int64_t now, world_sink *sink, void *owner)
{
    size_t room = reader->user->contact_count[URGENCY_NOTIFY];
    const struct contact **contacts = memory_get(room + 1, sizeof(const struct contact *));
    size_t count =
        rota_contacts(world->model, NULL, reader->user, URGENCY_NOTIFY, world_seconds(now), contacts, room);
    struct text reason = TEXT_INIT;
    write_begin(&reason, world, downtime, phase->until, reader->count);
    const struct binding *about = reader->count == 1 ? &world->model->bindings[reader->members[0]] : NULL;
    enum verdict verdict = about ? world->records[reader->members[0]].state.verdict : VERDICT_OK;
    for (size_t i = 0; i < count && i < room; i++) {
        char *key = record_contact_key(contacts[i]);
        const struct message message = {.notice = NOTICE_DOWNTIME_START,
                                        .number = BEGINS,
                                        .urgency = URGENCY_NOTIFY,
                                        .user = reader->user,
                                        .contact = contacts[i],
                                        .key = key,
                                        .reason = reason.bytes,
                                        .members = reader->members,
                                        .member_count = reader->count,
                                        .about = about};
        world_post_site(&message, "downtime", verdict, phase->since + (int64_t)downtime->id, now, sink,
                        owner);
        downtimes_note_told(downtime, reader->user->name, key);
        free(key);
    }
    text_release(&reason);
    free(contacts);
}

void world_downtime_tell_begin(struct world *world, struct downtime *downtime,
                               const struct downtime_phase *phase, int64_t now, world_sink *sink, void *owner)
{
    struct round round = {.world = world, .now = now};
    downtimes_forget_told(downtime);
    gather(&round, downtime);
    for (size_t i = 0; i < round.reader_count; i++) {
        tell_reader(world, downtime, &round.readers[i], phase, now, sink, owner);
        free(round.readers[i].members);
    }
    free(round.readers);
    free(round.answers);
}

/* The one check of which the end is told; MODEL_NONE: there are several. */
static int64_t only_member(const struct model *model, const struct downtime *downtime)
{
    int64_t only = MODEL_NONE;
    for (uint32_t i = 0; i < model->binding_count; i++) {
        if (!asks(model, i) || !downtimes_means(downtime, model, &model->bindings[i]))
            continue;
        if (only != MODEL_NONE)
            return MODEL_NONE;
        only = i;
    }
    return only;
}

void world_downtime_tell_end(struct world *world, struct downtime *downtime, int64_t over, int64_t now,
                             world_sink *sink, void *owner)
{
    struct text reason = TEXT_INIT;
    int64_t only = downtime->told_count ? only_member(world->model, downtime) : MODEL_NONE;
    const struct binding *about = only == MODEL_NONE ? NULL : &world->model->bindings[only];
    enum verdict verdict = about ? world->records[only].state.verdict : VERDICT_OK;
    text_format(&reason, "downtime %" PRIu64 " by %s has ended", downtime->id, downtime->author);
    if (*downtime->comment)
        text_format(&reason, ": %s", downtime->comment);
    for (size_t i = 0; i < downtime->told_count; i++) {
        const struct downtime_told *told = &downtime->told[i];
        const struct user *user = model_user(world->model, told->user);
        const struct contact *contact = user ? world_find_contact(user, told->contact, URGENCY_NOTIFY) : NULL;
        const struct message message = {.notice = NOTICE_DOWNTIME_END,
                                        .number = ENDS,
                                        .urgency = URGENCY_NOTIFY,
                                        .user = user,
                                        .contact = contact,
                                        .key = told->contact,
                                        .reason = reason.bytes,
                                        .about = about};
        if (contact)
            world_post_site(&message, "downtime", verdict, over + (int64_t)downtime->id, now, sink, owner);
    }
    downtimes_forget_told(downtime);
    text_release(&reason);
}

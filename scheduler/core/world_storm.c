/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a contact has got as many messages as it takes, what follows is held back and told in one summary at the end of
 * the span: what is still true then, and what has ended of which it knew. A summary is no problem of its own: what only
 * a summary told of ends in a summary. */
#include "scheduler/core/saved.h"
#include "scheduler/core/world_parts.h"

#include "lib/memory.h"
#include "lib/number.h"
#include "lib/text.h"

#include <inttypes.h>

/* So many ends a summary names; further ones it counts. All of them are saved with each change. */
enum { ENDED_MOST = 1000 };

/* ---- the entries ---- */

static void release(struct storm *storm)
{
    for (size_t i = 0; i < storm->ended_count; i++) {
        free(storm->ended[i].host);
        free(storm->ended[i].check);
    }
    free(storm->ended);
    free(storm->sent);
    free(storm->user);
    free(storm->contact);
}

static struct storm *find(const struct world *world, const char *contact)
{
    for (size_t i = 0; i < world->storm_count; i++)
        if (strcmp(world->storms[i].contact, contact) == 0)
            return &world->storms[i];
    return NULL;
}

static struct storm *add(struct world *world, const char *user, const char *contact)
{
    world->storms = memory_grow(world->storms, world->storm_count + 1, sizeof *world->storms);
    struct storm *storm = &world->storms[world->storm_count++];
    *storm =
        (struct storm){.user = memory_text(user), .contact = memory_text(contact), .urgency = URGENCY_NOTIFY};
    return storm;
}

static struct storm *make(struct world *world, const char *user, const char *contact)
{
    struct storm *storm = find(world, contact);
    return storm ? storm : add(world, user, contact);
}

static void drop_ended(struct storm *storm, size_t index)
{
    free(storm->ended[index].host);
    free(storm->ended[index].check);
    storm->ended_count = memory_remove(storm->ended, storm->ended_count, sizeof *storm->ended, index);
}

/* Sorted by host and check: after an outage there are many. The place of the first that is not before this one. */
static size_t place_of(const struct storm *storm, const char *host, const char *check, bool *found)
{
    size_t low = 0;
    size_t high = storm->ended_count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(host, storm->ended[middle].host);
        if (order == 0)
            order = strcmp(check, storm->ended[middle].check);
        *found |= order == 0;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_ended(struct storm *storm, const char *host, const char *check)
{
    bool found;
    size_t place = place_of(storm, host, check, &found);
    if (found)
        return;
    if (storm->ended_count == ENDED_MOST) {
        storm->ended_more++;
        return;
    }
    storm->ended = memory_grow(storm->ended, storm->ended_count + 1, sizeof *storm->ended);
    memmove(&storm->ended[place + 1], &storm->ended[place],
            (storm->ended_count - place) * sizeof *storm->ended);
    storm->ended[place] = (struct ended){memory_text(host), memory_text(check)};
    storm->ended_count++;
}

static void add_sent(struct storm *storm, int64_t at)
{
    storm->sent = memory_grow(storm->sent, storm->sent_count + 1, sizeof *storm->sent);
    storm->sent[storm->sent_count++] = at;
}

static void drop_sent(struct storm *storm, int64_t before)
{
    size_t old = 0;
    while (old < storm->sent_count && storm->sent[old] <= before)
        old++;
    if (old == 0)
        return;
    memmove(storm->sent, storm->sent + old, (storm->sent_count - old) * sizeof *storm->sent);
    storm->sent_count -= old;
}

/* ---- what is held back ---- */

static const struct max *cap_of(const struct world *world, const struct contact *contact)
{
    return contact->cap.count ? &contact->cap : &world->model->site.alerting.storm;
}

/* Whether one more is too many; if not, it is counted. */
static bool is_full(struct storm *storm, const struct max *cap, int64_t now)
{
    if (!storm->full) {
        drop_sent(storm, now - cap->span);
        storm->full = storm->sent_count >= (size_t)cap->count;
        if (storm->full && !storm->until)
            storm->until = now + cap->span;
    }
    if (!storm->full)
        add_sent(storm, now);
    return storm->full;
}

static struct told *told_of(const struct world *world, uint32_t binding, const char *contact)
{
    const struct problem *problem = world->records[binding].problem;
    for (size_t i = 0; problem && i < problem->told_count; i++)
        if (strcmp(problem->told[i].contact, contact) == 0)
            return &problem->told[i];
    return NULL;
}

/* What became of the message of one of its checks. */
static void note(const struct world *world, uint32_t binding, struct storm *held, enum notice notice,
                 const char *contact)
{
    struct told *told = told_of(world, binding, contact);
    const struct binding *bound = &world->model->bindings[binding];
    if (held && notice == NOTICE_RECOVERY)
        add_ended(held, bound->host->name, bound->plan->name);
    else if (told)
        told->of |= held ? TOLD_MISSED : TOLD_HEARD;
}

static void say_held(const struct decision *held, const struct storm *storm, const struct max *cap,
                     world_sink *sink, void *owner)
{
    struct text text = TEXT_INIT;
    struct decision decision = *held;
    text_format(&text, "%s: a storm, \"%s\" had %" PRId64 " message%s within ", notice_name(held->notice),
                storm->user, cap->count, cap->count == 1 ? "" : "s");
    duration_write(&text, cap->span);
    text_add(&text, "; it comes in a summary");
    decision.kind = DECISION_QUIET;
    decision.reason = text.bytes;
    decision.next = storm->until;
    sink(owner, &decision);
    text_release(&text);
}

bool world_storm_holds(struct world *world, const struct decision *decision, const char *key,
                       world_sink *sink, void *owner)
{
    const struct max *cap = cap_of(world, decision->contact);
    struct storm *held = NULL;
    if (cap->count) {
        struct storm *storm = make(world, decision->user->name, key);
        if (is_full(storm, cap, decision->at)) {
            held = storm;
            storm->held++;
            storm->urgency = decision->urgency > storm->urgency ? decision->urgency : storm->urgency;
        }
        world_site_changed(world);
    }
    for (size_t i = 0; i < decision->member_count || i == 0; i++)
        note(world, decision->member_count ? decision->members[i] : decision->binding, held, decision->notice,
             key);
    if (held)
        say_held(decision, held, cap, sink, owner);
    return held != NULL;
}

bool world_storm_cancels(const struct turn *turn, const struct told *told)
{
    if (!(told->of & TOLD_MISSED) || told->of & (TOLD_HEARD | TOLD_SUMMARY))
        return false;
    struct text text = TEXT_INIT;
    text_format(&text, "RECOVERY: \"%s\" was not told of the problem, which was held back in a storm",
                told->user);
    world_quiet(turn, 0, text.bytes);
    text_release(&text);
    return true;
}

bool world_storm_recovery(const struct turn *turn, const struct told *told, const struct message *message)
{
    struct world *world = turn->world;
    const struct max *cap = cap_of(world, message->contact);
    if (told->of & TOLD_HEARD || !(told->of & TOLD_SUMMARY) || !cap->count)
        return false;
    struct storm *storm = make(world, told->user, told->contact);
    add_ended(storm, turn->binding->host->name, turn->binding->plan->name);
    storm->held++;
    storm->urgency = told->urgency > storm->urgency ? told->urgency : storm->urgency;
    if (!storm->until)
        storm->until = turn->now + cap->span;
    world_site_changed(world);
    struct text text = TEXT_INIT;
    text_format(&text, "RECOVERY: \"%s\" knows of the problem from a summary, and is told its end in one",
                told->user);
    world_quiet(turn, storm->until, text.bytes);
    text_release(&text);
    return true;
}

bool world_storm_returns(const struct turn *turn, const char *key)
{
    struct storm *storm = find(turn->world, key);
    bool found = false;
    size_t place = storm ? place_of(storm, turn->binding->host->name, turn->binding->plan->name, &found) : 0;
    if (!found)
        return false;
    drop_ended(storm, place);
    world_site_changed(turn->world);
    return true;
}

/* ---- the summary ---- */

/* What a summary is made of. */
struct tally {
    uint32_t *members;
    size_t count, bad, ended;
    enum verdict worst;
};

static void add_member(const struct world *world, struct tally *tally, uint32_t binding)
{
    enum verdict verdict = world->records[binding].state.verdict;
    tally->members = memory_grow(tally->members, tally->count + 1, sizeof *tally->members);
    tally->members[tally->count++] = binding;
    if (verdict_rank(verdict) > verdict_rank(tally->worst))
        tally->worst = verdict;
}

/* The problems that were held back and last. ${known}: the summary is sent; else they are news again. */
static void take_missed(struct world *world, const struct storm *storm, bool known, struct tally *tally)
{
    for (uint32_t i = 0; i < world->count; i++) {
        struct told *told = told_of(world, i, storm->contact);
        if (!told || !(told->of & TOLD_MISSED))
            continue;
        told->of &= ~(unsigned)TOLD_MISSED;
        if (known) {
            told->of |= TOLD_SUMMARY;
            add_member(world, tally, i);
            tally->bad++;
            continue;
        }
        struct problem *problem = world->records[i].problem;
        for (size_t j = 0; j < problem->group_count; j++)
            problem->groups[j].last.told = false;
        plan_set(world->timers, i, 0);
    }
}

/* What has ended; what is bad again without the contact's being told waits for its end. */
static void take_ended(struct world *world, struct storm *storm, bool known, struct tally *tally)
{
    size_t kept = 0;
    for (size_t i = 0; i < storm->ended_count; i++) {
        struct ended *ended = &storm->ended[i];
        int64_t binding = model_binding(world->model, ended->host, ended->check);
        const struct problem *problem = binding == MODEL_NONE ? NULL : world->records[binding].problem;
        if (known && problem && !problem->soft) {
            storm->ended[kept++] = *ended;
            continue;
        }
        if (known && binding != MODEL_NONE) {
            add_member(world, tally, (uint32_t)binding);
            tally->ended++;
        }
        free(ended->host);
        free(ended->check);
    }
    storm->ended_count = kept;
    tally->ended += storm->ended_more;
    storm->ended_more = 0;
}

static int by_binding(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

static void send(const struct storm *storm, const struct user *user, const struct contact *contact,
                 const struct tally *tally, int64_t now, world_sink *sink, void *owner)
{
    struct text text = TEXT_INIT;
    text_format(&text, "%" PRIu32 " %s held back: %zu %s, %zu %s over", storm->held,
                storm->held == 1 ? "message was" : "messages were", tally->bad,
                tally->bad == 1 ? "problem lasts" : "problems last", tally->ended,
                tally->ended == 1 ? "is" : "are");
    const struct message message = {.notice = NOTICE_STORM,
                                    .number = storm->number,
                                    .urgency = storm->urgency,
                                    .user = user,
                                    .contact = contact,
                                    .key = storm->contact,
                                    .reason = text.bytes,
                                    .members = tally->members,
                                    .member_count = tally->count};
    if (tally->count > 1)
        qsort(tally->members, tally->count, sizeof *tally->members, by_binding);
    if (tally->count)
        world_post_site(&message, "storm", tally->worst, storm->until, now, sink, owner);
    else if (storm->held)
        world_site_quiet("storm", now, 0, text.bytes, sink, owner);
    text_release(&text);
}

static void end(struct world *world, struct storm *storm, int64_t now, world_sink *sink, void *owner)
{
    const struct user *user = model_user(world->model, storm->user);
    const struct contact *contact = user ? world_find_contact(user, storm->contact, storm->urgency) : NULL;
    struct tally tally = {.worst = VERDICT_OK};
    take_missed(world, storm, contact != NULL, &tally);
    take_ended(world, storm, contact != NULL, &tally);
    storm->number++;
    if (contact)
        send(storm, user, contact, &tally, now, sink, owner);
    else
        world_site_quiet("storm", now, 0, "whom the summary was for has no longer that contact", sink, owner);
    drop_sent(storm, now);
    if (tally.count)
        add_sent(storm, now);
    storm->full = false;
    storm->held = 0;
    storm->until = 0;
    if (storm->ended_count == 0)
        storm->urgency = URGENCY_NOTIFY;
    free(tally.members);
}

int64_t world_storm_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->storm_count; i++)
        due = world_earlier(due, world->storms[i].until);
    return due;
}

void world_storm_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    for (size_t i = 0; i < world->storm_count; i++) {
        if (!world->storms[i].until || world->storms[i].until > now)
            continue;
        end(world, &world->storms[i], now, sink, owner);
        world_site_changed(world);
    }
}

void world_storm_closed(const struct turn *turn)
{
    struct world *world = turn->world;
    for (size_t i = 0; i < world->storm_count; i++) {
        struct storm *storm = &world->storms[i];
        bool found = false;
        if (!storm->until)
            (void)place_of(storm, turn->binding->host->name, turn->binding->plan->name, &found);
        if (!found)
            continue;
        storm->until = turn->now + 1;
        world_site_changed(world);
    }
}

/* ---- saved ---- */

json_t *world_storm_save(const struct world *world)
{
    json_t *list = json_array();
    for (size_t i = 0; i < world->storm_count; i++) {
        const struct storm *storm = &world->storms[i];
        json_t *item = saved_add_item(list);
        saved_add_text(item, "user", storm->user);
        saved_add_text(item, "contact", storm->contact);
        saved_add_text(item, "urgency", urgency_name(storm->urgency));
        saved_add_flag(item, "full", storm->full);
        saved_add_whole(item, "until", storm->until);
        saved_add_whole(item, "number", storm->number);
        saved_add_whole(item, "held", storm->held);
        saved_add_whole(item, "ended_more", storm->ended_more);
        json_t *sent = saved_add_list(item, "sent");
        for (size_t j = 0; j < storm->sent_count; j++)
            saved_add_whole(saved_add_item(sent), "at", storm->sent[j]);
        json_t *ended = saved_add_list(item, "ended");
        for (size_t j = 0; j < storm->ended_count; j++) {
            json_t *one = saved_add_item(ended);
            saved_add_text(one, "host", storm->ended[j].host);
            saved_add_text(one, "check", storm->ended[j].check);
        }
    }
    return list;
}

/* As long as an outage is wide. */
static const json_t *list_of(struct saved_reader *reader, const char *name)
{
    const json_t *list = json_object_get(reader->object, name);
    if (list && !json_is_array(list))
        saved_fault(reader, name, "not a list");
    return list;
}

static void load_lists(struct saved_reader *reader, struct storm *storm)
{
    struct saved_reader one;
    struct saved_items sent = saved_items(reader, list_of(reader, "sent"));
    while (saved_next(&sent, &one))
        add_sent(storm, saved_instant(&one, "at"));
    struct saved_items ended = saved_items(reader, list_of(reader, "ended"));
    while (saved_next(&ended, &one))
        add_ended(storm, saved_text(&one, "host"), saved_text(&one, "check"));
}

bool world_storm_load(struct world *world, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, true};
    if (!json_is_array(saved))
        return error_set(error, "it is not a list");
    world_storm_release(world);
    struct saved_reader one;
    struct saved_items items = saved_items(&reader, saved);
    while (saved_next(&items, &one)) {
        struct storm *storm = add(world, saved_text(&one, "user"), saved_text(&one, "contact"));
        storm->urgency = saved_urgency(&one, "urgency");
        storm->full = saved_flag(&one, "full");
        storm->until = saved_instant(&one, "until");
        storm->number = (uint32_t)saved_whole(&one, "number", 0, UINT32_MAX - 1);
        storm->held = (uint32_t)saved_whole(&one, "held", 0, UINT32_MAX - 1);
        storm->ended_more = (uint32_t)saved_whole(&one, "ended_more", 0, INT32_MAX);
        load_lists(&one, storm);
    }
    if (!reader.good)
        world_storm_release(world);
    return reader.good;
}

void world_storm_shift(struct world *world, int64_t delta)
{
    for (size_t i = 0; i < world->storm_count; i++) {
        struct storm *storm = &world->storms[i];
        storm->until += storm->until ? delta : 0;
        for (size_t j = 0; j < storm->sent_count; j++)
            storm->sent[j] += delta;
    }
    if (world->storm_count)
        world_site_changed(world);
}

void world_storm_release(struct world *world)
{
    for (size_t i = 0; i < world->storm_count; i++)
        release(&world->storms[i]);
    free(world->storms);
    world->storms = NULL;
    world->storm_count = 0;
}

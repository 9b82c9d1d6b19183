/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What contacts are told becomes decisions, those of one service together where the rule gathers. */
#include "scheduler/core/world_parts.h"

#include "lib/hash.h"
#include "lib/memory.h"
#include "lib/text.h"

#include <ctype.h>
#include <inttypes.h>

struct post {
    struct decision decision; /* of the worst member; what it points to lasts as long as the input */
    char *id;
    char *key;
    uint32_t *members;
    size_t count;
};

/* ---- message ids ---- */

enum { WORD_MAX = 32 };

/* One word of a message id: letters, digits, "-" and "_" only. */
static void add_word(struct text *id, const char *word)
{
    for (size_t i = 0; i < WORD_MAX && word[i]; i++) {
        unsigned char byte = (unsigned char)word[i];
        text_add_char(id, isalnum(byte) || byte == '-' ? (char)tolower(byte) : '_');
    }
}

/* The same alert has the same id, however often it is made: problem, number, kind and reader say which it is.
 * The hash stands for the address, for what add_word cannot show, and for when the problem began: after the
 * state directory was lost the problems are counted from 1 again, and mail readers hide a known id. */
static void write_id(struct text *id, const struct decision *decision, int64_t opened, uint32_t number,
                     const char *key)
{
    struct text reader = TEXT_INIT;
    text_format(&reader, "%" PRId64 " %s %s", opened, decision->user->name, key);
    if (decision->binding == WORLD_SITE)
        text_format(&reader, " %s", decision->name);
    text_format(id, "<p%" PRIu64 ".%" PRIu32 ".", decision->problem, number);
    add_word(id, notice_name(decision->notice));
    text_add_char(id, '.');
    add_word(id, decision->user->name);
    text_format(id, ".%016" PRIx64 "@watchbill>", hash_spread(hash_text(HASH_START, reader.bytes)));
    text_release(&reader);
}

/* ---- several in one ---- */

static bool is_gathered(const struct turn *turn, enum notice notice)
{
    const struct alert_rule *rule = turn->binding->plan->alert;
    return rule && rule->group_wait && notice != NOTICE_ACKNOWLEDGEMENT && notice != NOTICE_REMEDIATION;
}

static const struct service *service_of(const struct world *world, const struct post *post)
{
    return world->model->bindings[post->decision.binding].host->service;
}

static struct post *find_post(const struct world *world, const struct decision *decision, const char *key)
{
    const struct service *service = world->model->bindings[decision->binding].host->service;
    for (size_t i = 0; i < world->post_count; i++) {
        struct post *post = &world->posts[i];
        if (post->decision.notice == decision->notice && post->decision.urgency == decision->urgency &&
            strcmp(service_of(world, post)->name, service->name) == 0 && strcmp(post->key, key) == 0)
            return post;
    }
    return NULL;
}

static bool leads(const struct decision *decision, const struct decision *other)
{
    int rank = verdict_rank(decision->verdict);
    int others = verdict_rank(other->verdict);
    return rank > others || (rank == others && decision->binding < other->binding);
}

static void gather(struct world *world, const struct decision *decision, const char *key)
{
    struct post *post = find_post(world, decision, key);
    if (!post) {
        world->posts = memory_grow(world->posts, world->post_count + 1, sizeof *world->posts);
        post = &world->posts[world->post_count++];
        *post = (struct post){.decision = *decision, .key = memory_text(key)};
    }
    if (!post->id || leads(decision, &post->decision)) {
        free(post->id);
        post->decision = *decision;
        post->id = memory_text(decision->message_id);
    }
    post->members = memory_grow(post->members, post->count + 1, sizeof *post->members);
    post->members[post->count++] = decision->binding;
}

/* What it says of the person and the words; the subject and the id are the caller's. */
static void take_message(struct decision *decision, const struct message *message)
{
    decision->notice = message->notice;
    decision->user = message->user;
    decision->contact = message->contact;
    decision->urgency = message->urgency;
    decision->escalation = message->escalation;
    decision->remediation = message->remediation;
    decision->run = message->run;
    decision->reason = message->reason;
    decision->next = message->next;
    decision->members = message->members;
    decision->member_count = message->member_count;
}

void world_post(const struct turn *turn, const struct message *message)
{
    world_post_recovery(turn, message, turn->record->state.problem, turn->record->problem->opened);
}

void world_post_recovery(const struct turn *turn, const struct message *message, uint64_t problem,
                         int64_t opened)
{
    struct decision decision = world_decision(turn, DECISION_ALERT);
    struct text id = TEXT_INIT;
    decision.problem = problem;
    take_message(&decision, message);
    write_id(&id, &decision, opened, message->number, message->key);
    decision.message_id = id.bytes;
    if (is_gathered(turn, message->notice))
        gather(turn->world, &decision, message->key);
    else if (!world_storm_holds(turn->world, &decision, message->key, turn->sink, turn->owner))
        turn->sink(turn->owner, &decision);
    text_release(&id);
}

static struct decision site_decision(enum decision_kind kind, const char *name, int64_t now)
{
    return (struct decision){.kind = kind,
                             .at = now,
                             .binding = WORLD_SITE,
                             .subject = "watchbill",
                             .name = name,
                             .type = STATE_HARD,
                             .attempt = 1};
}

void world_post_site(const struct message *message, const char *name, enum verdict verdict, int64_t began,
                     int64_t now, world_sink *sink, void *owner)
{
    struct decision decision = site_decision(DECISION_ALERT, name, now);
    struct text id = TEXT_INIT;
    decision.verdict = verdict;
    take_message(&decision, message);
    if (message->about) {
        decision.subject = message->about->host->name;
        decision.name = message->about->plan->name;
    }
    write_id(&id, &decision, began, message->number, message->key);
    decision.message_id = id.bytes;
    sink(owner, &decision);
    text_release(&id);
}

void world_site_quiet(const char *name, int64_t now, int64_t next, const char *text, world_sink *sink,
                      void *owner)
{
    struct decision decision = site_decision(DECISION_QUIET, name, now);
    decision.next = next;
    decision.reason = text;
    sink(owner, &decision);
}

static int by_binding(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

void world_post_deliver(struct world *world, world_sink *sink, void *owner)
{
    for (size_t i = 0; i < world->post_count; i++) {
        struct post *post = &world->posts[i];
        post->decision.message_id = post->id;
        if (post->count > 1) {
            qsort(post->members, post->count, sizeof *post->members, by_binding);
            post->decision.members = post->members;
            post->decision.member_count = post->count;
        }
        if (!world_storm_holds(world, &post->decision, post->key, sink, owner))
            sink(owner, &post->decision);
        free(post->id);
        free(post->key);
        free(post->members);
    }
    world->post_count = 0;
}

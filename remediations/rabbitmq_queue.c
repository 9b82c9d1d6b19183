/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Empties or deletes one queue of RabbitMQ, or closes the connections of its consumers that are stuck. */
#include "lib/process.h"
#include "remediations/tools/rabbitmq_admin.h"

#include <math.h>

enum { STEP_MS = 200, DIAGNOSE_MS = 5000, DIAGNOSED_MAX = 20 };
enum action { PURGE, DELETE, CLOSE };

static const char *const action_names[] = {
    [PURGE] = "purge", [DELETE] = "delete", [CLOSE] = "close", [CLOSE + 1] = NULL};

struct args {
    struct rabbitmq_options rabbitmq;
    struct act_place place;
    const char *queue;
    int action;
    int64_t most;
    bool with_messages, with_consumers;
    int64_t watch, wait; /* ms */
};

static const struct args defaults = {.watch = 15000, .wait = 10000};

static const struct option_row options[] = {
    {"queue", 'q', TEXT(struct args, queue), .value = "NAME", .help = "the queue", .required = true},
    {"action", 'a', CHOICE(struct args, action), .value = "ACTION",
     .help = "purge: drop the messages that no consumer holds; delete: the queue with all in it; close: the "
             "connections of its stuck consumers",
     .choices = action_names, .required = true},
    {"most", 0, WHOLE(struct args, most), .value = "COUNT",
     .help =
         "purge, delete: refuse when more messages than that would be lost; by default any number for purge",
     .low = 0, .high = 1e15},
    {"with-messages", 0, FLAG(struct args, with_messages),
     .help = "delete: also a queue that holds messages"},
    {"with-consumers", 0, FLAG(struct args, with_consumers),
     .help = "delete: also a queue that has consumers"},
    {"watch", 0, DURATION(struct args, watch), .value = "DURATION",
     .help =
         "close: a consumer that holds messages and acknowledges none for that long is stuck. Be longer than "
         "two intervals of the server's statistics (5 s each by default) and than honest work takes",
     .high = 3600},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION",
     .help = "how long the server's statistics may take to show the effect", .high = 3600},
    ACT_PLACE_OPTIONS(struct args, place),
    RABBITMQ_OPTIONS(struct args, rabbitmq),
    {0},
};

static const char *vhost_of(const struct args *args)
{
    return args->rabbitmq.vhost ? args->rabbitmq.vhost : "/";
}

/* ---- reading ---- */

/* false, with a sentence: it is not there or cannot be read; ${missing} tells which. */
static bool read_queue(const struct args *args, const struct rabbitmq_source *source,
                       const struct act_run *run, struct rabbitmq_queue *queue, bool *missing,
                       struct error *error)
{
    struct rabbitmq_queues queues;
    *queue = (struct rabbitmq_queue){0};
    *missing = false;
    if (rabbitmq_read_queue(source, vhost_of(args), args->queue, run->arena, &queues, error) != SOURCE_READ)
        return false;
    if (queues.count > 0) {
        *queue = queues.items[0];
        return true;
    }
    *missing = true;
    return error_set(error, "there is no queue \"%s\" in vhost \"%s\"", args->queue, vhost_of(args));
}

/* Keeps the consumers that hold messages and acknowledged nothing for the time of --watch. */
static bool find_stuck(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                       struct rabbitmq_consumers *stuck, struct error *error)
{
    struct rabbitmq_consumers *before = arena_get(run->arena, 1, sizeof *before);
    size_t kept = 0;
    if (!rabbitmq_consumers_read(source, vhost_of(args), args->queue, run->arena, before, error))
        return false;
    if (!act_pause(run, args->watch))
        return error_set(error, "--watch is longer than --timeout allows");
    if (!rabbitmq_consumers_read(source, vhost_of(args), args->queue, run->arena, stuck, error))
        return false;
    for (size_t i = 0; i < stuck->count; i++)
        for (size_t j = 0; j < before->count; j++)
            if (strcmp(stuck->items[i].channel, before->items[j].channel) == 0 &&
                stuck->items[i].unacknowledged > 0 && before->items[j].unacknowledged > 0 &&
                stuck->items[i].acknowledged <= before->items[j].acknowledged) {
                stuck->items[kept++] = stuck->items[i];
                break;
            }
    stuck->count = kept;
    return true;
}

/* Whether an earlier one is of the same connection. */
static bool is_seen(const struct rabbitmq_consumers *consumers, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(consumers->items[i].connection, consumers->items[index].connection) == 0)
            return true;
    return false;
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    if (!rabbitmq_admin_check_queue(args->queue, error))
        return error_prefix(error, "--queue");
    return rabbitmq_admin_check(&args->rabbitmq, &args->place, error);
}

/* What the server knows of each consumer's channel and connection: who it is, since when, what it holds. */
static bool diagnose_consumers(const struct rabbitmq_source *source, const struct text *queue,
                               const struct act_run *run, struct bundle *bundle, struct error *error)
{
    struct rabbitmq_consumers *consumers = arena_get(run->arena, 1, sizeof *consumers);
    struct text channels = TEXT_INIT, connections = TEXT_INIT;
    bool ok = rabbitmq_consumers_parse(queue->bytes, queue->length, run->arena, consumers, error);
    for (size_t i = 0; ok && i < consumers->count && i < DIAGNOSED_MAX; i++)
        ok = rabbitmq_admin_list(source, "/api/channels/", consumers->items[i].channel, &channels, error) &&
             (is_seen(consumers, i) ||
              rabbitmq_admin_list(source, "/api/connections/", consumers->items[i].connection, &connections,
                                  error));
    text_add(&channels, channels.length ? "]\n" : "[]\n");
    text_add(&connections, connections.length ? "]\n" : "[]\n");
    ok = ok && bundle_add_text(bundle, "rabbitmq-channels.json", channels.bytes, channels.length) &&
         bundle_add_text(bundle, "rabbitmq-connections.json", connections.bytes, connections.length);
    text_release(&connections);
    text_release(&channels);
    return ok;
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    const struct act_run brief = act_brief(run, DIAGNOSE_MS);
    struct rabbitmq_access access;
    struct text queue = TEXT_INIT, overview = TEXT_INIT;
    const char *path = rabbitmq_admin_queue_path(vhost_of(args), args->queue, run->arena);
    bool missing = false;
    bool ok =
        rabbitmq_admin_open(&args->rabbitmq, &args->place, &brief, &access, error) &&
        rabbitmq_admin_get(&access.source, "/api/overview", &overview, NULL, error) &&
        rabbitmq_admin_get(&access.source, path, &queue, &missing, error) &&
        bundle_add_text(bundle, "rabbitmq-overview.json", overview.bytes, overview.length) &&
        bundle_add_text(bundle, "rabbitmq-queue.json", queue.bytes, queue.length) &&
        (args->action != CLOSE || missing || diagnose_consumers(&access.source, &queue, run, bundle, error));
    rabbitmq_options_close(&access);
    text_release(&overview);
    text_release(&queue);
    return ok;
}

static enum answer judge_loss(const struct args *args, const struct rabbitmq_queue *queue, double lost,
                              struct error *error)
{
    if (isnan(lost))
        return act_refuse(error, "the server does not tell how many messages \"%s\" holds", args->queue);
    if (args->most > 0 && lost > (double)args->most)
        return act_refuse(error, "%.0f messages would be lost: more than --most %lld", lost,
                          (long long)args->most);
    if (args->action == DELETE && lost > 0 && !args->with_messages)
        return act_refuse(error, "\"%s\" holds %.0f messages, and --with-messages is not given", args->queue,
                          lost);
    double consumers = queue->numbers[RABBITMQ_QUEUE_CONSUMERS];
    if (args->action == DELETE && !(consumers < 1) && !args->with_consumers)
        return act_refuse(error, "\"%s\" has consumers, or it is not told; --with-consumers is not given",
                          args->queue);
    return ANSWER_GO;
}

static enum answer judge(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                         struct error *error)
{
    bool missing;
    struct rabbitmq_queue queue;
    if (!read_queue(args, source, run, &queue, &missing, error))
        return missing ? ANSWER_REFUSED : ANSWER_UNKNOWN;
    if (args->action == PURGE)
        return judge_loss(args, &queue, queue.numbers[RABBITMQ_QUEUE_READY], error);
    if (args->action == DELETE)
        return judge_loss(args, &queue, queue.numbers[RABBITMQ_QUEUE_MESSAGES], error);
    struct rabbitmq_consumers *stuck = arena_get(run->arena, 1, sizeof *stuck);
    if (!find_stuck(args, source, run, stuck, error))
        return ANSWER_UNKNOWN;
    return stuck->count > 0
               ? ANSWER_GO
               : act_refuse(error, "no consumer of \"%s\" is stuck: each acknowledges, or holds nothing",
                            args->queue);
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct rabbitmq_access access;
    enum answer answer = ANSWER_UNKNOWN;
    if (rabbitmq_admin_open(&args->rabbitmq, &args->place, run, &access, error))
        answer = judge(args, &access.source, run, error);
    rabbitmq_options_close(&access);
    return answer;
}

/* What verify must know of act. */
struct done {
    double ready; /* messages before */
    struct rabbitmq_consumers closed;
};

static bool purge(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                  struct error *error)
{
    struct done *done = run->kept;
    act_say(run, "%s \"%s\" of %.0f messages", run->dry_run ? "would purge" : "purging", args->queue,
            done->ready);
    const char *path = rabbitmq_admin_queue_path(vhost_of(args), args->queue, run->arena);
    return run->dry_run ||
           rabbitmq_admin_delete(source, arena_format(run->arena, "%s/contents", path), NULL, error);
}

/* The server itself looks once more whether it is used and empty, in one step with the deletion. */
static bool delete_queue(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                         struct error *error)
{
    const char *path = rabbitmq_admin_queue_path(vhost_of(args), args->queue, run->arena);
    act_say(run, "%s \"%s\"", run->dry_run ? "would delete" : "deleting", args->queue);
    path = arena_format(run->arena, "%s?%s%s", path, args->with_messages ? "" : "if-empty=true&",
                        args->with_consumers ? "" : "if-unused=true");
    return run->dry_run || rabbitmq_admin_delete(source, path, NULL, error);
}

static bool close_one(const struct rabbitmq_source *source, const struct rabbitmq_consumer_row *consumer,
                      struct act_run *run, struct error *error)
{
    struct text path = TEXT_INIT;
    act_say(run, "%s the connection \"%s\" of %s, whose channel holds %.0f messages",
            run->dry_run ? "would close" : "closing", consumer->connection, consumer->peer,
            consumer->unacknowledged);
    text_add(&path, "/api/connections/");
    rabbitmq_add_name(&path, consumer->connection);
    bool ok =
        run->dry_run ||
        rabbitmq_admin_delete(source, path.bytes,
                              arena_format(run->arena, "stuck, says watchbill for %s", run->issue), error);
    text_release(&path);
    return ok;
}

static bool close_stuck(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                        struct error *error)
{
    struct done *done = run->kept;
    if (!find_stuck(args, source, run, &done->closed, error))
        return false;
    for (size_t i = 0; i < done->closed.count; i++)
        if (!is_seen(&done->closed, i) && !close_one(source, &done->closed.items[i], run, error))
            return false;
    if (done->closed.count == 0)
        act_say(run, "no consumer is stuck any more");
    return true;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    static bool (*const actions[])(const struct args *, const struct rabbitmq_source *, struct act_run *,
                                   struct error *) = {
        [PURGE] = purge, [DELETE] = delete_queue, [CLOSE] = close_stuck};
    const struct args *args = owner;
    struct rabbitmq_access access;
    struct done *done = arena_get(run->arena, 1, sizeof *done);
    bool missing;
    struct rabbitmq_queue queue;
    bool ok = rabbitmq_admin_open(&args->rabbitmq, &args->place, run, &access, error) &&
              read_queue(args, &access.source, run, &queue, &missing, error);
    run->kept = done;
    if (ok) {
        done->ready = queue.numbers[RABBITMQ_QUEUE_READY];
        ok = actions[args->action](args, &access.source, run, error);
    }
    rabbitmq_options_close(&access);
    return ok;
}

/* ---- verifying ---- */

static bool are_closed(const struct rabbitmq_consumers *now, const struct rabbitmq_consumers *closed)
{
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < closed->count; j++)
            if (strcmp(now->items[i].connection, closed->items[j].connection) == 0)
                return false;
    return true;
}

/* ${failed}: it cannot be told. */
static bool has_helped(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                       bool *failed, struct error *error)
{
    const struct done *done = run->kept;
    bool missing = false;
    if (args->action == CLOSE) {
        struct rabbitmq_consumers *now = arena_get(run->arena, 1, sizeof *now);
        *failed = !rabbitmq_consumers_read(source, vhost_of(args), args->queue, run->arena, now, error);
        return !*failed && done->closed.count > 0 && are_closed(now, &done->closed);
    }
    struct rabbitmq_queue queue;
    bool there = read_queue(args, source, run, &queue, &missing, error);
    *failed = !there && !missing;
    if (args->action == DELETE)
        return missing;
    return there && queue.numbers[RABBITMQ_QUEUE_READY] < done->ready;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct rabbitmq_access access;
    int64_t until = process_now() + args->wait;
    bool failed = !rabbitmq_admin_open(&args->rabbitmq, &args->place, run, &access, error);
    bool helped = !failed && has_helped(args, &access.source, run, &failed, error);
    while (!failed && !helped && process_now() + STEP_MS < until && act_pause(run, STEP_MS))
        helped = has_helped(args, &access.source, run, &failed, error);
    rabbitmq_options_close(&access);
    if (failed)
        return EFFECT_FAILED;
    error->text[0] = '\0';
    if (!helped)
        error_set(error, "the server shows no change");
    return helped ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program rabbitmq_queue = {
    .name = "rabbitmq_queue",
    .summary = "empties or deletes a queue of RabbitMQ, or closes the connections of its stuck consumers",
    .notes =
        "It acts through the management API, as a user with the tag \"monitoring\" (\"administrator\" to "
        "close "
        "other users' connections) and the right to read or configure the queue. Messages that a consumer "
        "holds "
        "outlive a purge. Fixed means that the queue holds fewer messages, is no more, or has none of the "
        "closed connections among its consumers; they are expected to connect anew.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};

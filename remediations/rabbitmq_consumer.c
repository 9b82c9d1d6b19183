/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restarts who should consume a queue of RabbitMQ: "compute.HOST" holds messages and has no consumer, so the service
 * on HOST is bounced. The queue's name tells the host. */
#include "lib/process.h"
#include "remediations/tools/program.h"
#include "remediations/tools/rabbitmq_admin.h"
#include "remediations/tools/service.h"

#include <limits.h>
#include <math.h>
#include <strings.h>
#include <unistd.h>

enum { STEP_MS = 200, DIAGNOSE_MS = 5000, HOSTS_MAX = 64, HOST_BYTES = 253 };

static const char place_holder[] = "{host}";

struct args {
    struct rabbitmq_options rabbitmq;
    struct act_place place;
    const char *prefix, *consumer;
    int64_t above, most;
    struct option_list restart;
    struct service_options service;
    int64_t watch, wait; /* ms */
};

static const struct args defaults = {
    .prefix = "compute.", .most = 1, .service = SERVICE_DEFAULTS, .watch = 5000, .wait = 30000};

static const struct option_row options[] = {
    {"prefix", 0, TEXT(struct args, prefix), .value = "TEXT",
     .help = "queues are named by it and the host that should consume them"},
    {"consumer", 0, TEXT(struct args, consumer), .value = "HOST", .help = "only the queue of this host"},
    {"above", 0, WHOLE(struct args, above), .value = "COUNT",
     .help = "a queue with more messages than that counts", .low = 0, .high = 1e9},
    {"most", 0, WHOLE(struct args, most), .value = "COUNT",
     .help = "refuse when more hosts than that are stuck: it is not the consumers' fault then", .low = 1,
     .high = HOSTS_MAX},
    {"restart", 0, LIST(struct args, restart), .value = "WORD",
     .help = "the command that restarts the consumer, word by word; {host} in a word is the host"},
    {"service", 's', TEXT(struct args, service.service), .value = "NAME",
     .help = "instead of --restart: the service on this machine; the queue must be that of this machine"},
    SERVICE_OPTIONS(struct args, service),
    {"watch", 0, DURATION(struct args, watch), .value = "DURATION",
     .help = "a queue must have no consumer at the begin and at the end of that time", .high = 3600},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION",
     .help = "how long a consumer may take to come back", .high = 3600},
    ACT_PLACE_OPTIONS(struct args, place),
    RABBITMQ_OPTIONS(struct args, rabbitmq),
    {0},
};

/* Hosts whose queues hold messages that nobody consumes. */
struct stuck {
    const char *hosts[HOSTS_MAX];
    double messages[HOSTS_MAX];
    size_t count;
};

static const char *vhost_of(const struct args *args)
{
    return args->rabbitmq.vhost ? args->rabbitmq.vhost : "/";
}

/* ---- which hosts ---- */

/* A queue can have any name; what is no host's goes into no command. */
static bool is_host(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t length = strlen(name);
    return length > 0 && length <= HOST_BYTES && !strchr(".-", name[0]) && strspn(name, allowed) == length;
}

static enum answer add_queue(const struct args *args, const struct rabbitmq_queue *queue, struct stuck *stuck,
                             struct error *error)
{
    const char *host = queue->name + strlen(args->prefix);
    double ready = queue->numbers[RABBITMQ_QUEUE_READY];
    double consumers = queue->numbers[RABBITMQ_QUEUE_CONSUMERS];
    if (rabbitmq_state_is_bad(queue->state))
        return act_refuse(error, "queue \"%s\" is %s: its server is at fault, no consumer", queue->name,
                          queue->state);
    if (isnan(ready) || isnan(consumers))
        return act_refuse(error, "the server does not tell what \"%s\" holds or who consumes it",
                          queue->name);
    if (consumers > 0 || ready <= (double)args->above)
        return ANSWER_GO;
    if (!is_host(host))
        return act_refuse(error, "queue \"%s\" is stuck, and \"%s\" is not the name of a host", queue->name,
                          host);
    if (stuck->count == HOSTS_MAX)
        return act_refuse(error, "more than %d hosts are stuck", HOSTS_MAX);
    stuck->hosts[stuck->count] = host;
    stuck->messages[stuck->count++] = ready;
    return ANSWER_GO;
}

static bool is_meant(const struct args *args, const char *name)
{
    size_t length = strlen(args->prefix);
    return strncmp(name, args->prefix, length) == 0 &&
           (!args->consumer || strcmp(name + length, args->consumer) == 0);
}

static enum answer look(const struct args *args, const struct rabbitmq_source *source,
                        const struct act_run *run, struct stuck *stuck, struct error *error)
{
    struct rabbitmq_queues queues;
    size_t meant = 0;
    enum answer answer = ANSWER_GO;
    stuck->count = 0;
    if (rabbitmq_read_queues(source, vhost_of(args), run->arena, &queues, error) != SOURCE_READ)
        return ANSWER_UNKNOWN;
    for (size_t i = 0; answer == ANSWER_GO && i < queues.count; i++)
        if (is_meant(args, queues.items[i].name)) {
            meant++;
            answer = add_queue(args, &queues.items[i], stuck, error);
        }
    if (answer == ANSWER_GO && meant == 0)
        answer = act_refuse(error, "there is no queue \"%s%s\" in vhost \"%s\"", args->prefix,
                            args->consumer ? args->consumer : "*", vhost_of(args));
    return answer;
}

/* Keeps those that were stuck before, too. */
static void keep_both(struct stuck *now, const struct stuck *before)
{
    size_t kept = 0;
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < before->count; j++)
            if (strcmp(now->hosts[i], before->hosts[j]) == 0) {
                now->messages[kept] = now->messages[i];
                now->hosts[kept++] = now->hosts[i];
                break;
            }
    now->count = kept;
}

/* "node1" and "node1.example.org" are the same machine when one of them has no domain. */
static bool is_here(const char *host)
{
    char here[HOST_NAME_MAX + 1] = "";
    (void)gethostname(here, sizeof here - 1);
    size_t mine = strcspn(here, "."), theirs = strcspn(host, ".");
    if (strcasecmp(here, host) == 0)
        return true;
    return (!here[mine] || !host[theirs]) && mine == theirs && strncasecmp(here, host, mine) == 0;
}

static enum answer judge(const struct args *args, const struct stuck *stuck, struct error *error)
{
    struct text hosts = TEXT_INIT;
    enum answer answer = ANSWER_GO;
    for (size_t i = 0; i < stuck->count && i < 8; i++)
        text_format(&hosts, "%s%s", i ? ", " : "", stuck->hosts[i]);
    if (stuck->count == 0)
        answer = act_refuse(error, "no queue \"%s%s\" holds messages that nobody consumes", args->prefix,
                            args->consumer ? args->consumer : "*");
    else if (stuck->count > (size_t)args->most)
        answer = act_refuse(
            error, "%zu hosts are stuck (%s%s), more than --most %lld: it is not one consumer's fault",
            stuck->count, hosts.bytes, stuck->count > 8 ? ", ..." : "", (long long)args->most);
    for (size_t i = 0; answer == ANSWER_GO && args->service.service && i < stuck->count; i++)
        if (!is_here(stuck->hosts[i]))
            answer = act_refuse(error, "the consumer of \"%s%s\" is not on this machine: give --restart",
                                args->prefix, stuck->hosts[i]);
    text_release(&hosts);
    return answer;
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    if (!*args->prefix)
        return error_set(error, "--prefix: an empty one would mean every queue");
    if (args->consumer && !is_host(args->consumer))
        return error_set(error, "--consumer: not the name of a host: \"%.200s\"", args->consumer);
    if ((args->restart.count > 0) == (args->service.service != NULL))
        return error_set(error, "give one of --restart and --service");
    if (args->restart.count > 0 && strstr(args->restart.items[0], place_holder))
        return error_set(error, "--restart: a queue's name may not choose the program: \"%s\"",
                         args->restart.items[0]);
    if (args->service.service && !service_check(&args->service, error))
        return false;
    return rabbitmq_admin_check(&args->rabbitmq, &args->place, error);
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    const struct act_run brief = act_brief(run, DIAGNOSE_MS);
    struct rabbitmq_access access;
    struct rabbitmq_queues queues = {0};
    struct text text = TEXT_INIT;
    bool ok = rabbitmq_admin_open(&args->rabbitmq, &args->place, &brief, &access, error) &&
              rabbitmq_read_queues(&access.source, vhost_of(args), run->arena, &queues, error) == SOURCE_READ;
    for (size_t i = 0; ok && i < queues.count; i++)
        if (is_meant(args, queues.items[i].name))
            text_format(&text, "%s state %s ready %.0f unacknowledged %.0f consumers %.0f\n",
                        queues.items[i].name, queues.items[i].state,
                        queues.items[i].numbers[RABBITMQ_QUEUE_READY],
                        queues.items[i].numbers[RABBITMQ_QUEUE_UNACKNOWLEDGED],
                        queues.items[i].numbers[RABBITMQ_QUEUE_CONSUMERS]);
    ok = ok && bundle_add_text(bundle, "rabbitmq-queues", text.bytes, text.length);
    if (ok && args->service.service)
        ok = service_diagnose(&args->service, run, bundle, error);
    rabbitmq_options_close(&access);
    text_release(&text);
    return ok;
}

static enum answer ask(const struct args *args, const struct rabbitmq_source *source, struct act_run *run,
                       struct error *error)
{
    struct stuck before, now;
    enum answer answer = look(args, source, run, &before, error);
    if (answer != ANSWER_GO)
        return answer;
    if (before.count > 0 && !act_pause(run, args->watch)) {
        error_set(error, "--watch is longer than --timeout allows");
        return ANSWER_UNKNOWN;
    }
    answer = look(args, source, run, &now, error);
    keep_both(&now, &before);
    return answer == ANSWER_GO ? judge(args, &now, error) : answer;
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct rabbitmq_access access;
    enum answer answer = ANSWER_UNKNOWN;
    if (rabbitmq_admin_open(&args->rabbitmq, &args->place, run, &access, error))
        answer = ask(args, &access.source, run, error);
    rabbitmq_options_close(&access);
    return answer;
}

static const char *filled(const char *word, const char *host, struct arena *arena)
{
    struct text text = TEXT_INIT;
    const char *found;
    while ((found = strstr(word, place_holder))) {
        text_add_bytes(&text, word, (size_t)(found - word));
        text_add(&text, host);
        word = found + sizeof place_holder - 1;
    }
    text_add(&text, word);
    const char *kept = arena_text(arena, text.bytes);
    text_release(&text);
    return kept;
}

static bool restart_by_command(const struct args *args, const char *host, struct act_run *run,
                               struct error *error)
{
    struct option_list words = {arena_get(run->arena, args->restart.count, sizeof(const char *)),
                                args->restart.count};
    for (size_t i = 0; i < words.count; i++)
        words.items[i] = filled(args->restart.items[i], host, run->arena);
    return program_run(program_words(&words, run->arena), run, 0, NULL, error);
}

static bool restart_here(const struct args *args, struct act_run *run, struct error *error)
{
    struct service service;
    return service_find(&args->service, run, &service, error) &&
           service_restart(&args->service, &service, run, error) &&
           service_await(&args->service, &service, run, error);
}

static bool restart(const struct args *args, const struct stuck *stuck, struct act_run *run,
                    struct error *error)
{
    bool ok = true;
    for (size_t i = 0; ok && i < stuck->count; i++) {
        act_say(run, "%s the consumer of \"%s%s\", which holds %.0f messages",
                run->dry_run ? "would restart" : "restarting", args->prefix, stuck->hosts[i],
                stuck->messages[i]);
        if (!run->dry_run)
            ok = args->service.service ? restart_here(args, run, error)
                                       : restart_by_command(args, stuck->hosts[i], run, error);
    }
    return ok;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct rabbitmq_access access;
    struct stuck *stuck = arena_get(run->arena, 1, sizeof *stuck);
    run->kept = stuck;
    bool ok = rabbitmq_admin_open(&args->rabbitmq, &args->place, run, &access, error) &&
              look(args, &access.source, run, stuck, error) == ANSWER_GO &&
              judge(args, stuck, error) == ANSWER_GO && restart(args, stuck, run, error);
    rabbitmq_options_close(&access);
    return ok;
}

static bool has_consumer(const struct args *args, const struct rabbitmq_source *source, const char *host,
                         const struct act_run *run, bool *failed, struct error *error)
{
    struct rabbitmq_queues queues;
    const char *name = arena_format(run->arena, "%s%s", args->prefix, host);
    *failed = rabbitmq_read_queue(source, vhost_of(args), name, run->arena, &queues, error) != SOURCE_READ;
    return !*failed && queues.count == 1 && queues.items[0].numbers[RABBITMQ_QUEUE_CONSUMERS] > 0;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    const struct stuck *stuck = run->kept;
    struct rabbitmq_access access;
    int64_t until = process_now() + args->wait;
    bool failed = !rabbitmq_admin_open(&args->rabbitmq, &args->place, run, &access, error);
    size_t back = 0;
    while (!failed && back < stuck->count) {
        if (has_consumer(args, &access.source, stuck->hosts[back], run, &failed, error))
            back++;
        else if (process_now() >= until || !act_pause(run, STEP_MS))
            break;
    }
    rabbitmq_options_close(&access);
    if (failed)
        return EFFECT_FAILED;
    if (back < stuck->count)
        error_set(error, "\"%s%s\" still has no consumer", args->prefix, stuck->hosts[back]);
    else
        act_say(run, "it is consumed");
    return back < stuck->count ? EFFECT_NONE : EFFECT_FIXED;
}

const struct remediation_program rabbitmq_consumer = {
    .name = "rabbitmq_consumer",
    .summary = "restarts who should consume a queue of RabbitMQ that holds messages and has no consumer",
    .notes =
        "It finds which of the queues \"compute.HOST\" (or those of another --prefix) hold messages that "
        "nobody "
        "consumes, and restarts the consumer on HOST: by a command, or, when HOST is this machine, by what "
        "manages the service. It refuses when the server does not tell enough, when a queue's own server is "
        "at "
        "fault, when the name is not that of a host, and when many hosts are stuck at once. Fixed means that "
        "the queue has a consumer again.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How deep is a queue, and how long has its oldest entry waited. Each type of queue is one row below. */
#include "lib/check.h"

#include "collectors/activemq_options.h"
#include "collectors/file.h"
#include "collectors/mysql_options.h"
#include "collectors/mysql_probe.h"
#include "collectors/rabbitmq_options.h"
#include "collectors/postfix.h"
#include "collectors/redis_depth.h"
#include "collectors/source.h"
#include "collectors/spool.h"
#include "lib/number.h"

#include <math.h>

struct args {
    int type;
    const char *queue; /* a directory, for a spool */
    const char *pattern;
    bool recursive;
    int64_t older_than, newest;
    int missing;
    const char *query;
    const char *key, *group; /* of Redis */
    const char *vhost, *url;
    struct mysql_options server; /* of the types that are asked over a connection */
};

enum { ENTRIES, OLDEST, NEWEST, BYTES, PENDING, UNDELIVERED, EACH };
enum { MISSING_AUTO, MISSING_OK, MISSING_WARNING, MISSING_CRITICAL, MISSING_UNKNOWN };

static const char *const missing_names[] = {"auto", "ok", "warning", "critical", "unknown", NULL};
static const enum verdict missing_verdicts[] = {
    [MISSING_AUTO] = VERDICT_UNKNOWN,    [MISSING_OK] = VERDICT_OK,
    [MISSING_WARNING] = VERDICT_WARNING, [MISSING_CRITICAL] = VERDICT_CRITICAL,
    [MISSING_UNKNOWN] = VERDICT_UNKNOWN,
};

/* What a type reports; NaN: it does not tell. Ages are in seconds. */
struct depth {
    double entries, oldest, newest, bytes, pending, undelivered;
    struct {
        const char *name;
        double entries;
    } parts[POSTFIX_QUEUES]; /* of a queue that is several */
    size_t part_count;
    bool missing;     /* there is no such queue; the sentence says it */
    const char *name; /* of the queue, for texts */
};

static const struct depth depth_none = {
    .entries = (double)NAN,
    .oldest = (double)NAN,
    .newest = (double)NAN,
    .bytes = (double)NAN,
    .pending = (double)NAN,
    .undelivered = (double)NAN,
};

struct type {
    enum source_end (*ask)(const struct args *args, struct run *run, struct depth *depth,
                           struct error *error);
    bool (*validate)(const struct args *args, const struct run *run, struct error *error);
};

static int64_t epoch_milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum source_end take_spool(enum spool_result result, const struct spool *spool, struct depth *depth)
{
    depth->missing = result == SPOOL_MISSING;
    if (result == SPOOL_READ) {
        depth->entries = (double)spool->entries;
        depth->oldest = (double)spool->oldest / 1000;
        depth->newest = (double)spool->newest / 1000;
        depth->bytes = (double)spool->bytes;
    }
    return result == SPOOL_FAILED ? SOURCE_UNREADABLE : SOURCE_READ;
}

static bool validate_spool(const struct args *args, const struct run *run, struct error *error)
{
    (void)run;
    return args->queue || error_set(error, "--directory is missing");
}

static enum source_end ask_spool(const struct args *args, struct run *run, struct depth *depth,
                                 struct error *error)
{
    const struct spool_question question = {
        .directory = args->queue,
        .pattern = args->pattern,
        .recursive = args->recursive,
        .older_than = args->older_than,
        .now = epoch_milliseconds(),
        .deadline = run->deadline,
    };
    struct spool spool;
    depth->name = args->queue;
    return take_spool(spool_read(&question, &spool, error), &spool, depth);
}

static bool validate_any(const struct args *args, const struct run *run, struct error *error)
{
    (void)args;
    (void)run;
    (void)error;
    return true;
}

static enum source_end ask_postfix(const struct args *args, struct run *run, struct depth *depth,
                                   struct error *error)
{
    struct postfix postfix;
    depth->name = args->queue ? args->queue : POSTFIX_DIRECTORY;
    enum spool_result result =
        postfix_read(depth->name, epoch_milliseconds(), run->deadline, &postfix, error);
    for (size_t i = 0; result == SPOOL_READ && i < POSTFIX_QUEUES; i++) {
        depth->parts[i].name = postfix_queue_name(i);
        depth->parts[i].entries = (double)postfix.queues[i].entries;
        depth->part_count++;
    }
    return take_spool(result, &postfix.all, depth);
}

static bool validate_redis(const struct args *args, const struct run *run, struct error *error)
{
    const struct mysql_options *server = &args->server;
    if (!args->key && !args->queue)
        return error_set(error, "--key is missing");
    if (server->tls || server->ca_file || server->insecure)
        return error_set(error, "--type redis has no TLS");
    if (server->socket && (run->host || run->port > 0))
        return error_set(error, "give one of --socket and --hostname with --port");
    return !(server->password && server->password_file) ||
           error_set(error, "give one of --password and --password-file");
}

/* The password stays in memory no longer than signing in takes. */
static enum source_end open_redis(const struct args *args, struct run *run, struct redis_link **link,
                                  struct error *error)
{
    const struct mysql_options *server = &args->server;
    struct text secret = TEXT_INIT;
    enum source_end end = SOURCE_UNREADABLE;
    struct redis_target target = {
        .host = run->host,
        .port = run->port,
        .socket = server->socket,
        .user = server->user,
        .password = server->password,
        .database = server->database,
    };
    if (!server->password_file || file_first_line(server->password_file, &secret, error)) {
        if (server->password_file)
            target.password = secret.bytes;
        end = redis_link_open(run, &target, link, error);
    }
    if (secret.length > 0)
        explicit_bzero(secret.bytes, secret.length);
    text_release(&secret);
    return end;
}

static enum source_end ask_redis(const struct args *args, struct run *run, struct depth *depth,
                                 struct error *error)
{
    struct redis_link *link;
    struct redis_depth found;
    depth->name = args->key ? args->key : args->queue;
    enum source_end end = open_redis(args, run, &link, error);
    if (end != SOURCE_READ)
        return end;
    end = redis_depth_read(run, link, depth->name, args->group, &found, error);
    redis_link_close(link);
    bool vanished = found.missing && !args->group && args->missing == MISSING_AUTO;
    depth->missing = found.missing && !vanished;
    depth->entries = vanished ? 0 : found.entries;
    depth->pending = found.pending;
    depth->undelivered = found.undelivered;
    depth->oldest = found.oldest;
    depth->newest = found.newest;
    return end;
}

static bool validate_sql(const struct args *args, const struct run *run, struct error *error)
{
    if (!args->query)
        return error_set(error, "--query is missing");
    return mysql_options_check(&args->server, run, error);
}

/* One row: the number of entries, and if it likes the age of the oldest; SQL's NULL there says that it is empty. */
static bool read_row(const struct mysql_rows *rows, struct depth *depth, struct error *error)
{
    if (!mysql_probe_number(rows, 0, &depth->entries, error))
        return false;
    if (rows->columns < 2 || !mysql_rows_cell(rows, 0, 1))
        return true;
    return mysql_probe_number(rows, 1, &depth->oldest, error);
}

static enum source_end ask_sql(const struct args *args, struct run *run, struct depth *depth,
                               struct error *error)
{
    struct mysql_link *link;
    struct mysql_rows rows;
    depth->name = args->queue ? args->queue : "query";
    enum source_end end = mysql_options_open(&args->server, run, &link, error);
    if (end != SOURCE_READ)
        return end;
    end = mysql_options_ask(link, run, args->query, &rows, error);
    mysql_link_close(link);
    if (end == SOURCE_READ && !read_row(&rows, depth, error))
        return SOURCE_UNREADABLE;
    return end;
}

static struct activemq_options activemq_options_of(const struct args *args)
{
    return (struct activemq_options){args->server.user, args->server.password, args->server.password_file};
}

static bool validate_activemq(const struct args *args, const struct run *run, struct error *error)
{
    const struct activemq_options options = activemq_options_of(args);
    (void)run;
    if (!args->queue)
        return error_set(error, "--queue is missing");
    return activemq_options_check(&options, error) && activemq_is_queue(args->queue, error);
}

/* Of a name with wildcards the entries of all queues that match. */
static enum source_end ask_activemq(const struct args *args, struct run *run, struct depth *depth,
                                    struct error *error)
{
    const struct activemq_options options = activemq_options_of(args);
    struct activemq_answer answer;
    depth->name = args->queue;
    enum source_end end = activemq_options_ask(&options, run, args->queue, &answer, error);
    depth->missing = end == SOURCE_READ && answer.count == 0;
    if (depth->missing)
        (void)error_set(error, "the broker has no queue \"%s\"", args->queue);
    for (size_t i = 0; end == SOURCE_READ && i < answer.count; i++)
        depth->entries = (i > 0 ? depth->entries : 0) + activemq_number(&answer.maps[i], "size");
    return end;
}

static struct rabbitmq_options rabbitmq_options_of(const struct args *args)
{
    const struct mysql_options *server = &args->server;
    return (struct rabbitmq_options){.url = args->url,
                                     .user = server->user,
                                     .password = server->password,
                                     .password_file = server->password_file,
                                     .ca_file = server->ca_file,
                                     .tls = server->tls,
                                     .insecure = server->insecure};
}

static bool validate_rabbitmq(const struct args *args, const struct run *run, struct error *error)
{
    const struct rabbitmq_options options = rabbitmq_options_of(args);
    return args->queue ? rabbitmq_options_check(&options, run, error)
                       : error_set(error, "--queue is missing");
}

/* The age is of the first message, where publishers give their messages a time. */
static void fill_rabbitmq(const struct rabbitmq_queue *queue, struct depth *depth)
{
    depth->entries = queue->numbers[RABBITMQ_QUEUE_MESSAGES];
    depth->bytes = queue->numbers[RABBITMQ_QUEUE_BYTES];
    depth->oldest =
        number_higher((double)epoch_milliseconds() / 1000 - queue->numbers[RABBITMQ_QUEUE_OLDEST], 0);
    if (isnan(queue->numbers[RABBITMQ_QUEUE_OLDEST]))
        depth->oldest = (double)NAN;
}

static enum source_end ask_rabbitmq(const struct args *args, struct run *run, struct depth *depth,
                                    struct error *error)
{
    const struct rabbitmq_options options = rabbitmq_options_of(args);
    const char *vhost = args->vhost ? args->vhost : "/";
    struct rabbitmq_queues found;
    depth->name = args->queue;
    enum source_end end = rabbitmq_options_ask(&options, run, vhost, args->queue, &found, error);
    if (end != SOURCE_READ)
        return end;
    depth->missing = found.count == 0;
    if (depth->missing)
        (void)error_set(error, "there is no queue \"%s\" in vhost \"%s\"", args->queue, vhost);
    else
        fill_rabbitmq(&found.items[0], depth);
    if (depth->missing || !isnan(depth->entries))
        return SOURCE_READ;
    (void)error_set(error, "queue \"%s\" does not tell its number of messages%s%s", args->queue,
                    *found.items[0].state ? ", being " : "", found.items[0].state);
    return rabbitmq_state_is_bad(found.items[0].state) ? SOURCE_FAULT : SOURCE_UNREADABLE;
}

enum { SPOOL, SQL, REDIS, POSTFIX, ACTIVEMQ, RABBITMQ };
static const char *const type_names[] = {
    [SPOOL] = "spool",       [SQL] = "sql", [REDIS] = "redis", [POSTFIX] = "postfix", [ACTIVEMQ] = "activemq",
    [RABBITMQ] = "rabbitmq", NULL};
static const struct type types[] = {
    [SPOOL] = {ask_spool, validate_spool},          [SQL] = {ask_sql, validate_sql},
    [ACTIVEMQ] = {ask_activemq, validate_activemq}, [RABBITMQ] = {ask_rabbitmq, validate_rabbitmq},
    [REDIS] = {ask_redis, validate_redis},          [POSTFIX] = {ask_postfix, validate_any},
};

static const struct option_row options[] = {
    {"type", 0, CHOICE(struct args, type), .value = "TYPE", .help = "What kind of queue it is.",
     .choices = type_names},
    {"directory", 'd', TEXT(struct args, queue), .value = "DIRECTORY", .alias = "queue",
     .help = "The queue: for a spool the directory whose files wait; for the others its name."},
    {"pattern", 0, TEXT(struct args, pattern), .value = "GLOB",
     .help = "Only files whose name matches. Unless given, all whose name does not begin with a dot."},
    {"recursive", 'R', FLAG(struct args, recursive),
     .help =
         "Count in the folders of the directory too. Symbolic links and other file systems are left out."},
    {"older-than", 0, DURATION(struct args, older_than), .value = "DURATION",
     .help = "Only files that were not modified for this long."},
    {"newest", 0, DURATION(struct args, newest), .value = "AGE",
     .help =
         "CRITICAL when the newest entry is older than this, or when there is none: a backup that is stale."},
    {"missing", 0, CHOICE(struct args, missing), .value = "STATE", .choices = missing_names,
     .help = "The state when there is no such queue. auto is unknown, but a key that Redis does not have is "
             "empty: "
             "an empty list vanishes there."},
    {"query", 'q', TEXT(struct args, query), .value = "SQL",
     .help =
         "For sql: a statement that gives one row: how many wait, and if it likes the age of the oldest in "
         "seconds. It runs in a session that can change no data."},
    {"key", 'k', TEXT(struct args, key), .value = "NAME",
     .help = "For redis: a list, stream, set, sorted set or hash. --database is a number there."},
    {"group", 'g', TEXT(struct args, group), .value = "NAME",
     .help = "For redis: a consumer group of the stream, whose pending and undelivered entries are wanted."},
    {"vhost", 0, TEXT(struct args, vhost), .value = "VHOST",
     .help = "For rabbitmq: the virtual host of the queue, \"/\" unless given."},
    {"url", 0, TEXT(struct args, url), .value = "URL",
     .help = "For rabbitmq: the management, instead of --hostname, --port and --tls."},
    MYSQL_OPTIONS(struct args, server),
    {0},
};

static const struct metric_row metrics[] = {
    [ENTRIES] = {"entries", "entries that wait", .unit = "", .has_min = true},
    [OLDEST] = {"oldest", "age of the oldest entry", .unit = "s", .has_min = true, .graph = "age"},
    [NEWEST] = {"newest", "age of the newest entry", .unit = "s", .has_min = true, .graph = "age"},
    [BYTES] = {"bytes", "size of all entries", .unit = "B", .has_min = true, .graph = "size"},
    [PENDING] = {"pending", "entries that a consumer has and did not acknowledge", .unit = "",
                 .has_min = true, .graph = "entries"},
    [UNDELIVERED] = {"undelivered", "entries that no consumer of the group was given yet", .unit = "",
                     .has_min = true, .graph = "entries"},
    [EACH] = {"each", "entries of one queue of several", .unit = "", .label = "entries_%s", .has_min = true,
              .graph = "entries"},
    {0},
};

static void report_text_of(const struct depth *depth, struct report *report)
{
    struct text age = TEXT_INIT;
    if (depth->entries > 0 && !isnan(depth->oldest)) {
        duration_write(&age, number_nearest(number_round(depth->oldest, 0) * 1000));
        report_text(report, "%.0f in \"%s\", the oldest for %s", depth->entries, depth->name, age.bytes);
    } else if (depth->entries > 0) {
        report_text(report, "%.0f in \"%s\"", depth->entries, depth->name);
    } else {
        report_text(report, "\"%s\" is empty", depth->name);
    }
    text_release(&age);
}

/* What comes in regularly is missed when the newest is old, or when nothing is there. */
static void judge_newest(const struct args *args, const struct depth *depth, struct report *report)
{
    struct text age = TEXT_INIT;
    if (args->newest <= 0)
        return;
    if (isnan(depth->newest)) {
        report_verdict(report, VERDICT_UNKNOWN, "the age of the newest in \"%s\" is not known", depth->name);
    } else if (!(depth->entries > 0)) {
        report_verdict(report, VERDICT_CRITICAL, "there is no newest entry");
    } else if (depth->newest * 1000 > (double)args->newest) {
        duration_write(&age, number_nearest(number_round(depth->newest, 0) * 1000));
        report_verdict(report, VERDICT_CRITICAL, "the newest is %s old", age.bytes);
    }
    text_release(&age);
}

static void report_depth(const struct args *args, const struct depth *depth, struct report *report)
{
    const double values[] = {
        [ENTRIES] = depth->entries, [OLDEST] = depth->oldest,   [NEWEST] = depth->newest,
        [BYTES] = depth->bytes,     [PENDING] = depth->pending, [UNDELIVERED] = depth->undelivered,
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!isnan(values[i]))
            report_value(report, i, NULL, values[i]);
    for (size_t i = 0; i < depth->part_count; i++)
        report_value(report, EACH, depth->parts[i].name, depth->parts[i].entries);
    report_text_of(depth, report);
    judge_newest(args, depth, report);
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    return types[args->type].validate(args, run, error);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct depth depth = depth_none;
    struct error error;
    int64_t limit = run_remaining(run);
    run_stage(run, "reading \"%s\"", args->queue ? args->queue : type_names[args->type]);
    enum source_end end = types[args->type].ask(args, run, &depth, &error);
    if (end != SOURCE_READ)
        return source_failed(report, end, &error, limit);
    if (depth.missing)
        report_verdict(report, missing_verdicts[args->missing], "%s", error.text);
    else
        report_depth(args, &depth, report);
    return true;
}

const struct check check_queue = {
    .name = "queue",
    .title = "QUEUE",
    .summary = "depth of a queue and age of its oldest entry",
    .notes =
        "A bare range belongs to the number of entries, each[deferred]=RANGE to one queue of Postfix.\n"
        "check_queue --type spool --directory /var/spool/jobs -w 50 -c 100 -w oldest=600.\n"
        "check_queue --type sql -H db1 -u watch --password-file /etc/watchbill/db --query 'SELECT COUNT(*), "
        "TIMESTAMPDIFF(SECOND, MIN(created), NOW()) FROM shop.jobs WHERE done = 0' -c 1000",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
};

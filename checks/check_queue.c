/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How deep is a queue, and how long has its oldest entry waited. Each type of queue is one row below. */
#include "lib/check.h"

#include "collectors/activemq_options.h"
#include "collectors/mysql_options.h"
#include "collectors/mysql_probe.h"
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
    struct mysql_options server; /* of the types that are asked over a connection */
};

enum { ENTRIES, OLDEST, NEWEST, BYTES };
enum { MISSING_OK, MISSING_WARNING, MISSING_CRITICAL, MISSING_UNKNOWN };

static const char *const missing_names[] = {"ok", "warning", "critical", "unknown", NULL};
static const enum verdict missing_verdicts[] = {
    [MISSING_OK] = VERDICT_OK,
    [MISSING_WARNING] = VERDICT_WARNING,
    [MISSING_CRITICAL] = VERDICT_CRITICAL,
    [MISSING_UNKNOWN] = VERDICT_UNKNOWN,
};

/* What a type reports; NaN: it does not tell. Ages are in seconds. */
struct depth {
    double entries, oldest, newest, bytes;
    bool missing;     /* there is no such queue; the sentence says it */
    const char *name; /* of the queue, for texts */
};

#define DEPTH_NONE                                                                                           \
    {                                                                                                        \
        .entries = (double)NAN, .oldest = (double)NAN, .newest = (double)NAN, .bytes = (double)NAN           \
    }

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
    switch (spool_read(&question, &spool, error)) {
    case SPOOL_MISSING:
        depth->missing = true;
        return SOURCE_READ;
    case SPOOL_FAILED:
        return SOURCE_UNREADABLE;
    case SPOOL_READ:
        break;
    }
    depth->entries = (double)spool.entries;
    depth->oldest = (double)spool.oldest / 1000;
    depth->newest = (double)spool.newest / 1000;
    depth->bytes = (double)spool.bytes;
    return SOURCE_READ;
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
    enum source_end end = mysql_options_open(&args->server, run, false, &link, error);
    if (end != SOURCE_READ)
        return end;
    end = mysql_link_ask(link, args->query, run->deadline, run->arena, &rows, error);
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

enum { SPOOL, SQL, ACTIVEMQ };
static const char *const type_names[] = {[SPOOL] = "spool", [SQL] = "sql", [ACTIVEMQ] = "activemq", NULL};
static const struct type types[] = {
    [SPOOL] = {ask_spool, validate_spool},
    [SQL] = {ask_sql, validate_sql},
    [ACTIVEMQ] = {ask_activemq, validate_activemq},
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
     .help = "The state when there is no such queue."},
    {"query", 'q', TEXT(struct args, query), .value = "SQL",
     .help =
         "For sql: a statement that gives one row: how many wait, and if it likes the age of the oldest in "
         "seconds. It runs in a session that can change no data."},
    MYSQL_OPTIONS(struct args, server),
    {0},
};

static const struct metric_row metrics[] = {
    [ENTRIES] = {"entries", "entries that wait", .unit = "", .has_min = true},
    [OLDEST] = {"oldest", "age of the oldest entry", .unit = "s", .has_min = true, .graph = "age"},
    [NEWEST] = {"newest", "age of the newest entry", .unit = "s", .has_min = true, .graph = "age"},
    [BYTES] = {"bytes", "size of all entries", .unit = "B", .has_min = true, .graph = "size"},
    {0},
};

static const struct args defaults = {.missing = MISSING_UNKNOWN};

static void report_text_of(const struct depth *depth, struct report *report)
{
    struct text age = TEXT_INIT;
    if (depth->entries > 0 && !isnan(depth->oldest)) {
        duration_write(&age, llround(depth->oldest) * 1000);
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
        duration_write(&age, llround(depth->newest) * 1000);
        report_verdict(report, VERDICT_CRITICAL, "the newest is %s old", age.bytes);
    }
    text_release(&age);
}

static void report_depth(const struct args *args, const struct depth *depth, struct report *report)
{
    const double values[] = {depth->entries, depth->oldest, depth->newest, depth->bytes};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!isnan(values[i]))
            report_value(report, ENTRIES + i, NULL, values[i]);
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
    struct depth depth = DEPTH_NONE;
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
        "A bare range belongs to the number of entries: "
        "check_queue --type spool --directory /var/spool/jobs -w 50 -c 100 -w oldest=600.\n"
        "check_queue --type sql -H db1 -u watch --password-file /etc/watchbill/db --query 'SELECT COUNT(*), "
        "TIMESTAMPDIFF(SECOND, MIN(created), NOW()) FROM shop.jobs WHERE done = 0' -c 1000",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};

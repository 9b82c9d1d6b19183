/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How deep is a queue, and how long has its oldest entry waited. Each type of queue is one row below. */
#include "lib/check.h"

#include "collectors/spool.h"
#include "lib/number.h"

#include <math.h>

struct args {
    int type;
    const char *queue; /* a directory, for a spool */
    const char *pattern;
    bool recursive;
    int64_t older_than;
    int missing;
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
};

enum answer { ANSWER_DEPTH, ANSWER_MISSING, ANSWER_FAILED };

struct type {
    enum answer (*ask)(const struct args *args, const struct run *run, struct depth *depth,
                       struct error *error);
};

static int64_t epoch_milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum answer ask_spool(const struct args *args, const struct run *run, struct depth *depth,
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
    switch (spool_read(&question, &spool, error)) {
    case SPOOL_MISSING:
        return ANSWER_MISSING;
    case SPOOL_FAILED:
        return ANSWER_FAILED;
    case SPOOL_READ:
        break;
    }
    *depth = (struct depth){(double)spool.entries, (double)spool.oldest / 1000, (double)spool.newest / 1000,
                            (double)spool.bytes};
    return ANSWER_DEPTH;
}

enum { SPOOL };
static const char *const type_names[] = {[SPOOL] = "spool", NULL};
static const struct type types[] = {[SPOOL] = {ask_spool}};

static const struct option_row options[] = {
    {"type", 0, CHOICE(struct args, type), .value = "TYPE", .help = "What kind of queue it is.",
     .choices = type_names},
    {"directory", 'd', TEXT(struct args, queue), .value = "DIRECTORY", .alias = "queue", .required = true,
     .help = "The queue: for a spool the directory whose files wait."},
    {"pattern", 0, TEXT(struct args, pattern), .value = "GLOB",
     .help = "Only files whose name matches. Unless given, all whose name does not begin with a dot."},
    {"recursive", 'R', FLAG(struct args, recursive),
     .help =
         "Count in the folders of the directory too. Symbolic links and other file systems are left out."},
    {"older-than", 0, DURATION(struct args, older_than), .value = "DURATION",
     .help = "Only files that were not modified for this long."},
    {"missing", 0, CHOICE(struct args, missing), .value = "STATE", .choices = missing_names,
     .help = "The state when there is no such queue."},
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

static void report_depth(const struct args *args, const struct depth *depth, struct report *report)
{
    const double values[] = {depth->entries, depth->oldest, depth->newest, depth->bytes};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!isnan(values[i]))
            report_value(report, ENTRIES + i, NULL, values[i]);
    if (depth->entries > 0) {
        struct text age = TEXT_INIT;
        duration_write(&age, llround(depth->oldest) * 1000);
        report_text(report, "%.0f in \"%s\", the oldest for %s", depth->entries, args->queue, age.bytes);
        text_release(&age);
    } else {
        report_text(report, "\"%s\" is empty", args->queue);
    }
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct depth depth;
    struct error error;
    run_stage(run, "reading \"%s\"", args->queue);
    switch (types[args->type].ask(args, run, &depth, &error)) {
    case ANSWER_FAILED:
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    case ANSWER_MISSING:
        report_verdict(report, missing_verdicts[args->missing], "%s", error.text);
        return true;
    case ANSWER_DEPTH:
        report_depth(args, &depth, report);
        break;
    }
    return true;
}

const struct check check_queue = {
    .name = "queue",
    .title = "QUEUE",
    .summary = "depth of a queue and age of its oldest entry",
    .notes = "A bare range belongs to the number of entries: "
             "check_queue --type spool --directory /var/spool/jobs -w 50 -c 100 -w oldest=600.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
};

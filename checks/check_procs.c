/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes: how many are there, how old, how busy; are the workers idle or saturated? */
#include "collectors/choice.h"
#include "collectors/processes.h"
#include "collectors/procstat.h"
#include "lib/check.h"
#include "lib/clean.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pwd.h>
#include <regex.h>
#include <unistd.h>

struct args {
    const char *name, *regex, *arguments, *user, *states;
    int64_t older_than, younger_than, interval;
    double saturated;
};

static const struct args defaults = {.saturated = (double)NAN};

static const struct option_row options[] = {
    {"name", 'n', TEXT(struct args, name), .value = "NAME", .alias = "command",
     .help = "Processes of this name. The kernel keeps 15 bytes of it: only those are compared."},
    {"regex", 'r', TEXT(struct args, regex), .value = "REGEX",
     .help = "Processes whose name matches this extended expression."},
    {"args", 'a', TEXT(struct args, arguments), .value = "REGEX",
     .help = "Processes whose command line, joined by blanks, matches."},
    {"user", 'u', TEXT(struct args, user), .value = "USER", .help = "Processes of this user, by name or id."},
    {"state", 's', TEXT(struct args, states), .value = "LETTERS",
     .help = "Processes in one of these states, such as DZ: waiting for a disk, or dead and not waited for."},
    {"older-than", 0, DURATION(struct args, older_than), .value = "DURATION",
     .help = "Processes that run for longer than this."},
    {"younger-than", 0, DURATION(struct args, younger_than), .value = "DURATION",
     .help = "Processes that run for less than this."},
    {"interval", 'i', DURATION(struct args, interval), .value = "DURATION", .low = 0.01, .high = 3600,
     .help = "Measure processor time over this long. Under --root it is measured from run to run."},
    {"saturated", 0, NUMBER(struct args, saturated), .value = "PERCENT", .high = 100,
     .help = "A process that uses more than this of a processor is saturated; the interval is 1 s unless "
             "given."},
    {0},
};

enum metric { COUNT, CPU, CPU_MOST, SATURATED, OLDEST, YOUNGEST, MEMORY, THREADS };

static const struct metric_row metrics[] = {
    [COUNT] = {"count", "processes", "", .has_min = true},
    [CPU] = {"cpu", "processor time of all of them, 100 % is one processor", "%", .has_min = true,
             .graph = "cpu"},
    [CPU_MOST] = {"cpu_most", "processor time of the busiest", "%", .has_min = true, .graph = "cpu"},
    [SATURATED] = {"saturated", "share of the processes that are saturated", "%", .has_min = true,
                   .has_max = true, .max = 100, .graph = "saturated"},
    [OLDEST] = {"oldest", "age of the oldest", "s", .has_min = true, .graph = "age"},
    [YOUNGEST] = {"youngest", "age of the youngest", "s", .has_min = true, .graph = "age"},
    [MEMORY] = {"memory", "resident memory of all of them", "B", .has_min = true, .graph = "memory"},
    [THREADS] = {"threads", "threads of all of them", "", .has_min = true, .graph = "threads", .quiet = true},
    {0},
};

enum { SHOWN = 20, SHOWN_BYTES = 120 };

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    static const char letters[] = "RSDZTtXxKWPI";
    (void)run;
    if (args->states && (*args->states == '\0' || strspn(args->states, letters) != strlen(args->states)))
        return error_set(error, "--state: not letters of \"%s\": \"%s\"", letters, args->states);
    if (!isnan(args->saturated) && args->saturated < 0)
        return error_set(error, "--saturated: below 0");
    return choice_expression("--regex", args->regex, error) &&
           choice_expression("--args", args->arguments, error);
}

/* Which processes are meant. */
struct filter {
    const struct args *args;
    regex_t regex, arguments;
    int64_t user;      /* -1: any */
    uint64_t self;     /* the check does not count itself */
    double now, ticks; /* seconds since boot; jiffies in a second */
};

static bool find_user(const char *name, const struct run *run, int64_t *user, struct error *error)
{
    const struct passwd *found;
    if (number_read_whole(name, 0, UINT32_MAX, user))
        return true;
    const char *path = arena_format(run->arena, "%s/etc/passwd", run->root);
    if (*run->root == '\0') {
        found = getpwnam(name);
    } else {
        FILE *file = fopen(path, "re");
        if (!file)
            return error_set(error, "cannot read \"%s\": %s", path, strerror(errno));
        while ((found = fgetpwent(file)) && strcmp(found->pw_name, name) != 0)
            ;
        (void)fclose(file);
    }
    if (!found)
        return error_set(error, "no such user: \"%s\"", name);
    *user = (int64_t)found->pw_uid;
    return true;
}

static bool filter_init(struct filter *filter, const struct args *args, const struct run *run,
                        struct error *error)
{
    int64_t uptime = 0;
    *filter = (struct filter){.args = args, .user = -1, .ticks = (double)sysconf(_SC_CLK_TCK)};
    if (*run->root == '\0')
        filter->self = (uint64_t)getpid();
    if ((args->user && !find_user(args->user, run, &filter->user, error)) ||
        !procstat_uptime(run->root, &uptime, error))
        return false;
    filter->now = (double)uptime / 1000;
    if (args->regex && regcomp(&filter->regex, args->regex, REG_EXTENDED | REG_NOSUB) != 0)
        return error_set(error, "not a regular expression: \"%s\"", args->regex);
    if (args->arguments && regcomp(&filter->arguments, args->arguments, REG_EXTENDED | REG_NOSUB) == 0)
        return true;
    if (args->arguments && args->regex)
        regfree(&filter->regex);
    return !args->arguments || error_set(error, "not a regular expression: \"%s\"", args->arguments);
}

static void filter_release(struct filter *filter)
{
    if (filter->args->regex)
        regfree(&filter->regex);
    if (filter->args->arguments)
        regfree(&filter->arguments);
}

static double age_of(const struct filter *filter, const struct process_row *row)
{
    return number_higher(0, filter->now - (double)row->start / filter->ticks);
}

static bool is_meant(const struct filter *filter, const struct process_row *row)
{
    const struct args *args = filter->args;
    double age = age_of(filter, row) * 1000;
    return row->pid != filter->self && (!args->name || strncmp(row->name, args->name, 15) == 0) &&
           (!args->states || strchr(args->states, row->state)) &&
           (filter->user < 0 || row->user == filter->user) &&
           (!args->older_than || age > (double)args->older_than) &&
           (!args->younger_than || age < (double)args->younger_than) &&
           (!args->regex || regexec(&filter->regex, row->name, 0, NULL, 0) == 0) &&
           (!args->arguments ||
            (*row->args != '\0' && regexec(&filter->arguments, row->args, 0, NULL, 0) == 0));
}

static void keep_meant(const struct filter *filter, struct processes *processes)
{
    size_t kept = 0;
    for (size_t i = 0; i < processes->count; i++)
        if (is_meant(filter, &processes->rows[i]))
            processes->rows[kept++] = processes->rows[i];
    processes->count = kept;
}

static bool is_filtered(const struct args *args)
{
    return args->name || args->regex || args->arguments || args->user || args->states || args->older_than ||
           args->younger_than;
}

/* What the processes did between two samples. */
struct busy {
    double *shares; /* per cent of a processor for each; NaN: it has no sample before */
    double sum, most;
    size_t known, saturated;
};

static void add_share(struct busy *busy, size_t index, double jiffies, double seconds,
                      const struct filter *filter)
{
    double share = seconds > 0 ? 100 * number_higher(0, jiffies) / filter->ticks / seconds : (double)NAN;
    busy->shares[index] = share;
    if (isnan(share))
        return;
    busy->known++;
    busy->sum += share;
    busy->most = number_higher(busy->most, share);
    busy->saturated += share > filter->args->saturated;
}

static int by_pid(const void *a, const void *b)
{
    const struct process_row *left = a;
    const struct process_row *right = b;
    return (left->pid > right->pid) - (left->pid < right->pid);
}

/* ${processes} is in the order of pids. */
static const struct process_row *same_process(const struct processes *processes,
                                              const struct process_row *row)
{
    const struct process_row *found =
        bsearch(row, processes->rows, processes->count, sizeof *processes->rows, by_pid);
    return found && found->start == row->start ? found : NULL;
}

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A second look at the same machine after the interval; ${processes} is then the later one. */
static bool measure_here(struct filter *filter, struct run *run, struct processes *processes,
                         struct busy *busy, struct error *error)
{
    const struct args *args = filter->args;
    struct processes before = *processes;
    int64_t interval = args->interval ? args->interval : 1000, uptime;
    struct processes_wish wish = {.user = args->user, .args = args->arguments};
    double begun = seconds_now();
    qsort(before.rows, before.count, sizeof *before.rows, by_pid);
    if (interval >= run_remaining(run))
        return error_set(error, "the interval of %.3g s does not fit into --timeout",
                         (double)interval / 1000);
    run_stage(run, "waiting for the second sample");
    (void)poll(NULL, 0, (int)interval);
    double seconds = seconds_now() - begun;
    if (!processes_read(run->root, wish, run->arena, processes, error) ||
        !procstat_uptime(run->root, &uptime, error))
        return false;
    filter->now = (double)uptime / 1000;
    keep_meant(filter, processes);
    busy->shares = arena_get(run->arena, processes->count + 1, sizeof *busy->shares);
    for (size_t i = 0; i < processes->count; i++) {
        const struct process_row *old = same_process(&before, &processes->rows[i]);
        add_share(busy, i, old ? (double)processes->rows[i].cpu - (double)old->cpu : 0, old ? seconds : 0,
                  filter);
    }
    return true;
}

/* Under a root the sample before is that of the run before. */
static void measure_between_runs(const struct filter *filter, struct run *run,
                                 const struct processes *processes, struct busy *busy)
{
    int64_t now = run_clock(run);
    double before, cpu;
    bool again = rates_before(run->rates, "uptime", (double)now, &before);
    if (!again || (double)now <= before)
        (void)rates_per_second(run->rates, "first", 0, now); /* says that a sample is still missing */
    busy->shares = arena_get(run->arena, processes->count + 1, sizeof *busy->shares);
    for (size_t i = 0; i < processes->count; i++) {
        const struct process_row *row = &processes->rows[i];
        const char *key = arena_format(run->arena, "%llu.%llu", (unsigned long long)row->pid,
                                       (unsigned long long)row->start);
        bool known = rates_before(run->rates, key, (double)row->cpu, &cpu) && again;
        add_share(busy, i, known ? (double)row->cpu - cpu : 0, known ? ((double)now - before) / 1000 : 0,
                  filter);
    }
}

static double rounded(double value)
{
    return number_round(value, 2);
}

static void report_busy(const struct args *args, const struct processes *processes, const struct busy *busy,
                        struct report *report)
{
    bool none = processes->count > 0 && busy->known == 0;
    report_value(report, CPU, NULL, none ? (double)NAN : rounded(busy->sum));
    report_value(report, CPU_MOST, NULL, none ? (double)NAN : rounded(busy->most));
    if (isnan(args->saturated))
        return;
    double share = busy->known ? 100 * (double)busy->saturated / (double)busy->known : 0;
    report_value(report, SATURATED, NULL, none ? (double)NAN : rounded(share));
}

/* A name may hold line breaks and worse, and need not be UTF-8. */
static void report_processes(const struct filter *filter, const struct processes *processes,
                             const struct busy *busy, struct report *report)
{
    for (size_t i = 0; i < processes->count && i < SHOWN; i++) {
        const struct process_row *row = &processes->rows[i];
        struct text line = TEXT_INIT;
        text_format(&line, "%llu %c %.0f s", (unsigned long long)row->pid, row->state, age_of(filter, row));
        if (busy->shares && !isnan(busy->shares[i]))
            text_format(&line, ", %.1f %%", busy->shares[i]);
        text_add(&line, ": ");
        clean_line(&line, *row->args ? row->args : row->name);
        clean_cut(&line, SHOWN_BYTES);
        report_detail(report, "%s", line.bytes);
        text_release(&line);
    }
    if (processes->count > SHOWN)
        report_detail(report, "and %zu more", processes->count - SHOWN);
}

static void report_text_of(const struct args *args, const struct processes *processes,
                           const struct busy *busy, struct report *report)
{
    struct text text = TEXT_INIT;
    text_format(&text, "%zu process%s", processes->count, processes->count == 1 ? "" : "es");
    if (args->name || args->regex)
        text_format(&text, " \"%s\"", args->name ? args->name : args->regex);
    if (busy->known)
        text_format(&text, ", processor %.1f %%", busy->sum);
    if (busy->known && !isnan(args->saturated))
        text_format(&text, ", %zu of %zu saturated", busy->saturated, busy->known);
    report_text(report, "%s", text.bytes);
    text_release(&text);
}

static void report_all(const struct filter *filter, const struct processes *processes,
                       const struct busy *busy, struct report *report)
{
    double oldest = 0, youngest = processes->count ? HUGE_VAL : 0, memory = 0, threads = 0;
    struct value_frame frame = VALUE_FRAME_NONE;
    for (size_t i = 0; i < processes->count; i++) {
        const struct process_row *row = &processes->rows[i];
        oldest = number_higher(oldest, age_of(filter, row));
        youngest = number_lower(youngest, age_of(filter, row));
        memory += (double)row->resident;
        threads += (double)row->threads;
    }
    if (is_filtered(filter->args) && !filter->args->states && !filter->args->older_than &&
        !filter->args->younger_than)
        frame.critical = "1:";
    report_value_framed(report, COUNT, NULL, (double)processes->count, &frame);
    if (busy->shares)
        report_busy(filter->args, processes, busy, report);
    report_value(report, OLDEST, NULL, rounded(oldest));
    report_value(report, YOUNGEST, NULL, rounded(youngest));
    report_value(report, MEMORY, NULL, memory);
    report_value(report, THREADS, NULL, threads);
    report_text_of(filter->args, processes, busy, report);
    report_processes(filter, processes, busy, report);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct processes_wish wish = {.user = args->user, .args = args->arguments || run->verbose};
    bool wants_busy = args->interval || !isnan(args->saturated);
    struct processes processes;
    struct filter filter;
    struct busy busy = {0};
    struct error error;
    if (!filter_init(&filter, args, run, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    bool read = processes_read(run->root, wish, run->arena, &processes, &error);
    bool twice = read && wants_busy && *run->root == '\0'; /* the first look takes all: a state may change */
    if (twice)
        read = measure_here(&filter, run, &processes, &busy, &error);
    else if (read)
        keep_meant(&filter, &processes);
    if (read && wants_busy && !twice)
        measure_between_runs(&filter, run, &processes, &busy);
    if (read)
        report_all(&filter, &processes, &busy, report);
    filter_release(&filter);
    return read || report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
}

const struct check check_procs = {
    .name = "procs",
    .title = "PROCS",
    .summary = "processes by name, user and state: how many, how old, how busy",
    .notes =
        "All conditions that are given must hold. Where none of --state, --older-than and --younger-than is "
        "given but another condition is, no process at all is CRITICAL: -c count= takes that away. Without "
        "a process ages, memory and processor time are 0. The check does not count itself.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};

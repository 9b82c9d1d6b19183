/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes of this machine by name and by state. */
#include "collectors/choice.h"
#include "collectors/processes.h"
#include "collectors/tally.h"
#include "lib/check.h"

#include <regex.h>

struct args {
    const char *regex;
};

static const struct option_row options[] = {
    {"regex", 'r', TEXT(struct args, regex), .value = "REGEX",
     .help = "Only processes whose name matches this extended expression."},
    {0},
};

enum metric { ALL, THREADS, BY_STATE, COUNT, MEMORY, CPU };

static const struct metric_row metrics[] = {
    [ALL] = {"all", "processes", "", .has_min = true, .graph = "all"},
    [THREADS] = {"threads", "threads of all of them", "", .has_min = true, .graph = "all"},
    [BY_STATE] = {"state", "processes by state", "", .has_min = true, .graph = "state"},
    [COUNT] = {"count", "processes by name", "", .has_min = true, .graph = "count"},
    [MEMORY] = {"memory", "resident memory by name", "B", .has_min = true, .graph = "memory"},
    [CPU] = {"cpu", "jiffies of processor time of those that run now, by name", "", METRIC_DERIVE,
             .has_min = true, .graph = "cpu"},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    return choice_expression("--regex", args->regex, error);
}

static void keep_matching(const char *expression, struct processes *processes)
{
    size_t kept = 0;
    regex_t regex;
    if (!expression || regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB) != 0)
        return;
    for (size_t i = 0; i < processes->count; i++)
        if (regexec(&regex, processes->rows[i].name, 0, NULL, 0) == 0)
            processes->rows[kept++] = processes->rows[i];
    processes->count = kept;
    regfree(&regex);
}

static int by_name(const void *a, const void *b)
{
    const struct process_row *left = a;
    const struct process_row *right = b;
    return strcmp(left->name, right->name);
}

/* The rows are in the order of their names. */
static void report_names(const struct processes *processes, struct report *report)
{
    for (size_t i = 0, next; i < processes->count; i = next) {
        const char *name = processes->rows[i].name;
        double memory = 0, cpu = 0;
        for (next = i; next < processes->count && strcmp(processes->rows[next].name, name) == 0; next++) {
            memory += (double)processes->rows[next].resident;
            cpu += (double)processes->rows[next].cpu;
        }
        report_value(report, COUNT, name, (double)(next - i));
        report_value(report, MEMORY, name, memory);
        report_value(report, CPU, name, cpu);
    }
}

static void report_states(const struct processes *processes, struct arena *arena, struct report *report)
{
    struct tally *tally = tally_create(arena);
    double threads = 0;
    size_t count;
    for (size_t i = 0; i < processes->count; i++) {
        tally_add(tally, &processes->rows[i].state, 1, true);
        threads += (double)processes->rows[i].threads;
    }
    report_value(report, ALL, NULL, (double)processes->count);
    report_value(report, THREADS, NULL, threads);
    const struct tally_row *rows = tally_rows(tally, &count);
    for (size_t i = 0; i < count; i++)
        report_value(report, BY_STATE, rows[i].name, (double)rows[i].matches);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct processes processes;
    struct error error;
    if (!processes_read(run->root, (struct processes_wish){0}, run->arena, &processes, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    keep_matching(args->regex, &processes);
    if (processes.count > 1)
        qsort(processes.rows, processes.count, sizeof *processes.rows, by_name);
    report_states(&processes, run->arena, report);
    report_names(&processes, report);
    return true;
}

const struct check collect_processes = {
    .name = "processes",
    .title = "PROCESSES",
    .summary = "processes by name and by state",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
    .collects = true,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log: how many of the lines since the last run match, per second and of all? */
#include "collectors/log_counts.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>

struct args {
    struct log_options log;
    int by;
    int64_t top;
};

static const struct args defaults = {.log = {.cap = LOG_OPTIONS_CAP}, .top = 20};

static const struct option_row options[] = {
    LOG_OPTIONS(struct args, log),
    {"by", 0, CHOICE(struct args, by), .value = "KEY", .choices = log_key_names,
     .help = "Count by server, code or url (nginx), or by relay (maillog) as well."},
    {"top", 0, WHOLE(struct args, top), .value = "COUNT", .low = 1, .high = 1000,
     .help = "Of the keys, report those with most matches."},
    {0},
};

enum { KEYS_KEPT = 24 * 3600 * 1000 /* ms */ };

enum metric { RATE, SHARE, MATCHES, LINES, BY_RATE, BY_SHARE };

static const struct metric_row metrics[] = {
    [RATE] = {"rate", "matches per second", "", .has_min = true},
    [SHARE] = {"share", "share of the lines that match", "%", .has_min = true, .has_max = true, .max = 100,
               .graph = "share"},
    [MATCHES] = {"matches", "matches since the last run", "", METRIC_ABSOLUTE, .has_min = true,
                 .graph = "lines"},
    [LINES] = {"lines", "lines since the last run", "", METRIC_ABSOLUTE, .has_min = true, .graph = "lines"},
    [BY_RATE] = {"by_rate", "matches per second with this key", "", .has_min = true, .graph = "by_rate"},
    [BY_SHARE] = {"by_share", "share of the lines with this key that match; of all lines for a code", "%",
                  .has_min = true, .has_max = true, .max = 100, .graph = "by_share"},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    if (!log_options_check(&args->log, error))
        return false;
    enum log_type type = log_type_of((enum log_key)args->by);
    return args->by == LOG_BY_NONE || (int)type == args->log.type ||
           error_set(error, "--by %s is for --type %s", log_key_names[args->by], log_type_names[type]);
}

static double rounded(double value)
{
    return number_round(value, 4);
}

static double share_of(uint64_t part, uint64_t all)
{
    return all ? 100 * (double)part / (double)all : 0;
}

/* A key that had lines within a day is reported, with 0 when it has none now: series go on, and thresholds are met. */
static void know_keys(const struct log_counts *counts, const struct args *args, struct run *run)
{
    size_t at = 0;
    const char *name;
    double seen;
    while (rates_kept_next(run->rates, "key.", &at, &name, &seen))
        if ((double)run_clock(run) - seen < KEYS_KEPT)
            tally_know(counts->tallies[args->by], name);
}

/* Keeps when the key had lines last; false: it has none, and had none before. */
static bool keep_key(const struct tally_row *row, bool counts_now, struct run *run)
{
    const char *key = arena_format(run->arena, "key.%s", row->name);
    double now = (double)run_clock(run), seen = now, ignored;
    bool known = rates_kept(run->rates, key, &seen);
    if (!counts_now && !known)
        return false;
    /* a clock that began anew lies before what was kept */
    (void)rates_before(run->rates, key, counts_now || seen > now ? now : seen, &ignored);
    return true;
}

static void report_keys(const struct args *args, const struct log_counts *counts, struct run *run,
                        struct report *report)
{
    size_t count, shown = 0;
    bool by_code = args->by == LOG_BY_CODE;
    know_keys(counts, args, run);
    const struct tally_row *rows = tally_rows(counts->tallies[args->by], &count);
    for (size_t i = 0; i < count && shown < (size_t)args->top; i++) {
        const struct tally_row *row = &rows[i];
        uint64_t all = by_code ? counts->lines : row->all;
        if (!keep_key(row, by_code ? row->matches > 0 : row->all > 0, run))
            continue;
        shown++;
        report_value(report, BY_RATE, row->name, rounded((double)row->matches / counts->seconds));
        report_value(report, BY_SHARE, row->name, rounded(share_of(row->matches, all)));
        report_detail(report, "%s: %llu of %llu", row->name, (unsigned long long)row->matches,
                      (unsigned long long)all);
    }
}

static void report_counts(const struct args *args, const struct log_counts *counts, struct run *run,
                          struct report *report)
{
    report_value(report, SHARE, NULL, rounded(share_of(counts->matches, counts->lines)));
    report_value(report, MATCHES, NULL, (double)counts->matches);
    report_value(report, LINES, NULL, (double)counts->lines);
    report_text(report, "%llu of %llu lines match", (unsigned long long)counts->matches,
                (unsigned long long)counts->lines);
    if (counts->tallies[args->by])
        report_keys(args, counts, run, report);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct log_counts counts;
    double total = 0;
    if (!log_count(&args->log, 1U << args->by, run, report, &counts))
        return false;
    (void)rates_kept(run->rates, "matches", &total);
    double rate = rates_per_second(run->rates, "matches", total + (double)counts.matches, run_clock(run));
    report_value(report, RATE, NULL, rounded(rate));
    if (counts.first < counts.read || args->log.from_start) {
        report_counts(args, &counts, run, report);
    } else {
        for (size_t i = SHARE; i <= LINES; i++)
            report_value(report, i, NULL, (double)NAN);
        report_text(report, "the first run: reading begins at the end, the next run counts");
    }
    log_report_reading(&args->log, &counts, report);
    return true;
}

const struct check check_log = {
    .name = "log",
    .title = "LOG",
    .summary = "lines of a log that match: per second, and of all",
    .notes =
        "Counts what came since the last run, also through rotation by rename and by copytruncate; the first "
        "run begins at the end of the log. Where there are no new lines the share is 0. A line that is still "
        "being written waits for the next run. Both expressions are POSIX extended, found anywhere in the "
        "line.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};

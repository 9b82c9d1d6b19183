/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters of the lines of a log, by every key that its type has. */
#include "collectors/counters.h"
#include "collectors/log_counts.h"

#include "lib/rates.h"

struct args {
    struct log_options log;
};

static const struct args defaults = {.log = {.cap = LOG_OPTIONS_CAP}};

static const struct option_row options[] = {LOG_OPTIONS(struct args, log), {0}};

enum metric { LINES, MATCHES, KEYED };

#define COUNTED(name_, help_)                                                                                \
    {                                                                                                        \
        name_, help_, "c", METRIC_DERIVE, .has_min = true, .graph = (name_)                                  \
    }

/* Behind KEYED a pair for each key, in the order of enum log_key. */
static const struct metric_row metrics[] = {
    [LINES] = {"lines", "lines", "c", METRIC_DERIVE, .has_min = true, .graph = "lines"},
    [MATCHES] = {"matches", "lines that match", "c", METRIC_DERIVE, .has_min = true, .graph = "lines"},
    [KEYED] = COUNTED("server_lines", "lines by server"),
    COUNTED("server_matches", "lines that match by server"),
    COUNTED("code_lines", "lines by status"),
    COUNTED("code_matches", "lines that match by status"),
    COUNTED("url_lines", "lines by URL, without its query"),
    COUNTED("url_matches", "lines that match by URL"),
    COUNTED("relay_lines", "deliveries by relay"),
    COUNTED("relay_matches", "deliveries that match by relay"),
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    return log_options_check(&args->log, error);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct log_counts counts;
    struct error error;
    unsigned keys = 0;
    for (size_t key = LOG_BY_SERVER; key < LOG_KEYS; key++)
        if ((int)log_type_of((enum log_key)key) == args->log.type)
            keys |= 1U << key;
    if (!log_count(&args->log, keys, run, report, &counts))
        return false;
    counters_report(run, report, LINES, counts.lines);
    counters_report(run, report, MATCHES, counts.matches);
    for (size_t key = LOG_BY_SERVER; key < LOG_KEYS; key++) {
        size_t count, metric = KEYED + 2 * (key - LOG_BY_SERVER);
        if (!counts.tallies[key])
            continue;
        const struct tally_row *rows = tally_rows(counts.tallies[key], &count);
        counters_report_rows(run, report, metric, rows, count, false);
        counters_report_rows(run, report, metric + 1, rows, count, true);
    }
    if (!rates_save(run->rates, &error)) /* without it each run would count the same again, or nothing */
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    log_report_reading(&args->log, &counts, report);
    return true;
}

const struct check collect_log = {
    .name = "log",
    .title = "LOG",
    .summary = "counters of the lines of a log, by server, code, URL or relay",
    .notes =
        "Each run adds what came to the log, through its rotation, to counters that the state file keeps; "
        "the "
        "first begins at the end of the log unless --from-start is given. --format statsd sends what was "
        "added.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
    .collects = true,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a log since the last run, by every key that its type has. */
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
        name_, help_, "", METRIC_ABSOLUTE, .has_min = true, .graph = (name_)                                 \
    }

/* Behind KEYED a pair for each key, in the order of enum log_key. */
static const struct metric_row metrics[] = {
    [LINES] = {"lines", "lines", "", METRIC_ABSOLUTE, .has_min = true, .graph = "lines"},
    [MATCHES] = {"matches", "lines that match", "", METRIC_ABSOLUTE, .has_min = true, .graph = "lines"},
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
    if (!rates_save(run->rates, &error)) /* without it each run would count the same again, or nothing */
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    report_value(report, LINES, NULL, (double)counts.lines);
    report_value(report, MATCHES, NULL, (double)counts.matches);
    for (size_t key = LOG_BY_SERVER; key < LOG_KEYS; key++) {
        size_t count = 0, metric = KEYED + 2 * (key - LOG_BY_SERVER);
        const struct tally_row *rows = counts.tallies[key] ? tally_rows(counts.tallies[key], &count) : NULL;
        for (size_t i = 0; i < count; i++) {
            report_value(report, metric, rows[i].name, (double)rows[i].all);
            report_value(report, metric + 1, rows[i].name, (double)rows[i].matches);
        }
    }
    log_report_reading(&args->log, &counts, report);
    return true;
}

const struct check collect_log = {
    .name = "log",
    .title = "LOG",
    .summary = "lines of a log since the last run, by server, code, URL or relay",
    .notes =
        "Counts what came since the last run, through rotation; the first run begins at the end of the log "
        "unless --from-start is given.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
    .collects = true,
};

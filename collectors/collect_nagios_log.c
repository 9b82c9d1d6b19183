/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What, when and where of the alerts of an existing Nagios, as counters. */
#include "collectors/counters.h"
#include "collectors/logfile.h"
#include "collectors/nagios_log.h"
#include "collectors/tally.h"
#include "lib/check.h"

struct args {
    const char *file, *archive;
    bool hard, from_end;
    int64_t cap;
};

static const struct args defaults = {.file = "/var/log/nagios4/nagios.log", .cap = INT64_C(256) << 20};

static const struct option_row options[] = {
    {"file", 'f', TEXT(struct args, file), .value = "PATH", .help = "The log of Nagios."},
    {"archive", 0, TEXT(struct args, archive), .value = "DIRECTORY",
     .help = "Where Nagios puts rotated logs. Unless given it is the folder \"archives\" beside the log."},
    {"hard", 0, FLAG(struct args, hard), .help = "Leave out alerts of soft states."},
    {"from-end", 0, FLAG(struct args, from_end),
     .help = "The first run begins at the end of the log instead of counting what is there."},
    {"byte-cap", 0, WHOLE(struct args, cap), .value = "BYTES", .low = 1, .high = 1e15,
     .help = "Read so much in one run; the next goes on there."},
    {0},
};

enum metric { ALERTS, HARD, NOTIFICATIONS, BY_SERVICE, BY_HOST, BY_STATE, TO_CONTACT, BY_HOUR, METRICS };

#define COUNTED(name_, help_)                                                                                \
    {                                                                                                        \
        name_, help_, "c", METRIC_DERIVE, .has_min = true, .graph = (name_)                                  \
    }

static const struct metric_row metrics[] = {
    [ALERTS] = COUNTED("all_alerts", "alerts"),
    [HARD] = COUNTED("hard_alerts", "alerts of hard states"),
    [NOTIFICATIONS] = COUNTED("all_notifications", "notifications"),
    [BY_SERVICE] = COUNTED("alerts", "alerts by HOST/SERVICE/STATE, or HOST/STATE"),
    [BY_HOST] = COUNTED("host_alerts", "alerts by host, its services' among them"),
    [BY_STATE] = COUNTED("state_alerts", "alerts by state"),
    [TO_CONTACT] = COUNTED("notifications", "notifications by contact"),
    [BY_HOUR] = COUNTED("hour_alerts", "alerts by the hour of the day, in UTC"),
    {0},
};

struct counting {
    const struct args *args;
    struct tally *tallies[METRICS]; /* NULL: without instances */
    uint64_t totals[METRICS];
};

static void count_alert(struct counting *counting, const struct nagios_log_entry *entry)
{
    struct text name = TEXT_INIT;
    struct text hour = TEXT_INIT;
    text_add_bytes(&name, entry->host.at, entry->host.length);
    text_add_char(&name, '/');
    text_add_bytes(&name, entry->service.at, entry->service.length);
    if (entry->service.length)
        text_add_char(&name, '/');
    text_add_bytes(&name, entry->state.at, entry->state.length);
    text_format(&hour, "%02d", (int)(entry->at / 3600 % 24));
    counting->totals[ALERTS]++;
    counting->totals[HARD] += entry->is_hard;
    tally_add(counting->tallies[BY_SERVICE], name.bytes, name.length, true);
    tally_add(counting->tallies[BY_HOST], entry->host.at, entry->host.length, true);
    tally_add(counting->tallies[BY_STATE], entry->state.at, entry->state.length, true);
    tally_add(counting->tallies[BY_HOUR], hour.bytes, hour.length, true);
    text_release(&hour);
    text_release(&name);
}

static void take(void *owner, const char *line, size_t length)
{
    struct counting *counting = owner;
    struct nagios_log_entry entry;
    if (!nagios_log_parse(line, length, &entry))
        return;
    if (entry.kind == NAGIOS_LOG_NOTIFICATION) {
        counting->totals[NOTIFICATIONS]++;
        tally_add(counting->tallies[TO_CONTACT], entry.contact.at, entry.contact.length, true);
    } else if (entry.is_hard || !counting->args->hard) {
        count_alert(counting, &entry);
    }
}

static const char *archive_of(const struct args *args, struct arena *arena)
{
    const char *slash = strrchr(args->file, '/');
    if (args->archive)
        return args->archive;
    return arena_format(arena, "%.*sarchives", slash ? (int)(slash - args->file) + 1 : 0, args->file);
}

static void report_counts(const struct counting *counting, struct run *run, struct report *report)
{
    for (size_t metric = 0; metric < METRICS; metric++) {
        size_t count;
        if (!counting->tallies[metric]) {
            counters_report(run, report, metric, counting->totals[metric]);
            continue;
        }
        const struct tally_row *rows = tally_rows(counting->tallies[metric], &count);
        counters_report_rows(run, report, metric, rows, count, true);
    }
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct counting counting = {.args = args};
    struct logfile_answer answer;
    struct error error;
    for (size_t metric = BY_SERVICE; metric < METRICS; metric++)
        counting.tallies[metric] = tally_create(run->arena);
    const struct logfile_question question = {.path = args->file,
                                              .archive = archive_of(args, run->arena),
                                              .whole = !args->from_end,
                                              .cap = (uint64_t)args->cap,
                                              .deadline = run->deadline,
                                              .rates = run->rates,
                                              .arena = run->arena,
                                              .take = take,
                                              .owner = &counting};
    if (!logfile_read(&question, &answer, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    report_counts(&counting, run, report);
    /* without a place to keep it each run would count everything again */
    return rates_save(run->rates, &error) || report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
}

const struct check collect_nagios_log = {
    .name = "nagios_log",
    .title = "NAGIOS LOG",
    .summary = "alerts of an existing Nagios by host, service and state",
    .notes = "Each run adds what came to the log, through its rotation, to counters that the state file "
             "keeps; the "
             "first counts all that is there. --format statsd sends what was added.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .collects = true,
};

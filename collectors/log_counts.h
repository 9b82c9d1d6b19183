/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted of the lines that came to logs since the last run: shared by the check and the collector. */
#ifndef WATCHBILL_COLLECTORS_LOG_COUNTS_H
#define WATCHBILL_COLLECTORS_LOG_COUNTS_H

#include "collectors/tally.h"
#include "lib/check.h"

enum log_type { LOG_PLAIN, LOG_NGINX, LOG_MAILLOG };
enum log_key { LOG_BY_NONE, LOG_BY_SERVER, LOG_BY_CODE, LOG_BY_URL, LOG_BY_RELAY, LOG_KEYS };

/* Ended by NULL. */
extern const char *const log_type_names[];
extern const char *const log_key_names[];

struct log_options {
    struct option_list files;
    const char *pattern, *ignore, *status, *archive;
    int type; /* enum log_type */
    int64_t server_field, cap;
    bool any_case, from_start;
};

#define LOG_OPTIONS_CAP (INT64_C(256) << 20) /* the default of .cap */

/* The rows that fill MEMBER of TYPE, a struct log_options. */
/* clang-format off */
#define LOG_OPTIONS(struct_type, member)                                                                     \
    {"file", 'f', LIST(struct_type, member.files), .value = "PATH", .alias = "logfile", .required = true,    \
     .help = "The log. Several are counted together."},                                                      \
    {"type", 0, CHOICE(struct_type, member.type), .value = "TYPE", .alias = "format-of",                     \
     .choices = log_type_names,                                                                              \
     .help = "What the lines are: nginx is the combined format, where those with --status match; of a "      \
             "maillog (Postfix, Sendmail, Exim) the deliveries are counted, and those with --status match."},\
    {"pattern", 'e', TEXT(struct_type, member.pattern), .value = "REGEX", .alias = "query",                  \
     .help = "Lines that match this extended expression; required for plain lines."},                        \
    {"ignore", 'i', TEXT(struct_type, member.ignore), .value = "REGEX",                                      \
     .help = "Lines that match this are not counted at all."},                                               \
    {"any-case", 0, FLAG(struct_type, member.any_case), .help = "Both expressions take either case."},       \
    {"status", 0, TEXT(struct_type, member.status), .value = "STATUS",                                       \
     .help = "nginx: a list such as 404,500-599, which is 500-599 unless given. maillog: sent, deferred, "   \
             "bounced or other; sent unless given."},                                                        \
    {"server-field", 0, WHOLE(struct_type, member.server_field), .value = "NUMBER", .high = 50,              \
     .help = "The server is this field behind the user agent. Unless given it is the word ahead of the "     \
             "address, or else the name of the file."},                                                      \
    {"from-start", 0, FLAG(struct_type, member.from_start),                                                  \
     .help = "The first run reads the log from its start instead of its end."},                              \
    {"archive", 0, TEXT(struct_type, member.archive), .value = "DIRECTORY",                                  \
     .help = "Rotated files are sought here too, not only beside the log."},                                 \
    {"byte-cap", 0, WHOLE(struct_type, member.cap), .value = "BYTES", .low = 1, .high = 1e15,                \
     .help = "Read so much in one run; the next goes on there."}
/* clang-format on */

struct log_counts {
    uint64_t lines, matches;
    uint64_t strange;                /* lines of another format than the combined one */
    struct tally *tallies[LOG_KEYS]; /* NULL for a key that was not asked for */
    size_t read, first; /* logs that could be read, and those of which nothing was known before */
    size_t rotated, lost;
    uint64_t cut, left; /* lines that were too long; bytes left for the next run */
    double seconds;     /* since the last run; NaN when that is not known */
};

/* log_options_check(options, error): what no row expresses. */
bool log_options_check(const struct log_options *options, struct error *error);

/* log_type_of(key): the type of log that has such keys. */
enum log_type log_type_of(enum log_key key);

/* log_count(options, keys, run, report, counts): read the logs. ${keys}: bit N stands for enum log_key N. A log that
 * cannot be read is a finding, and is read from where it was left once it can; false when none can: that is
 * reported, and nothing of this run is kept. */
bool log_count(const struct log_options *options, unsigned keys, struct run *run, struct report *report,
               struct log_counts *counts);

/* log_report_reading(options, counts, report): rotation, and what was left out, as details. */
void log_report_reading(const struct log_options *options, const struct log_counts *counts,
                        struct report *report);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/log_counts.h"

#include "collectors/choice.h"
#include "collectors/http_status.h"
#include "collectors/logfile.h"
#include "collectors/maillog.h"
#include "collectors/nginx.h"
#include "lib/rates.h"

#include <math.h>
#include <regex.h>
#include <strings.h>

const char *const log_type_names[] = {
    [LOG_PLAIN] = "plain", [LOG_NGINX] = "nginx", [LOG_MAILLOG] = "maillog", NULL};
const char *const log_key_names[] = {
    [LOG_BY_NONE] = "none", [LOG_BY_SERVER] = "server", [LOG_BY_CODE] = "code",
    [LOG_BY_URL] = "url",   [LOG_BY_RELAY] = "relay",   NULL};

enum log_type log_type_of(enum log_key key)
{
    static const enum log_type types[] = {[LOG_BY_SERVER] = LOG_NGINX,
                                          [LOG_BY_CODE] = LOG_NGINX,
                                          [LOG_BY_URL] = LOG_NGINX,
                                          [LOG_BY_RELAY] = LOG_MAILLOG};
    return types[key];
}

static bool read_mail_status(const char *name, enum maillog_status *status)
{
    static const char *const names[] = {[MAILLOG_SENT] = "sent",
                                        [MAILLOG_DEFERRED] = "deferred",
                                        [MAILLOG_BOUNCED] = "bounced",
                                        [MAILLOG_OTHER] = "other"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(names[i], name) == 0) {
            *status = (enum maillog_status)i;
            return true;
        }
    return false;
}

static bool check_status(const struct log_options *options, struct error *error)
{
    enum maillog_status ignored;
    if (!options->status)
        return true;
    if (options->type == LOG_PLAIN)
        return error_set(error, "--status is for --type nginx and maillog");
    if (options->type == LOG_NGINX)
        return http_status_list_check(options->status) ||
               error_set(error, "--status: not a list such as 404,500-599: \"%s\"", options->status);
    return read_mail_status(options->status, &ignored) ||
           error_set(error, "--status: none of sent, deferred, bounced and other: \"%s\"", options->status);
}

bool log_options_check(const struct log_options *options, struct error *error)
{
    if (!choice_expression("--pattern", options->pattern, error) ||
        !choice_expression("--ignore", options->ignore, error) || !check_status(options, error))
        return false;
    if (options->server_field && options->type != LOG_NGINX)
        return error_set(error, "--server-field is for --type nginx");
    return options->pattern || options->type != LOG_PLAIN || error_set(error, "give --pattern, or --type");
}

/* What is counted while a log is read. */
struct counting {
    const struct log_options *options;
    struct log_counts *counts;
    const char *file; /* the name of the log being read */
    enum maillog_status mail_status;
    regex_t pattern, ignore;
};

/* A line that counts, and the keys that it has. */
struct entry {
    bool matches;
    struct nginx_word keys[LOG_KEYS];
};

static bool is_match(const regex_t *regex, const char *line, size_t length)
{
    regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)length};
    return regexec(regex, line, 1, &all, REG_STARTEND) == 0;
}

static bool read_nginx(const struct counting *counting, const char *line, size_t length, struct entry *entry)
{
    const struct log_options *options = counting->options;
    struct nginx_line parsed;
    if (!nginx_parse(line, length, options->server_field, &parsed)) {
        counting->counts->strange++;
        return false;
    }
    entry->matches = http_status_listed(options->status ? options->status : "500-599", parsed.status);
    entry->keys[LOG_BY_URL] = parsed.url;
    entry->keys[LOG_BY_CODE] = parsed.code;
    entry->keys[LOG_BY_SERVER] =
        parsed.server.length ? parsed.server : (struct nginx_word){counting->file, strlen(counting->file)};
    return true;
}

static bool read_entry(const struct counting *counting, const char *line, size_t length, struct entry *entry)
{
    struct maillog_delivery delivery;
    *entry = (struct entry){.matches = true};
    if (counting->options->type == LOG_NGINX)
        return read_nginx(counting, line, length, entry);
    if (counting->options->type == LOG_PLAIN)
        return true;
    if (!maillog_parse(line, length, &delivery))
        return false;
    entry->matches = delivery.status == counting->mail_status;
    entry->keys[LOG_BY_RELAY] = (struct nginx_word){delivery.relay, delivery.relay_length};
    return true;
}

static void take(void *owner, const char *line, size_t length)
{
    const struct counting *counting = owner;
    struct log_counts *counts = counting->counts;
    struct entry entry;
    if ((counting->options->ignore && is_match(&counting->ignore, line, length)) ||
        !read_entry(counting, line, length, &entry))
        return;
    bool matches =
        entry.matches && (!counting->options->pattern || is_match(&counting->pattern, line, length));
    counts->lines++;
    counts->matches += matches;
    for (size_t key = 0; key < LOG_KEYS; key++)
        if (counts->tallies[key])
            tally_add(counts->tallies[key], entry.keys[key].at, entry.keys[key].length, matches);
}

static bool counting_init(struct counting *counting, const struct log_options *options,
                          struct log_counts *counts)
{
    int flags = REG_EXTENDED | REG_NOSUB | (options->any_case ? REG_ICASE : 0);
    *counting = (struct counting){.options = options, .counts = counts, .mail_status = MAILLOG_SENT};
    if (options->type == LOG_MAILLOG && options->status)
        (void)read_mail_status(options->status, &counting->mail_status);
    if (options->pattern && regcomp(&counting->pattern, options->pattern, flags) != 0)
        return false;
    if (!options->ignore || regcomp(&counting->ignore, options->ignore, flags) == 0)
        return true;
    if (options->pattern)
        regfree(&counting->pattern);
    return false;
}

static void counting_release(struct counting *counting)
{
    if (counting->options->pattern)
        regfree(&counting->pattern);
    if (counting->options->ignore)
        regfree(&counting->ignore);
}

static void add_answer(struct log_counts *counts, const struct logfile_answer *answer)
{
    counts->read++;
    counts->first += answer->first;
    counts->rotated += answer->rotated;
    counts->lost += answer->lost;
    counts->cut += answer->cut;
    counts->left += answer->left;
}

static bool read_files(struct counting *counting, struct run *run, struct report *report)
{
    const struct log_options *options = counting->options;
    struct logfile_question question = {.archive = options->archive,
                                        .whole = options->from_start,
                                        .cap = (uint64_t)options->cap,
                                        .deadline = run->deadline,
                                        .rates = run->rates,
                                        .arena = run->arena,
                                        .take = take,
                                        .owner = counting};
    bool *failed = arena_get(run->arena, options->files.count, sizeof *failed);
    struct error error = {""};
    for (size_t i = 0; i < options->files.count; i++) {
        struct logfile_answer answer;
        const char *slash = strrchr(options->files.items[i], '/');
        question.path = options->files.items[i];
        counting->file = slash ? slash + 1 : question.path;
        run_stage(run, "reading \"%s\"", question.path);
        failed[i] = !logfile_read(&question, &answer, &error);
        if (!failed[i])
            add_answer(counting->counts, &answer);
        else if (options->files.count > 1)
            report_verdict(report, VERDICT_UNKNOWN, "%s", error.text);
    }
    if (counting->counts->read == 0)
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    for (size_t i = 0; i < options->files.count; i++) {
        question.path = options->files.items[i];
        if (failed[i])
            logfile_carry(&question);
    }
    return true;
}

static double seconds_between(struct run *run)
{
    double before;
    int64_t now = run_clock(run);
    bool known = rates_before(run->rates, "at", (double)now, &before) && (double)now > before;
    return known ? ((double)now - before) / 1000 : (double)NAN;
}

bool log_count(const struct log_options *options, unsigned keys, struct run *run, struct report *report,
               struct log_counts *counts)
{
    struct counting counting;
    *counts = (struct log_counts){0};
    for (size_t key = LOG_BY_NONE + 1; key < LOG_KEYS; key++)
        if (keys >> key & 1)
            counts->tallies[key] = tally_create(run->arena);
    if (!counting_init(&counting, options, counts))
        return report_failure(report, VERDICT_UNKNOWN, "an expression is too large");
    bool read = read_files(&counting, run, report);
    if (read)
        counts->seconds = seconds_between(run);
    counting_release(&counting);
    return read;
}

void log_report_reading(const struct log_options *options, const struct log_counts *counts,
                        struct report *report)
{
    if (counts->first)
        report_detail(report, "%s",
                      options->from_start ? "read from the start"
                                          : "reading begins at the end: the next run counts");
    if (counts->rotated)
        report_detail(report, "rotated%s",
                      counts->lost ? ", and the file before is not there: its last lines may be missing"
                                   : "");
    if (counts->cut)
        report_detail(report, "%llu lines were longer than %d bytes", (unsigned long long)counts->cut,
                      LOGFILE_LINE_CAP);
    if (counts->left)
        report_detail(report, "%llu bytes are left for the next run", (unsigned long long)counts->left);
    if (counts->strange)
        report_detail(report, "%llu lines are of another format", (unsigned long long)counts->strange);
    if (counts->strange && counts->lines == 0)
        report_verdict(report, VERDICT_UNKNOWN, "none of %llu lines is of the combined format",
                       (unsigned long long)counts->strange);
}

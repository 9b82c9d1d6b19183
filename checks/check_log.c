/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log: how many of the lines since the last run match, per second and of all? What a type of log counts is one row
 * below. */
#include "collectors/http_status.h"
#include "collectors/logfile.h"
#include "collectors/maillog.h"
#include "collectors/nginx.h"
#include "collectors/tally.h"
#include "lib/check.h"
#include "lib/rates.h"

#include <math.h>
#include <regex.h>
#include <strings.h>

struct args {
    struct option_list files;
    const char *pattern, *ignore, *status, *archive;
    int type, by;
    int64_t server_field, cap, top;
    bool any_case, from_start;
};

enum { TYPE_PLAIN, TYPE_NGINX, TYPE_MAILLOG };
enum { BY_NONE, BY_SERVER, BY_CODE, BY_URL, BY_RELAY };

static const char *const type_names[] = {
    [TYPE_PLAIN] = "plain", [TYPE_NGINX] = "nginx", [TYPE_MAILLOG] = "maillog", NULL};
static const char *const by_names[] = {[BY_NONE] = "none", [BY_SERVER] = "server", [BY_CODE] = "code",
                                       [BY_URL] = "url",   [BY_RELAY] = "relay",   NULL};

static const struct args defaults = {.cap = INT64_C(256) << 20, .top = 20};

static const struct option_row options[] = {
    {"file", 'f', LIST(struct args, files), .value = "PATH", .alias = "logfile", .required = true,
     .help = "The log. Several are counted together."},
    {"type", 0, CHOICE(struct args, type), .value = "TYPE", .alias = "format-of", .choices = type_names,
     .help =
         "What the lines are: nginx is the combined format, where those with --status match; of a maillog "
         "(Postfix, Sendmail, Exim) the deliveries are counted, and those with --status match."},
    {"pattern", 'e', TEXT(struct args, pattern), .value = "REGEX", .alias = "query",
     .help = "Lines that match this extended expression; required for plain lines."},
    {"ignore", 'i', TEXT(struct args, ignore), .value = "REGEX",
     .help = "Lines that match this are not counted at all."},
    {"any-case", 0, FLAG(struct args, any_case), .help = "Both expressions take either case."},
    {"status", 0, TEXT(struct args, status), .value = "STATUS",
     .help =
         "nginx: a list such as 404,500-599, which is 500-599 unless given. maillog: sent, deferred, bounced "
         "or other; sent unless given."},
    {"by", 0, CHOICE(struct args, by), .value = "KEY", .choices = by_names,
     .help = "Count by server, code or url (nginx), or by relay (maillog) as well."},
    {"server-field", 0, WHOLE(struct args, server_field), .value = "NUMBER", .high = 50,
     .help =
         "The server is this field behind the user agent. Unless given it is the word ahead of the address, "
         "or else the name of the file."},
    {"top", 0, WHOLE(struct args, top), .value = "COUNT", .low = 1, .high = 1000,
     .help = "Of the keys, report those with most matches."},
    {"from-start", 0, FLAG(struct args, from_start),
     .help = "The first run reads the log from its start instead of its end."},
    {"archive", 0, TEXT(struct args, archive), .value = "DIRECTORY",
     .help = "Rotated files are sought here too, not only beside the log."},
    {"byte-cap", 0, WHOLE(struct args, cap), .value = "BYTES", .low = 1, .high = 1e15,
     .help = "Read so much in one run; the next goes on there."},
    {0},
};

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

static bool check_expression(const char *option, const char *expression, struct error *error)
{
    regex_t regex;
    if (!expression)
        return true;
    if (regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB) != 0)
        return error_set(error, "%s: not a regular expression: \"%s\"", option, expression);
    regfree(&regex);
    return true;
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

static bool check_status(const struct args *args, struct error *error)
{
    enum maillog_status ignored;
    if (!args->status)
        return true;
    if (args->type == TYPE_PLAIN)
        return error_set(error, "--status is for --type nginx and maillog");
    if (args->type == TYPE_NGINX)
        return http_status_list_check(args->status) ||
               error_set(error, "--status: not a list such as 404,500-599: \"%s\"", args->status);
    return read_mail_status(args->status, &ignored) ||
           error_set(error, "--status: none of sent, deferred, bounced and other: \"%s\"", args->status);
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    static const int type_of[] = {
        [BY_SERVER] = TYPE_NGINX, [BY_CODE] = TYPE_NGINX, [BY_URL] = TYPE_NGINX, [BY_RELAY] = TYPE_MAILLOG};
    (void)run;
    if (!check_expression("--pattern", args->pattern, error) ||
        !check_expression("--ignore", args->ignore, error) || !check_status(args, error))
        return false;
    if (args->by != BY_NONE && type_of[args->by] != args->type)
        return error_set(error, "--by %s is for --type %s", by_names[args->by],
                         type_names[type_of[args->by]]);
    if (args->server_field && args->type != TYPE_NGINX)
        return error_set(error, "--server-field is for --type nginx");
    return args->pattern || args->type != TYPE_PLAIN || error_set(error, "give --pattern, or --type");
}

/* What is counted while a log is read. */
struct counting {
    const struct args *args;
    const char *file; /* the name of the log being read */
    enum maillog_status mail_status;
    regex_t pattern, ignore;
    struct tally *tally; /* NULL without --by */
    uint64_t lines, matches, strange;
};

/* What a line is worth. */
struct finding_of_line {
    bool matches;
    const char *key;
    size_t key_length;
};

static bool is_match(const regex_t *regex, const char *line, size_t length)
{
    regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)length};
    return regexec(regex, line, 1, &all, REG_STARTEND) == 0;
}

static bool read_nginx(struct counting *counting, const char *line, size_t length,
                       struct finding_of_line *found)
{
    const struct args *args = counting->args;
    struct nginx_line parsed;
    if (!nginx_parse(line, length, args->server_field, &parsed)) {
        counting->strange++;
        return false;
    }
    found->matches = http_status_listed(args->status ? args->status : "500-599", parsed.status);
    if (args->by == BY_URL) {
        found->key = parsed.url.at;
        found->key_length = parsed.url.length;
    } else if (args->by == BY_SERVER) {
        found->key = parsed.server.length ? parsed.server.at : counting->file;
        found->key_length = parsed.server.length ? parsed.server.length : strlen(counting->file);
    } else {
        found->key = parsed.code.at;
        found->key_length = parsed.code.length;
    }
    return true;
}

static bool read_line(struct counting *counting, const char *line, size_t length,
                      struct finding_of_line *found)
{
    const struct args *args = counting->args;
    struct maillog_delivery delivery;
    *found = (struct finding_of_line){.matches = true};
    if (args->type == TYPE_NGINX)
        return read_nginx(counting, line, length, found);
    if (args->type == TYPE_PLAIN)
        return true;
    if (!maillog_parse(line, length, &delivery))
        return false;
    found->matches = delivery.status == counting->mail_status;
    found->key = delivery.relay;
    found->key_length = delivery.relay_length;
    return true;
}

static void take(void *owner, const char *line, size_t length)
{
    struct counting *counting = owner;
    struct finding_of_line found;
    if ((counting->args->ignore && is_match(&counting->ignore, line, length)) ||
        !read_line(counting, line, length, &found))
        return;
    found.matches = found.matches && (!counting->args->pattern || is_match(&counting->pattern, line, length));
    counting->lines++;
    counting->matches += found.matches;
    if (counting->tally)
        tally_add(counting->tally, found.key, found.key_length, found.matches);
}

/* What became of reading all files. */
struct reading {
    size_t read, first, rotated, lost;
    uint64_t cut, left;
};

static void add_answer(struct reading *reading, const struct logfile_answer *answer)
{
    reading->read++;
    reading->first += answer->first;
    reading->rotated += answer->rotated;
    reading->lost += answer->lost;
    reading->cut += answer->cut;
    reading->left += answer->left;
}

/* A log that cannot be read now is read from where it was left once it can. false: none of them can; nothing of this
 * run is kept then. */
static bool read_files(struct counting *counting, struct run *run, struct reading *reading,
                       struct report *report, struct error *error)
{
    const struct args *args = counting->args;
    struct logfile_question question = {.archive = args->archive,
                                        .whole = args->from_start,
                                        .cap = (uint64_t)args->cap,
                                        .deadline = run->deadline,
                                        .rates = run->rates,
                                        .arena = run->arena,
                                        .take = take,
                                        .owner = counting};
    bool *failed = arena_get(run->arena, args->files.count, sizeof *failed);
    for (size_t i = 0; i < args->files.count; i++) {
        struct logfile_answer answer;
        const char *slash = strrchr(args->files.items[i], '/');
        question.path = args->files.items[i];
        counting->file = slash ? slash + 1 : question.path;
        run_stage(run, "reading \"%s\"", question.path);
        failed[i] = !logfile_read(&question, &answer, error);
        if (!failed[i])
            add_answer(reading, &answer);
        else if (args->files.count > 1)
            report_verdict(report, VERDICT_UNKNOWN, "%s", error->text);
    }
    for (size_t i = 0; reading->read > 0 && i < args->files.count; i++) {
        question.path = args->files.items[i];
        if (failed[i])
            logfile_carry(&question);
    }
    return reading->read > 0;
}

static double rounded(double value)
{
    return round(value * 1e4) / 1e4;
}

static double share_of(uint64_t part, uint64_t all)
{
    return all ? 100 * (double)part / (double)all : 0;
}

/* Seconds since the run before; NaN when there was none, or the clock began anew. */
static double seconds_between(struct run *run)
{
    double before;
    int64_t now = run_clock(run);
    bool known = rates_before(run->rates, "at", (double)now, &before) && (double)now > before;
    return known ? ((double)now - before) / 1000 : (double)NAN;
}

static void report_keys(const struct counting *counting, double seconds, struct report *report)
{
    const struct args *args = counting->args;
    size_t count;
    const struct tally_row *rows = tally_rows(counting->tally, &count);
    for (size_t i = 0; i < count && i < (size_t)args->top; i++) {
        const struct tally_row *row = &rows[i];
        if (args->by == BY_CODE && row->matches == 0)
            continue;
        uint64_t all = args->by == BY_CODE ? counting->lines : row->all;
        report_value(report, BY_RATE, row->name, rounded((double)row->matches / seconds));
        report_value(report, BY_SHARE, row->name, rounded(share_of(row->matches, all)));
        report_detail(report, "%s: %llu of %llu", row->name, (unsigned long long)row->matches,
                      (unsigned long long)all);
    }
}

static void report_reading(const struct counting *counting, const struct reading *reading,
                           struct report *report)
{
    if (reading->first)
        report_detail(report, "%s",
                      counting->args->from_start ? "read from the start"
                                                 : "reading begins at the end: the next run counts");
    if (reading->rotated)
        report_detail(report, "rotated%s",
                      reading->lost ? ", and the file before is not there: its last lines may be missing"
                                    : "");
    if (reading->cut)
        report_detail(report, "%llu lines were longer than %d bytes", (unsigned long long)reading->cut,
                      LOGFILE_LINE_CAP);
    if (reading->left)
        report_detail(report, "%llu bytes are left for the next run", (unsigned long long)reading->left);
    if (counting->strange)
        report_detail(report, "%llu lines are of another format", (unsigned long long)counting->strange);
    if (counting->strange && counting->lines == 0)
        report_verdict(report, VERDICT_UNKNOWN, "none of %llu lines is of the combined format",
                       (unsigned long long)counting->strange);
}

static void report_counts(const struct counting *counting, const struct reading *reading, struct run *run,
                          struct report *report)
{
    double seconds = seconds_between(run), total = 0;
    (void)rates_kept(run->rates, "matches", &total);
    double rate = rates_per_second(run->rates, "matches", total + (double)counting->matches, run_clock(run));
    bool counted = reading->first < reading->read || counting->args->from_start;
    report_value(report, RATE, NULL, rounded(rate));
    if (counted) {
        report_value(report, SHARE, NULL, rounded(share_of(counting->matches, counting->lines)));
        report_value(report, MATCHES, NULL, (double)counting->matches);
        report_value(report, LINES, NULL, (double)counting->lines);
        report_text(report, "%llu of %llu lines match", (unsigned long long)counting->matches,
                    (unsigned long long)counting->lines);
    } else {
        for (size_t i = SHARE; i <= LINES; i++)
            report_value(report, i, NULL, (double)NAN);
        report_text(report, "the first run: reading begins at the end, the next run counts");
    }
    if (counting->tally && counted)
        report_keys(counting, seconds, report);
    report_reading(counting, reading, report);
}

static bool counting_init(struct counting *counting, const struct args *args, struct run *run)
{
    int flags = REG_EXTENDED | REG_NOSUB | (args->any_case ? REG_ICASE : 0);
    *counting = (struct counting){.args = args, .mail_status = MAILLOG_SENT};
    if (args->type == TYPE_MAILLOG && args->status)
        (void)read_mail_status(args->status, &counting->mail_status);
    if (args->by != BY_NONE)
        counting->tally = tally_create(run->arena);
    if (args->pattern && regcomp(&counting->pattern, args->pattern, flags) != 0)
        return false;
    if (!args->ignore || regcomp(&counting->ignore, args->ignore, flags) == 0)
        return true;
    if (args->pattern)
        regfree(&counting->pattern);
    return false;
}

static void counting_release(struct counting *counting)
{
    if (counting->args->pattern)
        regfree(&counting->pattern);
    if (counting->args->ignore)
        regfree(&counting->ignore);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct counting counting;
    struct reading reading = {0};
    struct error error;
    if (!counting_init(&counting, args, run))
        return report_failure(report, VERDICT_UNKNOWN, "an expression is too large");
    bool read = read_files(&counting, run, &reading, report, &error);
    if (read)
        report_counts(&counting, &reading, run, report);
    counting_release(&counting);
    return read || report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
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

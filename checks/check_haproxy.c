/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HAProxy: are its servers up, and how full are its proxies? */
#include "collectors/file.h"
#include "collectors/haproxy.h"
#include "lib/check.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>
#include <regex.h>

struct args {
    const char *url, *user, *password, *password_file;
    const char *socket, *file, *ca_file;
    const char *proxy, *ignore;
    bool insecure;
};

static const struct option_row options[] = {
    {"url", 'u', TEXT(struct args, url), .value = "URL",
     .help = "The statistics page as CSV: \"http://HOST:8000/haproxy;csv\"."},
    {"user", 'U', TEXT(struct args, user), .value = "NAME", .alias = "username", .help = "User of the page."},
    {"password", 'P', SECRET(struct args, password), .value = "TEXT",
     .help = "Password of the page; it is wiped from the command line at once."},
    {"password-file", 0, TEXT(struct args, password_file), .value = "PATH",
     .help = "The password is the first line of this file."},
    {"socket", 'S', TEXT(struct args, socket), .value = "PATH",
     .help = "Ask the admin socket instead of a page."},
    {"file", 'f', TEXT(struct args, file), .value = "CSV", .help = "Read a saved export instead of a page."},
    {"proxy", 0, TEXT(struct args, proxy), .value = "REGEX",
     .help = "Only proxies whose name this extended expression matches."},
    {"ignore", 'i', TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out proxies, and servers as \"PROXY/SERVER\", that this extended expression matches."},
    {"ca", 0, TEXT(struct args, ca_file), .value = "PATH",
     .help = "Trust the certificates of this file alone."},
    {"insecure", 0, FLAG(struct args, insecure), .help = "Verify neither the certificate nor its name."},
    {0},
};

enum metric {
    TIME,
    SESSIONS,
    SHARE,
    UP_SHARE,
    DOWN,
    MAINT,
    QUEUE,
    ERROR_SHARE,
    ERROR_RATE,
    CHECK_DURATION,
    FRONT_SESSIONS,
    FRONT_SHARE,
    SESSIONS_TOTAL,
    ERRORS_TOTAL,
    BYTES_IN,
    BYTES_OUT,
};

static const struct metric_row metrics[] = {
    [TIME] = {"t", "time that fetching the statistics took", "s", .warning = "2", .critical = "10",
              .has_min = true},
    [SESSIONS] = {"sess", "sessions in use of a proxy's servers", "sessions", .has_min = true,
                  .graph = "haproxy_current"},
    [SHARE] = {"sess_share", "sessions in use, of the limit", "%", .has_min = true, .has_max = true,
               .max = 100, .quiet = true, .graph = "haproxy_share"},
    [UP_SHARE] = {"up_share", "active servers that are usable", "%", .has_min = true, .has_max = true,
                  .max = 100, .quiet = true, .graph = "haproxy_share"},
    [DOWN] = {"servers_down", "servers that are DOWN, backup servers apart", "", .critical = "0",
              .has_min = true, .quiet = true, .graph = "haproxy_servers"},
    [MAINT] = {"servers_out", "servers in MAINT, DRAIN or NOLB", "", .has_min = true, .quiet = true,
               .graph = "haproxy_servers"},
    [QUEUE] = {"queue", "requests that wait for a server", "", .has_min = true, .quiet = true,
               .graph = "haproxy_queue"},
    [ERROR_SHARE] = {"error_share", "5xx answers, of all answers since the run before", "%", .has_min = true,
                     .has_max = true, .max = 100, .quiet = true, .graph = "haproxy_share"},
    [ERROR_RATE] = {"error_rate", "5xx answers per second since the run before", "/s", .has_min = true,
                    .quiet = true, .graph = "haproxy_error_rate"},
    [CHECK_DURATION] = {"check_duration", "how long the health check of a server took", "ms", .has_min = true,
                        .quiet = true, .graph = "haproxy_check_duration"},
    [FRONT_SESSIONS] = {"front_sess", "sessions in use of a frontend", "sessions", .has_min = true,
                        .quiet = true, .graph = "haproxy_current"},
    [FRONT_SHARE] = {"front_share", "sessions of a frontend, of its limit", "%", .has_min = true,
                     .has_max = true, .max = 100, .quiet = true, .graph = "haproxy_share"},
    [SESSIONS_TOTAL] = {"sessions", "sessions since the start", "", METRIC_DERIVE, .has_min = true,
                        .quiet = true, .graph = "haproxy_sessions"},
    [ERRORS_TOTAL] = {"errors", "5xx answers since the start", "", METRIC_DERIVE, .has_min = true,
                      .quiet = true, .graph = "haproxy_errors"},
    [BYTES_IN] = {"bytes_in", "bytes received from clients", "B", METRIC_DERIVE, .has_min = true,
                  .quiet = true, .graph = "haproxy_volume"},
    [BYTES_OUT] = {"bytes_out", "bytes sent to clients", "B", METRIC_DERIVE, .has_min = true, .quiet = true,
                   .graph = "haproxy_volume", .negative = "bytes_in"},
    {0},
};

/* The servers of one backend, counted. */
struct count {
    unsigned active, usable, down, out, backups, backups_usable;
};

/* What one run works on. */
struct view {
    const struct haproxy_table *table;
    regex_t proxy, ignore;
    bool has_proxy, has_ignore;
    struct run *run;
    struct report *report;
    struct text shown;  /* "cluster1 (Active: 60/60) ..." */
    struct text faults; /* "cluster1/web2 is DOWN (L4CON, since 12s)" */
    size_t chosen, left_out;
};

enum { SHOWN_LIMIT = 400 };

static bool check_regex(const char *name, const char *pattern, struct error *error)
{
    regex_t regex;
    char reason[128];
    int code = pattern ? regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) : 0;
    if (code != 0) {
        (void)regerror(code, &regex, reason, sizeof reason);
        return error_set(error, "--%s: not a regular expression: \"%s\": %s", name, pattern, reason);
    }
    if (pattern)
        regfree(&regex);
    return true;
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    if (!check_regex("proxy", args->proxy, error) || !check_regex("ignore", args->ignore, error))
        return false;
    if ((args->url != NULL) + (args->socket != NULL) + (args->file != NULL) != 1)
        return error_set(error, "give one of --url, --socket and --file");
    if (args->password && args->password_file)
        return error_set(error, "give one of --password and --password-file");
    return true;
}

static bool is_chosen(const struct view *view, const struct haproxy_row *row)
{
    if (view->has_proxy && regexec(&view->proxy, row->proxy, 0, NULL, 0) != 0)
        return false;
    if (!view->has_ignore)
        return true;
    const char *name = arena_format(view->run->arena, "%s/%s", row->proxy, row->server);
    return regexec(&view->ignore, row->proxy, 0, NULL, 0) != 0 &&
           regexec(&view->ignore, name, 0, NULL, 0) != 0;
}

static bool is_server_of(const struct haproxy_row *row, const struct haproxy_row *backend)
{
    return row->type == HAPROXY_SERVER && strcmp(row->instance, backend->instance) == 0;
}

static void add_fault(struct view *view, const struct haproxy_row *row)
{
    struct text *faults = &view->faults;
    double since = row->numbers[HAPROXY_LASTCHG];
    text_format(faults, "%s%s/%s is %s", faults->length ? ", " : "", row->instance, row->server,
                row->status_text);
    if (*row->check_status || since >= 0) {
        text_format(faults, " (%s%s", row->check_status, *row->check_status && since >= 0 ? ", " : "");
        if (since >= 0 && since < 1e12) {
            text_add(faults, "since ");
            duration_write(faults, (int64_t)since * 1000);
        }
        text_add_char(faults, ')');
    }
}

static void count_server(struct view *view, const struct haproxy_row *row, struct count *count)
{
    bool usable = haproxy_is_usable(row);
    if (haproxy_is_backup(row)) {
        count->backups++;
        count->backups_usable += usable;
        return;
    }
    count->active++;
    count->usable += usable;
    count->out += row->status == HAPROXY_MAINT || row->status == HAPROXY_DRAIN || row->status == HAPROXY_NOLB;
    if (row->status == HAPROXY_DOWN) {
        count->down++;
        add_fault(view, row);
    }
}

static void report_server(struct view *view, const struct haproxy_row *row)
{
    const char *name = arena_format(view->run->arena, "%s/%s", row->instance, row->server);
    report_detail(view->report, "%s is %s%s%s%s", name, row->status_text, *row->check_status ? " (" : "",
                  row->check_status, *row->check_status ? ")" : "");
    if (!isnan(row->numbers[HAPROXY_CHECK_DURATION]))
        report_value(view->report, CHECK_DURATION, name, row->numbers[HAPROXY_CHECK_DURATION]);
}

static struct count count_servers(struct view *view, const struct haproxy_row *backend)
{
    struct count count = {0};
    for (size_t i = 0; i < view->table->count; i++) {
        const struct haproxy_row *row = &view->table->rows[i];
        if (!is_server_of(row, backend) || !is_chosen(view, row))
            continue;
        count_server(view, row, &count);
        report_server(view, row);
    }
    return count;
}

static void add_shown(struct view *view, const struct haproxy_row *backend, const struct count *count)
{
    if (view->shown.length > SHOWN_LIMIT) {
        view->left_out++;
        return;
    }
    text_format(&view->shown, " %s (Active: %u/%u", backend->instance, count->usable, count->active);
    if (count->backups > 0)
        text_format(&view->shown, ", Backup: %u/%u", count->backups_usable, count->backups);
    text_add_char(&view->shown, ')');
}

static double share_of(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : (double)NAN;
}

/* The answers since the run before; a proxy without HTTP has none of these columns filled. */
static void report_errors(struct view *view, const struct haproxy_row *row, int64_t now)
{
    static const enum haproxy_number classes[] = {HAPROXY_HRSP_1XX, HAPROXY_HRSP_2XX, HAPROXY_HRSP_3XX,
                                                  HAPROXY_HRSP_4XX, HAPROXY_HRSP_5XX, HAPROXY_HRSP_OTHER};
    double all = 0, errors = row->numbers[HAPROXY_HRSP_5XX];
    if (isnan(errors))
        return;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        all += isnan(row->numbers[classes[i]]) ? 0 : row->numbers[classes[i]];
    struct rates *rates = view->run->rates;
    const char *key = arena_format(view->run->arena, "hrsp_5xx %s", row->instance);
    double change = rates_change(rates, arena_format(view->run->arena, "change %s", key), errors);
    double answers = rates_change(rates, arena_format(view->run->arena, "answers %s", row->instance), all);
    double share = answers > 0 ? share_of(change, answers) : answers; /* no answers, no errors */
    report_value(view->report, ERROR_SHARE, row->instance, share);
    report_value(view->report, ERROR_RATE, row->instance, rates_per_second(rates, key, errors, now));
}

static void report_if_known(struct report *report, enum metric metric, const char *instance, double value)
{
    if (!isnan(value))
        report_value(report, metric, instance, value);
}

static void report_totals(struct view *view, const struct haproxy_row *row)
{
    report_if_known(view->report, SESSIONS_TOTAL, row->instance, row->numbers[HAPROXY_STOT]);
    report_if_known(view->report, ERRORS_TOTAL, row->instance, row->numbers[HAPROXY_HRSP_5XX]);
    report_if_known(view->report, BYTES_IN, row->instance, row->numbers[HAPROXY_BIN]);
    report_if_known(view->report, BYTES_OUT, row->instance, row->numbers[HAPROXY_BOUT]);
}

static void report_backend(struct view *view, const struct haproxy_row *row, int64_t now)
{
    struct report *report = view->report;
    struct value_frame frame = VALUE_FRAME_NONE;
    struct count count = count_servers(view, row);
    if (count.active + count.backups == 0)
        return; /* a backend without servers answers by rules of its own: no failure */
    frame.max = row->numbers[HAPROXY_SLIM];
    report_value_framed(report, SESSIONS, row->instance, row->numbers[HAPROXY_SCUR], &frame);
    report_if_known(report, SHARE, row->instance,
                    share_of(row->numbers[HAPROXY_SCUR], row->numbers[HAPROXY_SLIM]));
    report_if_known(report, UP_SHARE, row->instance, share_of(count.usable, count.active));
    report_value(report, DOWN, row->instance, count.down);
    report_value(report, MAINT, row->instance, count.out);
    report_value(report, QUEUE, row->instance, row->numbers[HAPROXY_QCUR]);
    report_errors(view, row, now);
    report_totals(view, row);
    add_shown(view, row, &count);
    if (row->status == HAPROXY_DOWN && count.usable + count.backups_usable == 0 && count.backups > 0)
        report_verdict(report, VERDICT_CRITICAL, "backend %s is DOWN, backup servers too", row->instance);
}

static void report_frontend(struct view *view, const struct haproxy_row *row)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    frame.max = row->numbers[HAPROXY_SLIM];
    report_value_framed(view->report, FRONT_SESSIONS, row->instance, row->numbers[HAPROXY_SCUR], &frame);
    report_if_known(view->report, FRONT_SHARE, row->instance,
                    share_of(row->numbers[HAPROXY_SCUR], row->numbers[HAPROXY_SLIM]));
}

static void report_rows(struct view *view)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t at = now.tv_sec * 1000 + now.tv_nsec / 1000000;
    for (size_t i = 0; i < view->table->count; i++) {
        const struct haproxy_row *row = &view->table->rows[i];
        if (!is_chosen(view, row))
            continue;
        view->chosen++;
        if (row->type == HAPROXY_BACKEND)
            report_backend(view, row, at);
        else if (row->type == HAPROXY_FRONTEND)
            report_frontend(view, row);
    }
}

static void report_answer(struct view *view, const struct args *args)
{
    if (view->chosen == 0)
        (void)report_failure(view->report, VERDICT_UNKNOWN,
                             "no proxy is left by --proxy \"%s\" --ignore \"%s\"",
                             args->proxy ? args->proxy : "", args->ignore ? args->ignore : "");
    if (view->left_out > 0)
        text_format(&view->shown, " and %zu more", view->left_out);
    if (view->shown.length == 0)
        text_add(&view->shown, "no backend has servers");
    report_text(view->report, "%s%s%s", view->shown.bytes, view->faults.length ? "; " : "",
                view->faults.bytes);
}

static bool read_password(const struct args *args, struct arena *arena, const char **password,
                          struct error *error)
{
    struct text line = TEXT_INIT;
    bool done = true;
    *password = args->password;
    if (args->password_file) {
        done = file_first_line(args->password_file, &line, error);
        *password = arena_text(arena, line.bytes);
        text_release(&line);
    }
    return done;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct haproxy_table table;
    struct view view = {
        .table = &table, .run = run, .report = report, .shown = TEXT_INIT, .faults = TEXT_INIT};
    struct haproxy_source source = {.url = args->url,
                                    .user = args->user,
                                    .ca_file = args->ca_file,
                                    .insecure = args->insecure,
                                    .family = run->family,
                                    .socket = args->socket,
                                    .file = args->file,
                                    .deadline = run->deadline};
    struct error error;
    int64_t limit = run_remaining(run);
    double seconds;
    if (!read_password(args, run->arena, &source.password, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    run_stage(run, "reading the statistics of HAProxy");
    enum source_end end = haproxy_read(&source, run->arena, &table, &seconds, &error);
    if (end != SOURCE_READ)
        return source_failed(report, end, &error, limit);
    report_value(report, TIME, NULL, round(seconds * 1e6) / 1e6);
    view.has_proxy = args->proxy && regcomp(&view.proxy, args->proxy, REG_EXTENDED | REG_NOSUB) == 0;
    view.has_ignore = args->ignore && regcomp(&view.ignore, args->ignore, REG_EXTENDED | REG_NOSUB) == 0;
    report_rows(&view);
    report_answer(&view, args);
    if (view.has_proxy)
        regfree(&view.proxy);
    if (view.has_ignore)
        regfree(&view.ignore);
    text_release(&view.shown);
    text_release(&view.faults);
    return true;
}

const struct check check_haproxy = {
    .name = "haproxy",
    .title = "HAPROXY",
    .summary = "servers up, sessions, queue and errors of HAProxy's proxies",
    .notes =
        "A server that is DOWN makes the answer CRITICAL, by the range of servers_down; -c servers_down=2 "
        "allows two, and an empty range none at all. Servers in MAINT, DRAIN or NOLB, without checks, and "
        "backup servers are no failures.\n"
        "Where the statistics hold the tables of several processes (nbproc), a proxy's name is followed by "
        "\"#\" and the process.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HAProxy: are its servers up, and how full are its proxies? */
#include "collectors/choice.h"
#include "collectors/haproxy_options.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>

struct args {
    struct haproxy_options source;
    const char *proxy, *ignore;
};

static const struct option_row options[] = {
    HAPROXY_OPTIONS(struct args, source),
    {"proxy", 0, TEXT(struct args, proxy), .value = "REGEX",
     .help = "Only proxies whose name this extended expression matches."},
    {"ignore", 'i', TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out proxies, and servers as \"PROXY/SERVER\", that this extended expression matches."},
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
                  .graph = "current"},
    [SHARE] = {"sess_share", "sessions in use, of the limit", "%", .has_min = true, .has_max = true,
               .max = 100, .quiet = true, .graph = "share"},
    [UP_SHARE] = {"up_share", "active servers that are usable", "%", .has_min = true, .has_max = true,
                  .max = 100, .quiet = true, .graph = "share"},
    [DOWN] = {"servers_down", "servers that are DOWN, backup servers apart", "", .critical = "0",
              .has_min = true, .quiet = true, .graph = "servers"},
    [MAINT] = {"servers_out", "servers in MAINT, DRAIN or NOLB", "", .has_min = true, .quiet = true,
               .graph = "servers"},
    [QUEUE] = {"queue", "requests that wait for a server", "", .has_min = true, .quiet = true,
               .graph = "queue"},
    [ERROR_SHARE] = {"error_share", "5xx answers, of all answers since the run before", "%", .has_min = true,
                     .has_max = true, .max = 100, .quiet = true, .graph = "share"},
    [ERROR_RATE] = {"error_rate", "5xx answers per second since the run before", "/s", .has_min = true,
                    .quiet = true, .graph = "error_rate"},
    [CHECK_DURATION] = {"check_duration", "how long the health check of a server took", "ms", .has_min = true,
                        .quiet = true, .graph = "check_duration"},
    [FRONT_SESSIONS] = {"front_sess", "sessions in use of a frontend", "sessions", .has_min = true,
                        .quiet = true, .graph = "current"},
    [FRONT_SHARE] = {"front_share", "sessions of a frontend, of its limit", "%", .has_min = true,
                     .has_max = true, .max = 100, .quiet = true, .graph = "share"},
    [SESSIONS_TOTAL] = {"sessions", "sessions since the start", "", METRIC_DERIVE, .has_min = true,
                        .quiet = true, .graph = "sessions"},
    [ERRORS_TOTAL] = {"errors", "5xx answers since the start", "", METRIC_DERIVE, .has_min = true,
                      .quiet = true, .graph = "errors"},
    [BYTES_IN] = {"bytes_in", "bytes received from clients", "B", METRIC_DERIVE, .has_min = true,
                  .quiet = true, .graph = "volume"},
    [BYTES_OUT] = {"bytes_out", "bytes sent to clients", "B", METRIC_DERIVE, .has_min = true, .quiet = true,
                   .graph = "volume", .negative = "bytes_in"},
    {0},
};

/* The servers of one backend, counted. */
struct count {
    unsigned active, usable, down, out, backups, backups_usable;
};

/* What one run works on. */
struct view {
    const struct haproxy_table *table;
    struct choice choice;
    struct run *run;
    struct report *report;
    struct text shown;  /* "cluster1 (Active: 60/60) ..." */
    struct text faults; /* "cluster1/web2 is DOWN (L4CON, since 12s)" */
    size_t chosen, left_out;
};

enum { SHOWN_LIMIT = 400 };

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    return choice_check(args->proxy, args->ignore, error) && haproxy_options_check(&args->source, error);
}

static bool is_chosen(const struct view *view, const struct haproxy_row *row)
{
    if (!choice_wants(&view->choice, row->proxy) || choice_ignores(&view->choice, row->proxy))
        return false;
    return !view->choice.has_ignore ||
           !choice_ignores(&view->choice, arena_format(view->run->arena, "%s/%s", row->proxy, row->server));
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

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct haproxy_table table;
    struct view view = {
        .table = &table, .run = run, .report = report, .shown = TEXT_INIT, .faults = TEXT_INIT};
    struct error error;
    double seconds;
    if (!haproxy_options_read(&args->source, run, report, &table, &seconds))
        return false;
    if (!choice_init(&view.choice, args->proxy, args->ignore, &error))
        return report_failure(report, VERDICT_UNKNOWN, "%s", error.text);
    report_value(report, TIME, NULL, number_round(seconds, 6));
    report_rows(&view);
    report_answer(&view, args);
    choice_release(&view.choice);
    text_release(&view.shown);
    text_release(&view.faults);
    return true;
}

static bool dump(const void *arguments, struct run *run, struct report *report, struct text *text)
{
    const struct args *args = arguments;
    return haproxy_options_dump(&args->source, run, report, text);
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
    .dump = dump,
};

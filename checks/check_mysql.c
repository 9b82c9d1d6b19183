/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MySQL and MariaDB: does the server answer, replicate and write, and how full is it? */
#include "collectors/choice.h"
#include "collectors/mysql_options.h"
#include "collectors/mysql_place.h"
#include "collectors/mysql_probe.h"
#include "collectors/mysql_replica.h"
#include "lib/number.h"
#include "lib/rates.h"

#include <math.h>

struct args {
    struct mysql_options server;
    bool replica, no_replica;
    const char *primary;
    const char *ignore;
    const char *query, *label;
    const char *table;
    int64_t write_limit;
};

static const struct option_row options[] = {
    MYSQL_OPTIONS(struct args, server),
    {"replica", 0, FLAG(struct args, replica),
     .help = "It must be a replica: CRITICAL when it replicates from no source."},
    {"no-replica", 0, FLAG(struct args, no_replica), .help = "Do not ask for replication."},
    {"primary", 0, TEXT(struct args, primary), .value = "HOST:PORT",
     .help =
         "Where the primary answers, whichever server that is, such as at HAProxy: this server must be it "
         "or replicate from it, else it is CRITICAL."},
    {"ignore", 'i', TEXT(struct args, ignore), .value = "REGEX",
     .help = "Leave out sources whose connection name this extended expression matches."},
    {"query", 'q', TEXT(struct args, query), .value = "SQL",
     .help = "A statement that gives one row with one number. It runs in a session that can change no data."},
    {"label", 0, TEXT(struct args, label), .value = "NAME",
     .help = "The perfdata label of the query's number."},
    {"write-probe", 0, TEXT(struct args, table), .value = "TABLE",
     .help =
         "Replace one row of this table, over a connection of its own. CRITICAL when that fails or hangs."},
    {"write-limit", 0, DURATION(struct args, write_limit), .value = "DURATION", .low = 0.1, .high = 3600,
     .help = "How long the write may take, within four fifths of the time that is left."},
    {0},
};

static const struct args defaults = {.write_limit = 5000};

enum metric {
    CONNECT_TIME,
    CONNECTED,
    RUNNING,
    SHARE,
    SLOW_RATE,
    QUERY_RATE,
    HIT_RATE,
    LAG,
    IO_RUNNING,
    SQL_RUNNING,
    RESULT,
    WRITE_TIME,
    UPTIME,
    SLOW_TOTAL,
    QUERIES_TOTAL,
};

static const struct metric_row metrics[] = {
    [CONNECT_TIME] = {"connect_time", "time to connect and sign in", "s", .has_min = true, .graph = "time"},
    [CONNECTED] = {"threads_connected", "connections that are open", "", .has_min = true, .graph = "threads"},
    [RUNNING] = {"threads_running", "threads at work on a statement", "", .has_min = true,
                 .graph = "threads"},
    [SHARE] = {"connections", "open connections, of the limit", "%", .has_min = true, .has_max = true,
               .max = 100, .graph = "share"},
    [SLOW_RATE] = {"slow_queries", "slow queries per second since the run before", "/s", .has_min = true,
                   .graph = "slow_rate"},
    [QUERY_RATE] = {"queries", "statements per second since the run before", "/s", .has_min = true,
                    .graph = "query_rate"},
    [HIT_RATE] = {"buffer_pool_hit", "reads that the buffer pool answered without the disk", "%",
                  .has_min = true, .has_max = true, .max = 100, .graph = "share"},
    [LAG] = {"lag", "how far replication is behind its source", "s", .has_min = true, .graph = "lag"},
    [IO_RUNNING] = {"io_running", "1: the thread that fetches from the source runs", "", .has_min = true,
                    .has_max = true, .max = 1, .quiet = true, .graph = "replication"},
    [SQL_RUNNING] = {"sql_running", "1: the thread that applies what was fetched runs", "", .has_min = true,
                     .has_max = true, .max = 1, .quiet = true, .graph = "replication"},
    [RESULT] = {"result", "the number that the query gives", "", .graph = "result"},
    [WRITE_TIME] = {"write_time", "time of the write probe", "s", .has_min = true, .graph = "time"},
    [UPTIME] = {"uptime", "time since the server started", "s", .has_min = true, .quiet = true,
                .graph = "uptime"},
    [SLOW_TOTAL] = {"slow_total", "slow queries", "", METRIC_DERIVE, .has_min = true, .quiet = true,
                    .graph = "slow"},
    [QUERIES_TOTAL] = {"queries_total", "statements", "", METRIC_DERIVE, .has_min = true, .quiet = true,
                       .graph = "queries"},
    {0},
};

/* What one run works on. */
struct view {
    const struct args *args;
    struct run *run;
    struct report *report;
    struct mysql_link *link;
    int64_t limit;     /* milliseconds there were */
    struct text shown; /* the answer when nothing is wrong */
};

static bool check_primary(const char *place, struct error *error)
{
    struct arena *arena = arena_create();
    const char *host;
    int64_t port;
    bool ok = mysql_place_read(place, arena, &host, &port, error) || error_prefix(error, "--primary");
    arena_free(arena);
    return ok;
}

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    if (args->replica && args->no_replica)
        return error_set(error, "give one of --replica and --no-replica");
    if (args->primary && args->no_replica)
        return error_set(error, "give one of --primary and --no-replica");
    if (args->primary && !check_primary(args->primary, error))
        return false;
    if (args->label && !args->query)
        return error_set(error, "--label needs --query");
    if (args->table && !mysql_probe_is_table(args->table))
        return error_set(error, "--write-probe: not a table's name: \"%s\"", args->table);
    return choice_check(NULL, args->ignore, error) && mysql_options_check(&args->server, run, error);
}

/* A refusal of one question leaves the others: it is a finding. true: the connection goes on. */
static bool settle(struct view *view, enum source_end end, const struct error *error)
{
    if (end == SOURCE_READ)
        return true;
    if (end != SOURCE_UNREADABLE || mysql_link_code(view->link) == 0)
        return source_failed(view->report, end, error, view->limit);
    report_verdict(view->report, VERDICT_UNKNOWN, "%s", error->text);
    return true;
}

static double share_of(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : (double)NAN;
}

static void report_if_known(struct view *view, enum metric metric, double value)
{
    if (!isnan(value))
        report_value(view->report, metric, NULL, value);
}

/* Without a read nothing was missed. */
static double hit_rate(struct rates *rates, double requests, double misses)
{
    double asked = rates_change(rates, "pool requests", requests);
    double missed = rates_change(rates, "pool misses", misses);
    if (asked > 0 && missed <= asked)
        return share_of(asked - missed, asked);
    return asked + missed > 0 ? 0 : asked + missed + 100;
}

static void report_rates(struct view *view, const struct mysql_rows *status)
{
    struct rates *rates = view->run->rates;
    int64_t now = run_clock(view->run);
    double slow = mysql_rows_number(mysql_rows_pair(status, "Slow_queries"));
    double queries = mysql_rows_number(mysql_rows_pair(status, "Queries"));
    double requests = mysql_rows_number(mysql_rows_pair(status, "Innodb_buffer_pool_read_requests"));
    double misses = mysql_rows_number(mysql_rows_pair(status, "Innodb_buffer_pool_reads"));
    report_value(view->report, SLOW_RATE, NULL, rates_per_second(rates, "slow", slow, now));
    report_value(view->report, QUERY_RATE, NULL, rates_per_second(rates, "queries", queries, now));
    if (!isnan(requests) && !isnan(misses))
        report_value(view->report, HIT_RATE, NULL, hit_rate(rates, requests, misses));
    report_if_known(view, SLOW_TOTAL, slow);
    report_if_known(view, QUERIES_TOTAL, queries);
}

/* A server that answers, but with no number where one stands in every version. */
static double number_told(struct view *view, const char *name, const char *cell)
{
    double number = mysql_rows_number(cell);
    if (number >= 0)
        return number;
    report_verdict(view->report, VERDICT_UNKNOWN, "the server tells no number as %s%s%.60s%s", name,
                   cell ? ": \"" : "", cell ? cell : "", cell ? "\"" : "");
    return (double)NAN;
}

static void report_status(struct view *view, const struct mysql_rows *status, const char *limit_cell)
{
    struct value_frame frame = VALUE_FRAME_NONE;
    double connected = number_told(view, "Threads_connected", mysql_rows_pair(status, "Threads_connected"));
    double limit = number_told(view, "max_connections", limit_cell);
    frame.max = limit;
    report_value_framed(view->report, CONNECTED, NULL, connected, &frame);
    report_value(view->report, RUNNING, NULL, mysql_rows_number(mysql_rows_pair(status, "Threads_running")));
    report_value(view->report, SHARE, NULL, share_of(connected, limit));
    report_if_known(view, UPTIME, mysql_rows_number(mysql_rows_pair(status, "Uptime")));
    report_rates(view, status);
    if (connected >= 0 && limit > 0)
        text_format(&view->shown, ", %.0f of %.0f connections", connected, limit);
}

static bool measure_status(struct view *view)
{
    static const char status_sql[] =
        "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Threads_running', 'Slow_queries', "
        "'Queries', 'Uptime', 'Innodb_buffer_pool_read_requests', 'Innodb_buffer_pool_reads')";
    struct run *run = view->run;
    struct mysql_rows status, limit;
    struct error error;
    enum source_end end = mysql_link_ask(view->link, status_sql, run->deadline, run->arena, &status, &error);
    if (end != SOURCE_READ)
        return settle(view, end, &error);
    end = mysql_link_ask(view->link, "SELECT @@GLOBAL.max_connections", run->deadline, run->arena, &limit,
                         &error);
    if (end != SOURCE_READ)
        return settle(view, end, &error);
    report_status(view, &status, limit.count ? mysql_rows_cell(&limit, 0, 0) : NULL);
    return true;
}

static void report_source(struct view *view, const struct mysql_source *source)
{
    struct report *report = view->report;
    const char *instance = *source->name ? source->name : NULL;
    struct text fault = TEXT_INIT;
    report_value(report, IO_RUNNING, instance, source->io_runs);
    report_value(report, SQL_RUNNING, instance, source->sql_runs);
    report_value(report, LAG, instance, source->lag);
    mysql_replica_fault(source, &fault);
    if (fault.length > 0)
        report_verdict(report, VERDICT_CRITICAL, "replication%s%s%s from \"%s\" is broken: %s",
                       instance ? " \"" : "", source->name, instance ? "\"" : "", source->host, fault.bytes);
    else if (isnan(source->lag))
        report_verdict(report, VERDICT_UNKNOWN,
                       "replication from \"%s\" runs, but the server does not tell its lag", source->host);
    else
        text_format(&view->shown, ", replica of \"%s\" %.0f s behind", source->host, source->lag);
    report_detail(report, "source \"%s\" at \"%s\": IO %s, SQL %s", source->name, source->host, source->io,
                  source->sql);
    text_release(&fault);
}

static void report_sources(struct view *view, const struct mysql_sources *sources,
                           const struct choice *choice)
{
    size_t chosen = 0;
    for (size_t i = 0; i < sources->count; i++) {
        if (choice_ignores(choice, sources->items[i].name))
            continue;
        chosen++;
        report_source(view, &sources->items[i]);
    }
    if (chosen == 0 && view->args->replica)
        report_verdict(view->report, VERDICT_CRITICAL, "\"%s\" is no replica: it has no source",
                       mysql_link_place(view->link));
}

/* Who a server is in replication, and whether it takes writes. */
struct identity {
    double server;
    bool writable;
};

static enum source_end identify(struct view *view, struct mysql_link *link, struct identity *identity,
                                struct error *error)
{
    struct mysql_rows rows;
    enum source_end end = mysql_link_ask(link, "SELECT @@GLOBAL.server_id, @@GLOBAL.read_only",
                                         view->run->deadline, view->run->arena, &rows, error);
    if (end == SOURCE_READ)
        *identity = (struct identity){.server = mysql_rows_number(mysql_rows_cell(&rows, 0, 0)),
                                      .writable = mysql_rows_number(mysql_rows_cell(&rows, 0, 1)) == 0};
    return end;
}

static enum source_end identify_primary(struct view *view, struct identity *primary, struct error *error)
{
    struct run run = *view->run;
    struct mysql_link *link = NULL;
    run.deadline -= run_remaining(view->run) / 4; /* what the server itself told is to be reported */
    if (!mysql_place_read(view->args->primary, run.arena, &run.host, &run.port, error))
        return SOURCE_UNREADABLE;
    enum source_end end = mysql_options_open(&view->args->server, &run, &link, error);
    if (end == SOURCE_READ)
        end = identify(view, link, primary, error);
    mysql_link_close(link);
    return end;
}

/* Roles change with every failover: which one this server has is told by where the primary answers. One that is
 * neither is no redundancy, however well it is; one that takes writes besides is a second primary. */
static bool measure_role(struct view *view, const struct mysql_sources *sources)
{
    const char *place = mysql_link_place(view->link);
    struct identity own, primary;
    struct error error;
    enum source_end end = identify(view, view->link, &own, &error);
    if (end != SOURCE_READ)
        return settle(view, end, &error);
    if (identify_primary(view, &primary, &error) != SOURCE_READ) {
        report_verdict(view->report, VERDICT_UNKNOWN, "the primary at \"%s\" cannot be asked: %s",
                       view->args->primary, error.text);
        return true;
    }
    if (primary.server == own.server) {
        if (sources->count == 0) /* a threshold of a replica holds for it, too */
            report_value(view->report, LAG, NULL, 0);
        text_add(&view->shown, ", the primary");
        return true;
    }
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].server == primary.server)
            return true;
    report_verdict(view->report, VERDICT_CRITICAL, "\"%s\" %s the primary at \"%s\"%s", place,
                   sources->count > 0 ? "replicates from another than" : "is not and does not replicate from",
                   view->args->primary, own.writable ? ", and takes writes itself" : "");
    return true;
}

static bool measure_replica(struct view *view)
{
    struct run *run = view->run;
    struct mysql_sources sources;
    struct choice choice;
    struct error error;
    if (view->args->no_replica)
        return true;
    enum source_end end = mysql_replica_read(view->link, run->deadline, run->arena, &sources, &error);
    if (end != SOURCE_READ)
        return settle(view, end, &error);
    if (!choice_init(&choice, NULL, view->args->ignore, &error))
        return report_failure(view->report, VERDICT_UNKNOWN, "%s", error.text);
    report_sources(view, &sources, &choice);
    choice_release(&choice);
    return !view->args->primary || measure_role(view, &sources);
}

static bool measure_query(struct view *view)
{
    const struct args *args = view->args;
    struct value_frame frame = VALUE_FRAME_NONE;
    struct mysql_rows rows;
    struct error error;
    double value;
    if (!args->query)
        return true;
    enum source_end end = mysql_options_ask(view->link, view->run, args->query, &rows, &error);
    if (end != SOURCE_READ)
        return settle(view, end, &error);
    if (rows.columns > 1)
        report_verdict(view->report, VERDICT_UNKNOWN, "the query gives %zu columns instead of one",
                       rows.columns);
    else if (!mysql_probe_number(&rows, 0, &value, &error))
        report_verdict(view->report, VERDICT_UNKNOWN, "%s", error.text);
    else {
        frame.label = args->label;
        report_value_framed(view->report, RESULT, NULL, value, &frame);
        text_format(&view->shown, ", %s ", args->label ? args->label : "the query gives");
        number_write(&view->shown, value);
    }
    return true;
}

static int64_t now_milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void report_write(struct view *view, enum source_end end, int64_t limit, int64_t took,
                         const struct error *error)
{
    struct text within = TEXT_INIT;
    duration_write(&within, limit);
    if (end == SOURCE_READ)
        report_value(view->report, WRITE_TIME, NULL, (double)took / 1000);
    else if (end == SOURCE_TIMEOUT)
        report_verdict(view->report, VERDICT_CRITICAL, "a write to \"%s\" did not end within %s: %s",
                       view->args->table, within.bytes, error->text);
    else
        report_verdict(view->report, end == SOURCE_FAULT ? VERDICT_CRITICAL : VERDICT_UNKNOWN,
                       "write probe: %s", error->text);
    text_release(&within);
}

static int64_t limit_of_write(const struct view *view)
{
    int64_t left = run_remaining(view->run) * 4 / 5;
    return view->args->write_limit < left ? view->args->write_limit : left;
}

/* Over a connection of its own, which is cut when the write hangs; the other one goes on. */
static void measure_write(struct view *view)
{
    int64_t limit = limit_of_write(view);
    int64_t begin = now_milliseconds();
    struct run own = *view->run;
    struct mysql_link *link;
    struct error error;
    if (!view->args->table)
        return;
    own.deadline = begin + limit;
    enum source_end end = mysql_options_open(&view->args->server, &own, &link, &error);
    run_stage(view->run, "writing to \"%s\"", view->args->table);
    if (end == SOURCE_READ) {
        end = mysql_link_limit(link, run_remaining(&own), false, &error);
        if (end == SOURCE_READ)
            end = mysql_probe_write(link, view->args->table, own.deadline, &error);
        mysql_link_close(link);
    }
    report_write(view, end, limit, now_milliseconds() - begin, &error);
}

static bool measure_link(struct view *view)
{
    text_format(&view->shown, "%s at \"%s\"", mysql_link_version(view->link), mysql_link_place(view->link));
    report_value(view->report, CONNECT_TIME, NULL, number_round(mysql_link_seconds(view->link), 6));
    measure_write(view);
    run_stage(view->run, "waiting for an answer of \"%s\"", mysql_link_place(view->link));
    return measure_status(view) && measure_replica(view) && measure_query(view);
}

/* A server on a frozen disk answers nobody in the end: where a write is asked for, that is a write that hangs. */
static bool open_link(struct view *view)
{
    const char *table = view->args->table;
    int64_t limit = table ? limit_of_write(view) : view->limit;
    struct run own = *view->run;
    struct text within = TEXT_INIT;
    struct error error;
    own.deadline = table ? now_milliseconds() + limit : own.deadline;
    enum source_end end = mysql_options_open(&view->args->server, &own, &view->link, &error);
    bool ok = end == SOURCE_READ;
    duration_write(&within, limit);
    if (!ok && end == SOURCE_TIMEOUT && table)
        (void)report_failure(view->report, VERDICT_CRITICAL, "a write to \"%s\" did not begin within %s: %s",
                             table, within.bytes, error.text);
    else if (!ok)
        (void)source_failed(view->report, end, &error, view->limit);
    text_release(&within);
    return ok;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    struct view view = {.args = arguments, .run = run, .report = report, .shown = TEXT_INIT};
    view.limit = run_remaining(run);
    if (!open_link(&view))
        return false;
    bool done = measure_link(&view);
    report_text(report, "%s", view.shown.bytes);
    mysql_link_close(view.link);
    text_release(&view.shown);
    return done;
}

const struct check check_mysql = {
    .name = "mysql",
    .title = "MYSQL",
    .summary = "connections, replication, queries and writes of a MySQL or MariaDB server",
    .notes =
        "Without --hostname the server is asked by its socket; with it always over TCP, localhost too.\n"
        "Whatever replicates is CRITICAL unless both of its threads run; -w lag=60 -c lag=600 watch how "
        "far it "
        "is behind, -c lag[NAME]=RANGE one source of several. A lag that the server does not tell "
        "although both "
        "threads run is UNKNOWN. A missing privilege is UNKNOWN and names the GRANT that is needed: "
        "SLAVE MONITOR "
        "for MariaDB, REPLICATION CLIENT for MySQL; --no-replica does without.\n"
        "--primary fits every server of a group, before a failover and after it: the user signs in there, "
        "too, and "
        "the servers are told apart by their server_id.\n"
        "The table of --write-probe is CREATE TABLE watchbill_probe (id INT PRIMARY KEY, written "
        "DATETIME NOT "
        "NULL); the user needs INSERT and DELETE on it. The row with id 1 is replaced in each run.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .measure = measure,
    .validate = validate,
};

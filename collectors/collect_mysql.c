/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a MySQL or MariaDB server: its status variables that count or measure, and its replication. */
#include "collectors/mysql_options.h"
#include "collectors/mysql_replica.h"
#include "lib/number.h"

#include <math.h>

struct args {
    struct mysql_options server;
};

static const struct option_row options[] = {MYSQL_OPTIONS(struct args, server), {0}};

/* X(metric, variable, kind, help, unit): the variables of SHOW GLOBAL STATUS that are reported. */
/* clang-format off */
#define VARIABLES(X)                                                                                         \
    X("aborted_clients", "Aborted_clients", TOTAL, "connections that clients broke off", "")                 \
    X("aborted_connects", "Aborted_connects", TOTAL, "attempts to sign in that failed", "")                  \
    X("binlog_cache_disk_use", "Binlog_cache_disk_use", TOTAL, "transactions too large for the cache", "")   \
    X("binlog_cache_use", "Binlog_cache_use", TOTAL, "transactions written to the binary log", "")           \
    X("bytes_received", "Bytes_received", TOTAL, "bytes from clients", "B")                                  \
    X("bytes_sent", "Bytes_sent", TOTAL, "bytes to clients", "B")                                            \
    X("com_begin", "Com_begin", TOTAL, "BEGIN statements", "")                                               \
    X("com_commit", "Com_commit", TOTAL, "COMMIT statements", "")                                            \
    X("com_delete", "Com_delete", TOTAL, "DELETE statements", "")                                            \
    X("com_insert", "Com_insert", TOTAL, "INSERT statements", "")                                            \
    X("com_replace", "Com_replace", TOTAL, "REPLACE statements", "")                                         \
    X("com_rollback", "Com_rollback", TOTAL, "ROLLBACK statements", "")                                      \
    X("com_select", "Com_select", TOTAL, "SELECT statements", "")                                            \
    X("com_update", "Com_update", TOTAL, "UPDATE statements", "")                                            \
    X("connections", "Connections", TOTAL, "attempts to connect", "")                                        \
    X("created_tmp_disk_tables", "Created_tmp_disk_tables", TOTAL, "temporary tables on disk", "")           \
    X("created_tmp_files", "Created_tmp_files", TOTAL, "temporary files", "")                                \
    X("created_tmp_tables", "Created_tmp_tables", TOTAL, "temporary tables", "")                             \
    X("handler_read_first", "Handler_read_first", TOTAL, "reads of an index's first entry", "")              \
    X("handler_read_key", "Handler_read_key", TOTAL, "reads by key", "")                                     \
    X("handler_read_next", "Handler_read_next", TOTAL, "reads in the order of a key", "")                    \
    X("handler_read_rnd", "Handler_read_rnd", TOTAL, "reads by position", "")                                \
    X("handler_read_rnd_next", "Handler_read_rnd_next", TOTAL, "reads of the next row: table scans", "")     \
    X("innodb_buffer_pool_pages_data", "Innodb_buffer_pool_pages_data", GAUGE, "pages with data", "")        \
    X("innodb_buffer_pool_pages_dirty", "Innodb_buffer_pool_pages_dirty", GAUGE, "pages to be written", "")  \
    X("innodb_buffer_pool_pages_free", "Innodb_buffer_pool_pages_free", GAUGE, "pages that are free", "")    \
    X("innodb_buffer_pool_pages_total", "Innodb_buffer_pool_pages_total", GAUGE, "pages in all", "")         \
    X("innodb_buffer_pool_read_requests", "Innodb_buffer_pool_read_requests", TOTAL, "logical reads", "")    \
    X("innodb_buffer_pool_reads", "Innodb_buffer_pool_reads", TOTAL, "reads that went to the disk", "")      \
    X("innodb_buffer_pool_wait_free", "Innodb_buffer_pool_wait_free", TOTAL, "waits for a free page", "")    \
    X("innodb_data_fsyncs", "Innodb_data_fsyncs", TOTAL, "calls of fsync", "")                               \
    X("innodb_data_pending_reads", "Innodb_data_pending_reads", GAUGE, "reads under way", "")                \
    X("innodb_data_pending_writes", "Innodb_data_pending_writes", GAUGE, "writes under way", "")             \
    X("innodb_data_read", "Innodb_data_read", TOTAL, "bytes read from files", "B")                           \
    X("innodb_data_written", "Innodb_data_written", TOTAL, "bytes written to files", "B")                    \
    X("innodb_deadlocks", "Innodb_deadlocks", TOTAL, "deadlocks", "")                                        \
    X("innodb_history_list_length", "Innodb_history_list_length", GAUGE, "undo entries not yet purged", "")  \
    X("innodb_log_waits", "Innodb_log_waits", TOTAL, "waits for the log buffer", "")                         \
    X("innodb_os_log_written", "Innodb_os_log_written", TOTAL, "bytes written to the log", "B")              \
    X("innodb_row_lock_current_waits", "Innodb_row_lock_current_waits", GAUGE, "waits for a row now", "")    \
    X("innodb_row_lock_time", "Innodb_row_lock_time", TOTAL, "time spent on waits for rows", "ms")           \
    X("innodb_row_lock_waits", "Innodb_row_lock_waits", TOTAL, "waits for a row", "")                        \
    X("innodb_rows_deleted", "Innodb_rows_deleted", TOTAL, "rows deleted", "")                               \
    X("innodb_rows_inserted", "Innodb_rows_inserted", TOTAL, "rows inserted", "")                            \
    X("innodb_rows_read", "Innodb_rows_read", TOTAL, "rows read", "")                                        \
    X("innodb_rows_updated", "Innodb_rows_updated", TOTAL, "rows updated", "")                               \
    X("max_used_connections", "Max_used_connections", GAUGE, "most connections at once so far", "")          \
    X("open_files", "Open_files", GAUGE, "files that are open", "")                                          \
    X("open_tables", "Open_tables", GAUGE, "tables that are open", "")                                       \
    X("opened_tables", "Opened_tables", TOTAL, "tables opened", "")                                          \
    X("queries", "Queries", TOTAL, "statements, those of stored programs too", "")                           \
    X("questions", "Questions", TOTAL, "statements of clients", "")                                          \
    X("select_full_join", "Select_full_join", TOTAL, "joins without an index", "")                           \
    X("select_scan", "Select_scan", TOTAL, "joins that scanned the first table", "")                         \
    X("slow_queries", "Slow_queries", TOTAL, "slow queries", "")                                             \
    X("sort_merge_passes", "Sort_merge_passes", TOTAL, "passes of sorts over files", "")                     \
    X("table_locks_immediate", "Table_locks_immediate", TOTAL, "table locks had at once", "")                \
    X("table_locks_waited", "Table_locks_waited", TOTAL, "table locks waited for", "")                       \
    X("threads_cached", "Threads_cached", GAUGE, "threads kept for new connections", "")                     \
    X("threads_connected", "Threads_connected", GAUGE, "connections that are open", "")                      \
    X("threads_created", "Threads_created", TOTAL, "threads created", "")                                    \
    X("threads_running", "Threads_running", GAUGE, "threads at work on a statement", "")                     \
    X("uptime", "Uptime", GAUGE, "time since the server started", "s")
/* clang-format on */

static const char *const variables[] = {
#define NAME(metric, variable, kind, help, unit) variable,
    VARIABLES(NAME)
#undef NAME
};

enum {
    VARIABLE_COUNT = sizeof variables / sizeof variables[0],
    MAX_CONNECTIONS = VARIABLE_COUNT,
    CONNECT_TIME,
    LAG,
    IO_RUNNING,
    SQL_RUNNING,
};

#define GAUGE METRIC_GAUGE
#define TOTAL METRIC_DERIVE

static const struct metric_row metrics[] = {
#define ROW(metric, variable, kind, help_, unit_)                                                            \
    {metric, help_, unit_, kind, .has_min = true, .graph = (metric)},
    VARIABLES(ROW)
#undef ROW
        [MAX_CONNECTIONS] = {"max_connections", "limit of connections", "", .has_min = true,
                             .graph = "connections"},
    [CONNECT_TIME] = {"connect_time", "time to connect and sign in", "s", .has_min = true, .graph = "time"},
    [LAG] = {"lag", "how far replication is behind its source", "s", .has_min = true, .graph = "lag"},
    [IO_RUNNING] = {"io_running", "1: the thread that fetches from the source runs", "", .has_min = true,
                    .graph = "replication"},
    [SQL_RUNNING] = {"sql_running", "1: the thread that applies what was fetched runs", "", .has_min = true,
                     .graph = "replication"},
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    return mysql_options_check(&args->server, run, error);
}

static void report_status(const struct mysql_rows *status, struct report *report)
{
    for (size_t i = 0; i < VARIABLE_COUNT; i++) {
        double value = mysql_rows_number(mysql_rows_pair(status, variables[i]));
        if (!isnan(value))
            report_value(report, i, NULL, value);
    }
}

static void report_sources(const struct mysql_sources *sources, struct report *report)
{
    for (size_t i = 0; i < sources->count; i++) {
        const struct mysql_source *source = &sources->items[i];
        const char *instance = *source->name ? source->name : NULL;
        report_value(report, LAG, instance, source->lag);
        report_value(report, IO_RUNNING, instance, source->io_runs);
        report_value(report, SQL_RUNNING, instance, source->sql_runs);
    }
}

/* A user that may not ask for replication still gets the rest. */
static enum source_end collect(struct mysql_link *link, struct run *run, struct report *report,
                               struct error *error)
{
    struct mysql_rows status, limit;
    struct mysql_sources sources;
    report_value(report, CONNECT_TIME, NULL, number_round(mysql_link_seconds(link), 6));
    enum source_end end =
        mysql_link_ask(link, "SHOW GLOBAL STATUS", run->deadline, run->arena, &status, error);
    if (end != SOURCE_READ)
        return end;
    report_status(&status, report);
    end = mysql_link_ask(link, "SELECT @@GLOBAL.max_connections", run->deadline, run->arena, &limit, error);
    if (end != SOURCE_READ)
        return end;
    if (limit.count > 0)
        report_value(report, MAX_CONNECTIONS, NULL, mysql_rows_number(mysql_rows_cell(&limit, 0, 0)));
    end = mysql_replica_read(link, run->deadline, run->arena, &sources, error);
    if (end == SOURCE_UNREADABLE && mysql_link_code(link) == MYSQL_LINK_PRIVILEGE)
        return SOURCE_READ;
    if (end == SOURCE_READ)
        report_sources(&sources, report);
    return end;
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct mysql_link *link;
    struct error error;
    int64_t limit = run_remaining(run);
    enum source_end end = mysql_options_open(&args->server, run, &link, &error);
    if (end == SOURCE_READ) {
        end = collect(link, run, report, &error);
        mysql_link_close(link);
    }
    return end == SOURCE_READ || source_failed(report, end, &error, limit);
}

const struct check collect_mysql = {
    .name = "mysql",
    .title = "MYSQL",
    .summary = "the numbers of a MySQL or MariaDB server",
    .notes = "The instances of lag, io_running and sql_running are the names of connections or channels; the "
             "default one has none. They are left out for a user who may not ask for replication.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
    .collects = true,
};

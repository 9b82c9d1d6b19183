/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every number of HAProxy's statistics. */
#include "collectors/haproxy_options.h"

#include <math.h>

struct args {
    struct haproxy_options source;
};

static const struct option_row options[] = {HAPROXY_OPTIONS(struct args, source), {0}};

#define GAUGE(number, name_, help_, unit_) [HAPROXY_##number] = {name_, help_, unit_, .graph = (name_)}
#define TOTAL(number, name_, help_, unit_)                                                                   \
    [HAPROXY_##number] = {name_, help_, unit_, METRIC_DERIVE, .has_min = true, .graph = (name_)}

/* One row for each column: the index is the column's number. */
static const struct metric_row metrics[] = {
    GAUGE(QCUR, "qcur", "requests in the queue", ""),
    GAUGE(QMAX, "qmax", "most requests in the queue so far", ""),
    GAUGE(SCUR, "scur", "sessions in use", ""),
    GAUGE(SMAX, "smax", "most sessions in use so far", ""),
    GAUGE(SLIM, "slim", "limit of sessions", ""),
    TOTAL(STOT, "stot", "sessions", ""),
    TOTAL(BIN, "bin", "bytes received", "B"),
    TOTAL(BOUT, "bout", "bytes sent", "B"),
    TOTAL(DREQ, "dreq", "requests denied", ""),
    TOTAL(DRESP, "dresp", "answers denied", ""),
    TOTAL(EREQ, "ereq", "requests at fault", ""),
    TOTAL(ECON, "econ", "connections to a server that failed", ""),
    TOTAL(ERESP, "eresp", "answers at fault", ""),
    TOTAL(WRETR, "wretr", "connections tried again", ""),
    TOTAL(WREDIS, "wredis", "requests sent to another server", ""),
    GAUGE(WEIGHT, "weight", "weight", ""),
    GAUGE(ACT, "act", "active servers", ""),
    GAUGE(BCK, "bck", "backup servers", ""),
    TOTAL(CHKFAIL, "chkfail", "health checks that failed", ""),
    TOTAL(CHKDOWN, "chkdown", "times it went down", ""),
    GAUGE(LASTCHG, "lastchg", "time since the state changed", "s"),
    GAUGE(DOWNTIME, "downtime", "time spent down", "s"),
    GAUGE(QLIMIT, "qlimit", "limit of the queue", ""),
    GAUGE(PID, "pid", "process", ""),
    GAUGE(IID, "iid", "number of the proxy", ""),
    GAUGE(SID, "sid", "number of the server", ""),
    GAUGE(THROTTLE, "throttle", "slow start", "%"),
    TOTAL(LBTOT, "lbtot", "times it was chosen", ""),
    GAUGE(TYPE, "type", "0 frontend, 1 backend, 2 server, 3 listener", ""),
    GAUGE(RATE, "rate", "sessions in the last second", ""),
    GAUGE(RATE_LIM, "rate_lim", "limit of sessions per second", ""),
    GAUGE(RATE_MAX, "rate_max", "most sessions per second so far", ""),
    GAUGE(CHECK_CODE, "check_code", "code of the last health check", ""),
    GAUGE(CHECK_DURATION, "check_duration", "time of the last health check", "ms"),
    TOTAL(HRSP_1XX, "hrsp_1xx", "1xx answers", ""),
    TOTAL(HRSP_2XX, "hrsp_2xx", "2xx answers", ""),
    TOTAL(HRSP_3XX, "hrsp_3xx", "3xx answers", ""),
    TOTAL(HRSP_4XX, "hrsp_4xx", "4xx answers", ""),
    TOTAL(HRSP_5XX, "hrsp_5xx", "5xx answers", ""),
    TOTAL(HRSP_OTHER, "hrsp_other", "answers with another status", ""),
    TOTAL(HANAFAIL, "hanafail", "failures that the observed traffic showed", ""),
    GAUGE(REQ_RATE, "req_rate", "requests in the last second", ""),
    GAUGE(REQ_RATE_MAX, "req_rate_max", "most requests per second so far", ""),
    TOTAL(REQ_TOT, "req_tot", "requests", ""),
    TOTAL(CLI_ABRT, "cli_abrt", "transfers that the client broke off", ""),
    TOTAL(SRV_ABRT, "srv_abrt", "transfers that the server broke off", ""),
    TOTAL(COMP_IN, "comp_in", "bytes given to compression", "B"),
    TOTAL(COMP_OUT, "comp_out", "bytes that compression made", "B"),
    TOTAL(COMP_BYP, "comp_byp", "bytes that compression left alone", "B"),
    TOTAL(COMP_RSP, "comp_rsp", "answers compressed", ""),
    GAUGE(LASTSESS, "lastsess", "time since the last session, -1 for never", "s"),
    GAUGE(QTIME, "qtime", "time in the queue, on average", "ms"),
    GAUGE(CTIME, "ctime", "time to connect, on average", "ms"),
    GAUGE(RTIME, "rtime", "time to answer, on average", "ms"),
    GAUGE(TTIME, "ttime", "time of a session, on average", "ms"),
    GAUGE(AGENT_DURATION, "agent_duration", "time of the last agent check", "ms"),
    GAUGE(CONN_RATE, "conn_rate", "connections in the last second", ""),
    TOTAL(CONN_TOT, "conn_tot", "connections", ""),
    TOTAL(DCON, "dcon", "connections denied", ""),
    TOTAL(DSES, "dses", "sessions denied", ""),
    TOTAL(WREW, "wrew", "headers that could not be rewritten", ""),
    TOTAL(CONNECT, "connect", "connections made to servers", ""),
    TOTAL(REUSE, "reuse", "connections used again", ""),
    TOTAL(CACHE_LOOKUPS, "cache_lookups", "lookups in the cache", ""),
    TOTAL(CACHE_HITS, "cache_hits", "hits in the cache", ""),
    TOTAL(EINT, "eint", "internal errors", ""),
    {0},
};

static bool validate(const void *arguments, const struct run *run, struct error *error)
{
    const struct args *args = arguments;
    (void)run;
    return haproxy_options_check(&args->source, error);
}

static bool has_frontend(const struct haproxy_table *table, const struct haproxy_row *backend)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].type == HAPROXY_FRONTEND &&
            strcmp(table->rows[i].instance, backend->instance) == 0)
            return true;
    return false;
}

/* The proxy's own name is for what clients see of it: its frontend, or the backend where there is none. */
static const char *instance_of(const struct haproxy_table *table, const struct haproxy_row *row,
                               struct arena *arena)
{
    if (row->type == HAPROXY_FRONTEND || (row->type == HAPROXY_BACKEND && !has_frontend(table, row)))
        return row->instance;
    return arena_format(arena, "%s/%s", row->instance, row->server);
}

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    struct haproxy_table table;
    double seconds;
    if (!haproxy_options_read(&args->source, run, report, &table, &seconds))
        return false;
    for (size_t i = 0; i < table.count; i++) {
        const struct haproxy_row *row = &table.rows[i];
        const char *instance = instance_of(&table, row, run->arena);
        for (size_t number = 0; number < HAPROXY_NUMBER_COUNT; number++)
            if (!isnan(row->numbers[number]))
                report_value(report, number, instance, row->numbers[number]);
    }
    return true;
}

const struct check collect_haproxy = {
    .name = "haproxy",
    .title = "HAPROXY",
    .summary = "every number of HAProxy's statistics",
    .notes =
        "The instances are PROXY (the frontend, or the backend where there is none), PROXY/BACKEND beside a "
        "frontend of the same name, and PROXY/SERVER.",
    .options = options,
    .metrics = metrics,
    .args_size = sizeof(struct args),
    .measure = measure,
    .validate = validate,
    .collects = true,
};

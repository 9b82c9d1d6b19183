/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HAProxy's statistics: the CSV of its stats page or of `show stat` on its admin socket, of any version.
 * Columns are found by name; what a version does not have is NaN or NULL. */
#ifndef WATCHBILL_COLLECTORS_HAPROXY_H
#define WATCHBILL_COLLECTORS_HAPROXY_H

#include "collectors/source.h"
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>
#include <stdint.h>

enum haproxy_type { HAPROXY_FRONTEND, HAPROXY_BACKEND, HAPROXY_SERVER, HAPROXY_LISTENER };

/* By the first word of the column "status", in any case. */
enum haproxy_status {
    HAPROXY_OTHER,
    HAPROXY_UP,       /* also "UP 1/2": usable, on its way down */
    HAPROXY_DOWN,     /* also "DOWN 1/2", "DOWN (agent)" */
    HAPROXY_NOLB,     /* alive, takes no new load */
    HAPROXY_DRAIN,    /* likewise, by an operator or the agent */
    HAPROXY_MAINT,    /* taken out: neither up nor a failure */
    HAPROXY_NO_CHECK, /* usable, never asked */
    HAPROXY_OPEN,     /* frontends and listeners from here on */
    HAPROXY_WAITING,
    HAPROXY_FULL,
    HAPROXY_PAUSED,
    HAPROXY_STOP,
};

/* The columns that hold numbers. (Their names are strings: one of them is a call that the project bans.) */
/* clang-format off */
#define HAPROXY_NUMBERS(X) \
    X(QCUR, "qcur") X(QMAX, "qmax") X(SCUR, "scur") X(SMAX, "smax") X(SLIM, "slim") X(STOT, "stot") \
    X(BIN, "bin") X(BOUT, "bout") X(DREQ, "dreq") X(DRESP, "dresp") X(EREQ, "ereq") X(ECON, "econ") \
    X(ERESP, "eresp") X(WRETR, "wretr") X(WREDIS, "wredis") X(WEIGHT, "weight") X(ACT, "act") \
    X(BCK, "bck") X(CHKFAIL, "chkfail") X(CHKDOWN, "chkdown") X(LASTCHG, "lastchg") \
    X(DOWNTIME, "downtime") X(QLIMIT, "qlimit") X(PID, "pid") X(IID, "iid") X(SID, "sid") \
    X(THROTTLE, "throttle") X(LBTOT, "lbtot") X(TYPE, "type") X(RATE, "rate") X(RATE_LIM, "rate_lim") \
    X(RATE_MAX, "rate_max") X(CHECK_CODE, "check_code") X(CHECK_DURATION, "check_duration") \
    X(HRSP_1XX, "hrsp_1xx") X(HRSP_2XX, "hrsp_2xx") X(HRSP_3XX, "hrsp_3xx") X(HRSP_4XX, "hrsp_4xx") \
    X(HRSP_5XX, "hrsp_5xx") X(HRSP_OTHER, "hrsp_other") X(HANAFAIL, "hanafail") X(REQ_RATE, "req_rate") \
    X(REQ_RATE_MAX, "req_rate_max") X(REQ_TOT, "req_tot") X(CLI_ABRT, "cli_abrt") X(SRV_ABRT, "srv_abrt") \
    X(COMP_IN, "comp_in") X(COMP_OUT, "comp_out") X(COMP_BYP, "comp_byp") X(COMP_RSP, "comp_rsp") \
    X(LASTSESS, "lastsess") X(QTIME, "qtime") X(CTIME, "ctime") X(RTIME, "rtime") X(TTIME, "ttime") \
    X(AGENT_DURATION, "agent_duration") X(CONN_RATE, "conn_rate") X(CONN_TOT, "conn_tot") X(DCON, "dcon") \
    X(DSES, "dses") X(WREW, "wrew") X(CONNECT, "connect") X(REUSE, "reuse") \
    X(CACHE_LOOKUPS, "cache_lookups") X(CACHE_HITS, "cache_hits") X(EINT, "eint")
/* clang-format on */

enum haproxy_number {
#define MEMBER(upper, name) HAPROXY_##upper,
    HAPROXY_NUMBERS(MEMBER)
#undef MEMBER
        HAPROXY_NUMBER_COUNT
};

struct haproxy_row {
    enum haproxy_type type;
    enum haproxy_status status;
    const char *proxy;        /* pxname */
    const char *server;       /* svname: "FRONTEND", "BACKEND" or a name */
    const char *status_text;  /* as written: "UP 1/2", "MAINT (via px/sv)" */
    const char *check_status; /* "L4CON", without the "* " of a check under way; "" when there is none */
    const char *instance; /* the proxy, unique within the table: "web", or "web#2" for process 2 of several */
    double numbers[HAPROXY_NUMBER_COUNT];
};

struct haproxy_table {
    struct haproxy_row *rows;
    size_t count;
    size_t line; /* of the header */
};

/* haproxy_parse(bytes, length, arena, table, error): read a whole export; rows live in ${arena}. Refused,
 * with the line at fault: an empty or binary text, a page of HTML, a header without the columns that every
 * version has, a row with more or fewer fields than the header, a last line or a last proxy that is cut off.
 */
bool haproxy_parse(const char *bytes, size_t length, struct arena *arena, struct haproxy_table *table,
                   struct error *error);

/* haproxy_is_usable(row): whether a server takes traffic: UP in any form, or without checks. */
bool haproxy_is_usable(const struct haproxy_row *row);

/* haproxy_is_backup(row): a server that waits for the active ones to fail. */
bool haproxy_is_backup(const struct haproxy_row *row);

/* Where the table is read from; exactly one of url, socket and file is given. */
struct haproxy_source {
    const char *url, *user, *password;
    const char *ca_file;
    bool insecure;
    int family;
    const char *socket; /* the admin socket: `show stat` is asked there */
    const char *file;
    int64_t deadline; /* CLOCK_MONOTONIC, milliseconds */
};

/* haproxy_fetch(source, arena, text, where, error): add the export as it stands there to ${text}; ${*where} is
 * what a sentence about it names. Also when the reading ends in a failure ${text} may hold a part of it. */
enum source_end haproxy_fetch(const struct haproxy_source *source, struct arena *arena, struct text *text,
                              const char **where, struct error *error);

/* haproxy_read(source, arena, table, seconds, error): fetch and parse; ${*seconds} is how long fetching took.
 */
enum source_end haproxy_read(const struct haproxy_source *source, struct arena *arena,
                             struct haproxy_table *table, double *seconds, struct error *error);

#endif

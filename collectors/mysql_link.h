/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection to a MySQL or MariaDB server: the one door to libmariadb, which is loaded on first use. Whatever is
 * asked ends at its deadline to the millisecond: the library's own limits are whole seconds for each read. */
#ifndef WATCHBILL_COLLECTORS_MYSQL_LINK_H
#define WATCHBILL_COLLECTORS_MYSQL_LINK_H

#include "collectors/mysql_rows.h"
#include "collectors/source.h"
#include "lib/arena.h"
#include "lib/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Of all rows of one answer together; beyond it the server is not believed. */
enum { MYSQL_LINK_CAP = 4 << 20 };

/* Numbers of the server's errors that callers act on. */
enum {
    MYSQL_LINK_NO_DATABASE = 1046, /* none is chosen */
    MYSQL_LINK_UNKNOWN_DATABASE = 1049,
    MYSQL_LINK_NO_COLUMN = 1054,
    MYSQL_LINK_SYNTAX = 1064,
    MYSQL_LINK_DENIED = 1142, /* this command on this table */
    MYSQL_LINK_NO_TABLE = 1146,
    MYSQL_LINK_LOCKED = 1205, /* the server itself ended a wait for a lock, by mysql_link_limit */
    MYSQL_LINK_PRIVILEGE = 1227,
    MYSQL_LINK_NO_DEFAULT = 1364,     /* of a column that was not given */
    MYSQL_LINK_STATEMENT_TIME = 1969, /* the server itself ended a statement, by mysql_link_limit */
};

/* Who is asked. Zero and NULL are the defaults. */
struct mysql_target {
    const char *host;   /* always over TCP, "localhost" too */
    int64_t port;       /* 0: 3306 */
    const char *socket; /* a UNIX socket instead of host and port; without either, that of Debian's package */
    const char *user, *password, *database;
    bool tls; /* a server without TLS is refused, and its certificate and name are verified unless insecure */
    bool insecure;
    const char *ca_file; /* trusted certificates; NULL: the system's */
    int family;          /* AF_UNSPEC, AF_INET or AF_INET6 */
    int64_t deadline;    /* CLOCK_MONOTONIC, milliseconds */
};

struct mysql_link;

/* mysql_link_prepare(error): load and initialise libmariadb now, so that children forked later have it. */
bool mysql_link_prepare(struct error *error);

/* mysql_link_open(target, link, error): connect and sign in. SOURCE_FAULT also for "Access denied" and for too many
 * connections: nobody else could sign in either. The sentence names the address, never the password. Files of
 * LOAD DATA LOCAL are never given to a server. Ends with mysql_link_close, when SOURCE_READ. */
enum source_end mysql_link_open(const struct mysql_target *target, struct mysql_link **link,
                                struct error *error);
void mysql_link_close(struct mysql_link *link);

/* mysql_link_limit(link, limit, read_only, error): let the server itself end statements and lock waits after ${limit}
 * milliseconds, so that none goes on after we have left; ${read_only}: and refuse to change data. */
enum source_end mysql_link_limit(struct mysql_link *link, int64_t limit, bool read_only, struct error *error);

/* mysql_link_ask(link, sql, deadline, arena, rows, error): one statement; ${rows} (NULL: none are wanted) lives in
 * ${arena}. SOURCE_UNREADABLE when the server refuses: mysql_link_code tells why; SOURCE_FAULT when the connection
 * broke. After anything but SOURCE_READ and a refusal the connection is of no more use. */
enum source_end mysql_link_ask(struct mysql_link *link, const char *sql, int64_t deadline,
                               struct arena *arena, struct mysql_rows *rows, struct error *error);

/* mysql_link_code(link): the number of the last error; 0: none. */
unsigned mysql_link_code(const struct mysql_link *link);

/* mysql_link_version(link): what the server calls itself: "10.11.14-MariaDB-0+deb12u2-log". */
const char *mysql_link_version(const struct mysql_link *link);

/* mysql_link_seconds(link): how long it took to connect and to sign in. */
double mysql_link_seconds(const struct mysql_link *link);

/* mysql_link_place(link): "127.0.0.1:3306" or the socket, for texts. */
const char *mysql_link_place(const struct mysql_link *link);

#endif

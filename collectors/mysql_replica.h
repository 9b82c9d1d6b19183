/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sources that a MySQL or MariaDB server replicates from. */
#ifndef WATCHBILL_COLLECTORS_MYSQL_REPLICA_H
#define WATCHBILL_COLLECTORS_MYSQL_REPLICA_H

#include "collectors/mysql_link.h"
#include "lib/text.h"

struct mysql_source {
    const char *name;       /* of the connection or channel; "" for the default one */
    const char *host;       /* "db1.example.org:3306"; "" when the server does not tell */
    const char *io, *sql;   /* as written: "Yes", "No", "Connecting" ... */
    bool io_runs, sql_runs; /* exactly "Yes" */
    double server;          /* the number of the server that it reads from; NaN: not told, or never reached */
    double lag;             /* seconds; NaN for NULL */
    double io_code, sql_code; /* numbers of the last errors; 0: none */
    const char *io_error, *sql_error;
};

struct mysql_sources {
    struct mysql_source *items;
    size_t count;
};

/* mysql_replica_parse(rows, arena, sources, error): rows of SHOW SLAVE STATUS in any of its forms and ages, columns
 * found by name in any case. false: a column that every form has is missing, and is named. */
bool mysql_replica_parse(const struct mysql_rows *rows, struct arena *arena, struct mysql_sources *sources,
                         struct error *error);

/* mysql_replica_read(link, deadline, arena, sources, error): ask in the form that the server understands: SHOW ALL
 * SLAVES STATUS (MariaDB: every source), SHOW SLAVE STATUS (MySQL up to 8.3: one row for each channel), SHOW
 * REPLICA STATUS (MySQL from 8.0.22). A missing privilege is SOURCE_UNREADABLE with the GRANT that is needed. */
enum source_end mysql_replica_read(struct mysql_link *link, int64_t deadline, struct arena *arena,
                                   struct mysql_sources *sources, struct error *error);

/* mysql_replica_fault(source, text): add what keeps it from replicating: "IO thread is Connecting: ..."; adds nothing
 * when both threads run. */
void mysql_replica_fault(const struct mysql_source *source, struct text *text);

#endif

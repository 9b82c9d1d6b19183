/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mysql_replica.h"

#include <math.h>

enum column {
    IO,
    SQL,
    LAG,
    NAME,
    HOST,
    PORT,
    SERVER,
    IO_CODE,
    SQL_CODE,
    IO_ERROR,
    SQL_ERROR,
    COLUMNS,
};

/* MariaDB keeps the first name of each, whatever the statement; MySQL's newer statement has the second. */
static const struct {
    const char *names[2];
    bool required;
} columns[COLUMNS] = {
    [IO] = {{"Slave_IO_Running", "Replica_IO_Running"}, true},
    [SQL] = {{"Slave_SQL_Running", "Replica_SQL_Running"}, true},
    [LAG] = {{"Seconds_Behind_Master", "Seconds_Behind_Source"}, true},
    [NAME] = {{"Connection_name", "Channel_Name"}, false},
    [HOST] = {{"Master_Host", "Source_Host"}, false},
    [PORT] = {{"Master_Port", "Source_Port"}, false},
    [SERVER] = {{"Master_Server_Id", "Source_Server_Id"}, false},
    [IO_CODE] = {{"Last_IO_Errno", NULL}, false},
    [SQL_CODE] = {{"Last_SQL_Errno", NULL}, false},
    [IO_ERROR] = {{"Last_IO_Error", NULL}, false},
    [SQL_ERROR] = {{"Last_SQL_Error", NULL}, false},
};

static bool find_columns(const struct mysql_rows *rows, ptrdiff_t *found, struct error *error)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        found[i] = mysql_rows_column(rows, columns[i].names[0]);
        if (found[i] == MYSQL_ROWS_NONE && columns[i].names[1])
            found[i] = mysql_rows_column(rows, columns[i].names[1]);
        if (found[i] == MYSQL_ROWS_NONE && columns[i].required)
            return error_set(error, "the state of the replication lacks the column \"%s\"",
                             columns[i].names[0]);
    }
    return true;
}

static const char *text_of(const struct mysql_rows *rows, size_t row, ptrdiff_t column)
{
    const char *cell = column == MYSQL_ROWS_NONE ? NULL : mysql_rows_cell(rows, row, (size_t)column);
    return cell ? cell : "";
}

static double code_of(const struct mysql_rows *rows, size_t row, ptrdiff_t column)
{
    double code = mysql_rows_number(text_of(rows, row, column));
    return isnan(code) ? 0 : code;
}

static struct mysql_source read_source(const struct mysql_rows *rows, size_t row, const ptrdiff_t *at,
                                       struct arena *arena)
{
    const char *host = text_of(rows, row, at[HOST]);
    const char *port = text_of(rows, row, at[PORT]);
    struct mysql_source source = {
        .name = text_of(rows, row, at[NAME]),
        .host = *host && *port ? arena_format(arena, "%s:%s", host, port) : host,
        .io = text_of(rows, row, at[IO]),
        .sql = text_of(rows, row, at[SQL]),
        .server = mysql_rows_number(text_of(rows, row, at[SERVER])),
        .lag = mysql_rows_number(mysql_rows_cell(rows, row, (size_t)at[LAG])),
        .io_code = code_of(rows, row, at[IO_CODE]),
        .sql_code = code_of(rows, row, at[SQL_CODE]),
        .io_error = text_of(rows, row, at[IO_ERROR]),
        .sql_error = text_of(rows, row, at[SQL_ERROR]),
    };
    source.io_runs = strcmp(source.io, "Yes") == 0;
    source.sql_runs = strcmp(source.sql, "Yes") == 0;
    return source;
}

bool mysql_replica_parse(const struct mysql_rows *rows, struct arena *arena, struct mysql_sources *sources,
                         struct error *error)
{
    ptrdiff_t found[COLUMNS] = {0};
    *sources = (struct mysql_sources){0};
    if (rows->count == 0)
        return true;
    if (!find_columns(rows, found, error))
        return false;
    sources->items = arena_get(arena, rows->count, sizeof *sources->items);
    for (size_t i = 0; i < rows->count; i++)
        sources->items[sources->count++] = read_source(rows, i, found, arena);
    return true;
}

enum source_end mysql_replica_read(struct mysql_link *link, int64_t deadline, struct arena *arena,
                                   struct mysql_sources *sources, struct error *error)
{
    static const char *const statements[] = {"SHOW ALL SLAVES STATUS", "SHOW SLAVE STATUS",
                                             "SHOW REPLICA STATUS"};
    struct mysql_rows rows;
    enum source_end end = SOURCE_UNREADABLE;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        end = mysql_link_ask(link, statements[i], deadline, arena, &rows, error);
        if (end == SOURCE_READ || mysql_link_code(link) != MYSQL_LINK_SYNTAX)
            break;
    }
    if (end == SOURCE_READ && !mysql_replica_parse(&rows, arena, sources, error))
        end = SOURCE_UNREADABLE;
    if (end == SOURCE_UNREADABLE && mysql_link_code(link) == MYSQL_LINK_PRIVILEGE)
        (void)error_set(
            error,
            "no privilege to ask for the replication of \"%s\": it takes GRANT SLAVE MONITOR ON *.* "
            "(MariaDB) or GRANT REPLICATION CLIENT ON *.* (MySQL)",
            mysql_link_place(link));
    return end;
}

enum { SHOWN_REASON = 240 };

static void add_thread(struct text *text, const char *thread, const char *state, double code, const char *why)
{
    text_format(text, "%s%s thread is \"%s\"", text->length ? ", " : "", thread, state);
    if (code > 0)
        text_format(text, ": error %.0f", code);
    if (*why)
        text_format(text, ": %.*s", SHOWN_REASON, why); /* a whole statement may stand in it */
}

void mysql_replica_fault(const struct mysql_source *source, struct text *text)
{
    if (!source->io_runs)
        add_thread(text, "IO", source->io, source->io_code, source->io_error);
    if (!source->sql_runs)
        add_thread(text, "SQL", source->sql, source->sql_code, source->sql_error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mysql_probe.h"

#include "lib/text.h"

#include <math.h>

bool mysql_probe_number(const struct mysql_rows *rows, size_t column, double *value, struct error *error)
{
    if (rows->count == 0)
        return error_set(error, "the query gives no row");
    if (rows->count > 1)
        return error_set(error, "the query gives %zu rows instead of one", rows->count);
    if (column >= rows->columns)
        return error_set(error, "the query gives %zu columns", rows->columns);
    const char *cell = mysql_rows_cell(rows, 0, column);
    if (!cell)
        return error_set(error, "the query gives NULL");
    *value = mysql_rows_number(cell);
    return !isnan(*value) || error_set(error, "the query gives no number: \"%.60s\"", cell);
}

enum { NAME_LIMIT = 64 };

static bool is_name(const char *name, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";
    return length > 0 && length <= NAME_LIMIT && strspn(name, allowed) >= length;
}

bool mysql_probe_is_table(const char *name)
{
    const char *dot = strchr(name, '.');
    if (!dot)
        return is_name(name, strlen(name));
    return is_name(name, (size_t)(dot - name)) && is_name(dot + 1, strlen(dot + 1));
}

/* `DATABASE`.`TABLE` */
static void add_table(struct text *sql, const char *table)
{
    text_add_char(sql, '`');
    for (const char *at = table; *at; at++)
        text_add(sql, *at == '.' ? "`.`" : (const char[]){*at, '\0'});
    text_add_char(sql, '`');
}

/* What we lack is no fault of the server; whatever else keeps it from writing is. */
static enum source_end explain(const struct mysql_link *link, const char *table, struct error *error)
{
    switch (mysql_link_code(link)) {
    case MYSQL_LINK_DENIED:
        (void)error_set(
            error, "no privilege to write to \"%s\" of \"%s\": it takes GRANT INSERT, DELETE ON this table",
            table, mysql_link_place(link));
        return SOURCE_UNREADABLE;
    case MYSQL_LINK_NO_TABLE:
        (void)error_set(error,
                        "no table \"%s\" at \"%s\": it takes CREATE TABLE %s (id INT PRIMARY KEY, written "
                        "DATETIME NOT NULL)",
                        table, mysql_link_place(link), table);
        return SOURCE_UNREADABLE;
    case MYSQL_LINK_LOCKED:
    case MYSQL_LINK_STATEMENT_TIME:
        return SOURCE_TIMEOUT;
    case MYSQL_LINK_SYNTAX:
    case MYSQL_LINK_NO_DATABASE:
    case MYSQL_LINK_UNKNOWN_DATABASE:
    case MYSQL_LINK_NO_COLUMN:
    case MYSQL_LINK_NO_DEFAULT:
        return SOURCE_UNREADABLE;
    default:
        return SOURCE_FAULT;
    }
}

enum source_end mysql_probe_write(struct mysql_link *link, const char *table, int64_t deadline,
                                  struct error *error)
{
    struct text replace = TEXT_INIT;
    text_add(&replace, "REPLACE INTO ");
    add_table(&replace, table);
    text_add(&replace, " (id, written) VALUES (1, NOW())");
    const char *const statements[] = {"START TRANSACTION", replace.bytes, "COMMIT"};
    enum source_end end = SOURCE_READ;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && end == SOURCE_READ; i++)
        end = mysql_link_ask(link, statements[i], deadline, NULL, NULL, error);
    if (end == SOURCE_UNREADABLE)
        end = explain(link, table, error);
    text_release(&replace);
    return end;
}

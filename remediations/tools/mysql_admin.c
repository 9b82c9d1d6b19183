/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/mysql_admin.h"

#include "lib/process.h"

#include <stdarg.h>

enum { NAME_BYTES = 64 };

bool mysql_admin_check(const struct mysql_options *options, const struct act_place *place,
                       struct error *error)
{
    const struct run run = {.host = place->host, .port = place->port};
    return mysql_options_check(options, &run, error);
}

bool mysql_admin_check_name(const char *name, struct error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    if (strlen(name) > NAME_BYTES || strspn(name, allowed) != strlen(name))
        return error_set(error, "not a connection's name of letters, digits and _.:- : \"%.200s\"", name);
    return true;
}

bool mysql_admin_limit(struct mysql_link *link, const struct act_run *run, struct error *error)
{
    const struct run as_run = act_as_run(run, NULL);
    return mysql_link_limit(link, run_remaining(&as_run), false, error) == SOURCE_READ;
}

bool mysql_admin_open(const struct mysql_options *options, const struct act_place *place,
                      const struct act_run *run, struct mysql_link **link, struct error *error)
{
    struct run as_run = act_as_run(run, place);
    enum source_end end = mysql_options_open(options, &as_run, link, error);
    if (end == SOURCE_READ)
        end = mysql_link_limit(*link, run_remaining(&as_run), false, error);
    if (end == SOURCE_READ)
        return true;
    mysql_link_close(*link);
    *link = NULL;
    return end == SOURCE_TIMEOUT ? error_prefix(error, "the time is over") : false;
}

bool mysql_admin_is_mariadb(const struct mysql_link *link, struct error *error)
{
    if (!strstr(mysql_link_version(link), "MariaDB"))
        return error_set(error, "\"%s\" is no MariaDB but \"%.60s\", whose replication has other words",
                         mysql_link_place(link), mysql_link_version(link));
    return true;
}

static bool ask(struct mysql_link *link, const struct act_run *run, const char *sql, struct mysql_rows *rows,
                struct error *error)
{
    enum source_end end = mysql_link_ask(link, sql, run->deadline, run->arena, rows, error);
    if (end == SOURCE_TIMEOUT)
        (void)error_prefix(error, "the time is over");
    return end == SOURCE_READ;
}

bool mysql_admin_do(struct mysql_link *link, const struct act_run *run, struct error *error,
                    const char *format, ...)
{
    struct text sql = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&sql, format, arguments);
    va_end(arguments);
    bool ok = ask(link, run, sql.bytes, NULL, error);
    text_release(&sql);
    return ok;
}

const char *mysql_admin_value(struct mysql_link *link, const struct act_run *run, const char *sql,
                              struct error *error)
{
    struct mysql_rows rows;
    if (!ask(link, run, sql, &rows, error))
        return NULL;
    if (rows.count == 0 || rows.columns == 0) {
        error_set(error, "\"%s\" gives no answer to: %s", mysql_link_place(link), sql);
        return NULL;
    }
    const char *cell = mysql_rows_cell(&rows, 0, 0);
    return cell ? cell : "";
}

bool mysql_admin_status(struct mysql_link *link, const struct act_run *run, struct mysql_standing *standing,
                        struct error *error)
{
    if (!ask(link, run, "SHOW ALL SLAVES STATUS", &standing->rows, error))
        return false;
    return mysql_replica_parse(&standing->rows, run->arena, &standing->sources, error) ||
           error_prefix(error, "\"%s\"", mysql_link_place(link));
}

const char *mysql_admin_cell(const struct mysql_standing *standing, size_t source, const char *column)
{
    ptrdiff_t at = mysql_rows_column(&standing->rows, column);
    const char *cell = at == MYSQL_ROWS_NONE ? NULL : mysql_rows_cell(&standing->rows, source, (size_t)at);
    return cell ? cell : "";
}

static void add_rows(struct text *text, const char *sql, const struct mysql_rows *rows)
{
    text_format(text, "%s: %zu rows\n", sql, rows->count);
    for (size_t row = 0; row < rows->count; row++) {
        for (size_t column = 0; column < rows->columns; column++) {
            const char *cell = mysql_rows_cell(rows, row, column);
            text_format(text, "  %s: %s\n", rows->names[column], cell ? cell : "NULL");
        }
        text_add_char(text, '\n');
    }
}

/* The text of statements is left out: it may hold what belongs in no file. */
bool mysql_admin_diagnose(struct mysql_link *link, const struct act_run *run, const char *name,
                          struct bundle *bundle, struct error *error)
{
    static const char *const questions[] = {
        "SHOW ALL SLAVES STATUS",
        "SHOW MASTER STATUS",
        "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_id', 'hostname', 'version', 'read_only', "
        "'gtid_binlog_pos', 'gtid_slave_pos', 'gtid_current_pos', 'log_slave_updates', "
        "'sql_slave_skip_counter')",
        "SELECT ID, USER, HOST, DB, COMMAND, TIME, STATE FROM information_schema.PROCESSLIST LIMIT 500",
    };
    struct text text = TEXT_INIT;
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof questions / sizeof questions[0]; i++) {
        struct mysql_rows rows;
        ok = ask(link, run, questions[i], &rows, error);
        if (ok)
            add_rows(&text, questions[i], &rows);
    }
    ok = ok && bundle_add_text(bundle, name, text.bytes, text.length);
    text_release(&text);
    return ok;
}

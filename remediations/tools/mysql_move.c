/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remediations/tools/mysql_move.h"

#include "collectors/mysql_place.h"
#include "lib/number.h"

#define POSITION_MARKS "0123456789-,"

enum { APPLY_MS = 100 };

bool mysql_move_is_word(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < ' ' || *at == 0x7f || strchr("'\"\\`", *at))
            return false;
    return true;
}

bool mysql_move_place(const char *text, struct arena *arena, struct act_place *place, struct error *error)
{
    return mysql_place_read(text, arena, &place->host, &place->port, error);
}

bool mysql_move_follows(const struct mysql_standing *standing, const struct act_place *place)
{
    int64_t port = 0;
    return standing->sources.count == 1 &&
           strcmp(mysql_admin_cell(standing, 0, "Master_Host"), place->host) == 0 &&
           number_read_whole(mysql_admin_cell(standing, 0, "Master_Port"), 1, 65535, &port) &&
           port == place->port;
}

const char *mysql_move_position(struct mysql_link *link, const struct act_run *run, struct error *error)
{
    const char *position = mysql_admin_value(link, run, "SELECT @@GLOBAL.gtid_binlog_pos", error);
    if (position && strspn(position, POSITION_MARKS) != strlen(position)) {
        error_set(error, "\"%s\" tells no position: \"%.60s\"", mysql_link_place(link), position);
        return NULL;
    }
    return position;
}

bool mysql_move_await(struct mysql_link *link, const struct act_run *run, const char *position,
                      int64_t milliseconds, struct error *error)
{
    const char *sql = arena_format(run->arena, "SELECT MASTER_GTID_WAIT('%s', %.3f)", position,
                                   (double)milliseconds / 1000);
    const char *answer = mysql_admin_value(link, run, sql, error);
    if (answer && strcmp(answer, "0") != 0)
        return error_set(error, "\"%s\" has not applied all up to %.100s", mysql_link_place(link), position);
    return answer != NULL;
}

/* The position in the source's file moves on with each part of a transaction, the global id only at its end. */
bool mysql_move_has_applied(struct mysql_link *link, const struct act_run *run,
                            const struct mysql_standing *standing)
{
    struct error unused;
    const char *whole = mysql_admin_cell(standing, 0, "Gtid_IO_Pos");
    return mysql_rows_column(&standing->rows, "Gtid_IO_Pos") != MYSQL_ROWS_NONE &&
           strspn(whole, POSITION_MARKS) == strlen(whole) &&
           mysql_move_await(link, run, whole, APPLY_MS, &unused);
}

bool mysql_move_is_read_only(struct mysql_link *link, const struct act_run *run, bool *read_only,
                             struct error *error)
{
    const char *value = mysql_admin_value(link, run, "SELECT @@GLOBAL.read_only", error);
    *read_only = value && strcmp(value, "0") != 0;
    return value != NULL;
}

bool mysql_move_set_waiting(struct mysql_link *link, const struct act_run *run, bool waiting, bool *changed,
                            struct error *error)
{
    const char *value = mysql_admin_value(link, run, "SELECT @@GLOBAL.rpl_semi_sync_master_enabled", error);
    *changed = value && (strcmp(value, "1") == 0) != waiting;
    return value &&
           (!*changed ||
            mysql_admin_do(link, run, error, "SET GLOBAL rpl_semi_sync_master_enabled = %d", (int)waiting));
}

bool mysql_move_confirms(struct mysql_link *link, const struct act_run *run)
{
    struct error unused;
    const char *value = mysql_admin_value(link, run, "SELECT @@GLOBAL.rpl_semi_sync_slave_enabled", &unused);
    return value && strcmp(value, "1") == 0;
}

bool mysql_move_has_confirmed(struct mysql_link *link, const struct act_run *run)
{
    static const char sql[] = "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
                              "WHERE VARIABLE_NAME = 'RPL_SEMI_SYNC_SLAVE_SEND_ACK'";
    struct error unused;
    int64_t count;
    const char *value = mysql_admin_value(link, run, sql, &unused);
    return value && number_read_whole(value, 1, INT64_MAX, &count);
}

/* The password stands last: of a statement that is not answered, a sentence shows the beginning. */
bool mysql_move_follow(struct mysql_link *link, const struct act_run *run, const char *name,
                       const struct act_place *source, const char *user, const char *password,
                       struct error *error)
{
    struct text sql = TEXT_INIT;
    text_format(&sql,
                "CHANGE MASTER '%s' TO MASTER_HOST = '%s', MASTER_PORT = %lld, MASTER_USE_GTID = slave_pos",
                name, source->host, (long long)source->port);
    if (user)
        text_format(&sql, ", MASTER_CONNECT_RETRY = 10, MASTER_USER = '%s', MASTER_PASSWORD = '%s'", user,
                    password ? password : "");
    bool ok = mysql_admin_do(link, run, error, "STOP SLAVE '%s'", name);
    ok = ok && mysql_admin_do(link, run, error, "%s", sql.bytes) &&
         mysql_admin_do(link, run, error, "START SLAVE '%s'", name);
    explicit_bzero(sql.bytes, sql.length);
    text_release(&sql);
    return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/journal_reader.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <sqlite3.h>

enum { ROWS_DEFAULT = 100, ROWS_MOST = 10000 };

struct journal_reader {
    sqlite3 *base;
};

/* A column called "data" holds JSON; the others are numbers and texts. */
static const char *const selects[] = {
    [QUERY_EVENTS] = "SELECT id, at, subject, name, type, severity, data FROM events",
    [QUERY_ALERTS] =
        "SELECT key AS id, at, subject, name, type, severity, data, attempts, next, result, ended,"
        " error FROM alerts",
    [QUERY_DECISIONS] =
        "SELECT id, at, subject, name, data,"
        " (SELECT result FROM alerts WHERE key = json_extract(decisions.data, '$.message_id')) AS result,"
        " (SELECT error FROM alerts WHERE key = json_extract(decisions.data, '$.message_id')) AS error"
        " FROM decisions",
};

/* What a filter may name, the condition, and the queries that know it. */
static const struct condition {
    const char *key, *sql;
    unsigned kinds; /* bits of 1 << enum query_kind */
} conditions[] = {
    {"subject", "subject = ?", 7},
    {"name", "name = ?", 7},
    {"type", "type = ?", 1 << QUERY_EVENTS | 1 << QUERY_ALERTS},
    {"since", "at >= ?", 7},
    {"problem", "json_extract(data, '$.problem') = ?", 1 << QUERY_ALERTS | 1 << QUERY_DECISIONS},
};
enum { CONDITIONS = sizeof conditions / sizeof conditions[0] };

static struct journal_reader *open_with(const char *path, int flags, struct error *error)
{
    struct journal_reader *reader = memory_get(1, sizeof *reader);
    /* The second statement fails where the file cannot be read at all. */
    if (sqlite3_open_v2(path, &reader->base, flags | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_URI, NULL) !=
            SQLITE_OK ||
        sqlite3_exec(reader->base,
                     "PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; SELECT count(*) FROM sqlite_master",
                     NULL, NULL, NULL) != SQLITE_OK) {
        error_set(error, "the journal \"%s\" cannot be read: %s", path,
                  reader->base ? sqlite3_errmsg(reader->base) : "no memory");
        journal_reader_close(reader);
        reader = NULL;
    }
    return reader;
}

struct journal_reader *journal_reader_open(const char *path, struct error *error)
{
    return open_with(path, SQLITE_OPEN_READWRITE, error);
}

/* SQLite needs to write beside a database with a log; of one that was closed cleanly there is none. */
struct journal_reader *journal_reader_open_closed(const char *path, struct error *error)
{
    struct text uri = TEXT_INIT;
    struct journal_reader *reader = open_with(path, SQLITE_OPEN_READONLY, error);
    text_add(&uri, "file:");
    for (const char *at = path; *at; at++)
        text_format(&uri, strchr("?#%", *at) ? "%%%02x" : "%c", (unsigned char)*at);
    text_add(&uri, "?immutable=1");
    if (!reader)
        reader = open_with(uri.bytes, SQLITE_OPEN_READONLY, error);
    text_release(&uri);
    return reader;
}

void journal_reader_close(struct journal_reader *reader)
{
    if (!reader)
        return;
    sqlite3_close(reader->base);
    free(reader);
}

static json_t *column(sqlite3_stmt *statement, int place)
{
    const char *text = NULL;
    switch (sqlite3_column_type(statement, place)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(statement, place));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(statement, place));
    case SQLITE_TEXT:
        text = (const char *)sqlite3_column_text(statement, place);
        break;
    default:
        break;
    }
    if (!text)
        return json_null();
    json_t *value = strcmp(sqlite3_column_name(statement, place), "data") == 0
                        ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
                        : json_string(text);
    return value ? value : json_null();
}

/* Every row as an object by the names of its columns; ${statement} is finalised. */
static json_t *rows_of(sqlite3_stmt *statement)
{
    json_t *rows = json_array();
    while (statement && sqlite3_step(statement) == SQLITE_ROW) {
        json_t *row = json_object();
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            json_object_set_new(row, sqlite3_column_name(statement, i), column(statement, i));
        json_array_append_new(rows, row);
    }
    sqlite3_finalize(statement);
    return rows;
}

static const json_t *condition_value(const struct condition *condition, enum query_kind kind,
                                     const json_t *filter)
{
    const json_t *value = condition->kinds & 1U << kind ? json_object_get(filter, condition->key) : NULL;
    return json_is_string(value) || json_is_integer(value) ? value : NULL;
}

static void bind_value(sqlite3_stmt *statement, int place, const json_t *value)
{
    if (json_is_string(value))
        sqlite3_bind_text(statement, place, json_string_value(value), -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_int64(statement, place, json_integer_value(value));
}

static int64_t limit_of(const json_t *filter)
{
    const json_t *limit = json_object_get(filter, "limit");
    int64_t rows = json_is_integer(limit) ? json_integer_value(limit) : ROWS_DEFAULT;
    return rows < 0 ? 0 : rows > ROWS_MOST ? ROWS_MOST : rows;
}

/* ---- inputs ---- */

enum { INPUT_ROWS = 2000 };

/* Where the answer begins: {part, at, id}. */
static void find_begin(struct journal_reader *reader, int64_t since, int64_t place[3])
{
    static const char *const begins[] = {
        "SELECT part, at, id FROM inputs WHERE type = 'begin' AND at <= ? ORDER BY part DESC, at DESC, id "
        "DESC"
        " LIMIT 1",
        "SELECT part, at, id FROM inputs WHERE type = 'begin' AND at > ? ORDER BY part, at, id LIMIT 1"};
    bool found = false;
    for (size_t i = 0; i < 2 && !found; i++) {
        sqlite3_stmt *statement = NULL;
        (void)sqlite3_prepare_v2(reader->base, begins[i], -1, &statement, NULL);
        sqlite3_bind_int64(statement, 1, since);
        found = statement && sqlite3_step(statement) == SQLITE_ROW;
        for (int column = 0; found && column < 3; column++)
            place[column] = sqlite3_column_int64(statement, column);
        sqlite3_finalize(statement);
    }
    if (!found)
        place[0] = INT64_MAX;
}

static json_t *inputs(struct journal_reader *reader, const json_t *filter)
{
    static const char sql[] =
        "SELECT id, part, at, type, data AS line FROM inputs WHERE (part, at, id) > (?, ?, ?)"
        " ORDER BY part, at, id LIMIT ?";
    const json_t *after = json_object_get(filter, "after");
    int64_t place[3] = {0, 0, 0};
    sqlite3_stmt *statement = NULL;
    if (json_is_array(after)) {
        for (size_t i = 0; i < 3; i++)
            place[i] = json_integer_value(json_array_get(after, i));
    } else {
        find_begin(reader, json_integer_value(json_object_get(filter, "since")), place);
        place[2]--;
    }
    (void)sqlite3_prepare_v2(reader->base, sql, -1, &statement, NULL);
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int64(statement, i + 1, place[i]);
    sqlite3_bind_int64(statement, 4, INPUT_ROWS);
    return rows_of(statement);
}

int64_t journal_reader_newest(struct journal_reader *reader, int64_t *part)
{
    static const char sql[] = "SELECT max(ifnull((SELECT at FROM inputs ORDER BY id DESC LIMIT 1), 0),"
                              " ifnull((SELECT at FROM decisions ORDER BY id DESC LIMIT 1), 0)),"
                              " ifnull((SELECT part FROM inputs ORDER BY id DESC LIMIT 1), 0)";
    sqlite3_stmt *statement = NULL;
    int64_t at = 0;
    *part = 0;
    (void)sqlite3_prepare_v2(reader->base, sql, -1, &statement, NULL);
    if (statement && sqlite3_step(statement) == SQLITE_ROW) {
        at = sqlite3_column_int64(statement, 0);
        *part = sqlite3_column_int64(statement, 1);
    }
    sqlite3_finalize(statement);
    return at;
}

json_t *journal_reader_query(struct journal_reader *reader, enum query_kind kind, const json_t *filter)
{
    if (kind == QUERY_INPUTS)
        return inputs(reader, filter);
    struct text sql = TEXT_INIT;
    const char *joint = " WHERE ";
    text_add(&sql, selects[kind]);
    for (size_t i = 0; i < CONDITIONS; i++) {
        if (!condition_value(&conditions[i], kind, filter))
            continue;
        text_format(&sql, "%s%s", joint, conditions[i].sql);
        joint = " AND ";
    }
    text_format(&sql, " ORDER BY at DESC, id DESC LIMIT %lld", (long long)limit_of(filter));
    sqlite3_stmt *statement = NULL;
    int place = 0;
    if (sqlite3_prepare_v2(reader->base, sql.bytes, -1, &statement, NULL) == SQLITE_OK)
        for (size_t i = 0; i < CONDITIONS; i++) {
            const json_t *value = condition_value(&conditions[i], kind, filter);
            if (value)
                bind_value(statement, ++place, value);
        }
    text_release(&sql);
    return rows_of(statement);
}

json_t *journal_reader_states(struct journal_reader *reader)
{
    sqlite3_stmt *statement = NULL;
    json_t *states = json_object();
    (void)sqlite3_prepare_v2(reader->base, "SELECT key, data FROM states", -1, &statement, NULL);
    while (statement && sqlite3_step(statement) == SQLITE_ROW)
        json_object_set_new(states, (const char *)sqlite3_column_text(statement, 0), column(statement, 1));
    sqlite3_finalize(statement);
    return states;
}

json_t *journal_reader_outbox(struct journal_reader *reader)
{
    struct text sql = TEXT_INIT;
    sqlite3_stmt *statement = NULL;
    text_format(&sql, "%s WHERE result IS NULL ORDER BY alerts.id", selects[QUERY_ALERTS]);
    (void)sqlite3_prepare_v2(reader->base, sql.bytes, -1, &statement, NULL);
    text_release(&sql);
    return rows_of(statement);
}

json_t *journal_reader_setting(struct journal_reader *reader, const char *name)
{
    sqlite3_stmt *statement = NULL;
    json_t *value = NULL;
    (void)sqlite3_prepare_v2(reader->base, "SELECT data FROM settings WHERE key = ?", -1, &statement, NULL);
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        value = column(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

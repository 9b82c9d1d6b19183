/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/journal_store.h"

#include "lib/memory.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

/* Step N brings a database of version N to version N + 1. A released step is never changed. */
static const char *const migrations[] = {
    "CREATE TABLE states (key TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT) WITHOUT ROWID;"
    "CREATE TABLE settings (key TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT) WITHOUT ROWID;"
    "CREATE TABLE events (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT, name TEXT, type TEXT,"
    " severity INTEGER NOT NULL, data TEXT);"
    "CREATE INDEX events_of ON events (subject, name, at);"
    "CREATE INDEX events_at ON events (at);"
    "CREATE TABLE decisions (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT, name TEXT,"
    " data TEXT);"
    "CREATE INDEX decisions_of ON decisions (subject, name, at);"
    "CREATE INDEX decisions_at ON decisions (at);"
    "CREATE TABLE alerts (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,"
    " subject TEXT, name TEXT, type TEXT, severity INTEGER NOT NULL, data TEXT,"
    " attempts INTEGER NOT NULL DEFAULT 0, next INTEGER, result TEXT, ended INTEGER, error TEXT);"
    "CREATE INDEX alerts_of ON alerts (subject, name, at);"
    "CREATE INDEX alerts_at ON alerts (at);"
    "CREATE INDEX alerts_open ON alerts (id) WHERE result IS NULL;",
    "CREATE TABLE inputs (id INTEGER PRIMARY KEY, part INTEGER NOT NULL, at INTEGER NOT NULL,"
    " type TEXT NOT NULL, data TEXT NOT NULL);"
    "CREATE INDEX inputs_order ON inputs (part, at, id);"
    "CREATE INDEX inputs_begin ON inputs (part, at) WHERE type = 'begin';",
};
enum { VERSION = sizeof migrations / sizeof migrations[0] };

/* Told by PRAGMA application_id: "WBil". */
enum { APPLICATION = 0x5742696c };

/* A check of the whole file is worth its time at each start up to the first size, after a crash up to the second. */
static const int64_t check_always = INT64_C(32) << 20, check_unclean = INT64_C(256) << 20;

/* Parameters: 1 at, 2 key, 3 subject, 4 name, 5 type, 6 severity, 7 data, 8 part. */
static const char *const writes[] = {
    [ENTRY_STATE] = "INSERT OR REPLACE INTO states (at, key, data) VALUES (?1, ?2, ?7)",
    [ENTRY_FORGET] = "DELETE FROM states WHERE key = ?2",
    [ENTRY_EVENT] = "INSERT INTO events (at, subject, name, type, severity, data)"
                    " VALUES (?1, ?3, ?4, ?5, ?6, ?7)",
    [ENTRY_ALERT] = "INSERT OR IGNORE INTO alerts (at, key, subject, name, type, severity, data)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ENTRY_ALERT_END] = "UPDATE alerts SET ended = ?1, next = NULL,"
                        " result = coalesce(json_extract(?7, '$.result'), 'failed'),"
                        " attempts = coalesce(json_extract(?7, '$.attempts'), attempts),"
                        " error = json_extract(?7, '$.error') WHERE key = ?2 AND result IS NULL",
    [ENTRY_ALERT_TRY] = "UPDATE alerts SET attempts = coalesce(json_extract(?7, '$.attempts'), attempts),"
                        " next = json_extract(?7, '$.next'), error = json_extract(?7, '$.error')"
                        " WHERE key = ?2 AND result IS NULL",
    [ENTRY_DECISION] = "INSERT INTO decisions (at, subject, name, data) VALUES (?1, ?3, ?4, ?7)",
    [ENTRY_INPUT] = "INSERT INTO inputs (part, at, type, data) VALUES (?8, ?1, ?5, ?7)",
    [ENTRY_SETTING] = "INSERT OR REPLACE INTO settings (at, key, data) VALUES (?1, ?2, ?7)",
};
enum { WRITES = sizeof writes / sizeof writes[0] };

/* Parameters: 1 the oldest instant kept, 2 the rows kept, 3 how many at most. */
#define PRUNE(table, more)                                                                                   \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM " table " WHERE at < ?1" more                         \
    " ORDER BY at LIMIT ?3)"                                                                                 \
    " OR id IN (SELECT id FROM " table " WHERE id <= (SELECT max(id) FROM " table ") - ?2" more              \
    " ORDER BY id LIMIT ?3)"
static const char *const prunes[] = {
    PRUNE("events", ""),
    PRUNE("decisions", ""),
    PRUNE("alerts", " AND result IS NOT NULL"),
    /* The order of ids is that of time, but for what is written a little later. */
    "DELETE FROM inputs WHERE id IN (SELECT id FROM (SELECT id, at FROM inputs ORDER BY id LIMIT ?3)"
    " WHERE at < ?1 OR id <= (SELECT max(id) FROM inputs) - ?2)",
};
enum { PRUNES = sizeof prunes / sizeof prunes[0] };

struct journal_store {
    sqlite3 *base;
    bool damaged; /* the check of the file found something */
    sqlite3_stmt *write[WRITES];
    sqlite3_stmt *prune[PRUNES];
};

static bool run(sqlite3 *base, const char *sql, struct error *error)
{
    return sqlite3_exec(base, sql, NULL, NULL, NULL) == SQLITE_OK ||
           error_set(error, "%s", sqlite3_errmsg(base));
}

/* The first column of the first row; false: the statement failed. */
static bool ask_number(sqlite3 *base, const char *sql, int64_t *value, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    bool ok = sqlite3_prepare_v2(base, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW;
    if (ok)
        *value = sqlite3_column_int64(statement, 0);
    else
        error_set(error, "%s", sqlite3_errmsg(base));
    sqlite3_finalize(statement);
    return ok;
}

static bool healthy(struct journal_store *store, struct error *error)
{
    sqlite3 *base = store->base;
    sqlite3_stmt *statement = NULL;
    bool ok = sqlite3_prepare_v2(base, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW;
    const char *said = ok ? (const char *)sqlite3_column_text(statement, 0) : sqlite3_errmsg(base);
    ok = ok && said && strcmp(said, "ok") == 0;
    store->damaged = !ok;
    if (!ok)
        error_set(error, "%s", said ? said : "its check gave no answer");
    sqlite3_finalize(statement);
    return ok;
}

static bool migrate(sqlite3 *base, struct error *error)
{
    int64_t version = 0, tables = 0, application = 0;
    if (!ask_number(base, "PRAGMA user_version", &version, error) ||
        !ask_number(base, "SELECT count(*) FROM sqlite_master", &tables, error) ||
        !ask_number(base, "PRAGMA application_id", &application, error))
        return false;
    if (tables > 0 && application != APPLICATION)
        return error_set(error, "it is a database of another program");
    if (version > VERSION)
        return error_set(error,
                         "it has version %lld and this program knows %d: install the newer program again",
                         (long long)version, VERSION);
    if (version == VERSION)
        return true;
    struct text sql = TEXT_INIT;
    text_format(&sql, "BEGIN IMMEDIATE; PRAGMA application_id = %d;", APPLICATION);
    for (int64_t step = version < 0 ? 0 : version; step < VERSION; step++)
        text_add(&sql, migrations[step]);
    text_format(&sql, "PRAGMA user_version = %d; COMMIT;", VERSION);
    bool ok = run(base, sql.bytes, error);
    if (!ok)
        (void)run(base, "ROLLBACK", NULL);
    text_release(&sql);
    return ok;
}

/* Whether the file shall be checked. SQLite takes its log away at a clean end. */
static bool worth_checking(const char *path)
{
    struct text log = TEXT_INIT;
    struct stat of_log, of_base;
    text_format(&log, "%s-wal", path);
    bool unclean = stat(log.bytes, &of_log) == 0 && of_log.st_size > 0;
    text_release(&log);
    return stat(path, &of_base) == 0 && of_base.st_size > 0 &&
           of_base.st_size <= (unclean ? check_unclean : check_always);
}

static bool prepare(struct journal_store *store, struct error *error)
{
    bool ok = true;
    for (size_t i = 0; ok && i < WRITES; i++)
        ok = sqlite3_prepare_v3(store->base, writes[i], -1, SQLITE_PREPARE_PERSISTENT, &store->write[i],
                                NULL) == SQLITE_OK;
    for (size_t i = 0; ok && i < PRUNES; i++)
        ok = sqlite3_prepare_v3(store->base, prunes[i], -1, SQLITE_PREPARE_PERSISTENT, &store->prune[i],
                                NULL) == SQLITE_OK;
    return ok || error_set(error, "%s", sqlite3_errmsg(store->base));
}

static bool settle(struct journal_store *store, bool check, struct error *error)
{
    return run(store->base,
               "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;",
               error) &&
           (!check || healthy(store, error)) && migrate(store->base, error) && prepare(store, error);
}

/* SQLite would make it readable for everyone. */
static bool make_file(const char *path, struct error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return error_set(error, "%s", strerror(errno));
    close(fd);
    return true;
}

struct journal_store *journal_store_open(const char *path, struct error *error)
{
    struct journal_store *store = memory_get(1, sizeof *store);
    struct error reason = {""};
    bool check = worth_checking(path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    bool ok = make_file(path, &reason);
    if (ok && sqlite3_open_v2(path, &store->base, flags, NULL) != SQLITE_OK)
        ok = error_set(&reason, "%s", store->base ? sqlite3_errmsg(store->base) : "no memory");
    ok = ok && settle(store, check, &reason);
    if (!ok) {
        int code = store->base ? sqlite3_errcode(store->base) : SQLITE_OK;
        bool damaged = store->damaged || code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
        error_set(error, "the journal \"%s\" cannot be used: %s%s", path, reason.text,
                  damaged ? "; put a backup in its place, or move it and its -wal away to begin a new one"
                          : "");
        journal_store_close(store);
        store = NULL;
    }
    return store;
}

void journal_store_close(struct journal_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < WRITES; i++)
        sqlite3_finalize(store->write[i]);
    for (size_t i = 0; i < PRUNES; i++)
        sqlite3_finalize(store->prune[i]);
    sqlite3_close(store->base);
    free(store);
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    if (text)
        sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, place);
}

static bool write_row(struct journal_store *store, const struct journal_row *row)
{
    sqlite3_stmt *statement = store->write[row->kind];
    const char *texts[] = {row->key, row->subject, row->name, row->type};
    int parameters = sqlite3_bind_parameter_count(statement);
    sqlite3_bind_int64(statement, 1, row->at);
    for (int i = 0; i < 4 && i + 2 <= parameters; i++)
        bind_text(statement, i + 2, texts[i]);
    if (parameters >= 6)
        sqlite3_bind_int(statement, 6, row->severity);
    if (parameters >= 7)
        bind_text(statement, 7, row->data);
    if (parameters >= 8)
        sqlite3_bind_int64(statement, 8, row->part);
    bool ok = sqlite3_step(statement) == SQLITE_DONE;
    return sqlite3_reset(statement) == SQLITE_OK && ok;
}

bool journal_store_write(struct journal_store *store, const struct journal_batch *batches,
                         struct error *error)
{
    bool ok = run(store->base, "BEGIN IMMEDIATE", error);
    if (!ok)
        return false;
    for (const struct journal_batch *batch = batches; ok && batch; batch = batch->next)
        for (size_t i = 0; ok && i < batch->count; i++)
            ok = batch->rows[i].dropped || write_row(store, &batch->rows[i]) ||
                 error_set(error, "%s", sqlite3_errmsg(store->base));
    ok = ok && run(store->base, "COMMIT", error);
    /* Some failures have rolled back already. */
    if (!ok && !sqlite3_get_autocommit(store->base))
        (void)run(store->base, "ROLLBACK", NULL);
    return ok;
}

size_t journal_store_prune(struct journal_store *store, int64_t now, struct journal_keep keep, size_t most,
                           struct error *error)
{
    size_t gone = 0;
    for (size_t i = 0; i < PRUNES; i++) {
        sqlite3_stmt *statement = store->prune[i];
        sqlite3_bind_int64(statement, 1, now - keep.age);
        sqlite3_bind_int64(statement, 2, keep.rows);
        sqlite3_bind_int64(statement, 3, (int64_t)most);
        if (sqlite3_step(statement) == SQLITE_DONE)
            gone += (size_t)sqlite3_changes(store->base);
        else
            error_set(error, "%s", sqlite3_errmsg(store->base));
        sqlite3_reset(statement);
    }
    return gone;
}

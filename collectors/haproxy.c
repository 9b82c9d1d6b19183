/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/haproxy.h"

#include "collectors/csv.h"
#include "lib/number.h"

#include <math.h>
#include <strings.h>

static const char *const number_names[] = {
#define MEMBER(upper, name) [HAPROXY_##upper] = (name),
    HAPROXY_NUMBERS(MEMBER)
#undef MEMBER
};

/* Exports from before 1.3.14 or so came without a header, with these columns. */
static const char *const first_columns[] = {
    "pxname", "svname", "qcur",     "qmax",    "scur",    "smax",    "slim",     "stot",   "bin",
    "bout",   "dreq",   "dresp",    "ereq",    "econ",    "eresp",   "wretr",    "wredis", "status",
    "weight", "act",    "bck",      "chkfail", "chkdown", "lastchg", "downtime", "qlimit", "pid",
    "iid",    "sid",    "throttle", "lbtot",   "tracked", "type",
};

enum { ROWS = 100000 }; /* far above any balancer; what is larger is no export */
enum { FIRST_COLUMNS = sizeof first_columns / sizeof first_columns[0] };

/* Where each column of interest is; `absent` for one that this export lacks. */
struct columns {
    size_t count; /* fields of the header */
    bool comma;   /* the header ends with a comma, and so do the rows */
    size_t proxy, server, status, check_status;
    size_t numbers[HAPROXY_NUMBER_COUNT];
};

static const size_t absent = SIZE_MAX;

/* The search begins behind the column found last: most exports have them in our order. */
static size_t column_named(const struct csv_line *header, const char *name, size_t *next)
{
    for (size_t i = 0; i < header->count; i++) {
        size_t column = (*next + i) % header->count;
        if (strcmp(header->fields[column], name) == 0) {
            *next = column + 1;
            return column;
        }
    }
    return absent;
}

static void find_columns(const struct csv_line *header, struct columns *columns)
{
    columns->count = header->count;
    columns->comma = header->comma;
    columns->proxy = 0;
    size_t next = 0;
    columns->server = column_named(header, "svname", &next);
    columns->status = column_named(header, "status", &next);
    columns->check_status = column_named(header, "check_status", &next);
    for (size_t i = 0; i < HAPROXY_NUMBER_COUNT; i++)
        columns->numbers[i] = column_named(header, number_names[i], &next);
}

static bool is_header(const struct csv_line *line)
{
    return line->fields[0][0] == '#' &&
           strcmp(line->fields[0] + 1 + strspn(line->fields[0] + 1, " "), "pxname") == 0;
}

static bool read_header(const struct csv_line *line, struct columns *columns, size_t number,
                        struct error *error)
{
    if (!line->ended)
        return error_set(error, "line %zu is cut off within the header", number);
    find_columns(line, columns);
    if (columns->server == absent || columns->status == absent)
        return error_set(error, "line %zu: the header has no column \"%s\"", number,
                         columns->server == absent ? "svname" : "status");
    return true;
}

/* A first line that is no header: the oldest exports had 33, 52 or 62 columns and none. */
static bool assume_header(const struct csv_line *line, struct columns *columns, struct error *error)
{
    if (line->count != 33 && line->count != 52 && line->count != 62)
        return error_set(error, "line 1 is not the header \"# pxname,svname,...\": \"%.40s\"",
                         line->fields[0]);
    struct csv_line header = {.count = FIRST_COLUMNS};
    const char *names[FIRST_COLUMNS];
    memcpy(names, first_columns, sizeof names);
    header.fields = names;
    find_columns(&header, columns);
    columns->count = line->count;
    columns->comma = line->comma;
    return true;
}

static const struct {
    const char *word;
    enum haproxy_status status;
} statuses[] = {
    {"UP", HAPROXY_UP},         {"DOWN", HAPROXY_DOWN},   {"NOLB", HAPROXY_NOLB},
    {"DRAIN", HAPROXY_DRAIN},   {"MAINT", HAPROXY_MAINT}, {"no", HAPROXY_NO_CHECK},
    {"OPEN", HAPROXY_OPEN},     {"FULL", HAPROXY_FULL},   {"WAITING", HAPROXY_WAITING},
    {"PAUSED", HAPROXY_PAUSED}, {"STOP", HAPROXY_STOP},
};

static enum haproxy_status status_of(const char *text)
{
    size_t length = strcspn(text, " ");
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (strlen(statuses[i].word) == length && strncasecmp(text, statuses[i].word, length) == 0)
            return statuses[i].status;
    return HAPROXY_OTHER;
}

/* The column "type" is not trusted alone: some exports say 2 on every row. */
static enum haproxy_type type_of(const struct haproxy_row *row)
{
    if (strcmp(row->server, "FRONTEND") == 0)
        return HAPROXY_FRONTEND;
    if (strcmp(row->server, "BACKEND") == 0)
        return HAPROXY_BACKEND;
    return row->numbers[HAPROXY_TYPE] == 3 ? HAPROXY_LISTENER : HAPROXY_SERVER;
}

static const char *field_of(const struct csv_line *line, size_t column)
{
    return column < line->count ? line->fields[column] : "";
}

static void read_row(const struct csv_line *line, const struct columns *columns, struct haproxy_row *row)
{
    row->proxy = field_of(line, columns->proxy);
    row->server = field_of(line, columns->server);
    row->status_text = field_of(line, columns->status);
    row->check_status = field_of(line, columns->check_status);
    row->status = status_of(row->status_text);
    if (strncmp(row->check_status, "* ", 2) == 0)
        row->check_status += 2;
    for (size_t i = 0; i < HAPROXY_NUMBER_COUNT; i++) {
        const char *field = field_of(line, columns->numbers[i]);
        if (*field == '\0' || !number_read(field, false, &row->numbers[i]))
            row->numbers[i] = (double)NAN;
    }
    row->type = type_of(row);
}

/* A last line is whole when it ends as the header did; a last number without its comma may lack digits. */
static bool check_line(const struct csv_line *line, const struct columns *columns, size_t number,
                       struct error *error)
{
    bool same = line->count == columns->count || line->count + line->comma == columns->count + columns->comma;
    if (line->unclosed)
        return error_set(error, "line %zu is cut off within quotes", number);
    if (same && (line->ended || (columns->comma && line->comma)))
        return true;
    if (!line->ended)
        return error_set(error, "line %zu is cut off: %zu of %zu fields", number, line->count,
                         columns->count);
    return error_set(error, "line %zu has %zu fields, the header %zu", number, line->count, columns->count);
}

static bool check_bytes(const char *bytes, size_t length, struct error *error)
{
    size_t blank = 0;
    while (blank < length && strchr(" \t\r\n", bytes[blank]) && bytes[blank] != '\0')
        blank++;
    if (blank == length)
        return error_set(error, "the answer is empty");
    if (bytes[blank] == '<')
        return error_set(error, "a page of HTML instead of CSV; does the URL lack \";csv\"?");
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t')
            return error_set(error, "binary data instead of CSV: byte 0x%02x at offset %zu",
                             (unsigned)bytes[i], i);
    return true;
}

static bool pids_differ(const struct haproxy_table *table)
{
    for (size_t i = 1; i < table->count; i++)
        if (table->rows[i].numbers[HAPROXY_PID] != table->rows[0].numbers[HAPROXY_PID] &&
            !isnan(table->rows[i].numbers[HAPROXY_PID]))
            return true;
    return false;
}

/* Under nbproc each process has a table of its own, and several exports may be joined: never one name for
 * two. */
static void name_instances(struct haproxy_table *table, struct arena *arena)
{
    bool several = pids_differ(table);
    for (size_t i = 0; i < table->count; i++) {
        struct haproxy_row *row = &table->rows[i];
        row->instance = row->proxy;
        if (several)
            row->instance = arena_format(arena, "%s#%.0f", row->proxy, row->numbers[HAPROXY_PID]);
    }
}

/* The BACKEND line follows the servers of its proxy: an export that ends with a server was cut between lines.
 */
static bool check_end(const struct haproxy_table *table, struct error *error)
{
    if (table->count == 0)
        return error_set(error, "a header and no rows");
    const struct haproxy_row *last = &table->rows[table->count - 1];
    if (last->type != HAPROXY_SERVER)
        return true;
    return error_set(error, "cut off behind \"%s/%s\": the BACKEND line of that proxy is missing",
                     last->proxy, last->server);
}

static struct haproxy_row *new_row(struct haproxy_table *table, size_t *room, struct arena *arena)
{
    if (table->count == *room) {
        struct haproxy_row *old = table->rows;
        *room = *room ? 2 * *room : 128;
        table->rows = arena_get(arena, *room, sizeof *table->rows);
        if (old)
            memcpy(table->rows, old, table->count * sizeof *old);
    }
    return &table->rows[table->count++];
}

bool haproxy_parse(const char *bytes, size_t length, struct arena *arena, struct haproxy_table *table,
                   struct error *error)
{
    struct csv_reader reader;
    struct csv_line line;
    struct columns columns = {0};
    size_t room = 0;
    *table = (struct haproxy_table){0};
    if (!check_bytes(bytes, length, error))
        return false;
    csv_begin(&reader, bytes, length, arena);
    while (csv_next(&reader, &line)) {
        if (line.crowded || table->count == ROWS)
            return error_set(error, "line %zu: more than %d fields or %d rows", reader.line, CSV_FIELDS,
                             ROWS);
        if (is_header(&line)) {
            if (!read_header(&line, &columns, reader.line, error))
                return false;
            continue;
        }
        if (columns.count == 0 && !assume_header(&line, &columns, error))
            return false;
        if (!check_line(&line, &columns, reader.line, error))
            return false;
        read_row(&line, &columns, new_row(table, &room, arena));
    }
    name_instances(table, arena);
    return check_end(table, error);
}

bool haproxy_is_usable(const struct haproxy_row *row)
{
    return row->status == HAPROXY_UP || row->status == HAPROXY_NO_CHECK;
}

bool haproxy_is_backup(const struct haproxy_row *row)
{
    return row->numbers[HAPROXY_BCK] > 0;
}

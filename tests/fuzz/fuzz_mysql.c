/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an answer of a MySQL server: lines of cells that are parted by tabs, the first the names. */
#include "collectors/mysql_probe.h"
#include "collectors/mysql_replica.h"

#include <assert.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { COLUMNS = 64, ROWS = 64 };

static struct mysql_rows split(struct arena *arena, char *text)
{
    struct mysql_rows rows = {.names = arena_get(arena, COLUMNS, sizeof *rows.names)};
    char *line = strsep(&text, "\n");
    for (char *cell = strsep(&line, "\t"); cell && rows.columns < COLUMNS; cell = strsep(&line, "\t"))
        rows.names[rows.columns++] = cell;
    rows.cells = arena_get(arena, rows.columns * ROWS, sizeof *rows.cells);
    while (rows.count < ROWS && (line = strsep(&text, "\n"))) {
        for (size_t i = 0; i < rows.columns; i++) /* a row that is too short ends with NULLs */
            rows.cells[rows.count * rows.columns + i] = strsep(&line, "\t");
        rows.count++;
    }
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    char *text = arena_text_of(arena, (const char *)bytes, length);
    struct mysql_sources sources;
    struct error error = {""};
    double value = 0;
    struct mysql_rows rows = split(arena, text);
    bool done = mysql_replica_parse(&rows, arena, &sources, &error);
    assert(done || error.text[0] != '\0');
    for (size_t i = 0; i < sources.count; i++) {
        struct text fault = TEXT_INIT;
        mysql_replica_fault(&sources.items[i], &fault);
        assert((fault.length == 0) == (sources.items[i].io_runs && sources.items[i].sql_runs));
        text_release(&fault);
    }
    error.text[0] = '\0';
    done = mysql_probe_number(&rows, 0, &value, &error);
    assert(done ? isfinite(value) : error.text[0] != '\0');
    (void)mysql_rows_pair(&rows, "Uptime");
    arena_free(arena);
    return 0;
}

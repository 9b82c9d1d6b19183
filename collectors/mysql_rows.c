/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/mysql_rows.h"

#include "lib/number.h"

#include <assert.h>
#include <math.h>
#include <strings.h>

ptrdiff_t mysql_rows_column(const struct mysql_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->columns; i++)
        if (strcasecmp(rows->names[i], name) == 0)
            return (ptrdiff_t)i;
    return MYSQL_ROWS_NONE;
}

const char *mysql_rows_cell(const struct mysql_rows *rows, size_t row, size_t column)
{
    assert(row < rows->count && column < rows->columns);
    return rows->cells[row * rows->columns + column];
}

double mysql_rows_number(const char *text)
{
    double value;
    return text && number_read(text, true, &value) ? value : (double)NAN;
}

const char *mysql_rows_pair(const struct mysql_rows *rows, const char *name)
{
    if (rows->columns < 2)
        return NULL;
    for (size_t i = 0; i < rows->count; i++) {
        const char *key = mysql_rows_cell(rows, i, 0);
        if (key && strcasecmp(key, name) == 0)
            return mysql_rows_cell(rows, i, 1);
    }
    return NULL;
}

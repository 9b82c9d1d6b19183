/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer of a MySQL server to one statement, whoever fetched it. */
#ifndef WATCHBILL_COLLECTORS_MYSQL_ROWS_H
#define WATCHBILL_COLLECTORS_MYSQL_ROWS_H

#include <stddef.h>

struct mysql_rows {
    const char **names; /* of the columns */
    size_t columns;
    const char **cells; /* row by row; NULL is SQL's NULL. A NUL byte in a value ends the text */
    size_t count;       /* of rows */
};

enum { MYSQL_ROWS_NONE = -1 };

/* mysql_rows_column(rows, name): the column of that name, in any case; MYSQL_ROWS_NONE when there is none. */
ptrdiff_t mysql_rows_column(const struct mysql_rows *rows, const char *name);

/* mysql_rows_cell(rows, row, column): the text; NULL for SQL's NULL. Both are within bounds. */
const char *mysql_rows_cell(const struct mysql_rows *rows, size_t row, size_t column);

/* mysql_rows_number(text): the number that a cell holds; NaN for NULL and for any other text. Exponents are
 * read: the server writes large doubles with them. */
double mysql_rows_number(const char *text);

/* mysql_rows_pair(rows, name): the second cell of the first row whose first cell is ${name}, in any case: a table
 * such as SHOW GLOBAL STATUS gives. NULL when there is none. */
const char *mysql_rows_pair(const struct mysql_rows *rows, const char *name);

#endif

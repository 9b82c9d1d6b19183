/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single answers of a MySQL server: the number that a query gives, and whether a write ends. */
#ifndef WATCHBILL_COLLECTORS_MYSQL_PROBE_H
#define WATCHBILL_COLLECTORS_MYSQL_PROBE_H

#include "collectors/mysql_link.h"

/* mysql_probe_number(rows, column, value, error): the number in a column of an answer's only row. false: there is no
 * row, more than one, no such column, NULL, or a text. */
bool mysql_probe_number(const struct mysql_rows *rows, size_t column, double *value, struct error *error);

/* mysql_probe_is_table(name): whether it reads as TABLE or DATABASE.TABLE, each of 1 to 64 letters, digits, "_" and
 * "$", so that it can stand in a statement. */
bool mysql_probe_is_table(const char *name);

/* mysql_probe_write(link, table, deadline, error): in a transaction, replace the row with id 1 of the table
 *     CREATE TABLE watchbill_probe (id INT PRIMARY KEY, written DATETIME NOT NULL) ENGINE=InnoDB
 * which takes INSERT and DELETE on it. SOURCE_FAULT: the server cannot write (it is read-only, its disk is full);
 * SOURCE_TIMEOUT: the write did not end, by the deadline or by mysql_link_limit. SOURCE_UNREADABLE: we may not, or
 * there is no such table; the sentence says what is missing. */
enum source_end mysql_probe_write(struct mysql_link *link, const char *table, int64_t deadline,
                                  struct error *error);

#endif

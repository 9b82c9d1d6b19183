/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A MariaDB server whose replication is to be changed. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_MYSQL_ADMIN_H
#define WATCHBILL_REMEDIATIONS_TOOLS_MYSQL_ADMIN_H

#include "collectors/mysql_options.h"
#include "collectors/mysql_replica.h"
#include "lib/remediation.h"

/* Its sources, and the rows of SHOW ALL SLAVES STATUS that tell more of them: row i is source i. */
struct mysql_standing {
    struct mysql_rows rows;
    struct mysql_sources sources;
};

/* mysql_admin_check(options, place, error): that the options do not contradict each other. */
bool mysql_admin_check(const struct mysql_options *options, const struct act_place *place,
                       struct error *error);

/* mysql_admin_check_name(name, error): whether it is a connection's name of letters, digits and "_.:-", which goes
 * into statements as it is; "" is the default connection. */
bool mysql_admin_check_name(const char *name, struct error *error);

/* mysql_admin_open(options, place, run, link, error): sign in; ends with mysql_link_close, which takes NULL. Statements
 * end with the run in the server, too. */
bool mysql_admin_open(const struct mysql_options *options, const struct act_place *place,
                      const struct act_run *run, struct mysql_link **link, struct error *error);

/* mysql_admin_limit(link, run, error): let the server end each further statement with ${run}, which may be another than
 * that of the sign-in. */
bool mysql_admin_limit(struct mysql_link *link, const struct act_run *run, struct error *error);

/* mysql_admin_is_mariadb(link, error): false, with a sentence, for another server: its replication has other words. */
bool mysql_admin_is_mariadb(const struct mysql_link *link, struct error *error);

/* mysql_admin_do(link, run, error, format, ...): a statement without an answer. */
bool mysql_admin_do(struct mysql_link *link, const struct act_run *run, struct error *error,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* mysql_admin_value(link, run, sql, error): the first cell of the answer, "" for NULL; NULL when there is none. */
const char *mysql_admin_value(struct mysql_link *link, const struct act_run *run, const char *sql,
                              struct error *error);

/* mysql_admin_status(link, run, standing, error): how each of its sources stands; all memory is the run's arena's. */
bool mysql_admin_status(struct mysql_link *link, const struct act_run *run, struct mysql_standing *standing,
                        struct error *error);

/* mysql_admin_cell(standing, source, column): "" for NULL and for a column that is not there. */
const char *mysql_admin_cell(const struct mysql_standing *standing, size_t source, const char *column);

/* mysql_admin_diagnose(link, run, name, bundle, error): SHOW ALL SLAVES STATUS, SHOW MASTER STATUS, who does what, and
 * the variables that decide on replication, as one part. */
bool mysql_admin_diagnose(struct mysql_link *link, const struct act_run *run, const char *name,
                          struct bundle *bundle, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which MySQL server is to be asked, as options: shared by the check, the collector and the queue. */
#ifndef WATCHBILL_COLLECTORS_MYSQL_OPTIONS_H
#define WATCHBILL_COLLECTORS_MYSQL_OPTIONS_H

#include "collectors/mysql_link.h"
#include "lib/check.h"

struct mysql_options {
    const char *user, *password, *password_file;
    const char *socket, *database, *ca_file;
    bool tls, insecure;
};

/* The rows that fill MEMBER of TYPE, a struct mysql_options. */
/* clang-format off */
#define MYSQL_OPTIONS(type, member)                                                                          \
    {"user", 'u', TEXT(type, member.user), .value = "NAME", .alias = "username", .help = "Sign in as NAME."},\
    {"password", 0, SECRET(type, member.password), .value = "TEXT",                                          \
     .help = "The password; it is wiped from the command line at once."},                                    \
    {"password-file", 0, TEXT(type, member.password_file), .value = "PATH",                                  \
     .help = "The password is the first line of this file."},                                                \
    {"socket", 'S', TEXT(type, member.socket), .value = "PATH",                                              \
     .help = "Connect to this UNIX socket."},                                                                \
    {"database", 'D', TEXT(type, member.database), .value = "NAME", .help = "Use this database."},           \
    {"tls", 0, FLAG(type, member.tls),                                                                       \
     .help = "Refuse a server without TLS, and verify its certificate and name."},                           \
    {"ca", 0, TEXT(type, member.ca_file), .value = "PATH",                                                   \
     .help = "TLS, and trust the certificates of this file alone."},                                         \
    {"insecure", 0, FLAG(type, member.insecure),                                                             \
     .help = "TLS, but verify neither the certificate nor its name."}
/* clang-format on */

/* mysql_options_check(options, run, error): that they do not exclude each other. */
bool mysql_options_check(const struct mysql_options *options, const struct run *run, struct error *error);

/* mysql_options_open(options, run, link, error): mysql_link_open by the options, until the run's deadline. */
enum source_end mysql_options_open(const struct mysql_options *options, struct run *run,
                                   struct mysql_link **link, struct error *error);

/* mysql_options_ask(link, run, sql, rows, error): a statement that the user gave: mysql_link_ask in a session that the
 * server itself ends with the run, and that can change no data. */
enum source_end mysql_options_ask(struct mysql_link *link, struct run *run, const char *sql,
                                  struct mysql_rows *rows, struct error *error);

#endif

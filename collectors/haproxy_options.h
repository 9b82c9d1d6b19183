/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where HAProxy's statistics are to be read from, as options: shared by the check and the collector. */
#ifndef WATCHBILL_COLLECTORS_HAPROXY_OPTIONS_H
#define WATCHBILL_COLLECTORS_HAPROXY_OPTIONS_H

#include "collectors/haproxy.h"
#include "lib/check.h"

struct haproxy_options {
    const char *url, *user, *password, *password_file;
    const char *socket, *file, *ca_file;
    bool insecure;
};

/* The rows that fill MEMBER of TYPE, a struct haproxy_options. */
/* clang-format off */
#define HAPROXY_OPTIONS(type, member)                                                                        \
    {"url", 'u', TEXT(type, member.url), .value = "URL",                                                     \
     .help = "The statistics page as CSV: \"http://HOST:8000/haproxy;csv\"."},                               \
    {"user", 'U', TEXT(type, member.user), .value = "NAME", .alias = "username",                             \
     .help = "User of the page."},                                                                           \
    {"password", 'P', SECRET(type, member.password), .value = "TEXT",                                        \
     .help = "Password of the page; it is wiped from the command line at once."},                            \
    {"password-file", 0, TEXT(type, member.password_file), .value = "PATH",                                  \
     .help = "The password is the first line of this file."},                                                \
    {"socket", 'S', TEXT(type, member.socket), .value = "PATH",                                              \
     .help = "Ask the admin socket instead of a page."},                                                     \
    {"file", 'f', TEXT(type, member.file), .value = "CSV",                                                   \
     .help = "Read a saved export instead of a page."},                                                      \
    {"ca", 0, TEXT(type, member.ca_file), .value = "PATH",                                                   \
     .help = "Trust the certificates of this file alone."},                                                  \
    {"insecure", 0, FLAG(type, member.insecure), .help = "Verify neither the certificate nor its name."}
/* clang-format on */

/* haproxy_options_check(options, error): that exactly one source is given. */
bool haproxy_options_check(const struct haproxy_options *options, struct error *error);

/* haproxy_options_read(options, run, report, table, seconds): haproxy_read by the options; false: it has
 * reported why not. */
bool haproxy_options_read(const struct haproxy_options *options, struct run *run, struct report *report,
                          struct haproxy_table *table, double *seconds);

/* haproxy_options_dump(options, run, report, text): the CSV as it comes; for struct check's dump. */
bool haproxy_options_dump(const struct haproxy_options *options, struct run *run, struct report *report,
                          struct text *text);

#endif

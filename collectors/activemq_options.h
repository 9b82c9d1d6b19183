/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which ActiveMQ broker is asked, as options: shared by the checks and the collector. */
#ifndef WATCHBILL_COLLECTORS_ACTIVEMQ_OPTIONS_H
#define WATCHBILL_COLLECTORS_ACTIVEMQ_OPTIONS_H

#include "collectors/activemq.h"
#include "lib/check.h"

struct activemq_options {
    const char *user, *password, *password_file;
};

/* The rows that fill MEMBER of TYPE, a struct activemq_options. */
/* clang-format off */
#define ACTIVEMQ_OPTIONS(type, member)                                                                       \
    {"user", 'U', TEXT(type, member.user), .value = "NAME", .alias = "username",                             \
     .help = "User of the broker."},                                                                         \
    {"password", 'P', SECRET(type, member.password), .value = "TEXT",                                        \
     .help = "Password of the user; it is wiped from the command line at once."},                            \
    {"password-file", 0, TEXT(type, member.password_file), .value = "PATH",                                  \
     .help = "The password is the first line of this file."}
/* clang-format on */

/* activemq_options_check(options, error): that they do not exclude each other. */
bool activemq_options_check(const struct activemq_options *options, struct error *error);

/* activemq_options_ask(options, run, queue, answer, error): activemq_read by the options, on the run's host (this one
 * unless given) and port. */
enum source_end activemq_options_ask(const struct activemq_options *options, struct run *run,
                                     const char *queue, struct activemq_answer *answer, struct error *error);

/* activemq_options_read(options, run, report, queue, answer): the same; false: it has reported why not. */
bool activemq_options_read(const struct activemq_options *options, struct run *run, struct report *report,
                           const char *queue, struct activemq_answer *answer);

#endif

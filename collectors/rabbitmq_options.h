/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where RabbitMQ's management is, as options: shared by the checks and the collector. */
#ifndef WATCHBILL_COLLECTORS_RABBITMQ_OPTIONS_H
#define WATCHBILL_COLLECTORS_RABBITMQ_OPTIONS_H

#include "collectors/rabbitmq.h"
#include "lib/check.h"

struct rabbitmq_options {
    const char *url, *user, *password, *password_file;
    const char *vhost, *ca_file;
    bool tls, insecure;
};

/* The rows that fill MEMBER of TYPE, a struct rabbitmq_options. */
/* clang-format off */
#define RABBITMQ_OPTIONS(type, member)                                                                       \
    {"url", 0, TEXT(type, member.url), .value = "URL",                                                       \
     .help = "The management: \"http://HOST:15672\", instead of --hostname, --port and --tls."},             \
    {"user", 'u', TEXT(type, member.user), .value = "NAME", .alias = "username",                             \
     .help = "User with the tag \"monitoring\". Unless given it is guest, with the password guest."},        \
    {"password", 0, SECRET(type, member.password), .value = "TEXT",                                          \
     .help = "The user's password; it is wiped from the command line at once."},                             \
    {"password-file", 0, TEXT(type, member.password_file), .value = "PATH",                                  \
     .help = "The password is the first line of this file."},                                                \
    {"vhost", 0, TEXT(type, member.vhost), .value = "VHOST",                                                 \
     .help = "The virtual host. Unless given it is \"/\" for one queue, and all of them for many."},         \
    {"tls", 0, FLAG(type, member.tls), .help = "Use TLS."},                                                  \
    {"ca", 0, TEXT(type, member.ca_file), .value = "PATH",                                                   \
     .help = "Trust the certificates of this file alone."},                                                  \
    {"insecure", 0, FLAG(type, member.insecure), .help = "Verify neither the certificate nor its name."}
/* clang-format on */

/* rabbitmq_options_check(options, run, error): that they do not contradict each other. */
bool rabbitmq_options_check(const struct rabbitmq_options *options, const struct run *run,
                            struct error *error);

/* What is asked with, and the password that came from a file. */
struct rabbitmq_access {
    struct rabbitmq_source source;
    struct text secret;
};

/* rabbitmq_options_open(options, run, access, error): ends with rabbitmq_options_close, also when it failed, which
 * wipes the password. */
bool rabbitmq_options_open(const struct rabbitmq_options *options, const struct run *run,
                           struct rabbitmq_access *access, struct error *error);
void rabbitmq_options_close(struct rabbitmq_access *access);

/* rabbitmq_options_ask(options, run, vhost, name, queues, error): rabbitmq_read_queue by the options. */
enum source_end rabbitmq_options_ask(const struct rabbitmq_options *options, const struct run *run,
                                     const char *vhost, const char *name, struct rabbitmq_queues *queues,
                                     struct error *error);

#endif

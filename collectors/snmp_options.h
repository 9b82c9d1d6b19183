/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which SNMP agent is asked, and as whom, as options: shared by the check and the collector. The letters are those of
 * the established check_snmp. */
#ifndef WATCHBILL_COLLECTORS_SNMP_OPTIONS_H
#define WATCHBILL_COLLECTORS_SNMP_OPTIONS_H

#include "collectors/snmp.h"
#include "lib/check.h"

struct snmp_options {
    int protocol, auth, priv;
    const char *community, *community_file;
    const char *user, *context;
    const char *auth_password, *auth_password_file;
    const char *priv_password, *priv_password_file;
};

#define SNMP_OPTIONS_DEFAULTS                                                                                \
    {                                                                                                        \
        .protocol = SNMP_PROTOCOL_2C, .auth = SNMP_AUTH_SHA, .priv = SNMP_PRIV_AES                           \
    }

extern const char *const snmp_options_protocols[];
extern const char *const snmp_options_auths[];
extern const char *const snmp_options_privs[];

/* The rows that fill MEMBER of TYPE, a struct snmp_options. */
/* clang-format off */
#define SNMP_OPTIONS(type, member)                                                                           \
    {"protocol", 'P', CHOICE(type, member.protocol), .value = "VERSION", .choices = snmp_options_protocols,  \
     .help = "The version of SNMP."},                                                                        \
    {"community", 'C', SECRET(type, member.community), .value = "TEXT",                                      \
     .help = "Community of v1 and v2c, \"public\" unless given; it is wiped from the command line."},        \
    {"community-file", 0, TEXT(type, member.community_file), .value = "PATH",                                \
     .help = "The community is the first line of this file."},                                               \
    {"user", 'U', TEXT(type, member.user), .value = "NAME", .alias = "secname",                              \
     .help = "User of v3. Without a password it asks without authentication, with that of authentication "   \
             "alone without privacy."},                                                                      \
    {"auth-protocol", 'a', CHOICE(type, member.auth), .value = "NAME", .choices = snmp_options_auths,        \
     .alias = "authproto", .help = "How messages are authenticated."},                                       \
    {"auth-password", 'A', SECRET(type, member.auth_password), .value = "TEXT", .alias = "authpasswd",       \
     .help = "Password of authentication; it is wiped from the command line."},                              \
    {"auth-password-file", 0, TEXT(type, member.auth_password_file), .value = "PATH",                        \
     .help = "The password of authentication is the first line of this file."},                              \
    {"priv-protocol", 'x', CHOICE(type, member.priv), .value = "NAME", .choices = snmp_options_privs,        \
     .alias = "privproto", .help = "How messages are encrypted."},                                           \
    {"priv-password", 'X', SECRET(type, member.priv_password), .value = "TEXT", .alias = "privpasswd",       \
     .help = "Password of privacy; it is wiped from the command line."},                                     \
    {"priv-password-file", 0, TEXT(type, member.priv_password_file), .value = "PATH",                        \
     .help = "The password of privacy is the first line of this file."},                                     \
    {"context", 'N', TEXT(type, member.context), .value = "NAME", .help = "Context of v3."}
/* clang-format on */

/* snmp_options_check(options, run, error): that they fit together, and that a host is given. */
bool snmp_options_check(const struct snmp_options *options, const struct run *run, struct error *error);

/* snmp_options_open(options, run, link, error): snmp_link_open by the options, on the run's host and port. */
enum source_end snmp_options_open(const struct snmp_options *options, struct run *run,
                                  struct snmp_link **link, struct error *error);

#endif

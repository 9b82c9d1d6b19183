/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SNMP in process: the one door to net-snmp, which is loaded on first use, because a program that is linked to it
 * pays for its loading in every run. No MIB files and no configuration are read: objects are named by number, and
 * nothing in /etc, /var or the home directory plays a part. */
#ifndef WATCHBILL_COLLECTORS_SNMP_H
#define WATCHBILL_COLLECTORS_SNMP_H

#include "collectors/snmp_value.h"
#include "collectors/source.h"

enum { SNMP_AGENT_PORT = 161, SNMP_SECRET_LEAST = 8 };

enum snmp_protocol { SNMP_PROTOCOL_1, SNMP_PROTOCOL_2C, SNMP_PROTOCOL_3 };
enum snmp_auth {
    SNMP_AUTH_MD5,
    SNMP_AUTH_SHA,
    SNMP_AUTH_SHA224,
    SNMP_AUTH_SHA256,
    SNMP_AUTH_SHA384,
    SNMP_AUTH_SHA512
};
enum snmp_priv { SNMP_PRIV_DES, SNMP_PRIV_AES, SNMP_PRIV_AES192, SNMP_PRIV_AES256 };

/* Whom to ask, and as whom. */
struct snmp_login {
    const char *host;
    int64_t port; /* 0: SNMP_AGENT_PORT */
    enum snmp_protocol protocol;
    const char *community;     /* v1, v2c */
    const char *user;          /* v3, and so are these */
    const char *auth_password; /* NULL: noAuthNoPriv */
    const char *priv_password; /* NULL: authNoPriv */
    enum snmp_auth auth;
    enum snmp_priv priv;
    const char *context; /* NULL: the default one */
};

struct snmp_link;

/* snmp_link_prepare(error): load net-snmp now, so that children forked later have it. They draw their random numbers
 * themselves: two processes that encrypt with the same salt would give their messages away. */
bool snmp_link_prepare(struct error *error);

/* snmp_link_open(login, run, link, error): with v3 this asks for the agent's engine already. */
enum source_end snmp_link_open(const struct snmp_login *login, struct run *run, struct snmp_link **link,
                               struct error *error);
void snmp_link_close(struct snmp_link *link); /* NULL is allowed */

/* snmp_link_get(link, names, count, values, error): the values of ${count} objects, in their order. An object that is
 * not there is a value of kind SNMP_ABSENT, and no failure of the others; v1 fails as a whole, so there it is
 * SOURCE_UNREADABLE with a sentence that names the object. */
enum source_end snmp_link_get(struct snmp_link *link, const struct snmp_name *names, size_t count,
                              struct snmp_value *values, struct error *error);

enum { SNMP_CELLS = 200000 };

/* A cell of a table: ${index} are the numbers behind those of its column. */
typedef void snmp_take_cell(void *owner, size_t column, const struct snmp_name *index,
                            const struct snmp_value *value);

/* snmp_link_table(link, columns, count, take, owner, error): every cell of the columns, each column in the order of
 * the indexes. At most 32 columns. An agent whose names do not grow is SOURCE_UNREADABLE. */
enum source_end snmp_link_table(struct snmp_link *link, const struct snmp_name *columns, size_t count,
                                snmp_take_cell *take, void *owner, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said before TLS begins on a port that does not begin with it. Sources of the rules: RFC 3207 (SMTP), RFC 9051
 * (IMAP), RFC 2595 (POP3), RFC 4217 (FTP), RFC 6120 (XMPP), RFC 4511 (LDAP), and the protocol chapters of PostgreSQL's
 * and MariaDB's manuals. */
#ifndef WATCHBILL_COLLECTORS_STARTTLS_H
#define WATCHBILL_COLLECTORS_STARTTLS_H

#include "collectors/socket.h"

enum starttls {
    STARTTLS_NONE,
    STARTTLS_SMTP,
    STARTTLS_IMAP,
    STARTTLS_POP3,
    STARTTLS_FTP,
    STARTTLS_XMPP,
    STARTTLS_LDAP,
    STARTTLS_POSTGRES,
    STARTTLS_MYSQL,
};

/* The names of enum starttls, ended by NULL; and their usual ports (443 for none). */
extern const char *const starttls_names[];
int64_t starttls_port(enum starttls protocol);

/* starttls_ask(protocol, name, run, link, error): ask for TLS; the handshake comes next. ${name} is the host that XMPP is
 * told. SOURCE_FAULT: the other side does not start TLS, or says more than it should ahead of it. */
enum source_end starttls_ask(enum starttls protocol, const char *name, struct run *run,
                             const struct socket_link *link, struct error *error);

#endif

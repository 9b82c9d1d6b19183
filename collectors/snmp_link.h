/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with an agent, as the files of collectors/snmp.h share it. */
#ifndef WATCHBILL_COLLECTORS_SNMP_LINK_H
#define WATCHBILL_COLLECTORS_SNMP_LINK_H

#include "collectors/snmp.h"
#include "collectors/snmp_library.h"

#include <sys/socket.h>

struct snmp_link {
    const struct snmp_library *snmp;
    struct run *run;
    void *session;
    const char *place; /* "HOST:PORT" */
    enum snmp_protocol protocol;
    size_t answers; /* that came so far */
    struct sockaddr_storage address;
    socklen_t address_length;
};

/* snmp_link_set_patience(session, run): how long net-snmp waits, and how often it asks again. */
void snmp_link_set_patience(netsnmp_session *session, const struct run *run);

/* snmp_link_failed(link, code, words, error): what the library says, as an end: ${code} is its SNMPERR_, ${words}
 * are freed. */
enum source_end snmp_link_failed(const struct snmp_link *link, int code, char *words, struct error *error);

/* snmp_link_ask(link, pdu, end, error): the answer to ${pdu}, which is taken over; the caller frees it. NULL: none, and
 * why. */
netsnmp_pdu *snmp_link_ask(struct snmp_link *link, netsnmp_pdu *pdu, enum source_end *end,
                           struct error *error);

/* snmp_link_add(link, pdu, name): ask for the object too. */
void snmp_link_add(struct snmp_link *link, netsnmp_pdu *pdu, const struct snmp_name *name);

/* snmp_link_refused(link, answer, error): the end that the answer's error-status is. */
enum source_end snmp_link_refused(struct snmp_link *link, const netsnmp_pdu *answer, struct error *error);

/* snmp_link_misanswered(link, what, error): SOURCE_UNREADABLE: the agent does ${what}. */
enum source_end snmp_link_misanswered(const struct snmp_link *link, const char *what, struct error *error);

#endif

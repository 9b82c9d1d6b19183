/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TLS handshake over a connection at hand, and what the certificates of the other side say. The door to OpenSSL,
 * which is loaded on the first use. */
#ifndef WATCHBILL_COLLECTORS_TLS_H
#define WATCHBILL_COLLECTORS_TLS_H

#include "collectors/socket.h"

struct tls_question {
    const char *name;    /* asked for by SNI and verified: a host name, or an address */
    const char *ca_file; /* trusted certificates; NULL: the system's */
    bool insecure;       /* .faults stays empty */
};

struct tls_certificate {
    const char *subject, *issuer; /* RFC 2253 */
    int64_t begin, end;           /* epoch seconds */
};

struct tls_answer {
    const char *protocol, *cipher; /* "TLSv1.3", "TLS_AES_256_GCM_SHA384" */
    int version;                   /* of the wire: 0x0303 is TLS 1.2, 0x0304 TLS 1.3 */
    double seconds;                /* of the handshake */
    struct tls_certificate *chain; /* as sent, the server's own first */
    size_t chain_count;
    const char **faults; /* a sentence for each that verification found, in the arena */
    size_t fault_count;
};

/* tls_ask(question, run, link, answer, error): the handshake goes on when the certificate is at fault, so that all of it
 * can be told. SOURCE_FAULT: there is no TLS to be had. All memory is of the run's arena. */
enum source_end tls_ask(const struct tls_question *question, struct run *run, const struct socket_link *link,
                        struct tls_answer *answer, struct error *error);

/* tls_days_left(end): days from now to ${end} (epoch seconds), to two digits, rounded down. */
double tls_days_left(int64_t end);

/* tls_prepare(error): load the library now, so that children forked later have it. */
bool tls_prepare(struct error *error);

#endif

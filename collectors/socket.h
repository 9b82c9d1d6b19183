/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections with a deadline: every wait names its stage in the run and ends when the run does. */
#ifndef WATCHBILL_COLLECTORS_SOCKET_H
#define WATCHBILL_COLLECTORS_SOCKET_H

#include "collectors/source.h"
#include "lib/check.h"

#include <netdb.h>

struct socket_link {
    int fd;                 /* does not block; -1: none */
    const char *place;      /* "HOST:PORT", or the path: for sentences */
    const char *address;    /* the address that took the connection, or the path */
    double lookup, connect; /* seconds: finding the addresses, and from the first attempt to the connection */
};

/* socket_lookup(run, host, service, type, list, error): the addresses of ${host} in the run's family, for sockets of
 * ${type}; ${service} is a decimal port or NULL. The list is released with freeaddrinfo. No such host is
 * SOURCE_FAULT. */
enum source_end socket_lookup(struct run *run, const char *host, const char *service, int type,
                              struct addrinfo **list, struct error *error);

/* socket_open(run, host, port, link, error): connect over TCP. Addresses of both families are tried in turn, the next
 * one 250 ms after the last without waiting for it to fail (RFC 8305); the first connection wins. */
enum source_end socket_open(struct run *run, const char *host, int64_t port, struct socket_link *link,
                            struct error *error);

/* socket_open_path(run, path, link, error): the same for a UNIX socket. */
enum source_end socket_open_path(struct run *run, const char *path, struct socket_link *link,
                                 struct error *error);

/* socket_close(link): nothing happens when it is not open. */
void socket_close(struct socket_link *link);

/* socket_wait(fd, events, deadline): until poll()'s ${events} come; false: the deadline (CLOCK_MONOTONIC,
 * milliseconds) did. */
bool socket_wait(int fd, short events, int64_t deadline);

/* socket_send(run, link, bytes, length, error): all of it. */
enum source_end socket_send(struct run *run, const struct socket_link *link, const void *bytes, size_t length,
                            struct error *error);

/* socket_receive(run, link, text, closed, error): wait for the next bytes, at most 16 KB, and append them;
 * ${closed}: the other side sends no more. A timeout's sentence is "waiting for an answer from ...". */
enum source_end socket_receive(struct run *run, const struct socket_link *link, struct text *text,
                               bool *closed, struct error *error);

/* socket_seconds(): CLOCK_MONOTONIC, for measuring. */
double socket_seconds(void);

#endif

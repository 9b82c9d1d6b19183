/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a server listens, as it is written: "127.0.0.1:8642", "[::]:8642". */
#ifndef WATCHBILL_LIB_LISTEN_ADDRESS_H
#define WATCHBILL_LIB_LISTEN_ADDRESS_H

#include "lib/error.h"

#include <netinet/in.h>

union listen_address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

/* listen_address_read(text, address, error): ADDRESS:PORT, a port of 0 to 65535; an IPv6 address stands in brackets. A
 * name is refused: it would have to be looked up. */
bool listen_address_read(const char *text, union listen_address *address, struct error *error);

/* listen_address_is_loopback(address): only this machine can reach it: 127.0.0.0/8, ::1, and the former written as IPv6.
 */
bool listen_address_is_loopback(const union listen_address *address);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/listen_address.h"

#include "lib/number.h"

#include <arpa/inet.h>
#include <string.h>

bool listen_address_read(const char *text, union listen_address *address, struct error *error)
{
    const char *colon = strrchr(text, ':');
    int64_t port = 0;
    char host[INET6_ADDRSTRLEN + 3] = "";
    size_t length = colon ? (size_t)(colon - text) : 0;
    if (!colon || !number_read_whole(colon + 1, 0, 65535, &port))
        return error_set(error, "\"%s\" is not ADDRESS:PORT", text);
    if (length < sizeof host)
        memcpy(host, text, length);
    memset(address, 0, sizeof *address);
    bool bracketed = length > 2 && host[0] == '[' && host[length - 1] == ']';
    if (bracketed)
        host[length - 1] = '\0';
    if (bracketed && inet_pton(AF_INET6, host + 1, &address->six.sin6_addr) == 1) {
        address->six.sin6_family = AF_INET6;
        address->six.sin6_port = htons((uint16_t)port);
    } else if (!bracketed && inet_pton(AF_INET, host, &address->four.sin_addr) == 1) {
        address->four.sin_family = AF_INET;
        address->four.sin_port = htons((uint16_t)port);
    } else {
        return error_set(error, "\"%s\" does not begin with an address such as 127.0.0.1 or [::1]", text);
    }
    return true;
}

bool listen_address_is_loopback(const union listen_address *address)
{
    const struct in6_addr *six = &address->six.sin6_addr;
    if (address->any.sa_family == AF_INET)
        return ntohl(address->four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == IN_LOOPBACKNET);
}

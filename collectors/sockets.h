/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TCP and UDP sockets of /proc/net. Source of the rules: proc(5), "/proc/net/tcp"; the kernel's net/tcp_states.h. */
#ifndef WATCHBILL_COLLECTORS_SOCKETS_H
#define WATCHBILL_COLLECTORS_SOCKETS_H

#include "lib/arena.h"
#include "lib/error.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sockets_state {
    SOCKETS_ESTABLISHED = 1,
    SOCKETS_SYN_SENT,
    SOCKETS_SYN_RECV,
    SOCKETS_FIN_WAIT1,
    SOCKETS_FIN_WAIT2,
    SOCKETS_TIME_WAIT,
    SOCKETS_CLOSE,
    SOCKETS_CLOSE_WAIT,
    SOCKETS_LAST_ACK,
    SOCKETS_LISTEN,
    SOCKETS_CLOSING,
    SOCKETS_NEW_SYN_RECV,
    SOCKETS_STATES,
};

/* sockets_state_name(state): "ESTABLISHED"; "?" for a number that is none. */
const char *sockets_state_name(unsigned state);

enum { SOCKETS_ADDRESS = INET6_ADDRSTRLEN + 8 }; /* bytes of "[ADDRESS]:PORT" */

struct sockets_row {
    const char *kind; /* "tcp", "tcp6", "udp" or "udp6" */
    char local[SOCKETS_ADDRESS], remote[SOCKETS_ADDRESS];
    unsigned state; /* enum sockets_state, or what else the kernel says */
    uint64_t sending,
        receiving; /* bytes in the queues; of a LISTEN: the backlog and those that wait to be accepted */
    uint64_t user;
};

enum { SOCKETS_ROWS = 10000 };

struct sockets {
    struct sockets_row *rows; /* without TIME_WAIT, at most SOCKETS_ROWS */
    size_t count;
    size_t states[SOCKETS_STATES]; /* of TCP, all of them */
    size_t datagrams;              /* UDP */
};

/* sockets_parse(line, length, row): a line behind the heading; false when it is none. ${row->kind} stays as it is. */
bool sockets_parse(const char *line, size_t length, struct sockets_row *row);

/* sockets_read(root, arena, sockets, error): however many there are; a kernel without IPv6 is well. */
bool sockets_read(const char *root, struct arena *arena, struct sockets *sockets, struct error *error);

#endif

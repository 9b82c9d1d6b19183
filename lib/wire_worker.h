/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the daemon and the template of the warm workers say to each other: packets on a socket of their own.
 * The workers themselves take WIRE_RUN and answer WIRE_OUTCOME, each on its own stream. */
#ifndef WATCHBILL_LIB_WIRE_WORKER_H
#define WATCHBILL_LIB_WIRE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

enum { WORKER_FD = 3 }; /* the template's end */

enum worker_word {
    WORKER_HOLDS,  /* from the template: `name` is the program of a check that it holds */
    WORKER_FORK,   /* to it: a new worker for the stream that comes along; answered by FORKED or ENDED */
    WORKER_FORKED, /* `value` is the process id */
    WORKER_KILL,   /* to it: send signal `value` to the worker's process group */
    WORKER_ENDED,  /* `value` is the wait status, or minus the errno of a fork that failed */
};

struct worker_message {
    uint32_t word;
    uint32_t id; /* of the worker, chosen by the daemon */
    int32_t value;
    char name[68];
};

/* wire_worker_send(fd, message, passed): never waits; ${passed} is a descriptor to hand over, or -1. false
 * with errno. */
bool wire_worker_send(int fd, const struct worker_message *message, int passed);

enum wire_worker_got { WIRE_WORKER_MESSAGE, WIRE_WORKER_NONE, WIRE_WORKER_END };

/* wire_worker_receive(fd, message, passed): never waits. ${passed}: the descriptor that came, the caller's
 * now, or -1. What is no message counts as the end. */
enum wire_worker_got wire_worker_receive(int fd, struct worker_message *message, int *passed);

#endif

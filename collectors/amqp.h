/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AMQP 0-9-1: the one door to librabbitmq, loaded on first use: only one mode of one check needs it. */
#ifndef WATCHBILL_COLLECTORS_AMQP_H
#define WATCHBILL_COLLECTORS_AMQP_H

#include "collectors/source.h"
#include "lib/error.h"

#include <stdint.h>

enum amqp_phase {
    AMQP_PHASE_CONNECT, /* name, TCP and TLS */
    AMQP_PHASE_LOGIN,
    AMQP_PHASE_DECLARE,
    AMQP_PHASE_PUBLISH, /* until the broker confirms that it has the message */
    AMQP_PHASE_GET,
    AMQP_PHASE_DELETE,
    AMQP_PHASE_COUNT,
};

/* amqp_phase_name(phase): "connect", "login" ... */
const char *amqp_phase_name(enum amqp_phase phase);

struct amqp_question {
    const char *host;
    int64_t port;
    const char *vhost, *user, *password;
    bool tls, insecure;
    const char *ca_file; /* NULL: Debian's */
    int family;          /* AF_UNSPEC, AF_INET or AF_INET6; with TLS AF_UNSPEC */
    int64_t deadline;    /* CLOCK_MONOTONIC, milliseconds */
};

struct amqp_answer {
    double seconds[AMQP_PHASE_COUNT]; /* NaN for a phase that was not finished */
    double total;
};

/* amqp_probe(question, answer, error): declare a queue of a name that nobody else has, publish a message to it, get
 * it back, compare it, and delete the queue. The queue is exclusive: it ends with the connection, whatever
 * happens. A broker that refuses the user, the vhost or the right to do so is SOURCE_UNREADABLE; one that takes no
 * messages (an alarm) or gives back another one is SOURCE_FAULT. */
enum source_end amqp_probe(const struct amqp_question *question, struct amqp_answer *answer,
                           struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RabbitMQ's management API where it changes something, and what only a change needs to know. */
#ifndef WATCHBILL_REMEDIATIONS_TOOLS_RABBITMQ_ADMIN_H
#define WATCHBILL_REMEDIATIONS_TOOLS_RABBITMQ_ADMIN_H

#include "collectors/rabbitmq_options.h"
#include "lib/remediation.h"

/* rabbitmq_admin_check(options, place, error): that the options do not contradict each other. */
bool rabbitmq_admin_check(const struct rabbitmq_options *options, const struct act_place *place,
                          struct error *error);

/* rabbitmq_admin_open(options, place, run, access, error): what is asked with, until the deadline of ${run}. Ends with
 * rabbitmq_options_close, also when it failed. */
bool rabbitmq_admin_open(const struct rabbitmq_options *options, const struct act_place *place,
                         const struct act_run *run, struct rabbitmq_access *access, struct error *error);

/* rabbitmq_admin_get(source, path, body, missing, error): the answer as it is, appended to ${body}. ${missing} (may be
 * NULL: then it is a failure): 404. */
bool rabbitmq_admin_get(const struct rabbitmq_source *source, const char *path, struct text *body,
                        bool *missing, struct error *error);

/* rabbitmq_admin_list(source, path, name, list, error): append the answer for PATH/NAME, the name escaped, to a JSON array
 * that lacks its end, "]", yet. What is gone is left out. */
bool rabbitmq_admin_list(const struct rabbitmq_source *source, const char *path, const char *name,
                         struct text *list, struct error *error);

/* rabbitmq_admin_delete(source, path, why, error): DELETE ${path}; ${why} (may be NULL) is told to the client whose
 * connection it is. false with RabbitMQ's own reason. */
bool rabbitmq_admin_delete(const struct rabbitmq_source *source, const char *path, const char *why,
                           struct error *error);

/* rabbitmq_admin_queue_path(vhost, queue, arena): "/api/queues/VHOST/QUEUE", both escaped. */
const char *rabbitmq_admin_queue_path(const char *vhost, const char *queue, struct arena *arena);

/* rabbitmq_admin_check_queue(name, error): whether a path can name it: "." and ".." are folders to whoever reads a URL,
 * and the act would hit something else. */
bool rabbitmq_admin_check_queue(const char *name, struct error *error);

/* One consumer of a queue. */
struct rabbitmq_consumer_row {
    const char *connection, *channel, *peer; /* names; the address of the client */
    double unacknowledged;                   /* messages that its channel holds; NaN: not told */
    double acknowledged;                     /* since the channel began; 0 before the first */
};

enum { RABBITMQ_CONSUMERS_CAP = 500 };

struct rabbitmq_consumers {
    struct rabbitmq_consumer_row items[RABBITMQ_CONSUMERS_CAP];
    size_t count;
};

/* rabbitmq_consumers_parse(bytes, length, arena, consumers, error): the consumers that an answer about one queue
 * lists; false: it is no such answer, or there are more than the cap. */
bool rabbitmq_consumers_parse(const char *bytes, size_t length, struct arena *arena,
                              struct rabbitmq_consumers *consumers, struct error *error);

/* rabbitmq_consumers_read(source, vhost, queue, arena, consumers, error): the same from the server, with what each
 * one's channel holds. One that is gone meanwhile is left out. */
bool rabbitmq_consumers_read(const struct rabbitmq_source *source, const char *vhost, const char *queue,
                             struct arena *arena, struct rabbitmq_consumers *consumers, struct error *error);

#endif

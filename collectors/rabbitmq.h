/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RabbitMQ's management API: its answers as records. The parsers are pure; the readers ask the server.
 *
 * Every member but a name may be absent: right after a declaration, with statistics turned off, on a stopped node.
 * An absent number is NaN, never 0; an absent text is "". All memory is the arena's. */
#ifndef WATCHBILL_COLLECTORS_RABBITMQ_H
#define WATCHBILL_COLLECTORS_RABBITMQ_H

#include "collectors/http.h"
#include "collectors/source.h"
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/text.h"

#include <stddef.h>
#include <stdint.h>

enum rabbitmq_queue_number {
    RABBITMQ_QUEUE_MESSAGES, /* ready and unacknowledged */
    RABBITMQ_QUEUE_READY,
    RABBITMQ_QUEUE_UNACKNOWLEDGED,
    RABBITMQ_QUEUE_CONSUMERS,
    RABBITMQ_QUEUE_MEMORY,       /* bytes */
    RABBITMQ_QUEUE_BYTES,        /* of the messages' bodies */
    RABBITMQ_QUEUE_PUBLISH_RATE, /* per second, over the server's own sampling interval */
    RABBITMQ_QUEUE_DELIVER_RATE, /* deliver and get, with and without acknowledgement */
    RABBITMQ_QUEUE_ACK_RATE,
    RABBITMQ_QUEUE_PUBLISHED, /* since the server began to count */
    RABBITMQ_QUEUE_DELIVERED,
    RABBITMQ_QUEUE_OLDEST, /* epoch seconds, where publishers give their messages a time */
    RABBITMQ_QUEUE_NUMBER_COUNT,
};

struct rabbitmq_queue {
    const char *name, *vhost;
    const char *type, *state, *node; /* "quorum"; "running", "down" ... */
    double numbers[RABBITMQ_QUEUE_NUMBER_COUNT];
    double members, online; /* replicas; NaN for a queue without */
    const char *missing;    /* names of the replicas that are not online: "r2@a, r3@b" */
};

/* More would take more memory than a check may. */
enum { RABBITMQ_QUEUES_CAP = 20000 };

struct rabbitmq_queues {
    struct rabbitmq_queue *items;
    size_t count, room;
    int64_t pages; /* of the listing that the last answer was one page of; 1: it was all */
};

enum rabbitmq_node_number {
    RABBITMQ_NODE_MEMORY, /* bytes */
    RABBITMQ_NODE_MEMORY_LIMIT,
    RABBITMQ_NODE_DISK_FREE, /* bytes */
    RABBITMQ_NODE_DISK_LIMIT,
    RABBITMQ_NODE_FILES, /* file descriptors */
    RABBITMQ_NODE_FILES_LIMIT,
    RABBITMQ_NODE_SOCKETS,
    RABBITMQ_NODE_SOCKETS_LIMIT,
    RABBITMQ_NODE_PROCESSES, /* of Erlang */
    RABBITMQ_NODE_PROCESSES_LIMIT,
    RABBITMQ_NODE_RUN_QUEUE, /* processes that wait for a processor */
    RABBITMQ_NODE_UPTIME,    /* milliseconds */
    RABBITMQ_NODE_NUMBER_COUNT,
};

enum rabbitmq_flag { RABBITMQ_NO, RABBITMQ_YES, RABBITMQ_NOT_TOLD };

struct rabbitmq_node {
    const char *name;
    bool running;
    enum rabbitmq_flag memory_alarm, disk_alarm;
    double numbers[RABBITMQ_NODE_NUMBER_COUNT];
    double partitions;       /* nodes that it lost by a partition; NaN: not told */
    const char *parted_from; /* their names */
};

struct rabbitmq_nodes {
    struct rabbitmq_node *items;
    size_t count;
};

enum rabbitmq_overview_number {
    RABBITMQ_OVERVIEW_MESSAGES,
    RABBITMQ_OVERVIEW_READY,
    RABBITMQ_OVERVIEW_UNACKNOWLEDGED,
    RABBITMQ_OVERVIEW_PUBLISH_RATE,
    RABBITMQ_OVERVIEW_DELIVER_RATE,
    RABBITMQ_OVERVIEW_PUBLISHED,
    RABBITMQ_OVERVIEW_DELIVERED,
    RABBITMQ_OVERVIEW_QUEUES,
    RABBITMQ_OVERVIEW_CONSUMERS,
    RABBITMQ_OVERVIEW_CONNECTIONS,
    RABBITMQ_OVERVIEW_CHANNELS,
    RABBITMQ_OVERVIEW_EXCHANGES,
    RABBITMQ_OVERVIEW_NUMBER_COUNT,
};

struct rabbitmq_overview {
    const char *version, *node, *cluster;
    double numbers[RABBITMQ_OVERVIEW_NUMBER_COUNT];
};

struct rabbitmq_alarm {
    const char *node;     /* "": not told */
    const char *resource; /* "memory", "disk" */
};

struct rabbitmq_alarms {
    struct rabbitmq_alarm *items;
    size_t count;
};

/* The answer of a health check. */
struct rabbitmq_health {
    bool offered; /* false: this server knows no such check (before 3.8.10) */
    bool failed;
    const char *reason;
    const char *queues; /* names, where the check is about queues */
    struct rabbitmq_alarms alarms;
};

/* The parsers take an answer of ${length} bytes. false: it is no such answer; the sentence says why. */

/* rabbitmq_queues_add(queues, bytes, length, arena, error): add an array of queues, a page object, or one queue. */
bool rabbitmq_queues_add(struct rabbitmq_queues *queues, const char *bytes, size_t length,
                         struct arena *arena, struct error *error);
/* An array of nodes, or one. */
bool rabbitmq_nodes_parse(const char *bytes, size_t length, struct arena *arena, struct rabbitmq_nodes *nodes,
                          struct error *error);
bool rabbitmq_overview_parse(const char *bytes, size_t length, struct arena *arena,
                             struct rabbitmq_overview *overview, struct error *error);
bool rabbitmq_health_parse(const char *bytes, size_t length, struct arena *arena,
                           struct rabbitmq_health *health, struct error *error);

/* rabbitmq_state_is_bad(state): whether a queue in it serves nobody: "down", "minority", "crashed", "stopped". */
bool rabbitmq_state_is_bad(const char *state);

/* Where and as whom to ask. */
struct rabbitmq_source {
    const char *url; /* "http://HOST:15672", without "/api" */
    const char *user, *password;
    const char *ca_file;
    bool insecure;
    int family;
    int64_t deadline;
};

/* rabbitmq_request(source, url): what asks the management for ${url}, as that user; the caller adds to it. */
struct http_request rabbitmq_request(const struct rabbitmq_source *source, const char *url);

/* rabbitmq_add_name(path, name): a name as one part of a path: all but letters, digits and "-._~" percent-encoded. */
void rabbitmq_add_name(struct text *path, const char *name);

/* The readers. 401 and every status without a meaning of its own is a failure whose sentence names the user, the
 * address and RabbitMQ's reason. */
enum source_end rabbitmq_read_overview(const struct rabbitmq_source *source, struct arena *arena,
                                       struct rabbitmq_overview *overview, struct error *error);

/* rabbitmq_read_nodes(source, name, arena, nodes, error): one node, or all for NULL. */
enum source_end rabbitmq_read_nodes(const struct rabbitmq_source *source, const char *name,
                                    struct arena *arena, struct rabbitmq_nodes *nodes, struct error *error);

/* rabbitmq_read_health(source, check, arena, health, error): ${check} is "alarms", "node-is-quorum-critical" ... */
enum source_end rabbitmq_read_health(const struct rabbitmq_source *source, const char *check,
                                     struct arena *arena, struct rabbitmq_health *health,
                                     struct error *error);

/* rabbitmq_read_alarms(source, nodes, arena, alarms, error): of the health check, which knows of an alarm seconds before
 * the nodes' statistics do, and of ${nodes}; NULL: they are asked where the server has no such check. */
enum source_end rabbitmq_read_alarms(const struct rabbitmq_source *source, const struct rabbitmq_nodes *nodes,
                                     struct arena *arena, struct rabbitmq_alarms *alarms,
                                     struct error *error);

/* rabbitmq_read_queues(source, vhost, arena, queues, error): all queues of one vhost, or of all for NULL, page by
 * page. */
enum source_end rabbitmq_read_queues(const struct rabbitmq_source *source, const char *vhost,
                                     struct arena *arena, struct rabbitmq_queues *queues,
                                     struct error *error);

/* rabbitmq_read_queue(source, vhost, name, arena, queues, error): one queue; none when there is no such queue. A
 * queue whose node is stopped is found too, though the server denies it when it is asked for it alone. */
enum source_end rabbitmq_read_queue(const struct rabbitmq_source *source, const char *vhost, const char *name,
                                    struct arena *arena, struct rabbitmq_queues *queues, struct error *error);

#endif

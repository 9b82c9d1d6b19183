/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ActiveMQ's statistics plugin, asked over STOMP: an empty message to ActiveMQ.Statistics.Broker, or to
 * ActiveMQ.Statistics.Destination.NAME, is answered by a map for each destination of that name. */
#ifndef WATCHBILL_COLLECTORS_ACTIVEMQ_H
#define WATCHBILL_COLLECTORS_ACTIVEMQ_H

#include "collectors/source.h"
#include "lib/arena.h"
#include "lib/error.h"

#include <stddef.h>

enum activemq_type { ACTIVEMQ_TEXT, ACTIVEMQ_NUMBER, ACTIVEMQ_FLAG, ACTIVEMQ_NULL };

struct activemq_entry {
    const char *key;
    enum activemq_type type;
    const char *value; /* as it was written: "0.0"; "" for null */
    double number;     /* NaN unless it is one */
};

/* In the order of the answer; no key comes twice. */
struct activemq_map {
    const struct activemq_entry *entries;
    size_t count;
};

enum { ACTIVEMQ_ENTRIES = 1000, ACTIVEMQ_MAPS = 5000 };

/* activemq_parse(body, length, arena, map, error): the body of an answer as XML or as JSON, whichever it is. Both
 * readers are strict: XML has the five named entities and character references, and no document type. false: the map
 * is empty. */
bool activemq_parse(const char *body, size_t length, struct arena *arena, struct activemq_map *map,
                    struct error *error);

/* The two readers of activemq_parse; ${entries} has room for ACTIVEMQ_ENTRIES. */
bool activemq_parse_xml(const char *body, size_t length, struct arena *arena, struct activemq_entry *entries,
                        size_t *count, struct error *error);
bool activemq_parse_json(const char *body, size_t length, struct arena *arena, struct activemq_entry *entries,
                         size_t *count, struct error *error);

/* activemq_text(map, key): the value, NULL when there is none. activemq_number: NaN when it is none. */
const char *activemq_text(const struct activemq_map *map, const char *key);
double activemq_number(const struct activemq_map *map, const char *key);

/* activemq_queue_name(map): the name without "queue://"; NULL for the broker's own map. */
const char *activemq_queue_name(const struct activemq_map *map);

struct activemq_source {
    const char *host, *user, *password;
    int64_t port; /* 0: STOMP_PORT */
};

struct activemq_answer {
    const struct activemq_map *maps;
    size_t count;
};

/* activemq_read(source, run, queue, answer, error): ask for ${queue} (wildcards * and > give a map for each), or for
 * the broker when NULL. A queue that does not exist gets no reply at all: so the broker is asked behind it on the
 * same connection, and when its map comes first the answer is empty. Replies come to a temporary queue of this
 * run alone. */
enum source_end activemq_read(const struct activemq_source *source, struct run *run, const char *queue,
                              struct activemq_answer *answer, struct error *error);

/* activemq_is_queue(name, error): whether it can be asked for: not empty, one line, no "," (which would address a
 * second queue, and put a message into it). */
bool activemq_is_queue(const char *name, struct error *error);

#endif

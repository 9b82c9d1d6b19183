/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Redis: the one door to hiredis, which is loaded on first use and reads and writes the protocol. The connection is
 * collectors/socket.h's, so every wait ends with the run. */
#ifndef WATCHBILL_COLLECTORS_REDIS_LINK_H
#define WATCHBILL_COLLECTORS_REDIS_LINK_H

#include "collectors/source.h"
#include "lib/arena.h"
#include "lib/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one answer: its bytes, and its items together. What is asked here is answered in far less. */
enum { REDIS_LINK_CAP = 1 << 20, REDIS_LINK_ITEMS = 1 << 14 };

enum redis_kind {
    REDIS_NIL,
    REDIS_TEXT, /* a string or a status */
    REDIS_ERROR,
    REDIS_NUMBER,
    REDIS_LIST,
};

struct redis_answer {
    enum redis_kind kind;
    const char *text; /* a NUL byte in it ends it; "" unless it is a text or an error */
    long long number;
    struct redis_answer **items; /* each is there, when the answer is whole */
    size_t count;
};

struct redis_target {
    const char *host; /* NULL: 127.0.0.1 */
    int64_t port;     /* 0: 6379 */
    const char *socket;
    const char *user, *password; /* a user needs Redis 6 */
    const char *database;        /* its number as text; NULL: 0 */
};

struct redis_link;

/* redis_link_open(run, target, link, error): connect, sign in, choose the database. Ends with redis_link_close, when
 * SOURCE_READ. The password stands in no sentence. */
enum source_end redis_link_open(struct run *run, const struct redis_target *target, struct redis_link **link,
                                struct error *error);
void redis_link_close(struct redis_link *link);

/* redis_link_ask(run, link, words, count, answer, error): one command. An error that Redis answers is SOURCE_READ with
 * an answer of that kind; redis_link_refused makes a sentence of it. The answer lives in the run's arena. */
enum source_end redis_link_ask(struct run *run, struct redis_link *link, const char *const *words,
                               size_t count, const struct redis_answer **answer, struct error *error);

/* redis_link_refused(link, answer, error): what an error means: SOURCE_FAULT when Redis cannot serve anybody (it
 * loads, it has too many clients, its master is down), else SOURCE_UNREADABLE. */
enum source_end redis_link_refused(const struct redis_link *link, const struct redis_answer *answer,
                                   struct error *error);

/* redis_link_place(link): "127.0.0.1:6379" or the socket, for texts. */
const char *redis_link_place(const struct redis_link *link);

/* redis_link_parse(bytes, length, arena, answer, error): read one answer from ${bytes}; ${*answer} NULL: it is not whole
 * yet. false: it is not of the protocol, or has too many items. For tests. */
bool redis_link_parse(const char *bytes, size_t length, struct arena *arena,
                      const struct redis_answer **answer, struct error *error);

#endif

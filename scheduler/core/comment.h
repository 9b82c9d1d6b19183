/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments: what people want others to know of a check. Instants are epoch milliseconds. */
#ifndef WATCHBILL_CORE_COMMENT_H
#define WATCHBILL_CORE_COMMENT_H

#include "lib/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { COMMENTS_MOST = 1000, COMMENT_BYTES = 2000 };

struct comment {
    uint64_t id;
    char *host, *check;
    char *author, *text;
    int64_t at;
    int64_t until; /* 0: until it is taken back */
};

struct comments {
    struct comment *items;
    size_t count;
    uint64_t last_id;
};

/* comments_add(list): a new one with the next id, for the caller to fill with texts from malloc. */
struct comment *comments_add(struct comments *list);
void comments_remove(struct comments *list, size_t index);
void comments_release(struct comments *list);

/* comments_is_of(comment, host, check): whether it is about that check. */
bool comments_is_of(const struct comment *comment, const char *host, const char *check);

json_t *comments_save(const struct comments *list); /* a new reference */
/* comments_load(list, saved, error): into an empty list; what is refused leaves it empty. */
bool comments_load(struct comments *list, const json_t *saved, struct error *error);

#endif

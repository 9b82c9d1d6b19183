/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/comment.h"

#include "lib/memory.h"
#include "scheduler/core/saved.h"

#include <stdlib.h>
#include <string.h>

struct comment *comments_add(struct comments *list)
{
    list->items = memory_grow(list->items, list->count + 1, sizeof *list->items);
    struct comment *comment = &list->items[list->count++];
    *comment = (struct comment){.id = ++list->last_id};
    return comment;
}

static void release(struct comment *comment)
{
    free(comment->host);
    free(comment->check);
    free(comment->author);
    free(comment->text);
}

void comments_remove(struct comments *list, size_t index)
{
    release(&list->items[index]);
    list->count = memory_remove(list->items, list->count, sizeof *list->items, index);
}

void comments_release(struct comments *list)
{
    for (size_t i = 0; i < list->count; i++)
        release(&list->items[i]);
    free(list->items);
    *list = (struct comments){.last_id = list->last_id};
}

bool comments_is_of(const struct comment *comment, const char *host, const char *check)
{
    return strcmp(comment->host, host) == 0 && strcmp(comment->check, check) == 0;
}

json_t *comments_save(const struct comments *list)
{
    json_t *saved = json_object();
    json_t *items = saved_add_list(saved, "comments");
    saved_add_whole(saved, "last_id", (int64_t)list->last_id);
    for (size_t i = 0; i < list->count; i++) {
        const struct comment *comment = &list->items[i];
        json_t *item = saved_add_item(items);
        saved_add_whole(item, "id", (int64_t)comment->id);
        saved_add_text(item, "host", comment->host);
        saved_add_text(item, "check", comment->check);
        saved_add_text(item, "author", comment->author);
        saved_add_text(item, "text", comment->text);
        saved_add_whole(item, "at", comment->at);
        saved_add_whole(item, "until", comment->until);
    }
    return saved;
}

static void load_one(struct saved_reader *reader, struct comments *list, uint64_t last)
{
    uint64_t before = list->count ? list->items[list->count - 1].id : 0;
    struct comment *comment = comments_add(list);
    comment->id = saved_id(reader, before, last);
    comment->host = memory_text(saved_text(reader, "host"));
    comment->check = memory_text(saved_text(reader, "check"));
    comment->author = memory_text(saved_text(reader, "author"));
    comment->text = memory_text(saved_text(reader, "text"));
    comment->at = saved_instant(reader, "at");
    comment->until = saved_instant(reader, "until");
}

bool comments_load(struct comments *list, const json_t *saved, struct error *error)
{
    struct saved_reader reader = {saved, error, json_is_object(saved)};
    if (!reader.good)
        return error_set(error, "it is not an object");
    uint64_t last = (uint64_t)saved_whole(&reader, "last_id", 0, INT64_MAX - COMMENTS_MOST);
    struct saved_reader one;
    struct saved_items comments = saved_items(&reader, saved_list(&reader, "comments"));
    while (saved_next(&comments, &one))
        load_one(&one, list, last);
    list->last_id = last;
    if (!reader.good)
        comments_release(list);
    return reader.good;
}

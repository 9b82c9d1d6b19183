/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments in the world: they change no decision. */
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_calm_parts.h"

#include "lib/json.h"
#include "lib/memory.h"

#include <inttypes.h>

bool world_comment(struct world *world, uint32_t binding, const char *author, const char *text, int64_t until,
                   int64_t now, uint64_t *id, struct error *error)
{
    struct comments *list = &world->calm.comments;
    const struct binding *bound = &world->model->bindings[binding];
    if (*text == '\0')
        return error_set(error, "a comment has a text");
    if (strlen(text) > COMMENT_BYTES)
        return error_set(error, "a comment has %d bytes at most", COMMENT_BYTES);
    if (until != 0 && until <= now)
        return error_set(error, "the end of the comment has passed");
    if (list->count >= COMMENTS_MOST)
        return error_set(error, "there are %d comments already", COMMENTS_MOST);
    struct comment *comment = comments_add(list);
    comment->host = memory_text(bound->host->name);
    comment->check = memory_text(bound->plan->name);
    comment->author = memory_text(author);
    comment->text = memory_text(text);
    comment->at = now;
    comment->until = until;
    *id = comment->id;
    world_calm_changed(world);
    return true;
}

bool world_uncomment(struct world *world, uint64_t id, struct error *error)
{
    struct comments *list = &world->calm.comments;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id) {
            comments_remove(list, i);
            world_calm_changed(world);
            return true;
        }
    return error_set(error, "no such comment: %" PRIu64, id);
}

int64_t world_comment_due(const struct world *world)
{
    int64_t due = 0;
    for (size_t i = 0; i < world->calm.comments.count; i++)
        due = world_earlier(due, world->calm.comments.items[i].until);
    return due;
}

void world_comment_tick(struct world *world, int64_t now, world_sink *sink, void *owner)
{
    struct comments *list = &world->calm.comments;
    (void)sink, (void)owner;
    for (size_t i = list->count; i-- > 0;)
        if (list->items[i].until != 0 && list->items[i].until <= now) {
            comments_remove(list, i);
            world_calm_changed(world);
        }
}

/* What no longer exists is forgotten. */
void world_comment_adopt(struct world *world)
{
    struct comments *list = &world->calm.comments;
    for (size_t i = list->count; i-- > 0;)
        if (model_binding(world->model, list->items[i].host, list->items[i].check) == MODEL_NONE)
            comments_remove(list, i);
}

json_t *world_comments_json(const struct world *world, int64_t binding)
{
    json_t *answers = json_array();
    const struct binding *bound = binding == MODEL_NONE ? NULL : &world->model->bindings[binding];
    for (size_t i = 0; i < world->calm.comments.count; i++) {
        const struct comment *comment = &world->calm.comments.items[i];
        if (bound && !comments_is_of(comment, bound->host->name, bound->plan->name))
            continue;
        json_t *answer = json_pack("{s:I, s:s, s:s, s:s, s:s, s:I}", "id", (json_int_t)comment->id, "subject",
                                   comment->host, "name", comment->check, "author", comment->author, "text",
                                   comment->text, "at", (json_int_t)(comment->at / 1000));
        json_set(answer, "until", comment->until ? json_integer(comment->until / 1000) : json_null());
        json_add(answers, answer);
    }
    return answers;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downtimes, silences and comments by the doors of the daemon. */
#include "scheduler/engine/engine_act.h"
#include "scheduler/engine/engine_answer.h"

#include "lib/json.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/engine/engine_history.h"

/* A comment is part of the story of its check. */
static void note_comment(struct engine *engine, struct batch *batch, const json_t *answer)
{
    json_t *comments = world_comments_json(engine->world, MODEL_NONE);
    size_t index;
    const json_t *comment;
    json_array_foreach(comments, index, comment) {
        if (!json_equal(json_object_get(comment, "id"), json_object_get(answer, "id")))
            continue;
        int64_t found = model_binding(engine->model, json_string_value(json_object_get(comment, "subject")),
                                      json_string_value(json_object_get(comment, "name")));
        if (found != MODEL_NONE)
            batch_note(batch, (uint32_t)found, "\"%s\" says: %s",
                       json_string_value(json_object_get(comment, "author")),
                       json_string_value(json_object_get(comment, "text")));
    }
    json_decref(comments);
}

json_t *act_calm(struct engine *engine, const char *deed, const json_t *request, const char *author,
                 struct error *error)
{
    struct batch *batch = batch_open(engine);
    json_t *answer =
        world_calm_take(engine->world, deed, request, author, batch_now(batch), batch_decision, batch, error);
    if (answer)
        history_request(batch, deed, request, author);
    if (answer && strcmp(deed, "comment") == 0)
        note_comment(engine, batch, answer);
    batch_close(batch);
    return answer;
}

/* A list of all checks is made between two turns of the loop: beyond so many comparisons only problems show what is said
 * of them. */
void engine_calm_row(const struct engine *engine, uint32_t index, json_t *row)
{
    enum { COMPARISONS = 2000000 };
    bool few = world_calm_count(engine->world) * engine->model->binding_count < COMPARISONS;
    if (few || world_state(engine->world, index)->verdict != VERDICT_OK)
        world_calm_json(engine->world, index, loop_wall(), row);
}

void answer_downtimes(struct engine *engine, const struct door *door)
{
    door->reply(door->call,
                json_pack("{s:o}", "downtimes", world_downtimes_json(engine->world, loop_wall())));
}

void answer_silences(struct engine *engine, const struct door *door)
{
    door->reply(door->call, json_pack("{s:o}", "silences", world_silences_json(engine->world)));
}

void answer_comments(struct engine *engine, const struct door *door)
{
    door->reply(door->call, json_pack("{s:o}", "comments", world_comments_json(engine->world, MODEL_NONE)));
}

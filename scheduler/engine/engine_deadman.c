/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_deadman.h"

#include "lib/memory.h"

enum {
    LATE = 60,           /* s */
    STUCK = 600,         /* s */
    PING_TIMEOUT = 20000 /* ms */
};

static const int64_t second = 1000000; /* of loop_now's clock */

struct deadman_watch {
    struct engine *engine;
    struct loop_timer *timer;
    bool busy;      /* a cycle is under way */
    char *withheld; /* why there is no ping; NULL: there is one */
    char *trouble;  /* why the last one did not arrive */
};

static void change(char **text, const char *now)
{
    char *copy = memory_text(now);
    free(*text);
    *text = copy;
}

/* ---- whether it works ---- */

static const char *late_checks(const struct engine *engine)
{
    int64_t now = loop_now();
    if (plan_first(engine->plan) < now - LATE * second)
        return "checks are not started in time";
    for (const struct flight *flight = engine->flights; flight; flight = flight->next) {
        int64_t timeout =
            flight->index == MODEL_NONE ? 0 : engine->model->bindings[flight->index].plan->timeout * 1000;
        if (flight->index != MODEL_NONE && now - flight->due > timeout + LATE * second)
            return "a check does not end";
    }
    return NULL;
}

static const char *reason_against(const struct engine *engine)
{
    if (journal_trouble(engine->journal))
        return journal_trouble(engine->journal);
    if (outbox_stuck(engine->outbox) > STUCK)
        return "alerts wait, and none has arrived for ten minutes";
    return late_checks(engine);
}

static void withhold(struct deadman_watch *watch, const char *reason)
{
    if (reason && !watch->withheld)
        log_say(watch->engine->settings.log, LOG_LEVEL_ERROR, "the dead-man signal is withheld: %s", reason);
    else if (!reason && watch->withheld)
        log_say(watch->engine->settings.log, LOG_LEVEL_INFO, "the dead-man signal is sent again");
    change(&watch->withheld, reason);
}

/* ---- a cycle ---- */

static void pinged(void *owner, const struct outcome *outcome)
{
    struct deadman_watch *watch = owner;
    struct text sentence = TEXT_INIT;
    bool arrived = outcome->kind == OUTCOME_EXITED && outcome->code == 0;
    bool changed = arrived == (watch->trouble != NULL);
    const char *said = outcome->output ? outcome->output : "";
    watch->busy = false;
    if (!arrived)
        text_format(&sentence, "the dead-man signal does not arrive: %.*s", (int)strcspn(said, "\r\n"), said);
    change(&watch->trouble, arrived ? NULL : sentence.bytes);
    if (changed)
        engine_log_trouble(watch->engine);
    text_release(&sentence);
}

/* What the cycle wrote is durable: the journal works. */
static void written(void *owner)
{
    struct deadman_watch *watch = owner;
    struct engine *engine = watch->engine;
    const struct deadman *deadman = &engine->model->site.deadman;
    if (engine->ending)
        return;
    if (!deadman->url) {
        watch->busy = false;
        return;
    }
    withhold(watch, NULL);
    struct text program = TEXT_INIT;
    text_format(&program, "%s/ping", engine->settings.layout->channels);
    json_t *order = json_pack("{s:s, s:s*, s:i}", "url", deadman->url, "token_file", deadman->token_file,
                              "timeout_ms", (int)PING_TIMEOUT);
    char *input = json_dumps(order, JSON_COMPACT);
    const char *argv[] = {program.bytes, NULL};
    struct job job = {.argv = argv,
                      .input = input,
                      .input_length = input ? strlen(input) : 0,
                      .timeout = PING_TIMEOUT + PING_TIMEOUT / 2,
                      .output_cap = 4096,
                      .background = true};
    runner_submit(engine->runner, &job, pinged, watch);
    free(input);
    json_decref(order);
    text_release(&program);
}

static void cycle(void *owner)
{
    struct deadman_watch *watch = owner;
    struct engine *engine = watch->engine;
    const struct deadman *deadman = &engine->model->site.deadman;
    if (!deadman->url)
        return;
    loop_timer_at(watch->timer, loop_now() + deadman->every * 1000);
    const char *reason = reason_against(engine);
    if (reason)
        withhold(watch, reason);
    if (reason || watch->busy)
        return;
    json_t *at = json_integer(loop_wall());
    struct entry entry = {.kind = ENTRY_SETTING, .at = loop_wall(), .key = "deadman", .data = at};
    watch->busy = true;
    journal_write(engine->journal, &entry, 1, written, watch);
    json_decref(at);
}

struct deadman_watch *deadman_create(struct engine *engine)
{
    struct deadman_watch *watch = memory_get(1, sizeof *watch);
    watch->engine = engine;
    watch->timer = loop_timer_add(engine->loop, cycle, watch);
    return watch;
}

void deadman_free(struct deadman_watch *watch)
{
    if (!watch)
        return;
    loop_timer_remove(watch->timer);
    free(watch->withheld);
    free(watch->trouble);
    free(watch);
}

void deadman_adopt(struct deadman_watch *watch)
{
    if (watch->engine->model->site.deadman.url) {
        loop_timer_at(watch->timer, loop_now() + second);
    } else {
        loop_timer_stop(watch->timer);
        change(&watch->trouble, NULL);
        change(&watch->withheld, NULL);
    }
}

const char *deadman_trouble(const struct deadman_watch *watch)
{
    return watch->trouble ? watch->trouble : watch->withheld;
}

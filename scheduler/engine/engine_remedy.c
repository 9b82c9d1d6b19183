/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remediations: asked of the helper once the decision is durable, counted by the world when they end. After a
 * restart the ledger tells what became of the runs that were under way. */
#include "scheduler/engine/engine_history.h"

#include "lib/clean.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "scheduler/core/timeline.h"

enum {
    LOOK_AGAIN = 1000000,    /* us, while a run of the scheduler before may still end */
    HELPER_PAUSE = 10000000, /* us between two starts of the helper */
    FAILED = 2,              /* exit codes of the frame */
    REFUSED = 3,
};

struct request {
    struct request *next, **at; /* of all that have no end yet, and what points to this one */
    struct engine *engine;
    char *remediation, *subject, *run;
    bool dry_run;
    int64_t rearms;           /* epoch ms, of RUN_LIMITED: when the limit is over; 0: when some run ends */
    struct loop_timer *timer; /* of a run that the scheduler before began */
    int64_t until;            /* loop_now's clock: then it counts as interrupted */
};

static struct request *request_create(struct engine *engine, const char *remediation, const char *subject,
                                      const char *run)
{
    struct request *request = memory_get(1, sizeof *request);
    request->engine = engine;
    request->remediation = memory_text(remediation);
    request->subject = memory_text(subject);
    request->run = memory_text(run);
    request->next = engine->requests;
    request->at = &engine->requests;
    if (request->next)
        request->next->at = &request->next;
    engine->requests = request;
    return request;
}

static void request_free(struct request *request)
{
    *request->at = request->next;
    if (request->next)
        request->next->at = request->at;
    loop_timer_remove(request->timer);
    free(request->remediation);
    free(request->subject);
    free(request->run);
    free(request);
}

static const char *outcome_word(const struct request *request, int outcome)
{
    static const char *const words[] = {"it helped", "it had no effect", "it failed",
                                        "it was refused", [RUN_LIMITED] = "it was held back"};
    if (outcome == 0 && request->dry_run)
        return "it was rehearsed";
    return outcome >= 0 && outcome <= RUN_LIMITED ? words[outcome] : "it was interrupted";
}

/* Without "PROGRAM: failed: " or the like, with which the frame begins its line. */
static const char *without_program(const char *text)
{
    const char *word = strstr(text, ": ");
    const char *rest = word ? strstr(word + 2, ": ") : NULL;
    return rest && memchr(text, ' ', (size_t)(word - text)) == NULL ? rest + 2 : text;
}

struct saying {
    const char *run;
    char *text;
};

static void hear(void *owner, const json_t *line)
{
    struct saying *saying = owner;
    const char *run = json_string_value(json_object_get(line, "run"));
    const char *text = json_string_value(json_object_get(line, "text"));
    if (!run || !text || strcmp(run, saying->run) != 0)
        return;
    free(saying->text);
    saying->text = memory_text(text);
}

/* What became of the run in the words of the ledger, on one line; where it has none, the last line of ${printed}: the
 * first is of what was done before it failed. */
static char *say_end(const struct request *request, const char *printed)
{
    const char *const words[] = {request->run, NULL};
    struct saying saying = {.run = request->run};
    struct text text = TEXT_INIT;
    size_t end = strlen(printed), begin;
    (void)ledger_read_with(request->engine->ledger, words, hear, &saying, NULL);
    while (end > 0 && (printed[end - 1] == '\n' || printed[end - 1] == '\r'))
        end--;
    for (begin = end; begin > 0 && printed[begin - 1] != '\n';)
        begin--;
    char *last = memory_text_of(printed + begin, end - begin);
    clean_text(&text, saying.text ? saying.text : without_program(last));
    free(saying.text);
    free(last);
    return text_take(&text);
}

/* The world counts the outcome; the check is run at once, because its fresh result is the verdict. ${began} as in struct
 * run_end. ${said}: what the program printed, or what is known of its end. */
static void count(struct request *request, int outcome, int64_t began, const char *said)
{
    char *text = say_end(request, said);
    struct engine *engine = request->engine;
    int64_t binding = model_binding_named(engine->model, request->subject);
    const char *word = outcome_word(request, outcome);
    const struct run_end end = {outcome, began, text, request->rearms};
    struct batch *batch = batch_open(engine);
    log_say(engine->settings.log, LOG_LEVEL_INFO, "remediation \"%s\" of %s ended, %s: %s",
            request->remediation, request->subject, word, text);
    if (binding != MODEL_NONE) {
        const struct binding *bound = &engine->model->bindings[binding];
        batch_note(batch, (uint32_t)binding, "remediation \"%s\" ended, %s: %s", request->remediation, word,
                   text);
        batch_event(batch, bound->host->name, bound->plan->name, "archive", outcome == 0 ? 0 : 1,
                    json_pack("{s:s, s:s, s:i, s:b}", "remediation", request->remediation, "run",
                              request->run, "outcome", outcome, "dry_run", request->dry_run));
    }
    world_remedied(engine->world, request->run, &end, batch_now(batch), batch_decision, batch);
    history_deed(batch, "end_remediation", "{s:s, s:s, s:o*, s:o, s:o*}", "run", request->run, "outcome",
                 timeline_outcome_name(outcome), "began",
                 began == RUN_BEGAN ? NULL : json_real((double)began / 1000), "said",
                 ledger_text(text, strlen(text)), "until",
                 end.until ? json_real((double)end.until / 1000) : NULL);
    batch_close(batch);
    if (binding != MODEL_NONE && engine->model->bindings[binding].plan->command.count > 0)
        engine_run_now(engine, (uint32_t)binding);
    engine_remediate_ended(engine, request->run, word, text);
    free(text);
}

/* ---- what the check says of it ---- */

struct verdict_writing {
    char *ledger;
    json_t *line;
    const struct log *log;
    struct error error;
    bool done;
};

static void write_verdict(void *owner)
{
    struct verdict_writing *writing = owner;
    writing->done = ledger_verdict(writing->ledger, writing->line, loop_wall() / 1000, &writing->error);
}

static void verdict_written(void *owner)
{
    struct verdict_writing *writing = owner;
    if (!writing->done)
        log_say(writing->log, LOG_LEVEL_WARNING, "a verdict is not in the ledger: %s", writing->error.text);
    json_decref(writing->line);
    free(writing->ledger);
    free(writing);
}

/* On a thread, because the ledger is synced and may be locked. */
void engine_remedy_verdict(struct engine *engine, json_t *line)
{
    struct verdict_writing *writing = memory_get(1, sizeof *writing);
    writing->ledger = memory_text(engine->ledger);
    writing->line = line;
    writing->log = engine->settings.log;
    loop_work(engine->loop, write_verdict, verdict_written, writing);
}

/* ---- runs that the scheduler before began ---- */

struct fate {
    const char *run;
    bool ended, interrupted;
    int64_t began; /* epoch ms; 0: it did not */
    bool dead;     /* its process is gone; it may have ended all the same */
    int outcome;
    char text[512]; /* of its end, whose last words count; "" before that */
    bool limited;   /* refused for a limit, at last */
    int64_t rearms; /* epoch ms; 0: when some run ends */
};

static void keep_text(struct fate *fate, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    const char *from = length < sizeof fate->text ? text : text + length - (sizeof fate->text - 1);
    while (length > 0 && (*from & 0xC0) == 0x80) /* not in the middle of a character */
        from++;
    (void)snprintf(fate->text, sizeof fate->text, "%s", length > 0 ? from : "");
}

static void look(void *owner, const json_t *line)
{
    struct fate *fate = owner;
    const char *run = json_string_value(json_object_get(line, "run"));
    const char *event = json_string_value(json_object_get(line, "event"));
    const char *outcome = json_string_value(json_object_get(line, "outcome"));
    if (!run || !event || strcmp(run, fate->run) != 0)
        return;
    if (strcmp(event, "begin") == 0) {
        fate->began = json_integer_value(json_object_get(line, "at_ms"));
        if (fate->began <= 0) /* of a ledger that a version before wrote */
            fate->began = json_integer_value(json_object_get(line, "at")) * 1000;
        fate->dead = ledger_is_dead(line);
    } else if (strcmp(event, "end") == 0) {
        fate->ended = true;
        fate->interrupted = outcome && strcmp(outcome, "interrupted") == 0;
        fate->outcome = (int)json_integer_value(json_object_get(line, "exit"));
        keep_text(fate, json_string_value(json_object_get(line, "text")));
    } else if (strcmp(event, "refused") == 0) {
        fate->limited = json_object_get(line, "limit") != NULL;
        fate->rearms = json_integer_value(json_object_get(line, "rearms")) * 1000;
        keep_text(fate, json_string_value(json_object_get(line, "text")));
    }
}

/* Of a run that is not in the ledger nothing is told. */
static bool look_up(const struct engine *engine, struct fate *fate, struct error *error)
{
    const char *const words[] = {fate->run, NULL};
    return ledger_read_with(engine->ledger, words, look, fate, error);
}

static void follow(void *owner)
{
    struct request *request = owner;
    struct engine *engine = request->engine;
    struct fate fate = {.run = request->run, .outcome = -1};
    struct error error = {""};
    if (!look_up(engine, &fate, &error))
        log_say(engine->settings.log, LOG_LEVEL_WARNING, "%s", error.text);
    if (fate.ended) {
        count(request, fate.interrupted ? -1 : fate.outcome, fate.began, fate.text);
        request_free(request);
    } else if (fate.limited && !fate.began) {
        request->rearms = fate.rearms;
        count(request, RUN_LIMITED, 0, fate.text);
        request_free(request);
    } else if (loop_now() >= request->until) {
        (void)ledger_interrupt(engine->ledger, request->run, 0, loop_wall() / 1000,
                               "nothing was heard of it again", &error);
        count(request, -1, fate.began, "nothing was heard of it again");
        request_free(request);
    } else {
        /* Its helper may have died before it, and then nobody else ends it; a run that ended meanwhile stays as it is. */
        if (fate.dead)
            (void)ledger_interrupt(engine->ledger, request->run, 0, loop_wall() / 1000, "its process is gone",
                                   &error);
        loop_timer_at(request->timer, loop_now() + LOOK_AGAIN);
    }
}

/* ${patience}: ms. A step of the civil clock does not change it. */
static void follow_for(struct request *request, int64_t patience)
{
    request->until = loop_now() + patience * 1000;
    request->timer = loop_timer_add(request->engine->loop, follow, request);
    loop_timer_at(request->timer, loop_now());
}

/* ---- requests ---- */

/* Asked for by the scheduler before, which was killed: its helper had the request and carries it out, so that the same
 * run was refused to us, or failed because its evidence is there already. The ledger tells what became of it. */
static bool is_anothers(const struct request *request, int code)
{
    struct fate fate = {.run = request->run};
    return code >= FAILED && look_up(request->engine, &fate, NULL) && fate.began &&
           (code == REFUSED || !fate.ended || fate.outcome != code);
}

static bool has_recovered(const struct world *world, const char *run)
{
    bool recovered = false;
    for (size_t i = 0; i < world_run_count(world); i++) {
        struct world_run one = world_run_at(world, i);
        recovered |= one.recovered && strcmp(one.run, run) == 0;
    }
    return recovered;
}

/* The ledger is read only where it matters when the run began. */
static int64_t began(const struct request *request, int code)
{
    struct fate fate = {.run = request->run};
    if (request->dry_run || (code == 0 && !has_recovered(request->engine->world, request->run)))
        return RUN_BEGAN;
    return look_up(request->engine, &fate, NULL) ? fate.began : RUN_BEGAN;
}

/* What its end means to the world: a refusal for a limit that others had used up is none of the program. */
static int outcome_of(struct request *request, int code)
{
    struct fate fate = {.run = request->run};
    if (code != REFUSED || request->dry_run || !look_up(request->engine, &fate, NULL) || !fate.limited)
        return code;
    request->rearms = fate.rearms;
    return RUN_LIMITED;
}

static int64_t patience_with(const struct request *request)
{
    const struct remediation *remediation = model_remediation(request->engine->model, request->remediation);
    return (remediation ? remediation->timeout : 0) + 60000;
}

/* A program that is told to end writes the end of its run itself. */
static void exited(struct request *request, const struct helper_outcome *outcome)
{
    struct fate fate = {.run = request->run};
    if (outcome->code == FAILED && look_up(request->engine, &fate, NULL) && fate.interrupted)
        count(request, -1, fate.began, fate.text);
    else
        count(request, outcome_of(request, outcome->code), began(request, outcome->code), outcome->text);
}

static void ended(void *owner, const struct helper_outcome *outcome)
{
    static const char *const words[] = {
        [HELPER_SIGNALLED] = "ended by a signal", [HELPER_TIMEOUT] = "did not end in time"};
    struct request *request = owner;
    struct fate fate = {.run = request->run};
    switch (outcome->end) {
    case HELPER_EXITED:
        if (is_anothers(request, outcome->code)) {
            follow_for(request, patience_with(request));
            return;
        }
        exited(request, outcome);
        break;
    case HELPER_REFUSED:
        count(request, REFUSED, 0, outcome->text);
        break;
    case HELPER_SIGNALLED:
    case HELPER_TIMEOUT:
        /* It may have come to its end before the signal came. */
        (void)look_up(request->engine, &fate, NULL);
        count(request, fate.ended && !fate.interrupted ? fate.outcome : -1, fate.began,
              fate.text[0] ? fate.text : words[outcome->end]);
        break;
    case HELPER_LOST:
        log_say(request->engine->settings.log, LOG_LEVEL_ERROR,
                "remediation \"%s\" of %s was under way when the helper ended: the ledger tells its end",
                request->remediation, request->subject);
        follow_for(request, patience_with(request));
        return; /* the request goes on */
    }
    request_free(request);
}

/* What the program may read of its reason: the variables that Nagios gives its event handlers. */
static struct pairs environment(const struct engine *engine, uint32_t binding, const char *author,
                                struct arena *arena)
{
    const struct binding *bound = &engine->model->bindings[binding];
    const struct state *state = world_state(engine->world, binding);
    const char *output = engine->slots[binding].output ? engine->slots[binding].output : "";
    size_t first = strcspn(output, "\n");
    const struct pair items[] = {
        {"NAGIOS_HOSTNAME", bound->host->name},
        {"NAGIOS_HOSTADDRESS", bound->host->address},
        {"NAGIOS_SERVICEDESC", bound->plan->name},
        {"NAGIOS_SERVICESTATE", verdict_name(state->verdict)},
        {"NAGIOS_SERVICESTATETYPE", state_type_name(state->type)},
        {"NAGIOS_SERVICEATTEMPT", arena_format(arena, "%d", state->attempt)},
        {"NAGIOS_SERVICEOUTPUT", arena_text_of(arena, output, first)},
        {"NAGIOS_LONGSERVICEOUTPUT", output[first] ? arena_text(arena, output + first + 1) : ""},
        {"NAGIOS_SERVICEPROBLEMID", arena_format(arena, "%llu", (unsigned long long)state->problem)},
        {"WATCHBILL_PROBLEM", arena_format(arena, "%llu", (unsigned long long)state->problem)},
        {"WATCHBILL_AUTHOR", author ? arena_text(arena, author) : ""},
    };
    struct pairs pairs = {.count = sizeof items / sizeof items[0]};
    pairs.items = arena_get(arena, pairs.count, sizeof *pairs.items);
    memcpy(pairs.items, items, sizeof items);
    return pairs;
}

void engine_remedy_request(struct engine *engine, const char *remediation, const char *subject,
                           const char *run, const char *author, bool dry_run)
{
    struct arena *arena = arena_create();
    int64_t binding = model_binding_named(engine->model, subject);
    struct helper_request request = {
        .remediation = remediation, .subject = subject, .run = run, .dry_run = dry_run};
    if (binding != MODEL_NONE)
        request.environment = environment(engine, (uint32_t)binding, author, arena);
    struct request *kept = request_create(engine, remediation, subject, run);
    kept->dry_run = dry_run;
    helper_request(engine->helper, &request, ended, kept);
    arena_free(arena);
}

static void recall(struct engine *engine, const struct world_run *run)
{
    const struct remediation *remediation = model_remediation(engine->model, run->remediation);
    struct text subject = TEXT_INIT;
    struct fate fate = {.run = run->run};
    text_format(&subject, "%s/%s", run->host, run->check);
    (void)look_up(engine, &fate, NULL);
    if (fate.began || fate.limited || !remediation)
        /* The helper of the scheduler before lets it finish, and ours ends the entry of what is dead; the ledger
         * refuses to begin it again. What a limit refused is told as that. */
        follow_for(request_create(engine, run->remediation, subject.bytes, run->run),
                   (remediation ? remediation->timeout : 0) + 60000);
    else
        engine_remedy_request(engine, run->remediation, subject.bytes, run->run, NULL, false);
    text_release(&subject);
}

static void start_helper(struct engine *engine)
{
    struct error error = {""};
    struct text program = TEXT_INIT;
    text_format(&program, "%s/watchbill-helper", engine->settings.layout->libexec);
    struct helper *helper = helper_start(engine->loop, program.bytes, engine->settings.conf, &error);
    if (helper) {
        helper_free(engine->helper);
        engine->helper = helper;
        engine->helper_missed = false;
        log_say(engine->settings.log, LOG_LEVEL_INFO, "the helper was started again");
    } else {
        log_say(engine->settings.log, LOG_LEVEL_ERROR, "the helper cannot be started: %s", error.text);
    }
    engine->helper_again = loop_now() + HELPER_PAUSE;
    text_release(&program);
}

void engine_remedy_keep_helper(struct engine *engine)
{
    if (!helper_gone(engine->helper))
        return;
    if (!engine->helper_missed)
        log_say(engine->settings.log, LOG_LEVEL_ERROR, "the helper has ended: no remediation can run%s",
                engine->settings.may_start_helper
                    ? ""
                    : " until the scheduler is started again, which gave up the rights to start another");
    engine->helper_missed = true;
    /* Its requests are answered first: they are its own. */
    if (engine->settings.may_start_helper && helper_running(engine->helper) == 0 &&
        loop_now() >= engine->helper_again)
        start_helper(engine);
}

/* Ids of runs begin with that of their problem ("p42-clean-1"). When the journal is lost and the ledger is not, problems
 * are counted on from there, because the ledger refuses an id that it knows. */
static void count_on(struct engine *engine, const json_t *line)
{
    const char *run = json_string_value(json_object_get(line, "run"));
    unsigned long long problem;
    if (run && sscanf(run, "p%llu-", &problem) == 1 && problem < UINT32_MAX)
        world_problem_known(engine->world, (uint64_t)problem);
}

struct memory {
    struct engine *engine;
    int64_t now;   /* epoch ms */
    int64_t since; /* what ended before begins no rest that lasts */
};

static bool has(const char *line, size_t length, const char *word)
{
    return memmem(line, length, word, strlen(word)) != NULL;
}

/* The first line of each run, whether it acted or not; of the ends those that count. */
static bool is_remembered(void *owner, const char *line, size_t length)
{
    const struct memory *memory = owner;
    return has(line, length, "\"begin\"") || has(line, length, "\"refused\"") ||
           (has(line, length, "\"end\"") && ledger_raw_at(line, length) > memory->since);
}

static void remember(void *owner, const json_t *line)
{
    const struct memory *memory = owner;
    struct engine *engine = memory->engine;
    const char *event = json_string_value(json_object_get(line, "event"));
    const char *remediation = json_string_value(json_object_get(line, "remediation"));
    const char *target = json_string_value(json_object_get(line, "target"));
    int64_t at = json_integer_value(json_object_get(line, "at")) * 1000;
    count_on(engine, line);
    if (event && remediation && target && strcmp(event, "begin") == 0)
        world_remember_run(engine->world, remediation, target, at, true);
    else if (event && remediation && target && strcmp(event, "end") == 0)
        world_remember_end(engine->world, remediation, target, at, memory->now);
}

static int64_t longest_rest(const struct model *model)
{
    int64_t longest = 0;
    for (size_t i = 0; i < model->remediation_count; i++)
        if (model->remediations[i]->cooldown > longest)
            longest = model->remediations[i]->cooldown;
    return longest;
}

void engine_remedy_close(struct engine *engine)
{
    for (struct request *request = engine->requests, *next; request; request = next) {
        next = request->next;
        request_free(request);
    }
}

bool engine_remedy_recall(struct engine *engine, struct error *error)
{
    int64_t now = loop_wall();
    struct memory memory = {engine, now, now - longest_rest(engine->model)};
    const struct ledger_look look = {is_remembered, remember, NULL, &memory};
    if (!ledger_ask(engine->ledger, &look, error))
        return false;
    for (size_t i = 0; i < world_run_count(engine->world); i++) {
        struct world_run run = world_run_at(engine->world, i);
        recall(engine, &run);
    }
    return true;
}

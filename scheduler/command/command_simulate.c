/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simulate: the scheduler's own decisions over a timeline, on a virtual clock. */
#include "lib/json.h"
#include "lib/memory.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/simulate.h"
#include "scheduler/command/site.h"
#include "scheduler/core/decision_json.h"
#include "scheduler/io/config.h"

#include <inttypes.h>

struct arguments {
    int runs; /* enum timeline_runs */
    const char *diff, *from;
};

static const char *const run_names[] = {[TIMELINE_RUNS_FIXED] = "fixed",
                                        [TIMELINE_RUNS_VAIN] = "vain",
                                        [TIMELINE_RUNS_FAILED] = "failed",
                                        [TIMELINE_RUNS_REFUSED] = "refused",
                                        [TIMELINE_RUNS_DIED] = "died",
                                        [TIMELINE_RUNS_TOLD] = "told",
                                        NULL};

static const struct option_row options[] = {
    {"runs", 0, CHOICE(struct arguments, runs), .value = "OUTCOME", .choices = run_names,
     .help = "How a remediation ends, in the instant in which it begins; told: as the timeline tells."},
    {"diff", 0, TEXT(struct arguments, diff), .value = "DIR",
     .help = "Print what this other configuration would have changed, instead of the decisions."},
    {"from", 0, TEXT(struct arguments, from), .value = "TIME",
     .help = "Print what is decided from then on, RFC 3339 or epoch seconds; all of the timeline counts."},
    {0},
};

/* One configuration and what it makes of the timeline. */
struct side {
    struct simulation *simulation;
    struct model *model;
    struct model **loaded; /* by reloads that name another configuration */
    size_t loaded_count;
    struct timeline *timeline;
    bool other;
};

struct simulation {
    struct command_call *call;
    int64_t from; /* epoch ms */
    struct side sides[2];
    size_t side_count;
    struct simulate_diff *diff; /* NULL: the decisions are printed */
    bool broken;                /* nobody reads the output any more */
    const char *conf;           /* at work in the first side */
    bool warned;
};

static void print_decision(const struct side *side, const struct decision *decision)
{
    struct command_call *call = side->simulation->call;
    json_t *object = json_object();
    json_set(object, "at", json_number_of((double)decision->at / 1000));
    json_set(object, "type", json_string(decision_name(decision->kind)));
    json_set(object, "subject", json_string(decision->subject));
    json_set(object, "name", json_string(decision->name));
    json_t *rest = decision_json(world_model(timeline_world(side->timeline)), decision);
    if (json_object_update(object, rest) != 0)
        abort();
    if (decision->next)
        json_set(object, "next", json_number_of((double)decision->next / 1000));
    json_write(call->out, object);
    json_decref(rest);
    json_decref(object);
    if (!command_pass_on(call))
        side->simulation->broken = true;
}

static void take_decision(void *owner, const struct decision *decision)
{
    const struct side *side = owner;
    const struct simulation *simulation = side->simulation;
    if (decision->at < simulation->from)
        return;
    if (!simulation->diff)
        print_decision(side, decision);
    else if (decision->kind == DECISION_ALERT)
        simulate_diff_add(simulation->diff, side->other, world_model(timeline_world(side->timeline)),
                          decision);
}

/* ---- configurations ---- */

static struct model *load_from(struct command_call *call, const char *conf)
{
    struct command_call there = *call;
    there.conf = conf;
    return site_load(&there);
}

/* What a reload brings. The other configuration stays what it is: the question is what it would have made of all of
 * the timeline. */
static const struct model *load_again(void *owner, const char *conf, struct error *error)
{
    struct side *side = owner;
    if (!conf || side->other)
        return conf ? side->model : world_model(timeline_world(side->timeline));
    struct model *model = load_from(side->simulation->call, conf);
    if (!model) {
        (void)error_set(error, "the configuration in \"%.200s\" has errors", conf);
        return NULL;
    }
    side->loaded = memory_grow(side->loaded, side->loaded_count + 1, sizeof(struct model *));
    side->loaded[side->loaded_count++] = model;
    return model;
}

static bool add_side(struct simulation *simulation, const char *conf, int runs)
{
    struct side *side = &simulation->sides[simulation->side_count];
    struct model *model = load_from(simulation->call, conf);
    if (!model)
        return false;
    *side = (struct side){.simulation = simulation, .model = model, .other = simulation->side_count > 0};
    const struct timeline_settings settings = {.model = model,
                                               .runs = (enum timeline_runs)runs,
                                               .sink = take_decision,
                                               .load = load_again,
                                               .owner = side};
    side->timeline = timeline_create(&settings);
    simulation->side_count++;
    return true;
}

static void side_release(struct side *side)
{
    timeline_free(side->timeline);
    for (size_t i = 0; i < side->loaded_count; i++)
        model_free(side->loaded[i]);
    free(side->loaded);
    model_free(side->model);
}

/* ---- the timeline ---- */

/* A recorded line names the generation that was at work from then on. */
static void compare_generation(struct simulation *simulation, const json_t *line, size_t number)
{
    struct command_call *call = simulation->call;
    char present[17];
    const char *conf = json_string_value(json_object_get(line, "conf"));
    const char *recorded = json_string_value(json_object_get(line, "generation"));
    if (conf)
        simulation->conf = arena_text(call->arena, conf);
    if (!recorded || simulation->warned)
        return;
    (void)snprintf(present, sizeof present, "%016" PRIx64, config_digest(simulation->conf));
    if (strcmp(present, recorded) == 0)
        return;
    simulation->warned = true;
    text_format(
        call->complaint,
        "watchbill simulate: line %zu: it was recorded with another configuration than that in \"%s\", "
        "which may decide otherwise; a line may name its own by \"conf\"\n",
        number, simulation->conf);
}

/* Whether the first configuration takes it. What it takes may mean nothing to the other one, which then has no such
 * check or no such problem. */
static bool take_line(struct simulation *simulation, const char *bytes, size_t length, size_t number,
                      struct error *error)
{
    json_error_t mistake;
    json_t *line = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &mistake);
    if (!line)
        return error_set(error, "not JSON: %s", mistake.text);
    compare_generation(simulation, line, number);
    bool taken = timeline_take(simulation->sides[0].timeline, line, error);
    if (taken && simulation->side_count > 1)
        (void)timeline_take(simulation->sides[1].timeline, line, NULL);
    json_decref(line);
    return taken;
}

static int read_timeline(struct simulation *simulation)
{
    struct command_call *call = simulation->call;
    struct simulate_lines lines = {.stream = call->input};
    struct error error = {""};
    const char *line;
    size_t length;
    int code = COMMAND_YES;
    while (!simulation->broken && simulate_next(&lines, &line, &length, &error))
        if (!take_line(simulation, line, length, lines.number, &error))
            break;
    if (error.text[0])
        code = command_refuse(call, "line %zu: %s", lines.number, error.text);
    simulate_lines_end(&lines);
    return code;
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct simulation simulation = {.call = call, .from = INT64_MIN, .conf = call->conf};
    struct error error = {""};
    int code = COMMAND_REFUSED;
    if (arguments->from) {
        if (!instant_read(arguments->from, call->now, &simulation.from, &error))
            return command_refuse(call, "%s", error.text);
        simulation.from *= 1000;
    }
    if (add_side(&simulation, call->conf, arguments->runs) &&
        (!arguments->diff || add_side(&simulation, arguments->diff, arguments->runs))) {
        simulation.diff = arguments->diff ? simulate_diff_create() : NULL;
        code = read_timeline(&simulation);
        if (simulation.diff && code == COMMAND_YES)
            simulate_diff_write(simulation.diff, call->out);
    }
    simulate_diff_free(simulation.diff);
    for (size_t i = 0; i < simulation.side_count; i++)
        side_release(&simulation.sides[i]);
    return code;
}

const struct command command_simulate = {
    .name = "simulate",
    .usage = "[--diff DIR] [--from TIME] [--runs OUTCOME] < TIMELINE",
    .summary = "runs the scheduler's decisions over a timeline",
    .notes =
        "Reads one JSON object a line: a result {\"at\", \"host\", \"check\", \"exit\", \"output\"}, or a "
        "deed {\"at\", \"do\", ...}; \"at\" is in epoch seconds and does not go back. Prints one decision a "
        "line. "
        "Nothing is executed and nobody is told. The deeds:\n"
        "  acknowledge      host, check, author, comment, until\n"
        "  unacknowledge    host, check\n"
        "  tick             time passes until then\n"
        "  run_remediation  host, check, remediation, author, and dry_run: somebody starts it by hand\n"
        "  issue          issue, state: the tracker says that it is open or closed\n"
        "  approve_remediation  run, author: somebody approves what asks under that id\n"
        "  end_remediation  run, outcome, began, said, until: the end of a run, with --runs told\n"
        "  remember_run     remediation, target, started: a run that the ledger tells of\n"
        "  channel          channel, works, reason, users: a channel delivers, or not what waits for users\n"
        "  restart          the scheduler ends and starts again\n"
        "  reload           conf: the configuration is read again, or another one\n"
        "  clock_set        by: somebody sets the clock forward by so many seconds, or back",
    .options = options,
    .size = sizeof(struct arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lint-plugin */
#include "lib/json.h"
#include "lib/plugin_lint.h"
#include "lib/process.h"
#include "scheduler/command/rows.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTPUT_CAP = 1 << 20, LIMIT_MS = 1000, NOT_EXECUTED = 127 };

struct arguments {
    int64_t timeout;
};

static const struct arguments defaults = {.timeout = 30000};

static const struct option_row options[] = {
    {"timeout", 't', DURATION(struct arguments, timeout), .value = "DURATION", .low = 1, .high = 600,
     .help = "How long one run of it may take."},
    {0},
};

/* One way to call it: its own words, or not, and more. */
struct way {
    enum plugin_lint_way way;
    bool given;        /* with its own words */
    const char *knows; /* only when the help speaks of this */
    const char *words[3];
    int64_t limit; /* ms */
};

static const struct way ways[] = {
    {.way = PLUGIN_LINT_GIVEN, .given = true},
    {.way = PLUGIN_LINT_HELP, .words = {"--help"}},
    {.way = PLUGIN_LINT_HELP, .words = {"-h"}},
    {.way = PLUGIN_LINT_VERSION, .words = {"--version"}},
    {.way = PLUGIN_LINT_VERSION, .words = {"-V"}},
    {.way = PLUGIN_LINT_BARE},
    {.way = PLUGIN_LINT_MISUSE, .words = {"--no-such-option-as-this"}},
    {.way = PLUGIN_LINT_MISUSE, .given = true, .knows = "--warning", .words = {"-w", "foo"}},
    {.way = PLUGIN_LINT_MISUSE, .given = true, .knows = "--critical", .words = {"-c", "1:x"}},
    {.way = PLUGIN_LINT_MISUSE, .given = true, .knows = "--timeout", .words = {"-t", "soon"}},
    {.way = PLUGIN_LINT_VERBOSE, .given = true, .knows = "--verbose", .words = {"-v"}},
    {.way = PLUGIN_LINT_LIMIT, .given = true, .knows = "--timeout", .words = {"-t", "1"}, .limit = LIMIT_MS},
};

enum { WAYS = sizeof ways / sizeof ways[0] };

struct linting {
    struct command_call *call;
    const char **plugin; /* its words */
    size_t count;
    int64_t timeout;
    json_t *found;
    const char *shown; /* how it is called now */
};

/* ---- one run ---- */

struct child {
    const char **argv;
    int complaint; /* where standard error goes */
};

static int execute(void *owner)
{
    const struct child *child = owner;
    char *const *argv;
    memcpy(&argv, &child->argv, sizeof argv);
    char path[32];
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getppid(), child->complaint);
    int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file >= 0)
        (void)dup2(file, STDERR_FILENO);
    (void)execvp(argv[0], argv);
    return NOT_EXECUTED;
}

static const char **make_argv(const struct linting *linting, const struct way *way, struct arena *arena)
{
    const char **argv = arena_get(arena, linting->count + 4, sizeof *argv);
    size_t count = 0;
    for (size_t i = 0; i < (way->given ? linting->count : 1); i++)
        argv[count++] = linting->plugin[i];
    for (size_t i = 0; i < 3 && way->words[i]; i++)
        argv[count++] = way->words[i];
    return argv;
}

static const char *show(const char **argv, struct arena *arena)
{
    struct text text = TEXT_INIT;
    for (size_t i = 0; argv[i]; i++)
        text_format(&text, "%s%s", i ? " " : "", argv[i]);
    const char *kept = arena_text(arena, text.bytes);
    text_release(&text);
    return kept;
}

static void take(void *owner, const char *rule, const char *sentence)
{
    struct linting *linting = owner;
    json_t *departure = json_object();
    json_set(departure, "command", json_string(linting->shown));
    json_set(departure, "rule", json_string(rule));
    json_set(departure, "sentence", json_string(sentence));
    json_add(linting->found, departure);
}

/* Runs and judges it; false when it could not be started. ${help} keeps what --help printed. */
static bool try_way(struct linting *linting, const struct way *way, struct text *help)
{
    struct arena *arena = linting->call->arena;
    struct child child = {make_argv(linting, way, arena), memfd_create("complaint", MFD_CLOEXEC)};
    struct process_outcome outcome;
    struct stat complaint = {0};
    int64_t begun = process_now();
    const struct process process = {
        .call = execute, .owner = &child, .deadline = begun + linting->timeout, .output_cap = OUTPUT_CAP};
    process_run(&process, &outcome);
    bool complained =
        child.complaint >= 0 && fstat(child.complaint, &complaint) == 0 && complaint.st_size > 0;
    struct plugin_lint_run run = {
        .way = way->way,
        .exited = outcome.end == PROCESS_EXITED,
        .late = outcome.end == PROCESS_TIMEOUT,
        .code = outcome.code,
        .limit = way->limit,
        .elapsed = process_now() - begun,
        .output = outcome.output.bytes,
        .length = outcome.output.length,
        .complained = complained,
    };
    bool started = outcome.end != PROCESS_NOT_STARTED && !(run.exited && run.code == NOT_EXECUTED);
    linting->shown = show(child.argv, arena);
    if (started)
        plugin_lint(&run, take, linting);
    if (way->way == PLUGIN_LINT_HELP)
        text_add_bytes(help, outcome.output.bytes, outcome.output.length);
    if (child.complaint >= 0)
        (void)close(child.complaint);
    process_outcome_release(&outcome);
    return started;
}

/* ---- all of them ---- */

static void print(struct command_call *call, const json_t *found, size_t runs)
{
    size_t index;
    const json_t *departure;
    if (call->json) {
        json_write(call->out, found);
        return;
    }
    json_array_foreach(found, index, departure)
        text_format(call->out, "%s: %s: %s\n", json_string_value(json_object_get(departure, "command")),
                    json_string_value(json_object_get(departure, "rule")),
                    json_string_value(json_object_get(departure, "sentence")));
    text_format(call->out, "%zu departures in %zu runs\n", json_array_size(found), runs);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct linting linting = {
        .call = call,
        .plugin = call->words.items,
        .count = call->words.count,
        .timeout = arguments->timeout,
        .found = json_array(),
    };
    struct text help = TEXT_INIT;
    bool started = true;
    size_t runs = 0;
    for (size_t i = 0; i < WAYS && started; i++) {
        if (ways[i].knows && !plugin_lint_knows(help.bytes, help.length, ways[i].knows))
            continue;
        started = try_way(&linting, &ways[i], &help);
        runs++;
    }
    int code = json_array_size(linting.found) > 0 ? COMMAND_NO : COMMAND_YES;
    if (started)
        print(call, linting.found, runs);
    else
        code = command_refuse(call, "cannot execute \"%s\"", linting.plugin[0]);
    text_release(&help);
    json_decref(linting.found);
    return code;
}

const struct command command_lint_plugin = {
    .name = "lint-plugin",
    .usage = "-- PROGRAM [ARGUMENT...]",
    .summary = "reports where a plugin departs from the guidelines",
    .notes =
        "It is run as it is given, asked for its help and its version, misused in several ways, and given a "
        "second of time. A departure is a line: how it was called, the rule, and a sentence.\n"
        "Exit: 0 none, 1 departures, 3 it could not be run.",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .least = 1,
    .most = COMMAND_MANY,
    .run = run,
};

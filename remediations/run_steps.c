/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs remediation programs one after the other, each until its condition holds; when one fails, it and those before it
 * are undone. The configuration's "steps" become its words. */
#include "lib/number.h"
#include "lib/process.h"
#include "remediations/tools/program.h"

enum {
    STEPS_MAX = 32,
    WORDS_MAX = 256,
    STEP_MS = 200,
    LEAST_MS = 1000,
    CHECK_MS = 10000,
    UNDO_SHARE = 4,
    OUTPUT_BYTES = 64 * 1024
};

struct args {
    struct option_list runs, untils, withins, undos;
};

static const struct option_row options[] = {
    {"do", 0, LIST(struct args, runs), .value = "N:WORD",
     .help = "a word of step N, from 1: the first one is the name of a remediation program, the others its "
             "own options",
     .required = true},
    {"until", 0, LIST(struct args, untils), .value = "N:WORD",
     .help = "a word of the check that must be OK (exit 0) before step N is done"},
    {"within", 0, LIST(struct args, withins), .value = "N:DURATION",
     .help = "how long that check may take to become OK; by default 30s"},
    {"undo", 0, LIST(struct args, undos), .value = "N:WORD",
     .help = "a word of what undoes step N: a remediation program and its own options"},
    {0},
};

struct words {
    const char *items[WORDS_MAX];
    size_t count;
};

struct step {
    struct words run, until, undo;
    int64_t within; /* ms */
};

struct steps {
    struct step items[STEPS_MAX];
    size_t count;
};

/* ---- reading ---- */

/* "N:WORD"; what stands behind the first colon is a word whatever it holds. */
static bool read_numbered(const char *text, size_t *number, const char **word, struct error *error)
{
    char digits[4] = "";
    size_t length = strcspn(text, ":");
    int64_t value;
    if (length < sizeof digits)
        memcpy(digits, text, length);
    if (text[length] != ':' || !number_read_whole(digits, 1, STEPS_MAX, &value))
        return error_set(error, "not a N:WORD with N from 1 to %d: \"%.100s\"", STEPS_MAX, text);
    *number = (size_t)value - 1;
    *word = text + length + 1;
    return true;
}

static bool add_words(struct steps *steps, const struct option_list *list, size_t member, const char *option,
                      struct error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        size_t number = 0;
        const char *word = "";
        if (!read_numbered(list->items[i], &number, &word, error))
            return error_prefix(error, "--%s", option);
        struct words *words = (struct words *)((char *)&steps->items[number] + member);
        if (words->count == WORDS_MAX - 1)
            return error_set(error, "--%s: more than %d words in step %zu", option, WORDS_MAX - 1,
                             number + 1);
        words->items[words->count++] = word;
    }
    return true;
}

static bool read_withins(struct steps *steps, const struct option_list *list, struct error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        size_t number = 0;
        const char *word = "";
        if (!read_numbered(list->items[i], &number, &word, error) ||
            !duration_read(word, &steps->items[number].within, error))
            return error_prefix(error, "--within");
    }
    return true;
}

/* A program of ours by its name alone: it keeps the rules of the frame, and no path leads elsewhere. */
static bool is_program(const struct words *words)
{
    const char *name = words->items[0];
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name) &&
           strcmp(name, "run_steps") != 0;
}

static bool check_step(const struct steps *steps, size_t number, struct error *error)
{
    const struct step *step = &steps->items[number];
    if (step->run.count == 0)
        return error_set(error, "step %zu does nothing: --do %zu:PROGRAM is missing", number + 1, number + 1);
    if (!is_program(&step->run) || (step->undo.count > 0 && !is_program(&step->undo)))
        return error_set(error, "step %zu: not a remediation program: \"%.100s\"", number + 1,
                         is_program(&step->run) ? step->undo.items[0] : step->run.items[0]);
    return true;
}

static bool read_steps(const struct args *args, struct steps *steps, struct error *error)
{
    enum { WITHIN_MS = 30000 };
    memset(steps, 0, sizeof *steps);
    for (size_t i = 0; i < STEPS_MAX; i++)
        steps->items[i].within = WITHIN_MS;
    if (!add_words(steps, &args->runs, offsetof(struct step, run), "do", error) ||
        !add_words(steps, &args->untils, offsetof(struct step, until), "until", error) ||
        !add_words(steps, &args->undos, offsetof(struct step, undo), "undo", error) ||
        !read_withins(steps, &args->withins, error))
        return false;
    for (size_t i = 0; i < STEPS_MAX; i++)
        if (steps->items[i].run.count + steps->items[i].until.count + steps->items[i].undo.count > 0)
            steps->count = i + 1;
    for (size_t i = 0; i < steps->count; i++)
        if (!check_step(steps, i, error))
            return false;
    return true;
}

/* ---- programs ---- */

/* Its last line stands for it in the ledger; all of it is kept with the diagnostics. */
static const char *last_line(const struct text *output, struct arena *arena)
{
    size_t end = output->length;
    while (end > 0 && strchr("\r\n ", output->bytes[end - 1]))
        end--;
    size_t begin = end;
    while (begin > 0 && output->bytes[begin - 1] != '\n')
        begin--;
    return arena_text_of(arena, output->bytes + begin, end - begin);
}

/* What a run of the steps knows. */
struct course {
    struct act_run *run;
    struct text log; /* of all programs */
    size_t started;  /* programs: each has an id of its own for its diagnostics */
};

/* The last line that the program printed, which names it. ${code}: its exit code; -1 when it has none. */
static const char *run_one(struct course *course, const struct words *words, int64_t deadline, int *code)
{
    struct act_run *run = course->run;
    const char *argv[WORDS_MAX + 40] = {program_beside("", words->items[0], run->arena)};
    int64_t left = deadline - process_now();
    size_t count = 1;
    for (size_t i = 1; i < words->count; i++)
        argv[count++] = words->items[i];
    for (size_t i = 0; run->as_step[i]; i++)
        argv[count++] = run->as_step[i];
    argv[count++] = "--run";
    argv[count++] = arena_format(run->arena, "%s-%zu", run->id, ++course->started);
    argv[count++] = "--timeout";
    argv[count++] = arena_format(run->arena, "%lldms", (long long)(left > LEAST_MS ? left : LEAST_MS));
    const struct process process = {
        .argv = argv, .deadline = deadline, .output_cap = OUTPUT_BYTES, .leaves = true};
    struct process_outcome outcome;
    process_run(&process, &outcome);
    *code = outcome.end == PROCESS_EXITED ? outcome.code : -1;
    text_format(&course->log, "== %s\n%s\n", words->items[0], outcome.output.bytes);
    const char *line = last_line(&outcome.output, run->arena);
    line = arena_format(run->arena, "%s%s", *line ? line : words->items[0],
                        *code < 0 ? " (it did not end in time, or was killed)" : "");
    process_outcome_release(&outcome);
    return line;
}

static bool await(struct course *course, const struct step *step, int64_t deadline, struct error *error)
{
    struct act_run forward = *course->run;
    struct option_list words = {arena_get(forward.arena, step->until.count, sizeof(const char *)),
                                step->until.count};
    int64_t until = process_now() + step->within;
    forward.deadline = deadline;
    memcpy(words.items, step->until.items, words.count * sizeof *words.items);
    const char *const *argv = program_words(&words, forward.arena);
    bool well = program_check(argv, &forward, CHECK_MS, error);
    while (!well && process_now() < until && act_pause(&forward, STEP_MS))
        well = program_check(argv, &forward, CHECK_MS, error);
    return well;
}

/* Without effect is well when the condition holds: a server that was drained before is drained. */
static bool take_step(struct course *course, const struct step *step, int64_t deadline, struct error *error)
{
    int code;
    const char *line = run_one(course, &step->run, deadline, &code);
    if (code != 0 && (code != 1 || step->until.count == 0))
        return error_set(error, "%s", line);
    act_say(course->run, "%s", line);
    return step->until.count == 0 || await(course, step, deadline, error);
}

/* The step that failed first: it may have done half of its work. */
static void undo(struct course *course, const struct steps *steps, size_t failed)
{
    for (size_t i = failed + 1; i-- > 0;) {
        const struct step *step = &steps->items[i];
        struct error why;
        int code;
        if (step->undo.count == 0)
            continue;
        act_say(course->run, "undoing step %zu", i + 1);
        if (!act_reach(course->run, &why, "undoing step %zu (%s)", i + 1, step->undo.items[0]))
            act_say(course->run, "%s", why.text); /* to undo matters more */
        act_say(course->run, "%s", run_one(course, &step->undo, course->run->deadline, &code));
        if (code != 0 && code != 1)
            act_say(course->run, "step %zu is not undone", i + 1);
    }
}

/* ---- the parts of the remediation ---- */

static bool validate(const void *owner, struct error *error)
{
    struct arena *arena = arena_create();
    struct steps *steps = arena_get(arena, 1, sizeof *steps);
    bool ok = read_steps(owner, steps, error);
    arena_free(arena);
    return ok;
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    struct steps *steps = arena_get(run->arena, 1, sizeof *steps);
    if (!read_steps(owner, steps, error))
        return ANSWER_REFUSED;
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = &steps->items[i];
        if (!program_beside("", step->run.items[0], run->arena))
            return act_refuse(error, "step %zu: no remediation program \"%s\"", i + 1, step->run.items[0]);
        if (step->undo.count > 0 && !program_beside("", step->undo.items[0], run->arena))
            return act_refuse(error, "step %zu: no remediation program \"%s\"", i + 1, step->undo.items[0]);
    }
    return ANSWER_GO;
}

/* A quarter of the time is kept for undoing. */
static bool act(const void *owner, struct act_run *run, struct error *error)
{
    struct steps *steps = arena_get(run->arena, 1, sizeof *steps);
    struct course course = {.run = run, .log = TEXT_INIT};
    struct error why;
    int64_t now = process_now();
    int64_t deadline = run->deadline - (run->deadline - now) / UNDO_SHARE;
    bool ok = read_steps(owner, steps, error);
    for (size_t i = 0; ok && i < steps->count; i++) {
        int code;
        act_say(run, "step %zu of %zu", i + 1, steps->count);
        const struct step *step = &steps->items[i];
        if (run->dry_run) {
            act_say(run, "%s", run_one(&course, &step->run, deadline, &code));
        } else if (!act_reach(run, error, "in step %zu of %zu (%s)", i + 1, steps->count,
                              step->run.items[0]) ||
                   !take_step(&course, step, deadline, error)) {
            ok = error_prefix(error, "step %zu failed", i + 1);
            undo(&course, steps, i);
        }
    }
    if (!act_attach(run, "steps", course.log.bytes, course.log.length, &why))
        act_say(run, "the output of the steps is not kept: %s", why.text);
    text_release(&course.log);
    return ok;
}

const struct remediation_program run_steps = {
    .name = "run_steps",
    .summary = "runs remediation programs one after the other, and undoes what was done when one fails",
    .notes = "Each step is a remediation program: it gathers its own diagnostics and asks its own question, "
             "under the "
             "issue, the TTL and the entry in the ledger of the whole. It is done when it ended with 0, or "
             "with 1 (without "
             "effect) and its check is OK, and its check, if it has one, is OK in time. When a step fails, "
             "it and those "
             "before it are undone, the last one first, in the quarter of --timeout that is kept for that; a "
             "run that is "
             "killed undoes nothing, and is told with the step that it was in, which the ledger holds. The "
             "output of all steps is kept as \"act-steps\" beside the "
             "diagnostics. Usually the "
             "words come from \"steps\" in remediations.yaml. Fixed means that every step is done.",
    .options = options,
    .args_size = sizeof(struct args),
    .validate = validate,
    .question = question,
    .act = act,
};

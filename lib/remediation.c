/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of every remediation: judge the arguments, gather diagnostics, write the ledger, act, verify,
 * write the ledger. The act runs in a child, so that a hang, a crash or a signal still leaves an end in the
 * ledger. */
#include "lib/remediation_frame.h"

#include "lib/core_dump.h"
#include "lib/describe.h"
#include "lib/ledger.h"
#include "lib/ledger_begin.h"
#include "lib/process.h"
#include "lib/utf8.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_REFUSED = 3, SETS = 2, OUTPUT_BYTES = 32 * 1024 };

void act_say(struct act_run *run, const char *format, ...)
{
    struct text sentence = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&sentence, format, arguments);
    va_end(arguments);
    text_format(run->said, "%s%s", run->said->length ? "; " : "", sentence.bytes);
    puts(sentence.bytes); /* at once: it must not be lost with the child */
    (void)fflush(stdout);
    text_release(&sentence);
}

bool act_reach(const struct act_run *run, struct error *error, const char *format, ...)
{
    struct text sentence = TEXT_INIT;
    va_list arguments;
    if (run->dry_run || run->frame->args.part_of)
        return true;
    va_start(arguments, format);
    text_format_list(&sentence, format, arguments);
    va_end(arguments);
    bool ok = remediation_reach(run->frame, sentence.bytes, error);
    text_release(&sentence);
    return ok;
}

bool act_attach(const struct act_run *run, const char *name, const char *bytes, size_t length,
                struct error *error)
{
    return !run->bundle || bundle_attach(run->bundle, name, bytes, length, error);
}

enum answer act_refuse(struct error *error, const char *format, ...)
{
    struct text sentence = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&sentence, format, arguments);
    va_end(arguments);
    error_set(error, "%s", sentence.bytes);
    text_release(&sentence);
    return ANSWER_REFUSED;
}

bool act_pause(const struct act_run *run, int64_t milliseconds)
{
    int64_t left = run->deadline - process_now();
    int64_t time = milliseconds < left ? milliseconds : left > 0 ? left : 0;
    const struct timespec pause = {.tv_sec = time / 1000, .tv_nsec = time % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
    return left > milliseconds;
}

struct act_run act_brief(const struct act_run *run, int64_t milliseconds)
{
    struct act_run brief = *run;
    int64_t end = process_now() + milliseconds;
    brief.deadline = end < brief.deadline ? end : brief.deadline;
    return brief;
}

struct run act_as_run(const struct act_run *run, const struct act_place *place)
{
    return (struct run){.host = place ? place->host : NULL,
                        .port = place ? place->port : 0,
                        .root = "",
                        .deadline = run->deadline,
                        .arena = run->arena};
}

/* ---- what is printed ---- */

static int refuse(const struct frame *frame, const struct error *error)
{
    fprintf(stderr, "%s: refused: %s\n", frame->program->name, error->text);
    return EXIT_REFUSED;
}

static void help(struct text *text, const struct remediation_program *program, const struct option_set *sets)
{
    text_format(text, "%s: ", program->name);
    text_wrap(text, text->length, 0, program->summary);
    text_format(text, "\nUsage: %s --issue ID --ttl DURATION --tagged DATE [OPTION...]\n\n", program->name);
    option_help(text, sets, SETS);
    if (program->notes) {
        text_add_char(text, '\n');
        text_wrap(text, 0, 0, program->notes);
    }
    text_add(text, "\nExit: 0 fixed, 1 acted without effect, 2 failed, 3 refused or misused.\n");
}

static void describe(struct text *text, const struct remediation_program *program,
                     const struct option_set *sets)
{
    json_t *object =
        describe_program(program->name, "remediation", program->name, program->summary, program->notes);
    json_object_set_new(object, "options", describe_options(sets, SETS, 1));
    char *bytes = json_dumps(object, JSON_INDENT(1));
    text_format(text, "%s\n", bytes ? bytes : "");
    free(bytes);
    json_decref(object);
}

static void *own_defaults(const struct remediation_program *program, struct arena *arena)
{
    void *own = arena_get(arena, 1, program->args_size ? program->args_size : 1);
    if (program->defaults)
        memcpy(own, program->defaults, program->args_size);
    return own;
}

/* --help, --version and --describe; the tables are told with their defaults, whatever else was given. */
static bool answer_question(const struct frame *frame)
{
    const struct remediation_program *program = frame->program;
    struct frame_args args = remediation_defaults;
    const struct option_set sets[SETS] = {{program->options, own_defaults(program, frame->arena)},
                                          {remediation_options, &args}};
    struct text text = TEXT_INIT;
    if (frame->args.help)
        help(&text, program, sets);
    else if (frame->args.version)
        text_format(&text, "%s %s\n", program->name, WATCHBILL_VERSION);
    else if (frame->args.describe)
        describe(&text, program, sets);
    bool asked = text.length > 0;
    fputs(text.bytes, stdout);
    text_release(&text);
    return asked;
}

/* ---- the act ---- */

struct result {
    enum effect effect;
    bool interrupted;
    struct text text;
};

/* In the child: act_say has printed what was done; the exit code is the effect. */
static int act(void *owner)
{
    struct frame *frame = owner;
    struct error error = {""};
    enum effect effect = EFFECT_FAILED;
    if (frame->program->act(frame->own, &frame->run, &error)) {
        effect = EFFECT_FIXED;
        error.text[0] = '\0';
        if (!frame->run.dry_run && frame->program->verify)
            effect = frame->program->verify(frame->own, &frame->run, &error);
    }
    if (error.text[0])
        puts(error.text);
    return (int)effect;
}

/* One line of what was said: the sentences stood on lines of their own. */
static void join_lines(struct text *text, const struct text *output)
{
    struct text lines = TEXT_INIT;
    utf8_add(&lines, output->bytes, output->length);
    char *rest = NULL;
    for (char *line = strtok_r(lines.bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        text_format(text, "%s%s", text->length ? "; " : "", line);
    text_release(&lines);
}

/* A child that says what it does, within the time of --timeout. */
static struct process child_of(struct frame *frame, int (*call)(void *owner))
{
    frame->run.deadline = process_now() + frame->args.timeout;
    return (struct process){
        .call = call,
        .owner = frame,
        .deadline = frame->run.deadline,
        .output_cap = OUTPUT_BYTES,
        .stop = frame->stop,
        .leaves = true,
    };
}

static void run_act(struct frame *frame, struct result *result)
{
    const struct process process = child_of(frame, act);
    struct process_outcome outcome;
    struct error error;
    *result = (struct result){.effect = EFFECT_FAILED, .text = TEXT_INIT};
    process_run(&process, &outcome);
    join_lines(&result->text, &outcome.output);
    if (outcome.end == PROCESS_EXITED && outcome.code >= EFFECT_FIXED && outcome.code <= EFFECT_FAILED) {
        result->effect = (enum effect)outcome.code;
    } else {
        result->interrupted = outcome.end == PROCESS_STOPPED;
        (void)process_succeeded(&process, &outcome, &error);
        text_format(&result->text, "%s%s", result->text.length ? "; " : "",
                    result->interrupted ? "interrupted by a signal" : error.text);
    }
    process_outcome_release(&outcome);
}

/* ---- the question before the act ---- */

static int ask(void *owner)
{
    struct frame *frame = owner;
    struct error error = {""};
    enum answer answer = frame->program->question(frame->own, &frame->run, &error);
    if (error.text[0] && answer != ANSWER_GO)
        puts(error.text);
    return (int)answer;
}

static enum answer run_question(struct frame *frame, struct error *error)
{
    if (!frame->program->question)
        return ANSWER_GO;
    const struct process process = child_of(frame, ask);
    struct process_outcome outcome;
    struct text said = TEXT_INIT;
    enum answer answer = ANSWER_UNKNOWN;
    process_run(&process, &outcome);
    join_lines(&said, &outcome.output);
    if (outcome.end == PROCESS_EXITED && outcome.code >= ANSWER_GO && outcome.code <= ANSWER_UNKNOWN) {
        answer = (enum answer)outcome.code;
        error_set(error, "%s", said.bytes);
    } else {
        (void)process_succeeded(&process, &outcome, error);
    }
    text_release(&said);
    process_outcome_release(&outcome);
    return answer;
}

static const char *outcome_name(const struct result *result)
{
    static const char *const names[] = {
        [EFFECT_FIXED] = "fixed", [EFFECT_NONE] = "no_effect", [EFFECT_FAILED] = "failed"};
    return result->interrupted ? "interrupted" : names[result->effect];
}

static void print_result(const struct frame *frame, const struct result *result)
{
    static const char *const words[] = {
        [EFFECT_FIXED] = "fixed", [EFFECT_NONE] = "no effect", [EFFECT_FAILED] = "failed"};
    bool well = result->effect != EFFECT_FAILED;
    const char *word = frame->run.dry_run && well ? "dry run" : words[result->effect];
    fprintf(well ? stdout : stderr, "%s: %s: %s\n", frame->program->name, word, result->text.bytes);
}

/* ---- the ledger ---- */

/* ${limit}: that which refuses it; NULL: none does. */
static void write_refusal(const struct frame *frame, const char *text, const struct limit_answer *limit)
{
    struct error error;
    json_t *line = remediation_line(frame, "refused", (int64_t)time(NULL));
    json_object_set_new(line, "text", ledger_text(text, strlen(text)));
    if (limit) {
        json_object_set_new(line, "limit", json_string(limit_name(limit->limit)));
        json_object_set_new(line, "rearms", limit->next ? json_integer(ledger_rearms(limit)) : json_null());
    }
    if (!ledger_append(frame->args.ledger, line, &error))
        fprintf(stderr, "%s: the refusal is not in the ledger: %s\n", frame->program->name, error.text);
    json_decref(line);
}

/* A refusal by governance is counted, a dry run never is, and a step is part of what is counted. */
static int refuse_and_count(const struct frame *frame, const struct error *error)
{
    if (!frame->args.dry_run && !frame->args.part_of)
        write_refusal(frame, error->text, NULL);
    return refuse(frame, error);
}

static void add_attached(void *owner, const char *name, const char *hex)
{
    json_object_set_new(owner, name, json_string(hex));
}

static int write_end(const struct frame *frame, const struct result *result)
{
    struct error error;
    int code = (int)result->effect;
    json_t *line = remediation_line(frame, "end", (int64_t)time(NULL));
    json_object_set_new(line, "outcome", json_string(outcome_name(result)));
    json_object_set_new(line, "exit", json_integer(code));
    json_object_set_new(line, "duration", json_real((double)(process_now() - frame->began) / 1000));
    json_object_set_new(line, "text", ledger_text(result->text.bytes, result->text.length));
    json_t *attached = json_object();
    if (frame->bundle)
        bundle_attached(frame->bundle, add_attached, attached);
    if (json_object_size(attached) > 0)
        json_object_set(line, "attached", attached);
    json_decref(attached);
    if (!ledger_append(frame->args.ledger, line, &error)) {
        fprintf(stderr, "%s: the end is not in the ledger: %s\n", frame->program->name, error.text);
        code = EFFECT_FAILED;
    }
    json_decref(line);
    return code;
}

static int fail(const struct frame *frame, const struct error *error)
{
    fprintf(stderr, "%s: failed: not begun: %s\n", frame->program->name, error->text);
    return EFFECT_FAILED;
}

static int fail_before(const struct frame *frame, const char *what, const struct error *error)
{
    struct text text = TEXT_INIT;
    text_format(&text, "%s: %s", what, error->text);
    if (!frame->args.part_of)
        write_refusal(frame, text.bytes, NULL);
    fprintf(stderr, "%s: failed: %s\n", frame->program->name, text.bytes);
    text_release(&text);
    return EFFECT_FAILED;
}

/* ---- the run ---- */

/* What the ledger says against it; the exit code. */
static int refuse_by_ledger(const struct frame *frame, const struct ledger_answer *answer,
                            const struct error *error)
{
    if (answer->refusal == LEDGER_FAULT)
        return fail(frame, error);
    if (!frame->args.dry_run)
        write_refusal(frame, error->text, answer->refusal == LEDGER_LIMITED ? &answer->limit : NULL);
    return refuse(frame, error);
}

/* Epoch ms. */
static int64_t wall_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

typedef bool ledger_question(const char *path, const json_t *line, const struct limits *limits,
                             struct ledger_answer *answer, struct error *error);

/* Asks the ledger, or writes the first line into it; ${code}: the exit code when there can be none. */
static bool ask_ledger(const struct frame *frame, ledger_question *question, int *code)
{
    struct error error;
    struct ledger_answer answer;
    int64_t now = wall_clock();
    json_t *line = remediation_line(frame, "begin", now / 1000);
    json_object_set_new(line, "at_ms", json_integer(now));
    json_object_set_new(line, "asked_ms", json_integer(frame->asked));
    bool may = question(frame->args.ledger, line, frame->limited ? &frame->limits : NULL, &answer, &error);
    json_decref(line);
    if (!may)
        *code = refuse_by_ledger(frame, &answer, &error);
    return may;
}

static int act_and_tell(struct frame *frame)
{
    struct result result;
    frame->began = process_now();
    run_act(frame, &result);
    int code = frame->args.part_of ? (int)result.effect : write_end(frame, &result);
    print_result(frame, &result);
    text_release(&result.text);
    return code;
}

static int run_for_real(struct frame *frame)
{
    struct error error;
    int code;
    if (!remediation_gather(frame, &error) && !frame->args.diagnostics_optional)
        return fail_before(frame, "diagnostics failed", &error);
    frame->run.bundle = frame->bundle;
    if (frame->args.part_of && frame->bundle) {
        printf("diagnostics \"%s\" %s\n", frame->bundle, frame->bundle_sha256);
        (void)fflush(stdout); /* or the child that acts says it too */
    }
    enum answer answer = run_question(frame, &error);
    if (answer == ANSWER_REFUSED)
        return refuse_and_count(frame, &error);
    if (answer != ANSWER_GO)
        return fail_before(frame, "not begun", &error);
    if (!frame->args.part_of && !ask_ledger(frame, ledger_begin, &code))
        return code;
    return act_and_tell(frame);
}

/* A dry run changes nothing; that of a scheduler, which gave it an id, is remembered as a rehearsal. */
static void write_rehearsal(const struct frame *frame, const struct result *result)
{
    struct error error;
    json_t *line = remediation_line(frame, "rehearsal", (int64_t)time(NULL));
    json_object_set_new(line, "text", ledger_text(result->text.bytes, result->text.length));
    if (!ledger_append(frame->args.ledger, line, &error))
        fprintf(stderr, "%s: the rehearsal is not in the ledger: %s\n", frame->program->name, error.text);
    json_decref(line);
}

static int run_dry(struct frame *frame)
{
    struct result result;
    struct error error;
    enum answer answer = run_question(frame, &error);
    if (answer == ANSWER_REFUSED)
        return refuse_and_count(frame, &error);
    if (answer != ANSWER_GO)
        return fail(frame, &error);
    run_act(frame, &result);
    if (frame->run_given && !frame->args.part_of && result.effect != EFFECT_FAILED)
        write_rehearsal(frame, &result);
    print_result(frame, &result);
    text_release(&result.text);
    return result.effect == EFFECT_FAILED ? EFFECT_FAILED : EFFECT_FIXED;
}

/* The process that started the one that started us; 0: it cannot be told. */
static int64_t grandparent(void)
{
    char path[64], line[512];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)getppid());
    FILE *file = fopen(path, "re");
    bool got = file && fgets(line, sizeof line, file);
    if (file)
        (void)fclose(file);
    const char *end = got ? strrchr(line, ')') : NULL; /* a name may hold anything */
    return end && strlen(end) > 4 ? strtoll(end + 4, NULL, 10) : 0;
}

/* A step acts under the entry of its run: which must be open, and its own. Nobody else acts by it. */
static int run_step(struct frame *frame)
{
    struct error error;
    const struct frame_args *args = &frame->args;
    int64_t pid;
    if (args->dry_run)
        return run_dry(frame);
    if (!ledger_open_run(args->ledger, args->part_of, args->issue, &pid, &error))
        return fail(frame, &error);
    if (pid == 0 || pid != grandparent()) {
        error_set(&error, "we are no step of a run \"%s\" that is under way for \"%s\"", args->part_of,
                  args->issue);
        return refuse(frame, &error);
    }
    return run_for_real(frame);
}

static int judge_and_run(struct frame *frame)
{
    struct error error;
    int code;
    const struct frame_args *args = &frame->args;
    if (frame->asked / 1000 >= frame->expires) {
        error_set(&error, "the TTL of issue \"%s\" has ended: tagged \"%s\"", args->issue, args->tagged);
        return refuse_and_count(frame, &error);
    }
    if (args->part_of)
        return run_step(frame);
    /* Asked again, under the lock, when it begins: now it costs no diagnostics. */
    if (!ask_ledger(frame, ledger_may_begin, &code))
        return code;
    return args->dry_run ? run_dry(frame) : run_for_real(frame);
}

/* Whoever wants us to end is heard between two steps and by the child's watcher, never in the middle of a
 * write. */
static int watch_signals(void)
{
    sigset_t set;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int start(struct frame *frame, int argc, char **argv)
{
    const struct remediation_program *program = frame->program;
    const struct option_set sets[SETS] = {{program->options, frame->own},
                                          {remediation_options, &frame->args}};
    struct error error;
    frame->asked = wall_clock();
    if (!option_self_test(sets, SETS, &error)) {
        fprintf(stderr, "%s: %s\n", program->name, error.text);
        abort();
    }
    bool parsed = option_parse(sets, SETS, argc, argv, frame->arena, NULL, &error);
    if (answer_question(frame))
        return EXIT_REFUSED;
    if (!parsed || !remediation_check(frame, frame->asked / 1000, &error) ||
        (program->validate && !program->validate(frame->own, &error)))
        return refuse(frame, &error);
    return judge_and_run(frame);
}

int remediation_main(const struct remediation_program *program, remediation_machine *machine, int argc,
                     char **argv)
{
    core_dump_forbid(); /* some read secrets */
    struct arena *arena = arena_create();
    struct frame frame = {.program = program,
                          .machine = machine,
                          .arena = arena,
                          .args = remediation_defaults,
                          .said = TEXT_INIT,
                          .stop = watch_signals()};
    frame.own = own_defaults(program, arena);
    int code = start(&frame, argc, argv);
    if (fflush(stdout) != 0 && code == EFFECT_FIXED)
        code = EFFECT_FAILED;
    if (frame.stop >= 0)
        close(frame.stop);
    text_release(&frame.said);
    arena_free(arena);
    return code;
}

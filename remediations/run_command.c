/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one command of the administrator's: words, never a shell. */
#include "lib/process.h"
#include "remediations/tools/program.h"

enum { STEP_MS = 200, QUESTION_MS = 10000 };

struct args {
    struct option_list command, unless, check;
    int64_t limit, wait; /* ms */
};

static const struct args defaults = {.wait = 10000};

static const struct option_row options[] = {
    {"command", 0, LIST(struct args, command), .value = "WORD", .help = "the command, word by word",
     .required = true},
    {"limit", 0, DURATION(struct args, limit), .value = "DURATION",
     .help = "it is ended after this; by default by --timeout", .high = 86400},
    {"unless", 0, LIST(struct args, unless), .value = "WORD",
     .help = "a command, word by word, that is asked before: when it exits with 0, nothing is done, and the "
             "run is "
             "refused"},
    {"check", 0, LIST(struct args, check), .value = "WORD",
     .help = "a check, word by word, that must be OK (exit 0) afterwards; without one the command's own exit "
             "code "
             "tells"},
    {"wait", 0, DURATION(struct args, wait), .value = "DURATION",
     .help = "how long the check may take to become OK", .high = 3600},
    {0},
};

static bool is_shell(const char *program)
{
    static const char *const shells[] = {"sh",   "bash", "dash", "ash",  "ksh",
                                         "mksh", "zsh",  "csh",  "tcsh", "fish"};
    const char *slash = strrchr(program, '/');
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(slash ? slash + 1 : program, shells[i]) == 0)
            return true;
    return false;
}

/* A script is a file that somebody wrote and reviewed; a line for a shell is a script that nobody did. */
static bool check_words(const struct option_list *words, const char *option, struct error *error)
{
    bool line = false;
    for (size_t i = 1; i < words->count; i++)
        line =
            line || (words->items[i][0] == '-' && words->items[i][1] != '-' && strchr(words->items[i], 'c'));
    if (words->count > 0 && !*words->items[0])
        return error_set(error, "--%s: an empty word is no program", option);
    if (words->count > 1 && line && is_shell(words->items[0]))
        return error_set(error, "--%s: no line for a shell: give the words of the command, or a script",
                         option);
    return true;
}

static bool validate(const void *owner, struct error *error)
{
    const struct args *args = owner;
    return check_words(&args->command, "command", error) && check_words(&args->unless, "unless", error) &&
           check_words(&args->check, "check", error);
}

static bool diagnose(const void *owner, struct act_run *run, struct bundle *bundle, struct error *error)
{
    const struct args *args = owner;
    struct text text = TEXT_INIT;
    (void)run;
    (void)error;
    for (size_t i = 0; i < args->command.count; i++)
        text_format(&text, "%s\n", args->command.items[i]);
    bool ok = bundle_add_text(bundle, "command", text.bytes, text.length);
    text_release(&text);
    return ok;
}

static enum answer question(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct error why;
    if (args->unless.count > 0 &&
        program_run(program_words(&args->unless, run->arena), run, QUESTION_MS, NULL, &why))
        return act_refuse(error, "nothing to do: \"%s\" exits with 0", args->unless.items[0]);
    return ANSWER_GO;
}

static bool act(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    struct text words = TEXT_INIT, output = TEXT_INIT;
    struct error why;
    for (size_t i = 0; i < args->command.count; i++)
        text_format(&words, "%s%s", i ? " " : "", args->command.items[i]);
    act_say(run, "%s \"%s\"", run->dry_run ? "would run" : "running", words.bytes);
    bool ok = run->dry_run ||
              program_run(program_words(&args->command, run->arena), run, args->limit, &output, error);
    if (!act_attach(run, "output", output.bytes, output.length, &why))
        act_say(run, "its output is not kept: %s", why.text);
    text_release(&output);
    text_release(&words);
    return ok;
}

static enum effect verify(const void *owner, struct act_run *run, struct error *error)
{
    const struct args *args = owner;
    int64_t until = process_now() + args->wait;
    if (args->check.count == 0)
        return EFFECT_FIXED;
    const char *const *argv = program_words(&args->check, run->arena);
    bool well = program_check(argv, run, QUESTION_MS, error);
    while (!well && process_now() + STEP_MS < until && act_pause(run, STEP_MS))
        well = program_check(argv, run, QUESTION_MS, error);
    if (!well)
        error_prefix(error, "the check is not OK");
    else
        error->text[0] = '\0'; /* of the attempts before */
    return well ? EFFECT_FIXED : EFFECT_NONE;
}

const struct remediation_program run_command = {
    .name = "run_command",
    .summary = "runs a command, word by word, and keeps its output with the diagnostics",
    .notes = "No shell is met: a word is an argument as it is. What it prints (the first 64 kB) is kept as "
             "\"act-output\" "
             "beside the diagnostics, and its digest in the ledger. What it leaves in the background goes "
             "on. Fixed "
             "means that it exited with 0, and with --check that the check is OK.",
    .options = options,
    .args_size = sizeof(struct args),
    .defaults = &defaults,
    .validate = validate,
    .diagnose = diagnose,
    .question = question,
    .act = act,
    .verify = verify,
};

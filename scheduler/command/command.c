/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/command.h"

#include "lib/describe.h"
#include "lib/json.h"
#include "lib/nearest.h"

#include <stdarg.h>

struct common {
    const char *conf;
    bool json, help, version, describe;
};

static const struct option_row common_options[] = {
    {"conf", 0, TEXT(struct common, conf), .value = "DIR",
     .help = "The configuration directory; else $WATCHBILL_CONF, else /etc/watchbill."},
    {"json", 0, FLAG(struct common, json), .help = "Answer in JSON."},
    {"help", 'h', FLAG(struct common, help), .help = "Print this help and exit."},
    {"version", 'V', FLAG(struct common, version), .help = "Print the version and exit."},
    {"describe", 0, FLAG(struct common, describe),
     .help = "Print the tables of all commands as JSON and exit."},
    {0},
};

static const struct option_row no_options[] = {{0}};

static const char summary[] = "asks and tells the scheduler, and reads its configuration";

/* "Usage: watchbill NAME ", where its next line begins, and what stands behind a command's name in the list. */
enum { SETS = 2, USAGE_COLUMN = 18, USAGE_INDENT = 10, SUMMARY_COLUMN = 17 };

int command_refuse(struct command_call *call, const char *format, ...)
{
    va_list arguments;
    text_format(call->complaint, "watchbill%s%s: ", call->command ? " " : "",
                call->command ? call->command->name : "");
    va_start(arguments, format);
    text_format_list(call->complaint, format, arguments);
    va_end(arguments);
    text_add_char(call->complaint, '\n');
    return COMMAND_REFUSED;
}

bool command_pass_on(struct command_call *call)
{
    enum { ENOUGH = 64 << 10 };
    return !call->pass_on || call->out->length < ENOUGH || call->pass_on(call->out);
}

static void *defaults_of(const struct command *command, struct arena *arena)
{
    void *arguments = arena_get(arena, 1, command->size ? command->size : 1);
    if (command->defaults)
        memcpy(arguments, command->defaults, command->size);
    return arguments;
}

static void make_sets(const struct command *command, struct common *common, struct arena *arena,
                      struct option_set sets[SETS])
{
    sets[0] =
        (struct option_set){command->options ? command->options : no_options, defaults_of(command, arena)};
    sets[1] = (struct option_set){common_options, common};
}

/* ---- what is printed from the tables ---- */

static void list_command(struct text *text, const struct command *command)
{
    text_format(text, "  %-14s ", command->name);
    text_wrap(text, SUMMARY_COLUMN, SUMMARY_COLUMN, command->summary);
}

static void list_commands(struct text *text)
{
    text_format(text, "watchbill: %s\n\nUsage: watchbill COMMAND [OPTION...] [WORD...]\n\nCommands:\n",
                summary);
    for (const struct command *const *each = command_table; *each; each++)
        list_command(text, *each);
    text_add_char(text, '\n');
    text_wrap(
        text, 0, 0,
        "Each takes --json and --conf DIR, before or after the command; \"watchbill COMMAND --help\" tells "
        "the rest. Exit: 0 answered, 1 the answer is no, 3 misuse, bad configuration or no scheduler, "
        "unless the command says otherwise.");
}

static void help_command(struct text *text, const struct command *command, struct arena *arena)
{
    struct common common = {0};
    struct option_set sets[SETS];
    make_sets(command, &common, arena, sets);
    text_format(text, "watchbill %s: ", command->name);
    text_wrap(text, text->length, 0, command->summary);
    text_format(text, "\nUsage: watchbill %s ", command->name);
    text_wrap(text, USAGE_COLUMN + strlen(command->name), USAGE_INDENT, command->usage);
    text_add_char(text, '\n');
    option_help(text, sets, SETS);
    if (command->notes) {
        text_add_char(text, '\n');
        text_wrap(text, 0, 0, command->notes);
    }
}

static void describe_all(struct text *text, struct arena *arena)
{
    struct common common = {0};
    const struct option_set shared = {common_options, &common};
    json_t *program = describe_program("watchbill", "command", "watchbill", summary, NULL);
    json_set(program, "options", describe_options(&shared, 1, 1));
    json_t *commands = json_array();
    for (const struct command *const *each = command_table; *each; each++) {
        struct option_set sets[SETS];
        make_sets(*each, &common, arena, sets);
        json_t *command =
            describe_program("watchbill", "subcommand", (*each)->name, (*each)->summary, (*each)->notes);
        json_set(command, "usage", json_string((*each)->usage));
        json_set(command, "options", describe_options(sets, 1, 1));
        json_add(commands, command);
    }
    json_set(program, "commands", commands);
    json_write(text, program);
    json_decref(program);
}

/* ---- the command line ---- */

/* Where the command's words stand in argv: the first word that is neither an option nor the value of --conf. */
static int find_word(int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (argv[i][0] != '-')
            return i;
        size_t length = strlen(argv[i]);
        if (length > 2 && strncmp(argv[i], "--conf", length) == 0)
            i++;
    }
    return argc;
}

static bool named(const struct command *command, const char *first, const char *second)
{
    size_t length = strlen(first);
    if (strncmp(command->name, first, length) != 0)
        return false;
    if (command->name[length] == '\0')
        return true;
    return command->name[length] == ' ' && second && strcmp(command->name + length + 1, second) == 0;
}

static const struct command *find_command(const char *first, const char *second)
{
    for (const struct command *const *each = command_table; *each; each++)
        if (named(*each, first, second))
            return *each;
    return NULL;
}

/* Take the command's words out of argv; the command, or NULL: none is named so. */
static const struct command *take_command(int *argc, char **argv)
{
    int at = find_word(*argc, argv, 1);
    int after = find_word(*argc, argv, at + 1);
    if (at == *argc)
        return NULL;
    const struct command *found = find_command(argv[at], after < *argc ? argv[after] : NULL);
    if (!found)
        return NULL;
    int last = *argc;
    if (strchr(found->name, ' ')) {
        memmove(argv + after, argv + after + 1, (size_t)(last - after) * sizeof *argv);
        last--;
    }
    memmove(argv + at, argv + at + 1, (size_t)(last - at) * sizeof *argv);
    *argc = last - 1;
    return found;
}

static int refuse_word(struct command_call *call, const char *word)
{
    struct nearest nearest = {.wanted = word};
    size_t length = strlen(word);
    for (const struct command *const *each = command_table; *each; each++) {
        if (strncmp((*each)->name, word, length) == 0 && (*each)->name[length] == ' ')
            return command_refuse(call, "\"%s\" needs a second word, as in \"%s\"", word, (*each)->name);
        nearest_try(&nearest, (*each)->name);
    }
    if (nearest.name)
        return command_refuse(call, "no such command as \"%s\"; did you mean \"%s\"", word, nearest.name);
    return command_refuse(call, "no such command as \"%s\"; \"watchbill help\" lists them", word);
}

/* --help, --describe and --version; false: none of them was asked. */
static bool answer_common(struct command_call *call, const struct common *common)
{
    if (common->help && call->command)
        help_command(call->out, call->command, call->arena);
    else if (common->help)
        list_commands(call->out);
    else if (common->describe)
        describe_all(call->out, call->arena);
    else if (common->version)
        text_format(call->out, "watchbill %s\n", WATCHBILL_VERSION);
    return common->help || common->describe || common->version;
}

static int run_command(struct command_call *call, int argc, char **argv)
{
    const struct command *command = call->command;
    struct common common = {0};
    struct option_set sets[SETS];
    struct error error = {""};
    make_sets(command, &common, call->arena, sets);
    bool read = option_parse(sets, SETS, argc, argv, call->arena, &call->words, &error);
    if (answer_common(call, &common))
        return COMMAND_YES;
    if (!read)
        return command_refuse(call, "%s", error.text);
    if (call->words.count < command->least)
        return command_refuse(call, "it needs more words: watchbill %s %s", command->name, command->usage);
    if (call->words.count > command->most)
        return command_refuse(call, "unexpected word \"%s\"", call->words.items[command->most]);
    const char *variable = getenv("WATCHBILL_CONF");
    call->conf = common.conf ? common.conf : variable && *variable ? variable : "/etc/watchbill";
    call->json = common.json;
    return command->run(sets[0].arguments, call);
}

/* help [COMMAND] */
static int run_help(struct command_call *call)
{
    const char *const *words = call->words.items;
    if (call->words.count < 2) {
        list_commands(call->out);
        return COMMAND_YES;
    }
    const struct command *command = find_command(words[1], call->words.count > 2 ? words[2] : NULL);
    if (!command)
        return refuse_word(call, words[1]);
    help_command(call->out, command, call->arena);
    return COMMAND_YES;
}

static int run_without_command(struct command_call *call, int argc, char **argv)
{
    struct common common = {0};
    const struct option_set set = {common_options, &common};
    struct error error = {""};
    bool read = option_parse(&set, 1, argc, argv, call->arena, &call->words, &error);
    const char *word = call->words.count > 0 ? call->words.items[0] : NULL;
    if (word && strcmp(word, "help") == 0)
        return run_help(call);
    if (word)
        return refuse_word(call, word);
    if (answer_common(call, &common))
        return COMMAND_YES;
    if (!read)
        return command_refuse(call, "%s", error.text);
    list_commands(call->complaint);
    return COMMAND_REFUSED;
}

int command_main(int argc, char **argv, struct command_call *call)
{
    /* The words are moved in a copy; the texts, of which a secret would be wiped, stay the process's own. */
    char **words = arena_get(call->arena, (size_t)argc + 1, sizeof *words);
    memcpy(words, argv, (size_t)argc * sizeof *words);
    call->command = take_command(&argc, words);
    return call->command ? run_command(call, argc, words) : run_without_command(call, argc, words);
}

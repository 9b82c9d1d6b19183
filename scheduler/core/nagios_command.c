/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/nagios_command.h"

#include "lib/number.h"

#include <ctype.h>
#include <strings.h>

enum { ARGS = 32, LINE_BYTES = 65536 };

/* What a call of a command holds. */
struct call {
    const struct nagios_objects *objects;
    struct nagios_definition *service;
    const char *description;
    const char *arguments[ARGS];
    size_t argument_count;
};

/* "NAME!ARG!ARG", where "\!" is an exclamation mark. */
static const char *split_call(struct arena *arena, const char *text, struct call *call)
{
    struct text part = TEXT_INIT;
    const char *name = NULL;
    for (const char *at = text;; at++) {
        if (*at == '\\' && at[1] == '!') {
            text_add_char(&part, *++at);
        } else if (*at && *at != '!') {
            text_add_char(&part, *at);
        } else {
            const char *kept = arena_text(arena, part.bytes);
            if (!name)
                name = kept;
            else if (call->argument_count < ARGS)
                call->arguments[call->argument_count++] = kept;
            text_clear(&part);
            if (!*at)
                break;
        }
    }
    text_release(&part);
    return name;
}

struct nagios_definition *nagios_command_definition(const struct nagios_objects *objects, const char *text)
{
    struct call call = {.objects = objects};
    return nagios_index_find(&objects->commands, split_call(objects->arena, text, &call));
}

/* ---- macros ---- */

static void add_literal(struct text *line, const char *value)
{
    for (; *value; value++)
        text_add(line, *value == '$' ? "$$" : (const char[]){*value, '\0'});
}

static bool add_resource(const struct call *call, const char *macro, struct text *line, struct error *error)
{
    const struct nagios_source *source = call->objects->source;
    const char *value = NULL;
    for (size_t i = 0; i < source->resource_count; i++)
        if (strcmp(source->resources[i].name, macro) == 0)
            value = source->resources[i].value;
    if (!value)
        return error_set(error, "no resource file says what \"%s\" is", macro);
    if (value[0] != '/')
        return error_set(error, "\"%s\" may be a secret and is not copied", macro);
    add_literal(line, value);
    return true;
}

static bool is_kept(const char *name)
{
    static const char *const kept[] = {"HOSTNAME", "HOSTADDRESS"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (strcmp(kept[i], name) == 0)
            return true;
    return strncmp(name, "_HOST", 5) == 0 && name[5];
}

static bool expand(const struct call *call, const char *text, bool arguments, struct text *line,
                   struct error *error);

/* One macro, without its dollar signs. */
static bool add_macro(const struct call *call, const char *name, bool arguments, struct text *line,
                      struct error *error)
{
    int64_t number;
    const char *value;
    if (strncmp(name, "ARG", 3) == 0 && number_read_whole(name + 3, 1, ARGS, &number)) {
        size_t at = (size_t)number - 1;
        return !arguments || at >= call->argument_count ||
               expand(call, call->arguments[at], false, line, error);
    }
    if (strncmp(name, "USER", 4) == 0)
        return add_resource(call, arena_format(call->objects->arena, "$%s$", name), line, error);
    if (strncmp(name, "_SERVICE", 8) == 0) {
        value = nagios_get(call->objects, call->service, arena_format(call->objects->arena, "_%s", name + 8),
                           NULL);
        add_literal(line, value ? value : "");
        return true;
    }
    if (strcmp(name, "SERVICEDESC") == 0 && call->description)
        add_literal(line, call->description);
    else if (strcmp(name, "HOSTALIAS") == 0 || strcmp(name, "HOSTDISPLAYNAME") == 0)
        text_add(line, "$_HOSTALIAS$");
    else if (is_kept(name))
        text_format(line, "$%s$", name);
    else
        return error_set(error, "the macro \"$%.60s$\" has no equivalent", name);
    return true;
}

static bool expand(const struct call *call, const char *text, bool arguments, struct text *line,
                   struct error *error)
{
    while (*text) {
        size_t plain = strcspn(text, "$");
        text_add_bytes(line, text, plain);
        text += plain;
        const char *end = *text ? strchr(text + 1, '$') : NULL;
        if (line->length > LINE_BYTES)
            return error_set(error, "a command of more than %d bytes", LINE_BYTES);
        if (!*text)
            break;
        if (!end)
            return error_set(error, "a \"$\" that begins no macro");
        if (end == text + 1)
            text_add(line, "$$");
        else if (!add_macro(call, arena_text_of(call->objects->arena, text + 1, (size_t)(end - text - 1)),
                            arguments, line, error))
            return false;
        text = end + 1;
    }
    return true;
}

/* ---- words ---- */

struct splitter {
    const char *at;
    struct text word;
    bool begun;
    struct words *words;
    struct arena *arena;
};

static void end_word(struct splitter *splitter)
{
    if (splitter->begun)
        splitter->words->items[splitter->words->count++] =
            arena_text_of(splitter->arena, splitter->word.bytes, splitter->word.length);
    text_clear(&splitter->word);
    splitter->begun = false;
}

/* "$NAME$" and "$$" pass, but for a dollar sign that the shell would see. */
static bool take_dollar(struct splitter *splitter, bool literal, struct error *error)
{
    const char *end = strchr(splitter->at + 1, '$');
    if (!end)
        return error_set(error, "a \"$\" that begins no macro");
    bool lone = end == splitter->at + 1;
    if (lone && !literal && (isalnum((unsigned char)end[1]) || (end[1] && strchr("_({?#@*!-", end[1]))))
        return error_set(error, "it uses a variable of the shell");
    text_add_bytes(&splitter->word, splitter->at, (size_t)(end + 1 - splitter->at));
    splitter->at = end + 1;
    return true;
}

static bool take_single(struct splitter *splitter, struct error *error)
{
    splitter->at++;
    while (*splitter->at && *splitter->at != '\'') {
        if (*splitter->at != '$')
            text_add_char(&splitter->word, *splitter->at++);
        else if (!take_dollar(splitter, true, error))
            return false;
    }
    if (!*splitter->at)
        return error_set(error, "a quote without its end");
    splitter->at++;
    return true;
}

static bool take_double(struct splitter *splitter, struct error *error)
{
    splitter->at++;
    while (*splitter->at && *splitter->at != '"') {
        if (*splitter->at == '`')
            return error_set(error, "it runs a command within");
        if (*splitter->at == '$') {
            if (!take_dollar(splitter, false, error))
                return false;
            continue;
        }
        if (*splitter->at == '\\' && splitter->at[1] && strchr("\"\\`", splitter->at[1]))
            splitter->at++;
        text_add_char(&splitter->word, *splitter->at++);
    }
    if (!*splitter->at)
        return error_set(error, "a quote without its end");
    splitter->at++;
    return true;
}

static bool take_plain(struct splitter *splitter, struct error *error)
{
    char byte = *splitter->at;
    if (byte == '\\' && splitter->at[1]) {
        if (splitter->at[1] == '$')
            return error_set(error, "it uses a variable of the shell");
        text_add_char(&splitter->word, splitter->at[1]);
        splitter->at += 2;
        return true;
    }
    if (strchr("|&;<>()`", byte))
        return error_set(error, "it needs a shell for \"%c\"", byte);
    if (strchr("*?[", byte))
        return error_set(error, "the shell would match files with \"%c\"", byte);
    if (splitter->word.length == 0 && (byte == '#' || (byte == '~' && strchr("/ \t", splitter->at[1]))))
        return error_set(error, "it needs a shell for \"%c\"", byte);
    text_add_char(&splitter->word, byte);
    splitter->at++;
    return true;
}

static bool split(struct splitter *splitter, struct error *error)
{
    bool ok = true;
    while (ok && *splitter->at) {
        if (isspace((unsigned char)*splitter->at)) {
            end_word(splitter);
            splitter->at++;
            continue;
        }
        splitter->begun = true;
        if (*splitter->at == '\'')
            ok = take_single(splitter, error);
        else if (*splitter->at == '"')
            ok = take_double(splitter, error);
        else if (*splitter->at == '$')
            ok = take_dollar(splitter, false, error);
        else
            ok = take_plain(splitter, error);
    }
    end_word(splitter);
    return ok;
}

static bool is_assignment(const char *word)
{
    size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return name > 0 && word[name] == '=' && !isdigit((unsigned char)word[0]);
}

bool nagios_command_words(const struct nagios_objects *objects, struct nagios_definition *service,
                          const char *text, const char *description, struct words *words, struct error *error)
{
    struct call call = {.objects = objects, .service = service, .description = description};
    const char *name = split_call(objects->arena, text, &call);
    struct nagios_definition *command = nagios_index_find(&objects->commands, name);
    const char *template = command ? nagios_get(objects, command, "command_line", NULL) : NULL;
    struct text line = TEXT_INIT;
    *words = (struct words){0};
    bool ok = template ? expand(&call, template, true, &line, error)
                       : error_set(error, "no command \"%.100s\"", name);
    if (ok) {
        words->items =
            arena_get(objects->arena, line.length + 2, sizeof *words->items); /* a word has a byte */
        struct splitter splitter = {
            .at = line.bytes, .word = TEXT_INIT, .words = words, .arena = objects->arena};
        ok = split(&splitter, error);
        text_release(&splitter.word);
    }
    if (ok && words->count == 0)
        ok = error_set(error, "the command \"%.100s\" is empty", name);
    if (ok && is_assignment(words->items[0]))
        ok = error_set(error, "it sets a variable of the shell");
    text_release(&line);
    return ok;
}

/* A macro or "$$" as it is; a dollar sign that ends a word is one, and must be two for Nagios. Where it ends. */
static const char *add_dollar(struct text *line, const char *at)
{
    const char *end = strchr(at + 1, '$');
    if (!end) {
        text_add(line, "$$");
        return at;
    }
    text_add_bytes(line, at, (size_t)(end + 1 - at));
    return end;
}

void nagios_command_line(const struct words *words, struct text *line)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:,%+=@-";
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        text_add(line, i ? " " : "");
        if (*word && strspn(word, plain) == strlen(word) && !(i == 0 && is_assignment(word))) {
            text_add(line, word);
            continue;
        }
        text_add_char(line, '\'');
        for (; *word; word++) {
            if (*word == '\'')
                text_add(line, "'\\''");
            else if (*word == ';')
                text_add(line, "\\;");
            else if (*word == '$')
                word = add_dollar(line, word);
            else
                text_add_char(line, *word == '\n' ? ' ' : *word);
        }
        text_add_char(line, '\'');
    }
}

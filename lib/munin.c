/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How Munin calls a plugin: by which name, and which word. */
#include "lib/munin.h"

#include "lib/clean.h"
#include "lib/output.h"

/* What stands behind the link's name, NULL: another name. */
static const char *instance_of(const struct munin_link *link, const char *program)
{
    size_t length = strlen(link->name);
    if (strncmp(program, link->name, length) != 0)
        return NULL;
    return program[length] == '\0' || link->name[length - 1] == '_' ? program + length : NULL;
}

static bool take_link(const char *own, const char *program, struct munin_call *call)
{
    for (const struct munin_link *link = munin_links; link->name; link++) {
        const char *instance = strcmp(link->program, own) == 0 ? instance_of(link, program) : NULL;
        if (!instance)
            continue;
        call->link = link;
        call->instance = instance;
        call->graphs = link->graphs;
        return true;
    }
    return false;
}

bool munin_called(const struct check *check, const char *own, const char *program, struct munin_call *call)
{
    size_t length = check->name ? strlen(check->name) : 0;
    *call = (struct munin_call){.program = program, .instance = "", .graphs = "*", .word = ""};
    if (take_link(own, program, call))
        return true;
    if (length == 0 || strncmp(program, check->name, length) != 0)
        return false;
    if (program[length] == '_' && program[length + 1])
        call->graphs = program + length + 1;
    return program[length] == '\0' || program[length] == '_';
}

bool munin_asked(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--format=munin") == 0 ||
            (i + 1 < argc && strcmp(argv[i], "--format") == 0 && strcmp(argv[i + 1], "munin") == 0))
            return true;
    return false;
}

const char *munin_state_file(void)
{
    const char *path = getenv("MUNIN_STATEFILE");
    return path && *path ? path : NULL;
}

bool munin_prints_values(const char *word)
{
    const char *dirty = getenv("MUNIN_CAP_DIRTYCONFIG");
    if (strcmp(word, "config") == 0)
        return dirty && strcmp(dirty, "1") == 0;
    return *word == '\0' || strcmp(word, "fetch") == 0;
}

bool munin_wants(const struct munin_call *call, const char *graph)
{
    size_t length = *graph ? strlen(graph) : 1;
    if (strcmp(call->graphs, "*") == 0)
        return true;
    for (const char *at = call->graphs; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        if (strcspn(at, ",") == length && strncmp(at, *graph ? graph : "-", length) == 0)
            return true;
    }
    return false;
}

int munin_refuse(const struct output *output, const char *sentence)
{
    bool asked = strcmp(output->munin->word, "autoconf") == 0;
    struct text *text = asked ? output->text : output->complaint;
    if (asked)
        text_add(text, "no (");
    else
        text_format(text, "%s: ", output->munin->program);
    clean_line(text, sentence);
    text_add(text, asked ? ")\n" : "\n");
    return asked ? 0 : VERDICT_UNKNOWN;
}

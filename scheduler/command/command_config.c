/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config check, config show, config keys */
#include "lib/json.h"
#include "scheduler/command/command.h"
#include "scheduler/command/rows.h"
#include "scheduler/core/model.h"
#include "scheduler/io/config.h"
#include "scheduler/io/config_findings.h"
#include "scheduler/io/privilege.h"

#include <limits.h>

/* "FILE:LINE:COLUMN: SENTENCE" taken apart; a finding without a place keeps its whole text as the sentence. */
static json_t *finding_object(const struct finding *finding)
{
    json_t *object = json_object();
    int line = 0, column = 0, skipped = 0;
    const char *colon = strchr(finding->text, ':');
    bool placed = colon && sscanf(colon, ":%d:%d: %n", &line, &column, &skipped) == 2 && skipped > 0;
    json_set(object, "file",
             placed ? json_stringn(finding->text, (size_t)(colon - finding->text)) : json_null());
    json_set(object, "line", placed ? json_integer(line) : json_null());
    json_set(object, "column", placed ? json_integer(column) : json_null());
    json_set(object, "warning", json_boolean(finding->warning));
    json_set(object, "sentence", json_string(placed ? colon + skipped : finding->text));
    return object;
}

static void print_findings(struct command_call *call, const struct findings *findings)
{
    if (call->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < findings->count; i++)
            json_add(array, finding_object(&findings->items[i]));
        json_write(call->out, array);
        json_decref(array);
        return;
    }
    for (size_t i = 0; i < findings->count; i++)
        text_format(call->out, "%s%s\n", findings->items[i].text,
                    findings->items[i].warning ? " (a warning)" : "");
}

static void write_counts(struct text *out, const struct model *model)
{
    const struct {
        const char *what;
        size_t count;
    } rows[] = {{"host", model_machines(model)},
                {"check", model->binding_count},
                {"group", model->group_count},
                {"remediation", model->remediation_count}};
    text_add(out, "configuration is good: ");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        text_format(out, "%s%zu %s%s", i ? ", " : "", rows[i].count, rows[i].what,
                    rows[i].count == 1 ? "" : "s");
    text_add_char(out, '\n');
}

/* Of the words behind the first of run_steps: a step's first stands behind "--do N:" or "--undo N:"; a check that it waits
 * for may be anywhere. NULL: this word is no program. */
static const char *step_program(const struct words *words, size_t index)
{
    const char *word = words->items[index], *before = words->items[index - 1];
    if (strcmp(before, "--do") != 0 && strcmp(before, "--undo") != 0)
        return NULL;
    size_t number = strspn(word, "0123456789") + 1;
    bool first = index < 3 || strcmp(words->items[index - 3], before) != 0 ||
                 strncmp(words->items[index - 2], word, number) != 0;
    return first ? word + number : NULL;
}

/* Beside our own remediations those of the plugins, where the helper seeks them. */
static void look_for_programs(const struct model *model, struct findings *findings)
{
    struct findings_draft draft = {0};
    char path[PATH_MAX];
    for (size_t i = 0; i < model->remediation_count; i++) {
        const struct remediation *remediation = model->remediations[i];
        const struct words *words = &remediation->command;
        bool steps = words->count > 0 && strcmp(words->items[0], "run_steps") == 0;
        for (size_t k = 0; k < words->count && (k == 0 || steps); k++) {
            const char *program = k > 0 ? step_program(words, k) : words->items[0];
            if (program && !strchr(program, '/') && !strchr(program, '$') &&
                !privilege_find(program, model->site.directory, model->site.plugins.items, path, sizeof path))
                findings_warning(&draft, remediation->place,
                                 "no program \"%s\" in our remediations or any directory of \"plugins\"",
                                 program);
        }
    }
    findings_finish(&draft, findings);
}

static int run_check(const void *arguments, struct command_call *call)
{
    (void)arguments;
    struct findings findings = {0};
    struct model *model = config_load(call->conf, &findings);
    if (model) {
        config_gaps(model, call->now, false, &findings);
        config_days(model, call->now, &findings);
        look_for_programs(model, &findings);
    }
    bool good = model && findings.errors == 0;
    print_findings(call, &findings);
    if (good && !call->json)
        write_counts(call->out, model);
    findings_release(&findings);
    model_free(model);
    return good ? COMMAND_YES : COMMAND_NO;
}

const struct command command_config_check = {
    .name = "config check",
    .usage = "[--conf DIR]",
    .summary = "finds every error of the configuration",
    .notes = "Prints each as FILE:LINE:COLUMN: sentence. Exit: 0 good, 1 with errors.",
    .run = run_check,
};

static int run_show(const void *arguments, struct command_call *call)
{
    (void)arguments;
    struct findings findings = {0};
    const char *object = call->words.count ? call->words.items[0] : NULL;
    struct text shown = TEXT_INIT;
    bool good = config_show(call->conf, object, &shown, &findings);
    if (good && call->json) {
        json_t *text = json_pack("{s:s%}", "yaml", shown.bytes, shown.length);
        json_write(call->out, text);
        json_decref(text);
    } else if (good) {
        text_add_bytes(call->out, shown.bytes, shown.length);
    }
    for (size_t i = 0; i < findings.count && !good; i++)
        text_format(call->complaint, "%s\n", findings.items[i].text);
    int code = good ? COMMAND_YES : findings.errors > 0 ? COMMAND_REFUSED : COMMAND_NO;
    findings_release(&findings);
    text_release(&shown);
    return code;
}

const struct command command_config_show = {
    .name = "config show",
    .usage = "[OBJECT]",
    .summary = "prints the effective configuration with the origin of each value",
    .notes = "OBJECT is such as services/www, hosts/www_00, users/geoff, or HOST/CHECK. With --json the YAML "
             "is one "
             "text.",
    .most = 1,
    .run = run_show,
};

/* A line of config_describe as an object. */
static json_t *key_object(const char *line, size_t length)
{
    static const char *const members[] = {"file", "key", "form", "default", "help"};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *tab = memchr(line, '\t', length);
        size_t field = tab ? (size_t)(tab - line) : length;
        json_set(object, members[i], json_stringn(line, field));
        line += tab ? field + 1 : field;
        length -= tab ? field + 1 : field;
    }
    return object;
}

static int run_keys(const void *arguments, struct command_call *call)
{
    (void)arguments;
    struct text keys = TEXT_INIT;
    config_describe(&keys);
    if (call->json) {
        json_t *array = json_array();
        for (const char *line = keys.bytes, *end; (end = strchr(line, '\n')); line = end + 1)
            json_add(array, key_object(line, (size_t)(end - line)));
        json_write(call->out, array);
        json_decref(array);
    } else {
        text_add_bytes(call->out, keys.bytes, keys.length);
    }
    text_release(&keys);
    return COMMAND_YES;
}

const struct command command_config_keys = {
    .name = "config keys",
    .usage = "",
    .summary = "lists every key that the configuration may have",
    .notes = "A line each: the file, the key with its way from the top, its form, its default and what it is "
             "for, "
             "between tabs.",
    .run = run_keys,
};

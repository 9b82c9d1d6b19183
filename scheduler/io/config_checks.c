/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/number.h"
#include "scheduler/core/macro.h"
#include "scheduler/io/config_parts.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- the command ---- */

static const char *find_program(struct config_loader *loader, const char *name)
{
    const struct words *plugins = &loader->model->site.plugins;
    for (size_t i = 0; i < plugins->count; i++) {
        struct stat about;
        const char *path = arena_format(loader->arena, "%s/%s", plugins->items[i], name);
        if (access(path, X_OK) == 0 && stat(path, &about) == 0 && S_ISREG(about.st_mode))
            return path;
    }
    return NULL;
}

void config_checks_command(struct config_loader *loader, const struct config_row *row,
                           const struct node *node, void *target)
{
    struct words *words = target;
    config_read_words(loader, row, node, words);
    if (node->kind != NODE_LIST)
        return;
    if (words->count == 0) {
        findings_error(loader->draft, node->place, "\"%s\" is empty", row->key);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct node *word = node->entries[i].value;
        struct error error;
        if (word->kind == NODE_TEXT && !macro_check(word->text, &error))
            findings_error(loader->draft, word->place, "%s", error.text);
    }
    if (strchr(words->items[0], '/') || strchr(words->items[0], '$'))
        return;
    const char *program = find_program(loader, words->items[0]);
    if (program)
        words->items[0] = program;
    else
        findings_warning(loader->draft, node->entries[0].place,
                         "no program \"%s\" in any directory of \"plugins\"", words->items[0]);
}

void config_checks_when(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    struct config_row item = {.key = row->key, .choices = status_names};
    const struct node *list = config_rows_list(loader, row, node);
    unsigned bits = 0;
    for (size_t i = 0; i < list->count; i++) {
        unsigned status = STATUSES;
        config_read_choice(loader, &item, list->entries[i].value, &status);
        if (status < STATUSES)
            bits |= 1U << status;
    }
    *(unsigned *)target = bits;
}

/* ---- outcomes ---- */

static void read_outcome(struct config_loader *loader, const struct config_row *row,
                         const struct entry *entry, struct outcomes *outcomes)
{
    int64_t code;
    enum verdict verdict = VERDICT_UNKNOWN;
    struct config_row named = {.key = entry->name};
    config_read_verdict(loader, &named, entry->value, &verdict);
    if (strcmp(entry->name, "timeout") == 0) {
        outcomes->timeout_given = true;
        outcomes->timeout = verdict;
    } else if (strcmp(entry->name, "signal") == 0) {
        outcomes->signal_given = true;
        outcomes->signal = verdict;
    } else if (number_read_whole(entry->name, 4, 255, &code)) {
        outcomes->codes[outcomes->code_count++] =
            (struct outcome_code){.code = (int)code, .verdict = verdict};
    } else {
        findings_error(loader->draft, entry->place,
                       "a key of \"%s\" is timeout, signal or an exit code from 4 to 255: \"%s\"", row->key,
                       entry->name);
    }
}

static void read_outcomes(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct outcomes *outcomes = target;
    if (node->kind != NODE_MAP) {
        if (!config_document_empty(node))
            findings_error(loader->draft, node->place, "\"%s\" must be a map of endings and verdicts",
                           row->key);
        return;
    }
    outcomes->codes = arena_get(loader->arena, node->count, sizeof *outcomes->codes);
    for (size_t i = 0; i < node->count; i++)
        read_outcome(loader, row, &node->entries[i], outcomes);
}

/* ---- alert, flapping ---- */

static void read_groups(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    struct alert_rule *rule = target;
    config_users_group_list(loader, row, node, &rule->groups, &rule->group_count);
}

static const char *const downtime_urgencies[] = {
    [URGENCY_NONE] = "none", [URGENCY_NOTIFY] = "notify", [URGENCY_NOTIFY + 1] = NULL};

const struct config_row config_alert_rows[] = {
    {"groups", CONFIG_BY(read_groups, "list of groups"), .required = true, .help = "who is told"},
    {"warning", CONFIG_CHOICE(struct alert_rule, urgency[VERDICT_WARNING], urgency_names),
     .standard = "notify", .help = "how urgent a WARNING is"},
    {"critical", CONFIG_CHOICE(struct alert_rule, urgency[VERDICT_CRITICAL], urgency_names),
     .standard = "alert", .help = "how urgent a CRITICAL is"},
    {"unknown", CONFIG_CHOICE(struct alert_rule, urgency[VERDICT_UNKNOWN], urgency_names),
     .standard = "alert", .help = "how urgent an UNKNOWN is"},
    {"repeat", CONFIG_DURATION(struct alert_rule, repeat), .standard = "0s",
     .help = "tell again after this long; 0s: never"},
    {"delay", CONFIG_DURATION(struct alert_rule, delay), .standard = "0s",
     .help = "how long a hard problem stands before it is told"},
    {"group_wait", CONFIG_DURATION(struct alert_rule, group_wait), .standard = "0s",
     .help = "how long problems of the service are gathered into one message; the first waits this long"},
    {"escalate", CONFIG_BY(config_escalate_read, "list of maps"), .rows = config_escalate_rows,
     .shape = CONFIG_LISTED, .help = "who else is told when nobody acknowledges, in the order of time"},
    {"keep_ack", CONFIG_DURATION(struct alert_rule, keep_ack), .standard = "0s",
     .help = "how long an acknowledgement is kept after the recovery, for a problem that returns"},
    {"downtime", CONFIG_CHOICE(struct alert_rule, downtime, downtime_urgencies), .standard = "none",
     .help = "how the beginning and the end of a downtime are told"},
    {"window", CONFIG_MEMBER(config_windows_find, "window", const struct window *, struct alert_rule, window),
     .standard = "always", .help = "when it may be told"},
    {"info", CONFIG_TEXT(struct alert_rule, info), .help = "what the reader of the alert should know"},
    {"template", CONFIG_MEMBER(config_templates_read, "path", const char *, struct alert_rule, template_text),
     .without = "the built-in text",
     .help = "the text of the alert, with macros; a change is noticed of files in templates/"},
    {"template_html",
     CONFIG_MEMBER(config_templates_read, "path", const char *, struct alert_rule, template_html),
     .without = "the built-in hypertext, or none when there is a template",
     .help = "the hypertext of mail, with macros whose values are escaped"},
    {"template_script",
     CONFIG_MEMBER(config_templates_script, "list", struct words, struct alert_rule, template_script),
     .help = "a program that reads the alert as JSON and prints a JSON map; its NAME is $_ALERTNAME$ in "
             "templates"},
    {0},
};

void config_checks_alert(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    struct alert_rule *rule = arena_get(loader->arena, 1, sizeof *rule);
    config_rows_read(loader, row->rows, node, node->place, rule);
    *(const struct alert_rule **)target = rule;
}

static const struct config_row flapping_rows[] = {
    {"low", CONFIG_PERCENT(struct check_plan, flapping_low), .standard = "20",
     .help = "flapping ends at this share of changes"},
    {"high", CONFIG_PERCENT(struct check_plan, flapping_high), .standard = "30",
     .help = "flapping begins at this share of changes"},
    {0},
};

static void read_flapping(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct check_plan *plan = target;
    plan->flapping = true;
    config_rows_read(loader, row->rows, node, node->place, plan);
    if (plan->flapping_low > plan->flapping_high)
        findings_error(loader->draft, node->place, "\"low\" is above \"high\"");
}

/* ---- what it depends on, what remedies it ---- */

static void link_names(struct config_loader *loader, const struct node *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->entries[i].value;
        if (item->kind == NODE_TEXT)
            config_links_add(loader, strchr(item->text, '/') ? CONFIG_LINK_BINDING : CONFIG_LINK_CHECK,
                             item->text, item->place);
    }
}

static void read_names(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    config_read_words(loader, row, node, target);
    if (node->kind == NODE_LIST)
        link_names(loader, node);
}

static const struct config_row depends_rows[] = {
    {"all", CONFIG_MEMBER(read_names, "list of checks", struct words, struct check_plan, depends_all),
     .help = "quiet when any of these has a problem"},
    {"any", CONFIG_MEMBER(read_names, "list of checks", struct words, struct check_plan, depends_any),
     .help = "quiet when every one of these has a problem"},
    {0},
};

static void read_depends(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    struct check_plan *plan = target;
    if (node->kind == NODE_MAP)
        config_rows_read(loader, row->rows, node, node->place, plan);
    else
        read_names(loader, row, node, &plan->depends_all);
}

static void read_remediate(struct config_loader *loader, const struct config_row *row,
                           const struct node *node, void *target)
{
    struct check_plan *plan = target;
    const struct model *model = loader->model;
    const struct node *list = config_rows_list(loader, row, node);
    plan->remediate = arena_get(loader->arena, list->count, sizeof(struct remediation *));
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->entries[i].value;
        const char *name = config_rows_text(loader, row, item);
        const struct remediation *remediation = name ? model_remediation(model, name) : NULL;
        if (remediation) {
            plan->remediate[plan->remediate_count++] = remediation;
        } else if (name) {
            struct nearest nearest = {.wanted = name};
            for (size_t r = 0; r < model->remediation_count; r++)
                nearest_try(&nearest, model->remediations[r]->name);
            findings_unknown(loader->draft, item->place, "remediation", &nearest);
        }
    }
}

/* ---- the check ---- */

static void read_schedule(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    struct error error;
    const char *text = config_rows_text(loader, row, node);
    struct schedule *schedule = arena_get(loader->arena, 1, sizeof *schedule);
    if (text && schedule_read(schedule, text, &error))
        *(const struct schedule **)target = schedule;
    else if (text)
        findings_error(loader->draft, node->place, "\"%s\": %s", row->key, error.text);
}

static void read_stale(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    enum verdict verdict = VERDICT_UNKNOWN;
    config_read_verdict(loader, row, node, &verdict);
    if (verdict == VERDICT_OK)
        findings_error(loader->draft, node->place,
                       "silence is never OK: \"%s\" is UNKNOWN, WARNING or CRITICAL", row->key);
    *(enum verdict *)target = verdict;
}

const struct config_row config_checks_rows[] = {
    {"title", CONFIG_TEXT(struct check_plan, title), .without = "the name", .help = "what people call it"},
    {"command",
     CONFIG_MEMBER(config_checks_command, "list of words", struct words, struct check_plan, command),
     .without = "results are submitted", .help = "the program and its words, with macros"},
    {"every", CONFIG_DURATION(struct check_plan, every), .standard = "60s", .low = 100,
     .help = "the time between two runs"},
    {"schedule",
     CONFIG_MEMBER(read_schedule, "five words of cron", const struct schedule *, struct check_plan, schedule),
     .without = "by every",
     .help = "when it runs, instead of every: minute, hour, day, month, weekday, in the zone of the site"},
    {"window", CONFIG_MEMBER(config_windows_find, "window", const struct window *, struct check_plan, window),
     .without = "always", .help = "when it runs and counts; it runs at once when that begins"},
    {"retry", CONFIG_DURATION(struct check_plan, retry), .without = "as every", .low = 100,
     .help = "the time between two runs while a problem is soft"},
    {"attempts", CONFIG_COUNT(struct check_plan, attempts), .standard = "3", .low = 1, .high = 1000,
     .help = "bad results in a row that make a problem hard"},
    {"timeout", CONFIG_DURATION(struct check_plan, timeout), .without = "that of workers", .low = 100,
     .high = 3600000, .help = "how long one run may take"},
    {"freshness", CONFIG_DURATION(struct check_plan, freshness), .without = "results may stay away",
     .low = 1000,
     .help = "the oldest that the newest result may be; then the command is run, or the check is what stale "
             "says"},
    {"stale", CONFIG_MEMBER(read_stale, "verdict", enum verdict, struct check_plan, stale),
     .standard = "UNKNOWN", .help = "what a check without a command is when no result came for freshness"},
    {"when", CONFIG_MEMBER(config_checks_when, "list of statuses", unsigned, struct check_plan, when),
     .standard = "[active]", .choices = status_names, .help = "the statuses of hosts on which it runs"},
    {"depends_on", CONFIG_BY(read_depends, "list of checks, or a map"), .rows = depends_rows,
     .help = "CHECK of the same host or HOST/CHECK; a list means all of them"},
    {"store", CONFIG_FLAG(struct check_plan, store), .standard = "true",
     .help = "whether its metrics are kept"},
    {"importance", CONFIG_COUNT(struct check_plan, importance), .standard = "0", .low = 0, .high = 1000000,
     .help = "contacts that want more than this, and more than their host's, are not told"},
    {"volatile", CONFIG_FLAG(struct check_plan, volatile_), .standard = "false",
     .help = "whether every bad result is told"},
    {"tags", CONFIG_PAIRS(struct check_plan, tags), .help = "ride on every event of it"},
    {"outcomes",
     CONFIG_MEMBER(read_outcomes, "map of endings to verdicts", struct outcomes, struct check_plan, outcomes),
     .help = "what endings other than exit codes 0 to 3 mean: timeout, signal, or a code"},
    {"alert", CONFIG_MEMBER(config_checks_alert, "map", const struct alert_rule *, struct check_plan, alert),
     .rows = config_alert_rows, .without = "nobody is told", .help = "who is told of problems, and how"},
    {"flapping", CONFIG_BY(read_flapping, "map"), .rows = flapping_rows, .without = "not detected",
     .help = "when changes are too many to be told"},
    {"remediate", CONFIG_BY(read_remediate, "list of remediations"),
     .help = "what may be done about a problem"},
    {0},
};

static int compare_plans(const void *one, const void *other)
{
    const struct check_plan *a = one;
    const struct check_plan *b = other;
    return strcmp(a->name, b->name);
}

void config_checks_read(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    (void)target;
    struct service *service = loader->service;
    const struct node *map = config_rows_named(loader, row, node);
    service->checks = arena_get(loader->arena, map->count, sizeof *service->checks);
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct check_plan *plan = &service->checks[service->check_count++];
        config_rows_read(loader, row->rows, entry->value, entry->place, plan);
        plan->name = entry->name;
        plan->place = entry->place;
        const struct entry *every =
            entry->value->kind == NODE_MAP ? config_document_find(entry->value, "every") : NULL;
        if (plan->schedule && every)
            findings_error(loader->draft, every->place, "\"every\" and \"schedule\" exclude each other");
        if (plan->retry == 0)
            plan->retry = plan->every;
        if (plan->schedule)
            plan->every = schedule_gap(plan->schedule) * 1000;
        if (plan->timeout == 0)
            plan->timeout = loader->model->site.worker_timeout;
    }
    if (service->check_count)
        qsort(service->checks, service->check_count, sizeof *service->checks, compare_plans);
}

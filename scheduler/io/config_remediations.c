/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/lookup.h"
#include "lib/number.h"
#include "scheduler/core/macro.h"
#include "scheduler/io/config_parts.h"

/* ---- trackers ---- */

static const char *const tracker_types[] = {"file", "redmine", "github", "gitlab", "jira", "command", NULL};

static const struct config_row tracker_rows[] = {
    {"type", CONFIG_CHOICE_NAME(struct tracker, type, tracker_types), .required = true,
     .help = "what kind of tracker it is"},
    {"path", CONFIG_PATH(struct tracker, path), .help = "the file of a tracker of type file"},
    {"url", CONFIG_URL(struct tracker, url), .help = "where the tracker is"},
    {"token_file", CONFIG_PATH(struct tracker, token_file),
     .help = "its first line is the tracker's token; of Jira Cloud ADDRESS:TOKEN"},
    {"command", CONFIG_WORDS(struct tracker, command),
     .help = "of type command: a program that reads an order as JSON, as channels/tracker does"},
    {"poll", CONFIG_DURATION(struct tracker, poll), .standard = "10m", .low = 1000,
     .help = "how often the state of each issue is asked for"},
    {"hold", CONFIG_DURATION(struct tracker, hold), .standard = "7d",
     .help = "how long the last known state holds while the tracker is away"},
    {"disarm_when_away", CONFIG_FLAG(struct tracker, disarm_when_away), .standard = "false",
     .help = "true: after that time its remediations are disarmed"},
    {"webhook_secret_file", CONFIG_SECRET(struct tracker, webhook_secret_file),
     .without = "it is only polled",
     .help = "its first line, of 16 bytes or more, is the secret of the tracker's webhook, a POST to "
             "/hooks/NAME of "
             "the page: GitHub, Jira and Redmine 7 sign with it, GitLab sends it as its token, any other as "
             "a bearer "
             "token or as the password of HTTP Basic. The state is then asked for at once; not readable by "
             "others"},
    {"reopen", CONFIG_FLAG(struct tracker, reopen), .standard = "false",
     .help = "true: an issue whose remediation is called for after the close is reopened; else there is a "
             "comment"},
    {0},
};

static void read_trackers(struct config_loader *loader, const struct config_row *row, const struct node *node,
                          void *target)
{
    (void)target;
    struct model *model = loader->model;
    const struct node *map = config_rows_named(loader, row, node);
    model->trackers = arena_get(loader->arena, map->count, sizeof(struct tracker *));
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct tracker *tracker = arena_get(loader->arena, 1, sizeof *tracker);
        config_rows_read(loader, row->rows, entry->value, entry->place, tracker);
        tracker->name = entry->name;
        tracker->place = entry->place;
        model->trackers[model->tracker_count++] = tracker;
        if (tracker->type && strcmp(tracker->type, "file") == 0 && !tracker->path)
            findings_error(loader->draft, entry->place, "a tracker of type file needs \"path\"");
        else if (tracker->type && strcmp(tracker->type, "command") == 0 && tracker->command.count == 0)
            findings_error(loader->draft, entry->place, "a tracker of type command needs \"command\"");
    }
    config_rows_sort(model->trackers, model->tracker_count);
}

/* ---- the parts of a remediation ---- */

/* PREFIX-NUMBER; the prefix is the name of a tracker. */
static void read_issue(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    struct remediation *remediation = target;
    const char *issue = NULL;
    config_read_word(loader, row, node, &issue);
    if (!issue)
        return;
    const char *dash = strrchr(issue, '-');
    if (!dash || dash == issue || dash[1] == '\0') {
        findings_error(loader->draft, node->place, "\"issue\" must be TRACKER-NUMBER: \"%s\"", issue);
        return;
    }
    const char *prefix = arena_text_of(loader->arena, issue, (size_t)(dash - issue));
    remediation->issue = issue;
    remediation->tracker = model_tracker(loader->model, prefix);
    if (!remediation->tracker) {
        struct nearest nearest = {.wanted = prefix};
        for (size_t i = 0; i < loader->model->tracker_count; i++)
            nearest_try(&nearest, loader->model->trackers[i]->name);
        findings_unknown(loader->draft, node->place, "tracker", &nearest);
    }
}

/* An owner may be someone who is never called, so that an unknown name is not refused. */
static void read_owner(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    const struct model *model = loader->model;
    struct nearest nearest = {.wanted = config_rows_text(loader, row, node)};
    if (!nearest.wanted)
        return;
    *(const char **)target = nearest.wanted;
    if (model_user(model, nearest.wanted) || model_group(model, nearest.wanted))
        return;
    for (size_t i = 0; i < model->user_count; i++)
        nearest_try(&nearest, model->users[i]->name);
    for (size_t i = 0; i < model->group_count; i++)
        nearest_try(&nearest, model->groups[i]->name);
    findings_warning(loader->draft, node->place,
                     "owner \"%s\" is no user and no group, so that nobody is told before its end%s%s%s",
                     nearest.wanted, nearest.name ? "; did you mean \"" : "",
                     nearest.name ? nearest.name : "", nearest.name ? "\"" : "");
}

static void read_tagged(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    struct remediation *remediation = target;
    const char *text = config_rows_text(loader, row, node);
    if (text && config_read_date(loader, node, &remediation->tagged))
        remediation->tagged_text = text;
}

/* The words of one program, with the macros that a remediation may have. */
static void read_program(struct config_loader *loader, const struct config_row *row, const struct node *node,
                         void *target)
{
    struct words *words = target;
    config_read_words(loader, row, node, words);
    if (node->kind != NODE_LIST)
        return;
    if (words->count == 0)
        findings_error(loader->draft, node->place, "\"%s\" is empty", row->key);
    for (size_t i = 0; i < node->count; i++) {
        const struct node *word = node->entries[i].value;
        struct error error;
        if (word->kind == NODE_TEXT && !macro_check(word->text, &error))
            findings_error(loader->draft, word->place, "%s", error.text);
    }
}

/* ---- steps ---- */

struct step {
    struct words run, until, undo;
    int64_t within; /* 0: run_steps' own */
};

static const struct config_row step_rows[] = {
    {"run", CONFIG_MEMBER(read_program, "list of words", struct words, struct step, run), .required = true,
     .help = "a remediation program and its own words, with macros"},
    {"until", CONFIG_MEMBER(read_program, "list of words", struct words, struct step, until),
     .help = "a check and its words: the step is done when it is OK"},
    {"within", CONFIG_DURATION(struct step, within), .without = "30s",
     .help = "how long the check may take to become OK"},
    {"undo", CONFIG_MEMBER(read_program, "list of words", struct words, struct step, undo),
     .help = "what undoes this step when it or a later one fails: a remediation program and its own words"},
    {0},
};

enum { STEPS_MAX = 32 };

/* ${words} has room. "N:" ahead of a word keeps it that step's, whatever a macro in it becomes. */
static void add_numbered(struct config_loader *loader, struct words *words, const char *option, size_t number,
                         const struct words *more)
{
    for (size_t i = 0; i < more->count; i++) {
        words->items[words->count++] = option;
        words->items[words->count++] = arena_format(loader->arena, "%zu:%s", number, more->items[i]);
    }
}

static void add_step(struct config_loader *loader, struct words *words, size_t number,
                     const struct step *step)
{
    struct text within = TEXT_INIT;
    duration_write(&within, step->within);
    const char *items[] = {within.bytes};
    const struct words limit = {items, step->within > 0 && step->until.count > 0 ? 1 : 0};
    add_numbered(loader, words, "--do", number, &step->run);
    add_numbered(loader, words, "--until", number, &step->until);
    add_numbered(loader, words, "--within", number, &limit);
    add_numbered(loader, words, "--undo", number, &step->undo);
    text_release(&within);
}

/* The steps become the words of run_steps: the helper, the bridge to Nagios and people run one program. */
static void read_steps(struct config_loader *loader, const struct config_row *row, const struct node *node,
                       void *target)
{
    struct remediation *remediation = target;
    const struct node *list = config_rows_list(loader, row, node);
    struct step *steps = arena_get(loader->arena, list->count + 1, sizeof *steps);
    size_t room = 2;
    if (list->count == 0 || list->count > STEPS_MAX)
        findings_error(loader->draft, node->place, "\"steps\" must be 1 to %d", STEPS_MAX);
    for (size_t i = 0; i < list->count; i++) {
        config_rows_read(loader, row->rows, list->entries[i].value, list->entries[i].place, &steps[i]);
        room += 2 * (steps[i].run.count + steps[i].until.count + steps[i].undo.count + 1);
    }
    if (remediation->command.count > 0)
        findings_error(loader->draft, node->place, "both \"command\" and \"steps\"");
    remediation->command = (struct words){.items = arena_get(loader->arena, room, sizeof(char *))};
    remediation->command.items[remediation->command.count++] = "run_steps";
    for (size_t i = 0; i < list->count; i++)
        add_step(loader, &remediation->command, i + 1, &steps[i]);
}

static void read_states(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    struct remediation *remediation = target;
    const struct node *list = config_rows_list(loader, row, node);
    for (size_t i = 0; i < list->count; i++) {
        enum verdict verdict = VERDICT_OK;
        config_read_verdict(loader, row, list->entries[i].value, &verdict);
        if (verdict != VERDICT_OK)
            remediation->on_states |= 1U << verdict;
        else if (list->entries[i].value->kind == NODE_TEXT &&
                 verdict_read(list->entries[i].value->text, &verdict))
            findings_error(loader->draft, list->entries[i].value->place,
                           "there is nothing to remedy when OK");
    }
}

static const char *const type_names[] = {"hard", "soft", NULL};

static void read_type(struct config_loader *loader, const struct config_row *row, const struct node *node,
                      void *target)
{
    unsigned choice = 0;
    config_read_choice(loader, row, node, &choice);
    ((struct remediation *)target)->on_hard = choice == 0;
}

static const struct config_row on_rows[] = {
    {"state", CONFIG_BY(read_states, "list of verdicts"), .standard = "[CRITICAL]",
     .help = "the states that call for it"},
    {"type", CONFIG_BY(read_type, "choice"), .standard = "hard", .choices = type_names,
     .help = "hard: only problems that retries have confirmed"},
    {"after", CONFIG_DURATION(struct remediation, after), .standard = "0s",
     .help = "time allowed for recovery without help"},
    {0},
};

/* "3 per 1h" */
void config_read_max(struct config_loader *loader, const struct config_row *row, const struct node *node,
                     void *target)
{
    struct max *max = target;
    const char *text = config_rows_text(loader, row, node);
    if (!text)
        return;
    if (!max_read(text, max))
        findings_error(loader->draft, node->place, "\"%s\" must be such as \"3 per 1h\": \"%s\"", row->key,
                       text);
}

static const struct config_row limits_rows[] = {
    {"cooldown", CONFIG_DURATION(struct remediation, cooldown), .standard = "0s",
     .help = "rest between the end of one run and the next on the same host"},
    {"max", CONFIG_MEMBER(config_read_max, "N per DURATION", struct max, struct remediation, max),
     .without = "no limit", .help = "how many runs on one host in a span of time"},
    {"max_total", CONFIG_MEMBER(config_read_max, "N per DURATION", struct max, struct remediation, max_total),
     .without = "no limit", .help = "how many runs on all hosts together in a span of time"},
    {"concurrency", CONFIG_WHOLE(struct remediation, concurrency), .standard = "1", .low = 1, .high = 10000,
     .help = "runs at once on the whole site"},
    {"share", CONFIG_PERCENT(struct remediation, share), .without = "no limit",
     .help = "hosts of one service at once, in percent"},
    {"despite_redundancy", CONFIG_FLAG(struct remediation, despite_redundancy), .standard = "false",
     .help = "true: it acts on a host that serves also while others of its service do not"},
    {0},
};

static const struct config_row verify_rows[] = {
    {"within", CONFIG_DURATION(struct remediation, verify_within), .standard = "5m",
     .help = "how long the check has to recover after a run"},
    {0},
};

static const struct config_row may_rows[] = {
    {"run", CONFIG_MEMBER(config_users_groups, "list of groups", struct words, struct remediation, may_run),
     .help = "whose members may start it by hand"},
    {"approve",
     CONFIG_MEMBER(config_users_groups, "list of groups", struct words, struct remediation, may_approve),
     .help = "whose members may approve a run in the mode ask"},
    {0},
};

static const char *const causes[] = {"hardware", "vendor", "in_house", NULL};

static const struct config_row remediation_rows[] = {
    {"issue", CONFIG_BY(read_issue, "TRACKER-NUMBER"), .required = true,
     .help = "the issue whose fix makes this unnecessary"},
    {"owner", CONFIG_MEMBER(read_owner, "user", const char *, struct remediation, owner), .required = true,
     .help = "who answers for it"},
    {"user", CONFIG_WORD(struct remediation, user), .without = "the helper's",
     .help = "the system user that runs it"},
    {"may", CONFIG_MAP(may_rows), .help = "who may use it by hand"},
    {"tagged", CONFIG_BY(read_tagged, "date"), .required = true, .help = "the day from which the TTL counts"},
    {"ttl", CONFIG_DURATION(struct remediation, ttl), .required = true, .low = 1000,
     .help = "how long it may be used"},
    {"renewal", CONFIG_TEXT(struct remediation, renewal),
     .help = "why it was tagged again: without this sentence a later day does not arm it again"},
    {"diagnosed", CONFIG_FLAG(struct remediation, diagnosed), .required = true,
     .help = "whether the cause is understood"},
    {"cause", CONFIG_CHOICE_NAME(struct remediation, cause, causes), .required = true,
     .help = "where the cause lies: hardware may have a longer TTL"},
    {"command", CONFIG_MEMBER(read_program, "list of words", struct words, struct remediation, command),
     .help = "the program and its words, with macros; this or \"steps\" is required. With "
             "--diagnostics-optional among "
             "them it acts although diagnostics could not be gathered"},
    {"steps", CONFIG_BY(read_steps, "list of maps"), .rows = step_rows, .shape = CONFIG_LISTED,
     .help = "instead of \"command\": programs one after the other; see run_steps(1)"},
    {"on", CONFIG_MAP(on_rows), .help = "what calls for it"},
    {"limits", CONFIG_MAP(limits_rows), .help = "what holds it back, whoever starts it"},
    {"verify", CONFIG_MAP(verify_rows), .help = "when it counts as fixed"},
    {"timeout", CONFIG_DURATION(struct remediation, timeout), .standard = "10m", .low = 1000,
     .high = 86400000, .help = "how long one run may take"},
    {"mode", CONFIG_CHOICE(struct remediation, mode, mode_names), .standard = "act",
     .help = "act; dry_run: only say what would be done; ask: wait for approval"},
    {"rehearse", CONFIG_DURATION(struct remediation, rehearse), .standard = "90d", .low = 3600000,
     .help = "how long it may go without any run, a dry one included, before the review says so"},
    {"approval", CONFIG_DURATION(struct remediation, approval), .standard = "30m", .low = 1000,
     .help = "how long a person has to approve it, in the mode ask"},
    {0},
};

/* A workaround for what can be fixed in software must not become the fix. */
static void check_ttl(struct config_loader *loader, const struct remediation *remediation)
{
    int64_t most = loader->model->governance.ttl;
    struct text given = TEXT_INIT;
    struct text limit = TEXT_INIT;
    if (!remediation->cause || strcmp(remediation->cause, "hardware") == 0 || remediation->ttl <= most)
        return;
    duration_write(&given, remediation->ttl);
    duration_write(&limit, most);
    findings_error(loader->draft, remediation->place,
                   "\"ttl\" is %s, and a workaround whose cause is %s may live %s at most", given.bytes,
                   remediation->cause, limit.bytes);
    text_release(&limit);
    text_release(&given);
}

static bool names_approvers(const struct node *remediation)
{
    const struct entry *may = remediation->kind == NODE_MAP ? config_document_find(remediation, "may") : NULL;
    return may && may->value->kind == NODE_MAP && config_document_find(may->value, "approve");
}

static void read_remediations(struct config_loader *loader, const struct config_row *row,
                              const struct node *node, void *target)
{
    (void)target;
    struct model *model = loader->model;
    const struct node *map = config_rows_named(loader, row, node);
    model->remediations = arena_get(loader->arena, map->count, sizeof(struct remediation *));
    for (size_t i = 0; i < map->count; i++) {
        const struct entry *entry = &map->entries[i];
        struct remediation *remediation = arena_get(loader->arena, 1, sizeof *remediation);
        config_rows_read(loader, row->rows, entry->value, entry->place, remediation);
        remediation->name = entry->name;
        remediation->place = entry->place;
        check_ttl(loader, remediation);
        if (remediation->command.count == 0 && entry->value->kind == NODE_MAP &&
            !config_document_find(entry->value, "command") && !config_document_find(entry->value, "steps"))
            findings_error(loader->draft, entry->place, "\"command\" is missing, or \"steps\"");
        if (remediation->mode == MODE_ASK && remediation->may_approve.count == 0 &&
            !names_approvers(entry->value))
            findings_error(loader->draft, entry->place, "the mode ask needs \"may: {approve: [GROUP]}\"");
        /* Who gives up root for the scheduler does not mean to keep it for this by saying nothing. */
        if (!remediation->user && model->site.user)
            findings_warning(loader->draft, entry->place, "no \"user\": the helper runs it as root");
        model->remediations[model->remediation_count++] = remediation;
    }
    config_rows_sort(model->remediations, model->remediation_count);
}

static const struct config_row governance_rows[] = {
    {"ttl", CONFIG_DURATION(struct model, governance.ttl), .standard = "90d", .low = 86400000,
     .help = "the longest TTL of a workaround whose cause is vendor or in_house"},
    {"concurrency", CONFIG_WHOLE(struct model, governance.bounds.concurrency), .without = "no limit",
     .low = 1, .high = 10000, .help = "runs at once of all remediations"},
    {"max", CONFIG_MEMBER(config_read_max, "N per DURATION", struct max, struct model, governance.bounds.max),
     .without = "no limit", .help = "how many runs of all remediations in a span of time"},
    {0},
};

/* "mon 08:00", or "never". */
static void read_review(struct config_loader *loader, const struct config_row *row, const struct node *node,
                        void *target)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
    struct governance *governance = &loader->model->governance;
    const char *text = config_rows_text(loader, row, node);
    char day[4] = "";
    int hour = 0, minute = 0, end = 0;
    (void)target;
    governance->review_day = 0;
    if (!text || strcmp(text, "never") == 0)
        return;
    if (sscanf(text, "%3[a-z] %2d:%2d%n", day, &hour, &minute, &end) == 3 && text[end] == '\0')
        governance->review_day = lookup_name(days, day) + 1;
    governance->review_minute = hour * 60 + minute;
    if (governance->review_day == 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
        findings_error(loader->draft, node->place,
                       "\"review\" must be such as \"mon 08:00\", or never: \"%s\"", text);
}

/* Trackers before the remediations whose issues name them, and the limits before what they bind. */
const struct config_row config_remediations_rows[] = {
    {"trackers", CONFIG_BY(read_trackers, "map of trackers"), .rows = tracker_rows, .shape = CONFIG_NAMED,
     .help = "where issues are kept; the name is the prefix of their numbers"},
    {"limits", CONFIG_MAP(governance_rows), .help = "what binds all remediations together"},
    {"review", CONFIG_BY(read_review, "day and time"), .standard = "mon 08:00",
     .help = "when each owner gets the week's review of remediations; never: not at all"},
    {"remediations", CONFIG_BY(read_remediations, "map of remediations"), .rows = remediation_rows,
     .shape = CONFIG_NAMED, .help = "workarounds, each with its issue and its end"},
    {0},
};

void config_remediations_read(struct config_loader *loader, const struct node *root)
{
    config_rows_read(loader, config_remediations_rows, root, root->place, loader->model);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/engine/engine_tracker.h"

#include "lib/alert_channel.h"
#include "lib/memory.h"
#include "scheduler/core/tracker_hook.h"
#include "scheduler/engine/engine_history.h"
#include "scheduler/engine/engine_tracker_words.h"
#include "scheduler/io/config_issues.h"

enum {
    ASK_TIMEOUT = 30000, /* ms */
    OUTPUT = 4096
};

static const int64_t millisecond = 1000, second = 1000000; /* of loop_now's clock */

/* What a tracker is to be told. */
struct message {
    char *text;   /* NULL: nothing */
    int64_t runs; /* that it tells of */
    bool reopens; /* the issue was closed, and is to be open again where the tracker is configured so */
};

/* One issue that a remediation names. */
struct issue {
    struct issue *next;
    struct trackers *trackers; /* NULL: the engine ends, and only the answer is waited for */
    char *name;
    int64_t due; /* loop_now's clock */
    int64_t asked;
    bool asking;
    bool on_thread;         /* it is a file that is asked */
    bool listed;            /* the configuration still names it */
    char *trouble;          /* a sentence on why the last question has no answer; NULL: it has one */
    struct message message; /* for the tracker, when nothing else is under way */
    struct message sent;    /* under way; when it does not arrive, it is the message again */
    bool put_off;           /* it did not arrive: the state is asked for before the next try */
    char *untold;           /* why it did not, as the log has it; NULL: it did */
    bool open;              /* on a thread: what the file says */
    char *path;
    bool answered;
    struct error error;
};

struct trackers {
    struct engine *engine;
    struct loop_timer *timer;
    struct issue *issues;
    int64_t refusal_due; /* before that no refused webhook is logged */
};

static void arm(struct trackers *trackers)
{
    int64_t due = INT64_MAX;
    for (const struct issue *issue = trackers->issues; issue; issue = issue->next)
        if (issue->listed && !issue->asking && issue->due < due)
            due = issue->due;
    if (due == INT64_MAX)
        loop_timer_stop(trackers->timer);
    else
        loop_timer_at(trackers->timer, due);
}

static const struct remediation *of_issue(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->remediation_count; i++)
        if (strcmp(model->remediations[i]->issue, name) == 0)
            return model->remediations[i];
    return NULL;
}

static void message_release(struct message *message)
{
    free(message->text);
    *message = (struct message){.text = NULL};
}

static void issue_free(struct issue *issue)
{
    free(issue->path);
    message_release(&issue->message);
    message_release(&issue->sent);
    free(issue->trouble);
    free(issue->untold);
    free(issue->name);
    free(issue);
}

/* ---- what the tracker is told ---- */

static struct issue *find(const struct trackers *trackers, const char *name)
{
    struct issue *issue = trackers->issues;
    while (issue && strcmp(issue->name, name) != 0)
        issue = issue->next;
    return issue;
}

/* What is said after the close takes the place of the week's word. */
static void give(struct issue *issue, struct text *text, int64_t runs, bool reopens)
{
    message_release(&issue->message);
    issue->message = (struct message){.text = text_take(text), .runs = runs, .reopens = reopens};
    issue->put_off = false;
    issue->due = 0;
    arm(issue->trackers);
}

static void note_told(const struct issue *issue, int64_t runs)
{
    struct engine *engine = issue->trackers->engine;
    struct batch *batch = batch_open(engine);
    world_issue_told(engine->world, issue->name, runs, batch_now(batch));
    batch_close(batch);
}

/* It waits to be told, or is on its way. */
static bool waits(const struct issue *issue, bool reopens)
{
    return (issue->message.text && issue->message.reopens >= reopens) ||
           (issue->sent.text && issue->sent.reopens >= reopens);
}

void trackers_called(struct trackers *trackers, const struct remediation *remediation, const char *subject,
                     uint64_t problem)
{
    struct issue *issue = find(trackers, remediation->issue);
    struct text text = TEXT_INIT;
    int64_t runs;
    if (!issue || waits(issue, true) ||
        !world_issue_owes(trackers->engine->world, remediation->issue, &runs, loop_wall()))
        return;
    tracker_words_called(&text, trackers->engine, remediation, subject, problem);
    give(issue, &text, runs, true);
}

/* Of an open issue, once a week, and only when there is something to say. */
static void tell_week(struct issue *issue, int64_t now)
{
    struct engine *engine = issue->trackers->engine;
    struct text text = TEXT_INIT;
    int64_t runs = 0;
    if (!of_issue(engine->model, issue->name) || waits(issue, false) ||
        !world_issue_owes(engine->world, issue->name, &runs, now))
        return;
    if (runs == 0) {
        world_issue_told(engine->world, issue->name, 0, now);
        return;
    }
    tracker_words_week(&text, engine, issue->name, runs);
    give(issue, &text, runs, false);
}

/* ---- answers ---- */

static void note_trouble(struct issue *issue, const char *sentence)
{
    const struct log *log = issue->trackers->engine->settings.log;
    struct text text = TEXT_INIT;
    text_format(&text, "the tracker of %s%s%s", issue->name, sentence ? ": " : " answers again",
                sentence ? sentence : "");
    if (!sentence != !issue->trouble)
        log_say(log, sentence ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%s", text.bytes);
    free(issue->trouble);
    issue->trouble = sentence ? text_take(&text) : NULL;
    text_release(&text);
}

static void take(struct issue *issue, enum issue_state state, const char *sentence)
{
    struct engine *engine = issue->trackers->engine;
    enum issue_state before = ISSUE_UNKNOWN;
    int64_t known;
    note_trouble(issue, state == ISSUE_UNKNOWN ? sentence : NULL);
    (void)world_issue_state(engine->world, issue->name, &before, &known);
    if (state != ISSUE_UNKNOWN && state != before)
        log_say(engine->settings.log, LOG_LEVEL_INFO, "the issue %s is %s", issue->name,
                issue_state_name(state));
    if (state == ISSUE_UNKNOWN)
        return;
    struct batch *batch = batch_open(engine);
    world_issue(engine->world, issue->name, state, batch_now(batch), batch_decision, batch);
    history_deed(batch, "issue", "{s:s, s:s}", "issue", issue->name, "state", issue_state_name(state));
    if (state == ISSUE_OPEN)
        tell_week(issue, batch_now(batch));
    batch_close(batch);
}

static void ended(struct issue *issue)
{
    issue->asking = issue->on_thread = false;
    if (issue->trackers)
        arm(issue->trackers);
    else
        issue_free(issue);
}

static void answered(void *owner, const struct outcome *outcome)
{
    struct issue *issue = owner;
    struct text said = TEXT_INIT;
    bool done = outcome->kind == OUTCOME_EXITED && outcome->code == 0;
    enum issue_state state = ISSUE_UNKNOWN;
    if (outcome->output)
        text_add_bytes(&said, outcome->output, strcspn(outcome->output, "\r\n"));
    if (done)
        (void)issue_state_read(said.bytes, &state);
    const char *why = said.length ? said.bytes : done ? "it said nothing" : "it did not answer in time";
    struct text odd = TEXT_INIT;
    if (done && said.length && state == ISSUE_UNKNOWN)
        text_format(&odd, "it said neither open nor closed: \"%.200s\"", said.bytes);
    if (issue->trackers)
        take(issue, state, odd.length ? odd.bytes : why);
    text_release(&odd);
    text_release(&said);
    ended(issue);
}

/* The same sentence is not logged with each try. */
static void note_message(struct issue *issue, bool done, const char *said)
{
    const struct log *log = issue->trackers->engine->settings.log;
    struct text text = TEXT_INIT;
    text_format(&text, "the tracker of %s%s: %s%s", issue->name,
                done             ? " was told"
                : issue->put_off ? " was not told"
                                 : "",
                said, issue->put_off ? "; it is told later" : "");
    if (!issue->untold || strcmp(issue->untold, text.bytes) != 0)
        log_say(log, done ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%s", text.bytes);
    free(issue->untold);
    issue->untold = issue->put_off ? text_take(&text) : NULL;
    text_release(&text);
}

/* What did not arrive and may do so later is tried again when the state has been asked for, unless there is something
 * newer to say. */
static void told(void *owner, const struct outcome *outcome)
{
    struct issue *issue = owner;
    struct message sent = issue->sent;
    struct text said = TEXT_INIT;
    bool exited = outcome->kind == OUTCOME_EXITED;
    bool done = exited && outcome->code == 0, never = exited && outcome->code == ALERT_NEVER;
    if (outcome->output)
        text_add_bytes(&said, outcome->output, strcspn(outcome->output, "\r\n"));
    issue->sent = (struct message){.text = NULL};
    issue->put_off = !done && !never;
    issue->due = 0; /* what it is now is asked for */
    if (issue->trackers) {
        note_message(issue, done, said.length ? said.bytes : "it did not answer in time");
        if (!issue->put_off)
            note_told(issue, sent.runs);
    }
    if (issue->put_off && !issue->message.text)
        issue->message = sent;
    else
        message_release(&sent);
    text_release(&said);
    ended(issue);
}

/* ---- questions ---- */

static void read_file(void *owner)
{
    struct issue *issue = owner;
    issue->answered = config_issue_read(issue->path, issue->name, &issue->open, &issue->error);
}

static void file_read(void *owner)
{
    struct issue *issue = owner;
    enum issue_state state = ISSUE_UNKNOWN;
    if (issue->answered)
        state = issue->open ? ISSUE_OPEN : ISSUE_CLOSED;
    if (issue->trackers)
        take(issue, state, issue->error.text);
    ended(issue);
}

static json_t *order_of(const struct issue *issue, const struct tracker *tracker, const char *deed)
{
    json_t *order = json_pack("{s:s, s:s, s:s, s:i}", "do", deed, "type", tracker->type, "issue", issue->name,
                              "timeout_ms", (int)ASK_TIMEOUT);
    if (tracker->url)
        json_object_set_new(order, "url", json_string(tracker->url));
    if (tracker->token_file)
        json_object_set_new(order, "token_file", json_string(tracker->token_file));
    if (issue->sent.text)
        json_object_set_new(order, "text", json_string(issue->sent.text));
    return order;
}

static void submit(struct issue *issue, const struct tracker *tracker, const char *deed, runner_done *done)
{
    struct engine *engine = issue->trackers->engine;
    struct text program = TEXT_INIT;
    text_format(&program, "%s/tracker", engine->settings.layout->channels);
    const char *const own[] = {program.bytes, NULL};
    json_t *order = order_of(issue, tracker, deed);
    char *input = json_dumps(order, JSON_COMPACT);
    const struct job job = {.argv = tracker->command.count ? tracker->command.items : own,
                            .input = input,
                            .input_length = input ? strlen(input) : 0,
                            .timeout = ASK_TIMEOUT + ASK_TIMEOUT / 2,
                            .output_cap = OUTPUT,
                            .background = true};
    issue->asking = true;
    runner_submit(engine->runner, &job, done, issue);
    free(input);
    json_decref(order);
    text_release(&program);
}

static void ask(struct issue *issue, const struct tracker *tracker)
{
    if (strcmp(tracker->type, "file") == 0) {
        free(issue->path);
        issue->path = memory_text(tracker->path);
        issue->asking = issue->on_thread = true;
        loop_work(issue->trackers->engine->loop, read_file, file_read, issue);
    } else {
        submit(issue, tracker, "state", answered);
    }
}

/* A file takes no comments: the log has it. */
static void say(struct issue *issue, const struct tracker *tracker)
{
    struct engine *engine = issue->trackers->engine;
    enum issue_state state = ISSUE_UNKNOWN;
    int64_t known;
    (void)world_issue_state(engine->world, issue->name, &state, &known);
    /* Somebody may have opened it while it waited; or we have, and the comment did not arrive. */
    bool reopen = tracker->reopen && issue->message.reopens && state == ISSUE_CLOSED;
    issue->sent = issue->message;
    issue->message = (struct message){.text = NULL};
    if (strcmp(tracker->type, "file") == 0) {
        log_say(engine->settings.log, LOG_LEVEL_WARNING, "for the issue %s: %s", issue->name,
                issue->sent.text);
        world_issue_told(engine->world, issue->name, issue->sent.runs, loop_wall());
        free(issue->sent.text);
        issue->sent.text = NULL;
    } else {
        submit(issue, tracker, reopen ? "reopen" : "comment", told);
    }
}

static void look(void *owner)
{
    struct trackers *trackers = owner;
    const struct model *model = trackers->engine->model;
    int64_t now = loop_now();
    for (struct issue *issue = trackers->issues; issue; issue = issue->next) {
        const struct remediation *remediation = of_issue(model, issue->name);
        if (issue->asking || issue->due > now || !remediation || !remediation->tracker)
            continue;
        issue->due = now + remediation->tracker->poll * millisecond;
        issue->asked = now;
        if (issue->message.text && !issue->put_off)
            say(issue, remediation->tracker);
        else
            ask(issue, remediation->tracker);
        issue->put_off = false;
    }
    arm(trackers);
}

/* One that is being asked for is asked for once more: the answer under way may be older than the call. */
size_t trackers_hooked(struct trackers *trackers, const struct tracker *tracker, const json_t *body)
{
    size_t count = 0;
    int64_t now = loop_now();
    for (struct issue *issue = trackers->issues; issue; issue = issue->next) {
        const struct remediation *remediation = of_issue(trackers->engine->model, issue->name);
        if (!remediation || remediation->tracker != tracker ||
            !tracker_hook_concerns(tracker->type, body, issue->name))
            continue;
        int64_t due = issue->asked + second > now ? issue->asked + second : now;
        issue->due = due < issue->due ? due : issue->due;
        count++;
    }
    arm(trackers);
    return count;
}

void trackers_refused(struct trackers *trackers, const struct tracker *tracker, const char *why)
{
    int64_t now = loop_now();
    if (now < trackers->refusal_due)
        return;
    trackers->refusal_due = now + 60 * second;
    log_say(trackers->engine->settings.log, LOG_LEVEL_WARNING,
            "a webhook of the tracker \"%s\" is refused: %s", tracker->name, why);
}

const char *trackers_trouble(const struct trackers *trackers)
{
    for (const struct issue *issue = trackers->issues; issue; issue = issue->next)
        if (issue->listed && (issue->trouble || issue->untold))
            return issue->trouble ? issue->trouble : issue->untold;
    return NULL;
}

/* ---- the list ---- */

struct trackers *trackers_create(struct engine *engine)
{
    struct trackers *trackers = memory_get(1, sizeof *trackers);
    trackers->engine = engine;
    trackers->timer = loop_timer_add(engine->loop, look, trackers);
    trackers_adopt(trackers);
    return trackers;
}

void trackers_adopt(struct trackers *trackers)
{
    const struct model *model = trackers->engine->model;
    for (struct issue *issue = trackers->issues; issue; issue = issue->next)
        issue->listed = false;
    for (size_t i = 0; i < model->remediation_count; i++) {
        struct issue *issue = find(trackers, model->remediations[i]->issue);
        if (!issue) {
            issue = memory_get(1, sizeof *issue);
            issue->trackers = trackers;
            issue->name = memory_text(model->remediations[i]->issue);
            issue->next = trackers->issues;
            trackers->issues = issue;
        }
        issue->listed = true;
        issue->due = 0; /* its tracker may be another now */
    }
    arm(trackers);
}

void trackers_free(struct trackers *trackers)
{
    if (!trackers)
        return;
    for (struct issue *issue = trackers->issues, *next; issue; issue = next) {
        next = issue->next;
        issue->trackers = NULL;
        if (!issue->on_thread) /* the runner answers no more */
            issue_free(issue);
    }
    loop_timer_remove(trackers->timer);
    free(trackers);
}

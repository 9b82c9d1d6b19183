/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question after the other, all of them to parts that answer in bounded time; only the picture may take long, and
 * has a deadline of its own. */
#include "scheduler/engine/engine_letter.h"

#include "lib/json.h"
#include "lib/ledger.h"
#include "lib/memory.h"
#include "lib/mime.h"
#include "scheduler/core/notice.h"
#include "scheduler/core/notice_facts.h"
#include "scheduler/core/review.h"
#include "scheduler/core/rota.h"
#include "scheduler/engine/engine_answer.h"
#include "scheduler/engine/engine_words.h"

enum {
    BEFORE = 30 * 60 * 1000, /* ms of events ahead of the alert */
    EVENTS_MOST = 30,        /* of one subject and type */
    SUBJECTS_MOST = 8,
    CHECKS_MOST = 5, /* whose remediations are told */
    REMEDIATIONS_MOST = 20,
    TOLD_MOST = 20,
    LINKS_MOST = 20,
    MAIL_WIDTH = 76,            /* columns, with room for the mark of a quotation */
    LINK_LIFE = 7 * 86400,      /* s */
    SCRIPT_TIMEOUT = 10 * 1000, /* ms */
    SCRIPT_OUTPUT = 64 << 10,
    GRAPH_SPAN = 6 * 3600,        /* s */
    GRAPH_DEADLINE = 5 * 1000000, /* microseconds */
};

/* A picture that is being drawn. It outlives a letter that did not wait for it. */
struct sketch {
    struct letter *letter; /* NULL: it is no longer wanted */
};

/* The ledger that is being counted for a review, in the same way. */
struct counting {
    struct letter *letter; /* NULL: it is no longer wanted */
    char *ledger;
    int64_t now; /* epoch s */
    json_t *counted;
    size_t bad; /* lines */
    struct error error;
};

struct letter {
    struct letter *next, **link; /* of the engine's */
    struct engine *engine;
    json_t *alert; /* the outbox's */
    letter_ready *ready;
    void *owner;
    size_t step;
    json_t *subjects; /* whose events are asked for: hosts and services */
    size_t asked;     /* questions of the present step */
    struct sketch *sketch;
    struct counting *counting; /* of the ledger */
    struct loop_timer *deadline;
    json_t *script; /* what the template script printed; NULL: nothing */
};

typedef bool letter_step(struct letter *letter); /* whether an answer is waited for */

static void go_on(struct letter *letter);

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int64_t whole_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void letter_free(struct letter *letter)
{
    *letter->link = letter->next;
    if (letter->next)
        letter->next->link = letter->link;
    json_decref(letter->subjects);
    json_decref(letter->script);
    loop_timer_remove(letter->deadline);
    if (letter->sketch)
        letter->sketch->letter = NULL;
    if (letter->counting)
        letter->counting->letter = NULL;
    free(letter);
}

/* The list of that name in the alert, empty at first. */
static json_t *list_of(struct letter *letter, const char *key)
{
    json_t *list = json_object_get(letter->alert, key);
    if (!list) {
        list = json_array();
        json_set(letter->alert, key, list);
    }
    return list;
}

static void ask(struct letter *letter, enum query_kind kind, json_t *filter, journal_answer *answer)
{
    journal_query(letter->engine->journal, kind, filter, answer, letter);
    json_decref(filter);
}

/* ---- events ---- */

static void add_subject(json_t *subjects, const char *subject)
{
    size_t index;
    const json_t *known;
    json_array_foreach(subjects, index, known)
        if (strcmp(json_string_value(known), subject) == 0)
            return;
    if (*subject && json_array_size(subjects) < SUBJECTS_MOST)
        json_add(subjects, json_string(subject));
}

static void find_subjects(struct letter *letter)
{
    size_t index;
    const json_t *member;
    letter->subjects = json_array();
    json_array_foreach(json_object_get(letter->alert, "members"), index, member) {
        add_subject(letter->subjects, text_of(member, "host"));
        add_subject(letter->subjects, text_of(member, "service"));
    }
}

/* Kept in order of time. */
static void add_event(json_t *events, const json_t *row)
{
    struct text text = TEXT_INIT;
    notice_event(&text, row);
    json_t *event = json_pack("{s:I, s:s, s:s, s:s, s:s}", "at", (json_int_t)whole_of(row, "at"), "subject",
                              text_of(row, "subject"), "name", text_of(row, "name"), "type",
                              text_of(row, "type"), "text", text.bytes);
    size_t place = json_array_size(events);
    while (place > 0 && whole_of(json_array_get(events, place - 1), "at") > whole_of(event, "at"))
        place--;
    if (event)
        json_array_insert_new(events, place, event);
    text_release(&text);
}

static void events_known(void *owner, const json_t *rows)
{
    struct letter *letter = owner;
    json_t *events = list_of(letter, "events");
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        if (whole_of(row, "at") <= whole_of(letter->alert, "at"))
            add_event(events, row);
    go_on(letter);
}

static bool ask_events(struct letter *letter)
{
    static const char *const types[] = {"archive", "status"};
    if (!letter->subjects)
        find_subjects(letter);
    if (letter->asked == 2 * json_array_size(letter->subjects))
        return false;
    const char *subject = json_string_value(json_array_get(letter->subjects, letter->asked / 2));
    json_t *filter =
        json_pack("{s:s, s:s, s:I, s:i}", "subject", subject, "type", types[letter->asked % 2], "since",
                  (json_int_t)(whole_of(letter->alert, "at") - BEFORE), "limit", (int)EVENTS_MOST);
    letter->asked++;
    ask(letter, QUERY_EVENTS, filter, events_known);
    return true;
}

/* ---- remediations ---- */

static void add_remediation(struct letter *letter, const json_t *row)
{
    const json_t *data = json_object_get(row, "data");
    json_t *list = list_of(letter, "remediations");
    if (strcmp(text_of(data, "type"), "remediation") != 0 || json_array_size(list) >= REMEDIATIONS_MOST)
        return;
    const struct remediation *remediation =
        model_remediation(letter->engine->model, text_of(data, "remediation"));
    struct text link = TEXT_INIT, bundle = TEXT_INIT;
    notice_issue_link(&link, remediation ? remediation->tracker : NULL, text_of(data, "issue"));
    if (strcmp(text_of(data, "decision"), "run") == 0)
        answer_bundle(letter->engine, text_of(data, "run"), &bundle);
    /* The journal answers with the newest first. */
    json_array_insert_new(list, 0,
                          json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "at",
                                    (json_int_t)whole_of(row, "at"), "bundle", bundle.bytes, "remediation",
                                    text_of(data, "remediation"), "issue", text_of(data, "issue"), "decision",
                                    text_of(data, "decision"), "reason", text_of(data, "reason"), "link",
                                    link.bytes));
    text_release(&bundle);
    text_release(&link);
}

static void decisions_known(void *owner, const json_t *rows)
{
    struct letter *letter = owner;
    const json_t *members = json_object_get(letter->alert, "members");
    int64_t problem = whole_of(json_array_get(members, letter->asked - 1), "problem");
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row)
        if (whole_of(json_object_get(row, "data"), "problem") == problem)
            add_remediation(letter, row);
    go_on(letter);
}

static bool ask_remediations(struct letter *letter)
{
    enum { ROWS = 200 };
    const json_t *members = json_object_get(letter->alert, "members");
    if (letter->asked >= CHECKS_MOST || letter->asked >= json_array_size(members))
        return false;
    const json_t *member = json_array_get(members, letter->asked++);
    ask(letter, QUERY_DECISIONS,
        json_pack("{s:s, s:s, s:i}", "subject", text_of(member, "host"), "name", text_of(member, "check"),
                  "limit", (int)ROWS),
        decisions_known);
    return true;
}

/* ---- who else was told ---- */

static bool is_listed(const json_t *told, const char *user, const char *contact)
{
    size_t index;
    const json_t *one;
    json_array_foreach(told, index, one)
        if (strcmp(text_of(one, "user"), user) == 0 && strcmp(text_of(one, "contact"), contact) == 0)
            return true;
    return false;
}

static void alerts_known(void *owner, const json_t *rows)
{
    struct letter *letter = owner;
    json_t *told = list_of(letter, "told");
    const char *own_user = text_of(letter->alert, "user"), *own = text_of(letter->alert, "contact");
    size_t index;
    const json_t *row;
    json_array_foreach(rows, index, row) {
        const json_t *data = json_object_get(row, "data");
        const char *user = text_of(data, "user"), *contact = text_of(data, "contact");
        bool self = strcmp(user, own_user) == 0 && strcmp(contact, own) == 0;
        if (!self && *user && !is_listed(told, user, contact) && json_array_size(told) < TOLD_MOST)
            json_array_insert_new(told, 0,
                                  json_pack("{s:I, s:s, s:s}", "at", (json_int_t)whole_of(row, "at"), "user",
                                            user, "contact", contact));
    }
    go_on(letter);
}

static bool ask_alerts(struct letter *letter)
{
    int64_t problem = whole_of(letter->alert, "problem");
    if (letter->asked++ > 0 || problem == 0)
        return false;
    /* The names of the check are what the journal finds it by; the problem alone would be sought in all rows. */
    ask(letter, QUERY_ALERTS,
        json_pack("{s:s, s:s, s:I}", "subject", text_of(letter->alert, "host"), "name",
                  text_of(letter->alert, "check"), "problem", (json_int_t)problem),
        alerts_known);
    return true;
}

/* ---- links ---- */

/* Of a remediation that asks; the text names those who may, when the reader may not. */
static void add_approval(const struct letter *letter)
{
    const char *run = text_of(letter->alert, "run");
    struct text subject = TEXT_INIT, link = TEXT_INIT;
    text_format(&subject, "%s/%s", text_of(letter->alert, "host"), text_of(letter->alert, "check"));
    if (*run && world_may_approve(letter->engine->world, text_of(letter->alert, "remediation"),
                                  text_of(letter->alert, "user")))
        engine_acknowledge_link(letter->engine, &link, subject.bytes,
                                (uint64_t)whole_of(letter->alert, "problem"), text_of(letter->alert, "user"),
                                run, whole_of(letter->alert, "at") / 1000 + LINK_LIFE);
    if (link.length)
        json_set(letter->alert, "approve", json_string(link.bytes));
    text_release(&link);
    text_release(&subject);
}

static bool add_links(struct letter *letter)
{
    json_t *links = json_array();
    size_t index;
    const json_t *member;
    bool wanted = strcmp(text_of(letter->alert, "kind"), "ACKNOWLEDGEMENT") != 0;
    json_array_foreach(json_object_get(letter->alert, "members"), index, member) {
        int64_t problem = whole_of(member, "problem");
        struct text subject = TEXT_INIT, link = TEXT_INIT;
        text_format(&subject, "%s/%s", text_of(member, "host"), text_of(member, "check"));
        if (wanted && problem > 0 && strcmp(text_of(member, "state"), "OK") != 0 && index < LINKS_MOST)
            engine_acknowledge_link(letter->engine, &link, subject.bytes, (uint64_t)problem,
                                    text_of(letter->alert, "user"), NULL,
                                    whole_of(letter->alert, "at") / 1000 + LINK_LIFE);
        if (link.length)
            json_add(links, json_pack("{s:s, s:s}", "subject", subject.bytes, "link", link.bytes));
        text_release(&subject);
        text_release(&link);
    }
    json_set(letter->alert, "acknowledge", links);
    add_approval(letter);
    return false;
}

/* ---- the picture ---- */

static void drawn(void *owner, const void *picture, size_t length, const char *error)
{
    struct sketch *sketch = owner;
    struct letter *letter = sketch->letter;
    struct text text = TEXT_INIT;
    (void)error; /* a check that stores nothing has no graph; the mail goes without it */
    free(sketch);
    if (!letter)
        return;
    letter->sketch = NULL;
    if (picture) {
        mime_base64(&text, picture, length);
        json_set(letter->alert, "picture", json_string(text.bytes));
    }
    text_release(&text);
    loop_timer_stop(letter->deadline);
    /* Not here: it may have come before the question returned. */
    loop_timer_at(letter->deadline, 0);
}

static void deadline(void *owner)
{
    struct letter *letter = owner;
    if (letter->sketch) {
        log_say(letter->engine->settings.log, LOG_LEVEL_WARNING,
                "mail to %s goes without a picture: it was not drawn in time",
                text_of(letter->alert, "contact"));
        letter->sketch->letter = NULL;
        letter->sketch = NULL;
    }
    go_on(letter);
}

static bool ask_picture(struct letter *letter)
{
    const json_t *member = json_array_get(json_object_get(letter->alert, "members"), 0);
    if (letter->asked++ > 0 || !member || strcmp(text_of(letter->alert, "channel"), "mail") != 0)
        return false;
    struct text target = TEXT_INIT;
    json_t *request = json_pack("{s:I, s:[s, s]}", "from", (json_int_t)(loop_wall() / 1000 - GRAPH_SPAN),
                                "overlay", "deploy", "remediation");
    text_format(&target, "%s/%s", text_of(member, "host"), text_of(member, "check"));
    letter->deadline = loop_timer_add(letter->engine->loop, deadline, letter);
    letter->sketch = memory_get(1, sizeof *letter->sketch);
    letter->sketch->letter = letter;
    loop_timer_at(letter->deadline, loop_now() + GRAPH_DEADLINE);
    engine_graph_draw(letter->engine, target.bytes, request, drawn, letter->sketch);
    json_decref(request);
    text_release(&target);
    return true;
}

/* ---- the review ---- */

static void count_week(void *owner)
{
    enum { WEEK = 7 * 86400 };
    struct counting *counting = owner;
    counting->counted = ledger_summary(counting->ledger, NULL, counting->now - WEEK, counting->now,
                                       &counting->bad, &counting->error);
}

static void week_counted(void *owner)
{
    struct counting *counting = owner;
    struct letter *letter = counting->letter;
    if (letter) {
        const struct model *model = letter->engine->model;
        struct text table = TEXT_INIT;
        letter->counting = NULL;
        if (counting->counted) {
            json_t *rows =
                review_rows(model, counting->counted, text_of(letter->alert, "check"), NULL, counting->now);
            review_table(&table, rows, rota_zone(model, NULL, NULL), MAIL_WIDTH);
            review_bad(&table, counting->bad);
            json_decref(rows);
        } else {
            text_format(&table, "the ledger cannot be read: %s\n", counting->error.text);
        }
        json_set(letter->alert, "details", json_string(table.bytes));
        text_release(&table);
        go_on(letter);
    }
    json_decref(counting->counted);
    free(counting->ledger);
    free(counting);
}

/* On a thread, because the ledger may be long. */
static bool ask_review(struct letter *letter)
{
    if (letter->asked++ > 0 || strcmp(text_of(letter->alert, "kind"), "REVIEW") != 0)
        return false;
    struct counting *counting = memory_get(1, sizeof *counting);
    counting->letter = letter;
    counting->ledger = memory_text(letter->engine->ledger);
    counting->now = loop_wall() / 1000;
    letter->counting = counting;
    loop_work(letter->engine->loop, count_week, week_counted, counting);
    return true;
}

/* ---- the template script ---- */

static void script_ended(void *owner, const struct outcome *outcome)
{
    struct letter *letter = owner;
    json_error_t place;
    bool good = outcome->kind == OUTCOME_EXITED && outcome->code == 0 && !outcome->truncated;
    json_t *printed =
        good ? json_loadb(outcome->output, outcome->length, JSON_REJECT_DUPLICATES, &place) : NULL;
    if (json_is_object(printed)) {
        letter->script = printed;
    } else {
        json_decref(printed);
        if (outcome->kind == OUTCOME_TIMEOUT)
            words_warn(letter->engine, letter->alert, "the template script did not end within %d s",
                       SCRIPT_TIMEOUT / 1000);
        else if (outcome->kind != OUTCOME_EXITED || outcome->code != 0)
            words_warn(letter->engine, letter->alert, "the template script failed (%d)", outcome->code);
        else if (outcome->truncated)
            words_warn(letter->engine, letter->alert, "the template script printed more than %d bytes",
                       SCRIPT_OUTPUT);
        else
            words_warn(letter->engine, letter->alert, "the template script printed no JSON map");
    }
    go_on(letter);
}

static bool ask_script(struct letter *letter)
{
    const struct alert_rule *rule = words_rule(letter->engine, letter->alert);
    if (letter->asked++ > 0 || !rule || rule->template_script.count == 0)
        return false;
    char *input = words_script_input(letter->alert);
    struct job job = {.argv = rule->template_script.items,
                      .input = input,
                      .input_length = input ? strlen(input) : 0,
                      .timeout = SCRIPT_TIMEOUT,
                      .output_cap = SCRIPT_OUTPUT,
                      .background = true};
    runner_submit(letter->engine->runner, &job, script_ended, letter);
    free(input);
    return true;
}

/* ---- all of it ---- */

static letter_step *const steps[] = {ask_events, ask_remediations, ask_alerts, add_links,
                                     ask_review, ask_picture,      ask_script};
enum { STEPS = sizeof steps / sizeof steps[0] };

static void go_on(struct letter *letter)
{
    if (letter->engine->ending)
        return; /* engine_free has it */
    for (; letter->step < STEPS; letter->step++, letter->asked = 0)
        if (steps[letter->step](letter))
            return;
    letter_ready *ready = letter->ready;
    void *owner = letter->owner;
    words_write(letter->engine, letter->alert, letter->script);
    letter_free(letter);
    ready(owner);
}

void letter_prepare(struct engine *engine, json_t *alert, letter_ready *ready, void *owner)
{
    struct letter *letter = memory_get(1, sizeof *letter);
    *letter = (struct letter){.next = engine->letters,
                              .link = &engine->letters,
                              .engine = engine,
                              .alert = alert,
                              .ready = ready,
                              .owner = owner};
    if (letter->next)
        letter->next->link = &letter->next;
    engine->letters = letter;
    go_on(letter);
}

void letter_free_all(struct engine *engine)
{
    for (struct letter *letter = engine->letters, *next; letter; letter = next) {
        next = letter->next;
        letter_free(letter);
    }
}

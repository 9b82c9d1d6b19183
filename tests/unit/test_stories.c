/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs every file of tests/stories that ends in .story: a site (tests/unit/site.h), then a timeline on a virtual clock.
 *
 *   start 2026-11-20T10:00Z        the instant of time 0
 *   at 60s HOST/CHECK VERDICT      a result; timers due before fire first, each at its own time
 *   at 60s passive HOST/CHECK VERDICT SECONDS-AGO
 *   at 60s tick                    timers due up to then
 *   at 60s ack HOST/CHECK AUTHOR [for 2h]        at 60s unack HOST/CHECK
 *   at 60s silence OWNER 2h MATCHER               and "silence-resolve": it ends with what it held back
 *   at 60s unsilence ID
 *   at 60s issue ISSUE open|closed   what the tracker says
 *   at 60s approve RUN USER        at 60s remediate HOST/CHECK REMEDIATION USER [dry]
 *   at 60s downtime MATCHER KEY=VALUE ...         the matcher is one word; from (a span from then) for duration window
 *                                                 trigger children=yes; its author is max
 *   at 60s end-downtime ID
 *   at 60s ended RUN OUTCOME [began 50s|unbegun] [said TEXT]  a remediation run ends: fixed, vain, failed, refused or
 *                                  died; the program began then, or never; without a word when it was decided
 *   at 60s ended RUN limited 11m [said TEXT]  it was refused for a limit that is over then, 0s: when some run ends
 *   at 60s remembered REMEDIATION TARGET          a run of the ledger that began then
 *   at 60s channel mail fails USER,USER           a message of these users was not delivered
 *   at 60s channel mail works
 *   at 60s restart                 everything is saved and loaded into a new world
 *   at 60s reload                  a new generation: the site with its lines "then ..." and without "first ..."
 *   expect state HOST/CHECK VERDICT SOFT|HARD ATTEMPT [REASON]
 *   expect alert USER KIND URGENCY VERDICT [ADDRESS [escalation N] [members HOST/CHECK ...] [next 90s]]
 *   expect check HOST/CHECK        it is run now
 *   expect alert refused TEXT      the approval or the start by hand was refused
 *   expect quiet TEXT              a part of the reason and, behind it, "next 90s" or "next never"
 *   expect why HOST/CHECK TEXT     what is said when somebody asks, the same way; nothing is decided
 *   expect remediation NAME ACT [TEXT]
 *   expect verdict RUN lasted 120s without 1800s paged|unpaged    what is kept of a run that was judged
 *   expect nothing                 no alert and no remediation is left
 *   expect silence                 no decision at all is left
 *   expect due 15m                 when the next timer fires; "never"
 *
 * An expectation is about the last step. Every alert and every remediation decision of a step must be
 * expected; states and reasons for being quiet need not be. */
#include "lib/memory.h"
#include "scheduler/core/world_calm.h"
#include "scheduler/core/world_why.h"
#include "tests/unit/site.h"
#include "tests/unit/story_reasons.h"

#include <dirent.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { LOG_MOST = 256 };

struct story {
    char *path;
    char *text;
    char **lines;
    size_t line_count;
    size_t line; /* being run */
    struct model *models[2];
    struct world *world;
    int64_t start;
    int64_t now;
    struct reasons *reasons; /* of all stories together */
    char *log[LOG_MOST];     /* decisions of the step, not yet expected */
    size_t log_count;
    unsigned expected;
};

static void fail_here(const struct story *story, const char *why)
{
    (void)fprintf(stderr, "%s:%zu: %s\n  %s\n", story->path, story->line + 1, why, story->lines[story->line]);
    for (size_t i = 0; i < story->log_count; i++)
        (void)fprintf(stderr, "  decided: %s\n", story->log[i]);
    fail_msg("%s:%zu: %s", story->path, story->line + 1, why);
}

static void write_members(struct text *line, const struct story *story, const struct decision *decision)
{
    const struct model *model = world_model(story->world);
    for (size_t i = 0; i < decision->member_count; i++) {
        const struct binding *binding = &model->bindings[decision->members[i]];
        text_format(line, "%s %s/%s", i ? "" : " members", binding->host->name, binding->plan->name);
    }
}

static const char *state_name(const struct story *story, const struct decision *decision)
{
    const struct binding *binding = &world_model(story->world)->bindings[decision->binding];
    return model_state_name(binding->plan, decision->verdict);
}

static void write_next(struct text *line, const struct story *story, int64_t next)
{
    if (next)
        text_format(line, " next %" PRId64 "s", (next - story->start) / 1000);
    else
        text_add(line, " next never");
}

static void write_decision(struct text *line, const struct story *story, const struct decision *decision)
{
    switch (decision->kind) {
    case DECISION_STATE:
        text_format(line, "state %s/%s %s %s %d", decision->subject, decision->name,
                    state_name(story, decision), state_type_name(decision->type), decision->attempt);
        if (decision->reason)
            text_format(line, " %s", decision->reason);
        break;
    case DECISION_ALERT:
        text_format(line, "alert %s %s %s %s %s", decision->user->name, notice_name(decision->notice),
                    urgency_name(decision->urgency),
                    decision->binding == WORLD_SITE ? verdict_name(decision->verdict)
                                                    : state_name(story, decision),
                    decision->contact->address);
        if (decision->binding == WORLD_SITE)
            text_format(line, " %s", decision->reason);
        if (decision->escalation)
            text_format(line, " escalation %u", decision->escalation);
        write_members(line, story, decision);
        if (decision->next)
            write_next(line, story, decision->next);
        break;
    case DECISION_QUIET:
        text_format(line, "quiet %s", decision->reason);
        write_next(line, story, decision->next);
        break;
    case DECISION_CHECK:
        text_format(line, "check %s/%s", decision->subject, decision->name);
        break;
    case DECISIONS:
        break;
    case DECISION_REMEDIATION:
        text_format(line, "remediation %s %s %s %s", decision->remediation->name, act_name(decision->act),
                    decision->run ? decision->run : "-", decision->reason);
        break;
    }
}

static void take(void *owner, const struct decision *decision)
{
    struct story *story = owner;
    struct text line = TEXT_INIT;
    assert_true(story->log_count < LOG_MOST);
    write_decision(&line, story, decision);
    reasons_note(story->reasons, line.bytes);
    story->log[story->log_count++] = text_take(&line);
    if (decision->kind != DECISION_REMEDIATION || !decision->facts)
        return;
    assert_true(story->log_count < LOG_MOST);
    text_format(&line, "verdict %s lasted %llds without %llds %s", decision->run,
                (long long)decision->facts->lasted / 1000, (long long)decision->facts->without / 1000,
                decision->facts->paged ? "paged" : "unpaged");
    story->log[story->log_count++] = text_take(&line);
}

static void forget(struct story *story, size_t index)
{
    free(story->log[index]);
    memmove(&story->log[index], &story->log[index + 1], (story->log_count - index - 1) * sizeof *story->log);
    story->log_count--;
}

/* What must not pass unnoticed. */
static void refuse_loud(const struct story *story)
{
    for (size_t i = 0; i < story->log_count; i++) {
        if (strncmp(story->log[i], "alert", 5) == 0 || strncmp(story->log[i], "remediation", 11) == 0)
            fail_here(story, "more was decided until this line than was expected");
    }
}

static void end_step(struct story *story)
{
    refuse_loud(story);
    while (story->log_count)
        forget(story, story->log_count - 1);
}

static void fire(struct story *story, int64_t until)
{
    for (int64_t due = world_due(story->world); due <= until; due = world_due(story->world)) {
        if (due > story->now)
            story->now = due;
        world_tick(story->world, story->now, take, story);
    }
    story->now = until;
}

static uint32_t binding_of(const struct story *story, const char *subject)
{
    int64_t index = model_binding_named(world_model(story->world), subject);
    if (index == MODEL_NONE)
        fail_here(story, "no such check");
    return (uint32_t)index;
}

static void give_result(struct story *story, const char *subject, const char *word, int64_t ago, bool passive)
{
    struct result result = {.at = story->now - ago, .text = "", .passive = passive};
    if (!verdict_read(word, &result.verdict))
        fail_here(story, "no such verdict");
    world_result(story->world, binding_of(story, subject), &result, story->now, take, story);
}

static void acknowledge(struct story *story, const struct words *words)
{
    struct error error = {""};
    int64_t until = words->count > 6 ? story->now + site_duration(words->items[6]) : 0;
    if (!world_acknowledge(story->world, binding_of(story, words->items[3]), words->items[4], "on it", until,
                           story->now, take, story, &error))
        fail_here(story, error.text);
}

static void unacknowledge(struct story *story, const char *subject)
{
    struct error error = {""};
    if (!world_unacknowledge(story->world, binding_of(story, subject), story->now, take, story, &error))
        fail_here(story, error.text);
}

/* The words from ${first} on, as they stand in the line but for their blanks. */
static const char *rest_of(const struct story *story, const struct words *words, size_t first)
{
    struct text rest = TEXT_INIT;
    for (size_t i = first; i < words->count; i++)
        text_format(&rest, "%s%s", i > first ? " " : "", words->items[i]);
    const char *kept = arena_text(story->models[0]->arena, rest.bytes);
    text_release(&rest);
    return kept;
}

static void silence(struct story *story, const struct words *words)
{
    uint64_t id;
    struct error error = {""};
    const struct silence_request request = {.match = rest_of(story, words, 5),
                                            .owner = words->items[3],
                                            .comment = "deploy",
                                            .until = story->now + site_duration(words->items[4]),
                                            .expire_on_resolve =
                                                strcmp(words->items[2], "silence-resolve") == 0};
    if (!world_silence(story->world, &request, story->now, take, story, &id, &error))
        fail_here(story, error.text);
}

static void unsilence(struct story *story, const char *id)
{
    struct error error = {""};
    if (!world_unsilence(story->world, (uint64_t)site_number(id, 0), story->now, take, story, &error))
        fail_here(story, error.text);
}

static void downtime(struct story *story, const struct words *words)
{
    uint64_t id;
    struct error error = {""};
    const char *span = site_value(words, 4, "for");
    int64_t start = story->now + site_duration(site_value(words, 4, "from"));
    const struct downtime_request request = {.match = words->items[3],
                                             .author = "max",
                                             .comment = "",
                                             .start = start,
                                             .end = span ? start + site_duration(span) : 0,
                                             .duration = site_duration(site_value(words, 4, "duration")),
                                             .window = site_value(words, 4, "window"),
                                             .trigger =
                                                 (uint64_t)site_number(site_value(words, 4, "trigger"), 0),
                                             .children = site_value(words, 4, "children") != NULL};
    if (!world_downtime(story->world, &request, story->now, take, story, &id, &error))
        fail_here(story, error.text);
}

static void end_downtime(struct story *story, const char *id)
{
    struct error error = {""};
    if (!world_end_downtime(story->world, (uint64_t)site_number(id, 0), story->now, take, story, &error))
        fail_here(story, error.text);
}

static void end_run(struct story *story, const struct words *words)
{
    static const char *const outcomes[] = {"fixed", "vain", "failed", "refused"};
    struct run_end end = {.outcome = -1, .began = RUN_BEGAN};
    for (int i = 0; i < 4; i++) {
        if (strcmp(words->items[4], outcomes[i]) == 0)
            end.outcome = i;
    }
    struct text said = TEXT_INIT;
    size_t next = 5;
    if (strcmp(words->items[4], "limited") == 0) {
        end.outcome = RUN_LIMITED;
        end.began = 0;
        end.until = strcmp(words->items[5], "0s") == 0 ? 0 : story->start + site_duration(words->items[5]);
        next = 6;
    } else if (words->count > 6 && strcmp(words->items[5], "began") == 0) {
        end.began = story->start + site_duration(words->items[6]);
        next = 7;
    } else if (words->count > 5 && strcmp(words->items[5], "unbegun") == 0) {
        end.began = 0;
        next = 6;
    }
    assert_true(next >= words->count || strcmp(words->items[next], "said") == 0);
    for (size_t i = next + 1; i < words->count; i++)
        text_format(&said, "%s%s", said.length > 0 ? " " : "", words->items[i]);
    end.said = said.bytes;
    world_remedied(story->world, words->items[3], &end, story->now, take, story);
    text_release(&said);
}

/* As loud as an alert: it must be expected. */
static void note_refusal(struct story *story, const struct error *error)
{
    struct text line = TEXT_INIT;
    text_format(&line, "alert refused %s", error->text);
    reasons_note(story->reasons, line.bytes);
    story->log[story->log_count++] = text_take(&line);
}

static void approve(struct story *story, const struct words *words)
{
    struct error error = {""};
    if (!world_approve(story->world, words->items[3], words->items[4], story->now, take, story, &error))
        note_refusal(story, &error);
}

static void remediate(struct story *story, const struct words *words)
{
    struct error error = {""};
    char *run = NULL;
    if (!world_remediate(story->world, binding_of(story, words->items[3]), words->items[4], words->items[5],
                         words->count > 6, story->now, &run, take, story, &error))
        note_refusal(story, &error);
    free(run);
}

static void report_channel(struct story *story, const struct words *words)
{
    enum channel channel;
    bool works = strcmp(words->items[4], "works") == 0;
    if (!channel_read(words->items[3], &channel))
        fail_here(story, "no such channel");
    struct words users = {0};
    if (!works)
        users = site_split(story->models[0]->arena, words->items[5], ",");
    world_channel(story->world, channel, works, "the server does not answer",
                  (const char *const *)users.items, users.count, story->now, take, story);
}

/* What a restart of the daemon does, by way of real JSON text. */
static void restart(struct story *story)
{
    const struct model *model = world_model(story->world);
    struct world *world = world_create(model);
    struct error error = {""};
    json_t *site = world_save_site(story->world);
    if (!world_load_site(world, site, &error))
        fail_here(story, error.text);
    json_decref(site);
    for (uint32_t i = 0; i < model->binding_count; i++) {
        json_t *saved = world_save(story->world, i);
        char *text = json_dumps(saved, JSON_COMPACT);
        json_t *loaded = json_loads(text, 0, NULL);
        if (!world_load(world, i, loaded, &error))
            fail_here(story, error.text);
        json_decref(loaded);
        free(text);
        json_decref(saved);
    }
    world_remember_runs_of(world, story->world); /* as the ledger would */
    world_free(story->world);
    story->world = world;
    world_begin(world, story->now);
}

static void reload(struct story *story)
{
    world_adopt(story->world, story->models[1]);
    world_begin(story->world, story->now);
}

static struct model *build(const struct story *story, bool later)
{
    struct site_builder site = site_begin();
    for (size_t i = 0; i < story->line_count; i++) {
        const char *prefix = later ? "then " : "first ";
        const char *line = story->lines[i];
        if (strncmp(line, prefix, strlen(prefix)) == 0)
            line += strlen(prefix);
        (void)site_line(&site, line);
    }
    return site_end(&site);
}

static void step(struct story *story, const struct words *words)
{
    const char *verb = words->items[2];
    end_step(story);
    int64_t at = story->start + site_duration(words->items[1]);
    if (at < story->now)
        fail_here(story, "time goes backwards");
    bool tick = strcmp(verb, "tick") == 0;
    fire(story, tick ? at : at - 1);
    story->now = at;
    if (!tick)
        end_step(story);
    if (strcmp(verb, "passive") == 0)
        give_result(story, words->items[3], words->items[4], site_duration(words->items[5]), true);
    else if (strcmp(verb, "ack") == 0)
        acknowledge(story, words);
    else if (strcmp(verb, "unack") == 0)
        unacknowledge(story, words->items[3]);
    else if (strncmp(verb, "silence", 7) == 0)
        silence(story, words);
    else if (strcmp(verb, "downtime") == 0)
        downtime(story, words);
    else if (strcmp(verb, "end-downtime") == 0)
        end_downtime(story, words->items[3]);
    else if (strcmp(verb, "unsilence") == 0)
        unsilence(story, words->items[3]);
    else if (strcmp(verb, "issue") == 0)
        world_issue(story->world, words->items[3],
                    strcmp(words->items[4], "open") == 0 ? ISSUE_OPEN : ISSUE_CLOSED, story->now, take,
                    story);
    else if (strcmp(verb, "approve") == 0)
        approve(story, words);
    else if (strcmp(verb, "remediate") == 0)
        remediate(story, words);
    else if (strcmp(verb, "ended") == 0)
        end_run(story, words);
    else if (strcmp(verb, "remembered") == 0)
        world_remember_run(story->world, words->items[3], words->items[4], story->now, true);
    else if (strcmp(verb, "channel") == 0)
        report_channel(story, words);
    else if (strcmp(verb, "restart") == 0)
        restart(story);
    else if (strcmp(verb, "reload") == 0)
        reload(story);
    else if (!tick)
        give_result(story, verb, words->items[3], 0, false);
}

/* Whether ${line} says what ${wanted} says: its words come first, or anywhere in a reason. */
static bool says(const char *line, const char *wanted)
{
    size_t length = strlen(wanted);
    if (strncmp(wanted, "quiet ", 6) == 0)
        return strncmp(line, "quiet ", 6) == 0 && strstr(line, wanted + 6);
    if (strncmp(line, wanted, length) != 0)
        return false;
    return line[length] == '\0' || line[length] == ' ';
}

static void expect_due(const struct story *story, const char *wanted)
{
    int64_t due = world_due(story->world);
    bool never = strcmp(wanted, "never") == 0;
    if (never ? due != INT64_MAX : due != story->start + site_duration(wanted)) {
        (void)fprintf(stderr, "  due at %.3f s\n", (double)(due - story->start) / 1000);
        fail_here(story, "the next timer is not due then");
    }
}

static void expect_why(struct story *story, const char *wanted)
{
    struct text why = TEXT_INIT;
    size_t length = strcspn(wanted, " ");
    char *subject = memory_text_of(wanted, length);
    write_next(&why, story, world_why(story->world, binding_of(story, subject), story->now, &why));
    if (!strstr(why.bytes, wanted + length + 1)) {
        (void)fprintf(stderr, "  why: %s\n", why.bytes);
        fail_here(story, "that is not what is said");
    }
    free(subject);
    text_release(&why);
}

static void expect(struct story *story, const char *wanted)
{
    story->expected++;
    if (strncmp(wanted, "due ", 4) == 0) {
        expect_due(story, wanted + 4);
        return;
    }
    if (strncmp(wanted, "why ", 4) == 0) {
        expect_why(story, wanted + 4);
        return;
    }
    if (strcmp(wanted, "nothing") == 0) {
        refuse_loud(story);
        return;
    }
    if (strcmp(wanted, "silence") == 0) {
        if (story->log_count)
            fail_here(story, "there was a decision");
        return;
    }
    for (size_t i = 0; i < story->log_count; i++) {
        if (says(story->log[i], wanted)) {
            forget(story, i);
            return;
        }
    }
    fail_here(story, "this was not decided");
}

static int64_t read_start(const struct story *story, const char *text)
{
    struct civil civil = {0};
    if (sscanf(text, "%" SCNd64 "-%d-%dT%d:%d", &civil.year, &civil.month, &civil.day, &civil.hour,
               &civil.minute) != 5)
        fail_here(story, "start YYYY-MM-DDTHH:MMZ");
    return zone_instant(zone_open("UTC", NULL), civil) * 1000;
}

static void begin(struct story *story, int64_t at)
{
    story->start = story->now = at;
    world_begin(story->world, at);
}

static void run_line(struct story *story, const char *line)
{
    struct words words = site_split(story->models[0]->arena, line, " ");
    if (words.count == 0 || words.items[0][0] == '#')
        return;
    if (strcmp(words.items[0], "start") == 0 && words.count == 2)
        begin(story, read_start(story, words.items[1]));
    else if (strcmp(words.items[0], "at") == 0 && words.count >= 3)
        step(story, &words);
    else if (strcmp(words.items[0], "expect") == 0 && words.count >= 2)
        expect(story, line + strlen("expect "));
    else if (!site_knows(words.items[0]) && strcmp(words.items[0], "then") != 0 &&
             strcmp(words.items[0], "first") != 0)
        fail_here(story, "a line that means nothing");
}

static void run_story(void **state)
{
    struct story *story = *state;
    story->models[0] = build(story, false);
    story->models[1] = build(story, true);
    story->world = world_create(story->models[0]);
    for (story->line = 0; story->line < story->line_count; story->line++)
        run_line(story, story->lines[story->line]);
    story->line = story->line_count - 1;
    end_step(story);
    assert_true(story->expected > 0);
}

static int end_story(void **state)
{
    struct story *story = *state;
    while (story->log_count)
        forget(story, story->log_count - 1);
    world_free(story->world);
    model_free(story->models[0]);
    model_free(story->models[1]);
    return 0;
}

static void free_story(struct story *story)
{
    free(story->lines);
    free(story->text);
    free(story->path);
    free(story);
}

static struct story *read_story(const char *path)
{
    FILE *file = fopen(path, "r");
    assert(file);
    struct text text = TEXT_INIT;
    size_t got = 0;
    do {
        char *room = text_reserve(&text, 4096);
        got = fread(room, 1, 4096, file);
        text.length += got;
        text.bytes[text.length] = '\0';
    } while (got);
    (void)fclose(file);
    struct story *story = memory_get(1, sizeof *story);
    story->path = memory_text(path);
    story->text = text_take(&text);
    story->lines = memory_get(strlen(story->text) + 1, sizeof *story->lines);
    char *rest = story->text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        story->lines[story->line_count++] = line;
    return story;
}

static int is_story(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');
    return end && strcmp(end, ".story") == 0;
}

int main(int argc, char **argv)
{
    const char *directory = argc > 1 ? argv[1] : "tests/stories";
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_story, alphasort);
    if (count <= 0) {
        (void)fprintf(stderr, "no stories in \"%s\"\n", directory);
        return 1;
    }
    struct reasons reasons = {0};
    struct CMUnitTest *tests = memory_get((size_t)count + 1, sizeof *tests);
    for (int i = 0; i < count; i++) {
        struct text path = TEXT_INIT;
        text_format(&path, "%s/%s", directory, entries[i]->d_name);
        struct story *story = read_story(path.bytes);
        story->reasons = &reasons;
        tests[i] = (struct CMUnitTest){story->path, run_story, NULL, end_story, story};
        text_release(&path);
        free(entries[i]);
    }
    free(entries);
    tests[count] =
        (struct CMUnitTest){"every refusal and limit has a story", reasons_check, NULL, NULL, &reasons};
    int failed = _cmocka_run_group_tests("stories", tests, (size_t)count + (argc == 1), NULL, NULL);
    for (int i = 0; i < count; i++)
        free_story(tests[i].initial_state);
    free(tests);
    return failed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of the world on random timelines, and what it keeps over a restart and a reload. The stories hold
 * what it decides in each case. */
#include "scheduler/core/world.h"

#include "lib/memory.h"
#include "scheduler/core/record.h"
#include "tests/unit/drive.h"
#include "tests/unit/site.h"

enum { TIMELINES = 400, STEPS = 250, MESSAGES = 20000 };
#define SECOND INT64_C(1000)
#define START  INT64_C(1795132800000) /* Friday 2026-11-20, midnight in UTC */

static const char *const people[] = {
    "zone Europe/Berlin",
    "window day mon-sun 08:00 20:00",
    "window night mon-fri 22:00 06:00",
    "user geoff alert=geoff-pager alert=geoff-phone@day notify=geoff-mail",
    "user max alert=max-pager notify=max-mail@day",
    "user rob notify=rob-mail alert=geoff-pager",
    "group admins after=15m day:geoff,max night:max,rob",
    "group duty always:max,geoff",
    NULL,
};

static const char *const limited[] = {
    "remediation clean after=5m cooldown=10m max=3/1h concurrency=1 verify=5m",
    "remediation drain on=CRITICAL,WARNING soft=yes cooldown=2m share=50",
    "remediation old tagged=2025-01-01 ttl=10d",
    NULL,
};

/* Limits look back at runs through the ledger, which these tests have not. */
static const char *const unlimited[] = {
    "remediation clean after=5m concurrency=1 verify=5m",
    "remediation drain on=CRITICAL,WARNING soft=yes share=50",
    "remediation old tagged=2025-01-01 ttl=10d",
    NULL,
};

static const char *const checks[] = {
    "check http attempts=3 alert=admins repeat=30m group_wait=3m remediate=clean,drain",
    "check ping attempts=2 alert=admins,duty warning=none delay=3m window=day escalate=1h:duty:notify",
    "check disk attempts=1 alert=duty repeat=10m flapping=8,16 depends=ping remediate=drain,old",
    "check log attempts=1 alert=admins volatile=yes group_wait=1m unknown=none any=ping,http",
    "check feed attempts=2 alert=duty passive=yes freshness=2h retry=5m",
    "check shop attempts=1 alert=admins runs=day",
    "serving http at_least=60% alert=duty",
    "alerting hold=30s",
    "host db01 ping,disk,feed alive=ping",
    "host web01 http,ping,disk,log",
    "host web02 http,log",
    "host web03 http,ping,shop alive=ping parents=db01",
    NULL,
};

static struct model *model_of(const char *const *remedies)
{
    struct site_builder site = site_begin();
    site_lines(&site, people);
    site_lines(&site, remedies);
    site_lines(&site, checks);
    return site_end(&site);
}

/* One message, as people got it. */
struct message {
    char *id;
    uint64_t problem;
    enum notice notice;
    enum verdict verdict;
    char *contact;
};

struct town {
    struct model *model;
    struct world *world;
    int64_t now;
    uint64_t random;
    struct text log;
    struct message *messages;
    size_t message_count;
    char *runs[16]; /* under way */
    size_t run_count;
};

static unsigned chance(struct town *town, unsigned of)
{
    return drive_roll(&town->random, of);
}

static void keep_message(struct town *town, const struct decision *decision)
{
    /* Nothing leaks while it flaps. */
    assert_true(!decision->flapping || decision->notice == NOTICE_FLAPPING_START ||
                decision->notice == NOTICE_ACKNOWLEDGEMENT);
    for (size_t i = 0; i < decision->member_count || i == 0; i++) {
        struct message message = {memory_text(decision->message_id), decision->problem, decision->notice,
                                  decision->verdict, record_contact_key(decision->contact)};
        if (decision->member_count && decision->members[i] != decision->binding) {
            const struct state *state = world_state(town->world, decision->members[i]);
            message.problem = state->problem;
            message.verdict = state->verdict;
            message.id[0] = (char)('a' + i); /* one id for all, so each is made different here */
        }
        assert_true(town->message_count < MESSAGES);
        town->messages[town->message_count++] = message;
    }
}

static void take(void *owner, const struct decision *decision)
{
    struct town *town = owner;
    text_format(&town->log, "%" PRId64 " %s/%s %d %s %d p%" PRIu64 " %s", decision->at, decision->subject,
                decision->name, decision->kind, verdict_name(decision->verdict), decision->attempt,
                decision->problem, decision->reason ? decision->reason : "");
    if (decision->kind == DECISION_ALERT) {
        text_format(&town->log, " %s %s", notice_name(decision->notice), decision->message_id);
        keep_message(town, decision);
    }
    if (decision->kind == DECISION_REMEDIATION)
        text_format(&town->log, " %s %s %s", decision->remediation->name, act_name(decision->act),
                    decision->run ? decision->run : "");
    text_add_char(&town->log, '\n');
    if (decision->kind == DECISION_REMEDIATION && decision->act == ACT_RUN) {
        assert_true(town->run_count < 16);
        town->runs[town->run_count++] = memory_text(decision->run);
    }
}

static void pass_time(struct town *town, int64_t until)
{
    town->now = drive_clock(town->world, town->now, until, take, town);
}

static void end_some_run(struct town *town)
{
    if (town->run_count == 0)
        return;
    size_t index = chance(town, (unsigned)town->run_count);
    char *run = town->runs[index];
    struct run_end end = {.outcome = (int)chance(town, 6) - 1, .began = RUN_BEGAN};
    if (end.outcome == RUN_LIMITED)
        end.until = town->now + chance(town, 3) * 1000;
    town->runs[index] = town->runs[--town->run_count];
    world_remedied(town->world, run, &end, town->now, take, town);
    free(run);
}

static void acknowledge(struct town *town, uint32_t binding)
{
    struct error error;
    bool bad = world_state(town->world, binding)->hard != VERDICT_OK;
    int64_t until = chance(town, 2) ? town->now + 3600 * SECOND : 0;
    assert_int_equal(
        world_acknowledge(town->world, binding, "max", NULL, until, town->now, take, town, &error), bad);
    const char *author = NULL;
    assert_int_equal(world_acknowledged(town->world, binding, &author, &until), bad);
}

enum interruption { NONE, RESTART, ADOPT };

static void step(struct town *town, enum interruption interruption)
{
    pass_time(town, town->now + (1 + chance(town, 600)) * SECOND);
    uint32_t binding = 0;
    do
        binding = chance(town, (unsigned)town->model->binding_count);
    while (town->model->bindings[binding].plan->serving); /* that is counted */
    unsigned what = chance(town, 20);
    struct error error;
    if (what == 0)
        acknowledge(town, binding);
    else if (what == 1)
        (void)world_unacknowledge(town->world, binding, town->now, take, town, &error);
    else if (what < 5)
        end_some_run(town);
    else {
        struct result result = {.at = town->now - (what == 5 ? 5000 : 0) * SECOND,
                                .passive = what == 5,
                                .verdict = chance(town, 2) ? VERDICT_OK : (enum verdict)chance(town, 4)};
        world_result(town->world, binding, &result, town->now, take, town);
    }
    if (interruption == RESTART && what % 3 == 0)
        town->world = drive_restart(town->world);
    if (interruption == ADOPT && what % 3 == 0)
        world_adopt(town->world, town->model);
}

static struct town *town_open(struct model *model, uint64_t seed)
{
    struct town *town = memory_get(1, sizeof *town);
    town->model = model;
    town->world = world_create(model);
    town->now = START;
    town->random = drive_seed(seed);
    town->log = (struct text)TEXT_INIT;
    town->messages = memory_get(MESSAGES, sizeof *town->messages);
    return town;
}

static void town_close(struct town *town)
{
    for (size_t i = 0; i < town->message_count; i++) {
        free(town->messages[i].id);
        free(town->messages[i].contact);
    }
    for (size_t i = 0; i < town->run_count; i++)
        free(town->runs[i]);
    free(town->messages);
    text_release(&town->log);
    world_free(town->world);
    model_free(town->model);
    free(town);
}

static bool same_person(const struct message *a, const struct message *b)
{
    return a->problem == b->problem && strcmp(a->contact, b->contact) == 0;
}

/* The stop of flapping that carries a bad state tells of the problem as well. */
static bool tells_problem(const struct message *message)
{
    return message->notice == NOTICE_PROBLEM ||
           (message->notice == NOTICE_FLAPPING_STOP && message->verdict != VERDICT_OK);
}

static size_t count_before(const struct town *town, size_t index, bool (*is)(const struct message *message))
{
    size_t count = 0;
    for (size_t i = 0; i < index; i++)
        count += same_person(&town->messages[i], &town->messages[index]) && is(&town->messages[i]);
    return count;
}

static bool is_recovery(const struct message *message)
{
    return message->notice == NOTICE_RECOVERY;
}

static int by_id(const void *a, const void *b)
{
    const struct message *left = a;
    const struct message *right = b;
    return strcmp(left->id, right->id);
}

static bool is_open(const struct town *town, uint64_t problem)
{
    bool open = false;
    for (uint32_t i = 0; i < town->model->binding_count; i++)
        open |= world_state(town->world, i)->problem == problem;
    return open;
}

/* Everyone who was told of a problem that ended got one recovery, and nobody else did. */
static void check_recoveries(const struct town *town)
{
    for (size_t i = 0; i < town->message_count; i++) {
        const struct message *message = &town->messages[i];
        if (is_recovery(message)) {
            assert_true(count_before(town, i, tells_problem) > 0);
            assert_int_equal(count_before(town, i, is_recovery), 0);
        }
        if (message->notice != NOTICE_PROBLEM || is_open(town, message->problem))
            continue;
        size_t recoveries = 0;
        for (size_t j = i + 1; j < town->message_count; j++)
            recoveries += same_person(message, &town->messages[j]) && is_recovery(&town->messages[j]);
        assert_int_equal(recoveries, 1);
    }
}

/* A problem with nothing to keep it quiet was told in its present state. */
static void check_told(struct town *town)
{
    for (uint32_t i = 0; i < town->model->binding_count; i++) {
        const struct state *state = world_state(town->world, i);
        const struct check_plan *plan = town->model->bindings[i].plan;
        const char *author;
        int64_t until;
        if (state->hard == VERDICT_OK || state->flapping || plan->depends_all.count ||
            plan->depends_any.count || town->model->bindings[i].host->alive ||
            plan->alert->urgency[state->hard] == URGENCY_NONE ||
            world_acknowledged(town->world, i, &author, &until))
            continue;
        enum verdict told = VERDICT_OK; /* nothing yet */
        for (size_t j = 0; j < town->message_count; j++) {
            if (town->messages[j].problem == state->problem && tells_problem(&town->messages[j]))
                told = town->messages[j].verdict;
        }
        assert_int_equal(told, state->hard);
    }
}

static void test_properties(void **state)
{
    (void)state;
    size_t recoveries = 0;
    for (uint64_t seed = 1; seed <= TIMELINES; seed++) {
        struct town *town = town_open(model_of(limited), seed);
        for (int i = 0; i < STEPS; i++)
            step(town, NONE);
        check_recoveries(town);
        pass_time(town, town->now + 86400 * SECOND);
        check_told(town);
        check_recoveries(town);
        for (size_t i = 0; i < town->message_count; i++)
            recoveries += is_recovery(&town->messages[i]);
        qsort(town->messages, town->message_count, sizeof *town->messages, by_id);
        for (size_t i = 1; i < town->message_count; i++)
            assert_string_not_equal(town->messages[i].id, town->messages[i - 1].id);
        town_close(town);
    }
    assert_true(recoveries > TIMELINES); /* the timelines are not empty */
}

/* The same decisions, whatever comes between. */
static void test_interruptions(void **state)
{
    enum interruption interruption = **(const enum interruption *const *)state;
    for (uint64_t seed = 1; seed <= TIMELINES / 4; seed++) {
        struct town *whole = town_open(model_of(unlimited), seed);
        struct town *interrupted = town_open(model_of(unlimited), seed);
        for (int i = 0; i < STEPS; i++) {
            step(whole, NONE);
            step(interrupted, interruption);
            assert_string_equal(whole->log.bytes, interrupted->log.bytes);
            text_clear(&whole->log);
            text_clear(&interrupted->log);
        }
        town_close(whole);
        town_close(interrupted);
    }
}

/* ---- order ---- */

static const char *const independent[] = {
    "check http attempts=2 alert=admins,duty repeat=30m delay=2m group_wait=1m flapping=10,20 "
    "escalate=10m:duty:notify",
    "host a http",
    "host b http",
    "host c http",
    NULL,
};

/* The results of an instant explain each other. */
static const char *const related[] = {
    "alerting hold=30s",
    "check http attempts=1 alert=admins,duty repeat=30m",
    "check disk attempts=1 alert=duty depends=a/http",
    "host a http",
    "host b http",
    "host c disk",
    "inhibit host=a host=b state=CRITICAL",
    NULL,
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What was told, without the ids of problems, which are given in the order of results. */
static char *told_by(const struct town *town)
{
    struct text all = TEXT_INIT;
    const char **lines = memory_get(town->message_count, sizeof *lines);
    struct arena *arena = arena_create();
    for (size_t i = 0; i < town->message_count; i++)
        lines[i] = arena_format(arena, "%d %d %s\n", (int)town->messages[i].notice,
                                (int)town->messages[i].verdict, town->messages[i].contact);
    qsort(lines, town->message_count, sizeof *lines, by_text);
    for (size_t i = 0; i < town->message_count; i++)
        text_add(&all, lines[i]);
    arena_free(arena);
    free(lines);
    return text_take(&all);
}

static void give_all(struct town *town, const enum verdict *verdicts, bool backwards)
{
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t binding = backwards ? 2 - i : i;
        const struct result result = {.verdict = verdicts[binding], .at = town->now};
        world_result(town->world, binding, &result, town->now, take, town);
    }
}

/* The order of simultaneous results does not matter. */
static void test_simultaneous(void **state)
{
    const char *const *const *lines = *state;
    size_t told = 0;
    for (uint64_t seed = 1; seed <= TIMELINES / 4; seed++) {
        struct town *both[2];
        for (int i = 0; i < 2; i++) {
            struct site_builder site = site_begin();
            site_lines(&site, people);
            site_lines(&site, *lines);
            both[i] = town_open(site_end(&site), seed);
        }
        for (int i = 0; i < STEPS; i++) {
            enum verdict verdicts[3];
            int64_t next = both[0]->now + (1 + chance(both[0], 300)) * SECOND;
            for (int j = 0; j < 3; j++)
                verdicts[j] = chance(both[0], 2) ? VERDICT_OK : (enum verdict)chance(both[0], 4);
            for (int j = 0; j < 2; j++) {
                pass_time(both[j], next);
                give_all(both[j], verdicts, j == 1);
            }
        }
        char *forwards = told_by(both[0]);
        char *backwards = told_by(both[1]);
        assert_string_equal(forwards, backwards);
        told += both[0]->message_count;
        free(forwards);
        free(backwards);
        town_close(both[0]);
        town_close(both[1]);
    }
    assert_true(told > TIMELINES);
}

/* ---- ids ---- */

static void test_message_id(void **state)
{
    (void)state;
    static const char *const lines[] = {"user o'neil@x alert=o'neil+pager", "group admins always:o'neil@x",
                                        "check http attempts=1 alert=admins", "host web01 http", NULL};
    static const int64_t instants[] = {START, START, START + 86400 * SECOND};
    char *ids[3] = {NULL, NULL, NULL};
    for (int i = 0; i < 3; i++) {
        struct site_builder site = site_begin();
        site_lines(&site, lines);
        struct town *town = town_open(site_end(&site), 1);
        world_problem_known(town->world, 41);
        const struct result result = {.verdict = VERDICT_CRITICAL, .at = START};
        world_result(town->world, 0, &result, instants[i], take, town);
        assert_int_equal(town->message_count, 1);
        ids[i] = memory_text(town->messages[0].id);
        town_close(town);
    }
    assert_string_equal(ids[0], ids[1]);
    assert_string_not_equal(ids[0], ids[2]); /* p42 of another life */
    assert_int_equal(strncmp(ids[0], "<p42.1.problem.o_neil_x.", 24), 0);
    assert_int_equal(strspn(ids[0] + 1, "abcdefghijklmnopqrstuvwxyz0123456789._-"), strcspn(ids[0], "@") - 1);
    for (int i = 0; i < 3; i++)
        free(ids[i]);
}

/* ---- saved states from anywhere ---- */

static const char *const refused_states[] = {
    "[]",
    "1",
    "{}",
    "{\"version\":2}",
    "{\"version\":\"1\"}",
    "{\"version\":1,\"verdict\":7}",
    "{\"version\":1,\"verdict\":\"BAD\"}",
    "{\"version\":1,\"verdict\":\"OK\"}",
    "{\"version\":1,\"due\":\"now\"}",
    "{\"version\":1,\"runs\":{}}",
    "{\"version\":1,\"runs\":[1]}",
    "{\"version\":1,\"runs\":[{\"run\":\"a\"}]}",
    "{\"version\":1,\"open\":{}}",
};
static const char *const good_state =
    "{\"version\":1,\"verdict\":\"CRITICAL\",\"type\":\"HARD\",\"attempt\":3,\"hard\":\"CRITICAL\","
    "\"since\":5,\"hard_since\":5,\"last_result\":5,\"problem\":7,\"history\":\"0222\",\"open\":{"
    "\"opened\":"
    "5,\"quiet\":\"told\",\"notices\":2,\"told\":[{\"user\":\"geoff\",\"contact\":\"mail:geoff-pager\","
    "\"urgency\":\"alert\",\"problem\":true}],\"groups\":[{\"group\":\"duty\",\"at\":5,"
    "\"verdict\":\"CRITICAL\"}],\"remediations\":[{\"remediation\":\"clean\",\"before\":\"CRITICAL\","
    "\"said\":\"after\"}],"
    "\"acknowledgement\":{\"author\":\"max\",\"comment\":\"\",\"until\":9,\"verdict\":\"CRITICAL\"}},"
    "\"runs\":[{\"run\":\"p7-clean-1\",\"remediation\":\"clean\",\"problem\":7,\"started\":5}],\"due\":"
    "9}";
static const struct {
    const char *from, *to;
} spoiled_states[] = {
    {"\"HARD\"", "\"FIRM\""},
    {"\"attempt\":3", "\"attempt\":0"},
    {"\"attempt\":3", "\"attempt\":1e99"},
    {"\"0222\"", "\"0242\""},
    {"\"problem\":7", "\"problem\":0"},
    {"\"problem\":7", "\"problem\":-1"},
    {"\"told\"", "\"tolled\""},
    {"\"alert\"", "\"none\""},
    {"\"after\"", "\"later\""},
    {"\"open\"", "\"closed\""},
    {"\"author\"", "\"autor\""},
    {"\"due\":9", "\"due\":null"},
    {"\"until\":9", "\"until\":{}"},
    {"\"since\":5", "\"since\":9223372036854775807"},
    {"\"geoff\"", "\"ge\\u0000ff\""},
    {"\"0222\"", "\"0222222222222222222222\""},
    {"\"hard\":\"CRITICAL\"", "\"hard\":\"OK\""},
};

static void load_refused(struct world *world)
{
    for (size_t i = 0; i < sizeof refused_states / sizeof *refused_states; i++) {
        struct error error = {""};
        json_t *saved = json_loads(refused_states[i], JSON_DECODE_ANY, NULL);
        assert_false(world_load(world, 0, saved, &error));
        assert_true(strlen(error.text) > 10);
        assert_false(world_state(world, 0)->known);
        json_decref(saved);
    }
}

static void load_spoiled(struct world *world, int64_t idle)
{
    for (size_t i = 0; i < sizeof spoiled_states / sizeof *spoiled_states; i++) {
        struct error error = {""};
        struct text bad = TEXT_INIT;
        const char *at = strstr(good_state, spoiled_states[i].from);
        assert_non_null(at);
        text_add_bytes(&bad, good_state, (size_t)(at - good_state));
        text_add(&bad, spoiled_states[i].to);
        text_add(&bad, at + strlen(spoiled_states[i].from));
        json_t *saved = json_loads(bad.bytes, JSON_ALLOW_NUL, NULL);
        assert_non_null(saved);
        assert_false(world_load(world, 0, saved, &error));
        assert_true(strlen(error.text) > 10);
        assert_false(world_state(world, 0)->known);
        assert_int_equal(world_due(world), idle);
        json_decref(saved);
        text_release(&bad);
    }
}

static void test_hostile_load(void **state)
{
    (void)state;
    struct model *model = model_of(limited);
    struct world *world = world_create(model);
    int64_t idle = world_due(world); /* what it has to count at first */
    load_refused(world);
    assert_false(world_load(world, 0, NULL, NULL));
    json_t *whole = json_loads(good_state, 0, NULL);
    assert_true(world_load(world, 0, whole, NULL));
    assert_int_equal(world_state(world, 0)->problem, 7);
    json_t *site = world_save_site(world);
    assert_int_equal(json_integer_value(json_object_get(site, "next_problem")), 8);
    json_decref(site);
    json_decref(whole);
    load_spoiled(world, idle);
    world_free(world);
    model_free(model);
}

/* A comment that is no UTF-8 does not spoil what is saved with it. */
static void test_binary_comment(void **state)
{
    (void)state;
    struct town *town = town_open(model_of(limited), 1);
    uint32_t disk = (uint32_t)model_binding_named(town->model, "db01/disk");
    const struct result result = {.verdict = VERDICT_CRITICAL, .at = START};
    struct error error;
    world_result(town->world, disk, &result, START, take, town);
    assert_true(world_acknowledge(town->world, disk, "max\xff", "\xc3(", 0, START, take, town, &error));
    json_t *saved = world_save(town->world, disk);
    assert_true(world_load(town->world, disk, saved, &error));
    json_decref(saved);
    town_close(town);
}

/* 100,000 healthy checks are a sixth of what the daemon may take. */
static void test_size(void **state)
{
    (void)state;
    assert_in_range(sizeof(struct record), 1, 144);
}

int main(void)
{
    static const enum interruption restart_kind = RESTART, adopt_kind = ADOPT;
    static const enum interruption *kinds[] = {&restart_kind, &adopt_kind};
    static const char *const *towns[] = {independent, related};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_properties),
        {"test_restart_changes_nothing", test_interruptions, NULL, NULL, &kinds[0]},
        {"test_reload_changes_nothing", test_interruptions, NULL, NULL, &kinds[1]},
        {"test_simultaneous", test_simultaneous, NULL, NULL, &towns[0]},
        {"test_simultaneous_related", test_simultaneous, NULL, NULL, &towns[1]},
        cmocka_unit_test(test_message_id),
        cmocka_unit_test(test_hostile_load),
        cmocka_unit_test(test_binary_comment),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

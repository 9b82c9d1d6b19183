/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downtimes, silences, inhibition and kept acknowledgements on random timelines: nothing that was held back is lost, and
 * a restart changes nothing. Then what is refused, what is saved, and the clock. */
#include "scheduler/core/world_calm.h"

#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/core/record.h"
#include "tests/unit/drive.h"
#include "tests/unit/site.h"

enum { TIMELINES = 300, STEPS = 120, MESSAGES = 20000 };
#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define START  INT64_C(1795132800000) /* Friday 2026-11-20, midnight in UTC */

static const char *const lines[] = {
    "zone Europe/Berlin",
    "alerting hold=30s silence_max=30d",
    "window night mon-sun 22:00 06:00",
    "user geoff alert=geoff-pager notify=geoff-mail",
    "user max alert=max-pager notify=max-mail@night",
    "group admins always:geoff,max",
    "group duty always:max,geoff",
    "check http attempts=2 alert=admins repeat=30m keep_ack=20m downtime=notify",
    "check ping attempts=1 alert=admins,duty delay=3m",
    "check disk attempts=1 alert=duty repeat=10m keep_ack=5m flapping=8,16",
    "host db01 ping,disk",
    "host web01 http,ping parents=db01",
    "host web02 http,disk",
    "inhibit db01/ping check=http state=CRITICAL",
    "inhibit check=disk check=http equal=host",
    "downtime db01/disk night",
    NULL,
};

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
    size_t count;
};

static unsigned chance(struct town *town, unsigned of)
{
    return drive_roll(&town->random, of);
}

static void take(void *owner, const struct decision *decision)
{
    struct town *town = owner;
    text_format(&town->log, "%" PRId64 " %s/%s %d %s p%" PRIu64 " %s", decision->at, decision->subject,
                decision->name, (int)decision->kind, verdict_name(decision->verdict), decision->problem,
                decision->reason ? decision->reason : "");
    if (decision->kind == DECISION_ALERT) {
        text_format(&town->log, " %s %s", notice_name(decision->notice), decision->message_id);
        assert_true(town->count < MESSAGES);
        town->messages[town->count++] =
            (struct message){memory_text(decision->message_id), decision->problem, decision->notice,
                             decision->verdict, record_contact_key(decision->contact)};
    }
    text_add_char(&town->log, '\n');
}

static void pass_time(struct town *town, int64_t until)
{
    town->now = drive_clock(town->world, town->now, until, take, town);
}

static const char *const matchers[] = {
    "web01",     "host=/^web/", "check=http",   "/disk$/",  "service=www",      "db01/ping",
    "host=db01", "tag.env=",    "host=nowhere", "host=/./", "check=/^(ping|d)/"};

static void say(struct town *town, const char *deed, json_t *request)
{
    struct error error = {""};
    json_t *answer = world_calm_take(town->world, deed, request, "geoff", town->now, take, town, &error);
    assert_true(answer || error.text[0]);
    json_decref(answer);
    json_decref(request);
}

/* Some of these are refused; then nothing has changed. */
static void speak(struct town *town)
{
    const char *match = matchers[chance(town, sizeof matchers / sizeof *matchers)];
    int64_t now = town->now / SECOND;
    int64_t span = 60 + chance(town, 7200);
    int64_t start = now + (int64_t)chance(town, 3) * 1800;
    switch (chance(town, 10)) {
    case 0:
        say(town, "downtime",
            json_pack("{s:s, s:I, s:I}", "match", match, "start", start, "end", start + span));
        break;
    case 1:
        say(town, "downtime",
            json_pack("{s:s, s:I, s:I, s:I}", "match", match, "start", start, "end", start + span, "duration",
                      span / 2 + 1));
        break;
    case 2:
        say(town, "downtime",
            json_pack("{s:s, s:s, s:I, s:b}", "match", match, "window", "night", "end", start + 2 * span,
                      "children", (int)chance(town, 2)));
        break;
    case 3:
        say(town, "downtime",
            json_pack("{s:s, s:I, s:I}", "match", match, "trigger", 1 + chance(town, 9), "duration",
                      chance(town, 2) ? span : 0));
        break;
    case 4:
        say(town, "cancel_downtime", json_pack("{s:I}", "id", 1 + chance(town, 9)));
        break;
    case 5:
        say(town, "unsilence", json_pack("{s:I}", "id", 1 + chance(town, 9)));
        break;
    case 6:
        say(town, "comment",
            json_pack("{s:s, s:s, s:I}", "match", "web01/http", "text", "later", "until", start + span));
        break;
    default:
        say(town, "silence",
            json_pack("{s:s, s:I, s:b}", "match", match, "until", now + span, "expire_on_resolve",
                      (int)chance(town, 2)));
    }
}

static void step(struct town *town, bool interrupted)
{
    pass_time(town, town->now + chance(town, 500) * SECOND);
    uint32_t binding = chance(town, (unsigned)town->model->binding_count);
    unsigned what = chance(town, 20);
    struct error error;
    if (what < 3)
        speak(town);
    else if (what == 3)
        (void)world_acknowledge(town->world, binding, "max", "", chance(town, 2) ? town->now + HOUR : 0,
                                town->now, take, town, &error);
    else if (what == 4)
        (void)world_unacknowledge(town->world, binding, town->now, take, town, &error);
    else {
        const struct result result = {
            .at = town->now, .verdict = chance(town, 2) ? VERDICT_OK : (enum verdict)chance(town, 4)};
        world_result(town->world, binding, &result, town->now, take, town);
    }
    if (interrupted && what % 2 == 0)
        town->world = drive_restart(town->world);
}

static struct town *town_open(uint64_t seed)
{
    struct town *town = memory_get(1, sizeof *town);
    town->model = site_model(lines);
    town->world = world_create(town->model);
    town->now = START;
    town->random = drive_seed(seed);
    town->log = (struct text)TEXT_INIT;
    town->messages = memory_get(MESSAGES, sizeof *town->messages);
    return town;
}

static void town_close(struct town *town)
{
    for (size_t i = 0; i < town->count; i++) {
        free(town->messages[i].id);
        free(town->messages[i].contact);
    }
    free(town->messages);
    text_release(&town->log);
    world_free(town->world);
    model_free(town->model);
    free(town);
}

static bool tells(const struct message *message)
{
    return message->notice == NOTICE_PROBLEM ||
           (message->notice == NOTICE_FLAPPING_STOP && message->verdict != VERDICT_OK);
}

static void check_recoveries(const struct town *town)
{
    for (size_t i = 0; i < town->count; i++) {
        size_t told = 0;
        size_t before = 0;
        for (size_t j = 0; j < i; j++)
            if (town->messages[j].problem == town->messages[i].problem &&
                strcmp(town->messages[j].contact, town->messages[i].contact) == 0) {
                told += tells(&town->messages[j]);
                before += town->messages[j].notice == NOTICE_RECOVERY;
            }
        if (town->messages[i].notice == NOTICE_RECOVERY)
            assert_true(told > 0 && before == 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(town->messages[j].id, town->messages[i].id);
    }
}

/* Everything ends; what is a problem then and nothing explains it was told in its present state. */
static void check_told(struct town *town)
{
    const char *author;
    int64_t until;
    bool source = false;
    for (uint32_t i = 0; i < town->model->binding_count; i++)
        source |= world_state(town->world, i)->hard != VERDICT_OK;
    for (uint32_t i = 0; i < town->model->binding_count; i++) {
        const struct state *state = world_state(town->world, i);
        bool target = strcmp(town->model->bindings[i].plan->name, "http") == 0;
        if (state->hard == VERDICT_OK || state->flapping || (target && source) ||
            world_acknowledged(town->world, i, &author, &until))
            continue;
        enum verdict told = VERDICT_OK;
        for (size_t j = 0; j < town->count; j++)
            if (town->messages[j].problem == state->problem && tells(&town->messages[j]))
                told = town->messages[j].verdict;
        assert_int_equal(told, state->hard);
    }
}

static void test_nothing_is_lost(void **state)
{
    (void)state;
    size_t told = 0;
    for (uint64_t seed = 1; seed <= TIMELINES; seed++) {
        struct town *town = town_open(seed);
        for (int i = 0; i < STEPS; i++)
            step(town, false);
        check_recoveries(town);
        pass_time(town, town->now + 2 * DAY + 12 * HOUR); /* into a day, behind all that was said */
        pass_time(town, town->now - town->now % DAY + DAY + 12 * HOUR);
        check_told(town);
        told += town->count;
        town_close(town);
    }
    assert_true(told > 20 * TIMELINES);
}

static void test_restart_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TIMELINES / 3; seed++) {
        struct town *whole = town_open(seed);
        struct town *interrupted = town_open(seed);
        for (int i = 0; i < STEPS; i++) {
            step(whole, false);
            step(interrupted, true);
            assert_string_equal(whole->log.bytes, interrupted->log.bytes);
            text_clear(&whole->log);
            text_clear(&interrupted->log);
        }
        town_close(whole);
        town_close(interrupted);
    }
}

/* ---- what is refused ---- */

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *deed, *request, *sentence;
    } rows[] = {
        {"downtime", "[]", "not an object"},
        {"downtime", "{}", "the end of the downtime is missing"},
        {"downtime", "{\"duration\":60}", "nothing is matched"},
        {"downtime", "{\"match\":7,\"duration\":60}", "\"match\" is not one line of text"},
        {"downtime", "{\"match\":\"a\\nb\",\"duration\":60}", "\"match\" is not one line of text"},
        {"downtime", "{\"match\":\"a\\u0000b\",\"duration\":60}", "\"match\" is not one line of text"},
        {"downtime", "{\"match\":\"a\",\"end\":1}", "ends before it begins"},
        {"downtime", "{\"match\":\"a\",\"start\":1,\"end\":2}", "has passed"},
        {"downtime", "{\"match\":\"a\",\"end\":1e300}", "\"end\" is not a number of seconds"},
        {"downtime", "{\"match\":\"a\",\"start\":1e11,\"end\":999999999999}", "at most"},
        {"downtime", "{\"match\":\"a\",\"duration\":3153600000}", "may last 365d at most"},
        {"downtime", "{\"match\":\"a\",\"duration\":-1}", "\"duration\" is not a span"},
        {"downtime", "{\"match\":\"a\",\"trigger\":\"1\"}", "\"trigger\" is not an id"},
        {"downtime", "{\"match\":\"a\",\"trigger\":99}", "no such downtime: 99"},
        {"downtime", "{\"match\":\"a\",\"window\":\"day\"}", "no such window: \"day\""},
        {"downtime", "{\"match\":\"a\",\"window\":\"night\",\"trigger\":1}",
         "neither a duration nor a trigger"},
        {"downtime", "{\"match\":\"a\",\"duration\":9,\"children\":1}", "\"children\" is not true or false"},
        {"cancel_downtime", "{\"id\":1}", "stands in the configuration"},
        {"cancel_downtime", "{\"id\":0}", "\"id\" is not an id"},
        {"cancel_downtime", "{}", "no such downtime: 0"},
        {"silence", "{\"match\":\"a\"}", "the end of the silence is missing"},
        {"silence", "{\"match\":\"a\",\"duration\":60,\"owner\":\"geof\"}", "did you mean \"geoff\""},
        {"silence", "{\"match\":\"a\",\"duration\":9999999}", "may last 30d at most"},
        {"silence", "{\"match\":\"host=/(/\",\"duration\":60}", "not a regular expression"},
        {"unsilence", "{\"id\":5}", "no such silence: 5"},
        {"comment", "{\"match\":\"web01/http\"}", "a comment has a text"},
        {"comment", "{\"match\":\"web01\",\"text\":\"x\"}", "no such check: \"web01\""},
        {"comment", "{\"host\":\"web01\",\"check\":\"http\",\"text\":\"x\",\"until\":5}", "has passed"},
        {"uncomment", "{\"id\":5}", "no such comment: 5"},
        {"dance", "{}", "cannot do \"dance\""},
    };
    struct town *town = town_open(1);
    pass_time(town, START + SECOND);
    text_clear(&town->log);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {""};
        json_t *request = json_loads(rows[i].request, JSON_ALLOW_NUL, NULL);
        uint64_t changes = world_site_changes(town->world);
        assert_non_null(request);
        assert_null(
            world_calm_take(town->world, rows[i].deed, request, "geoff", town->now, take, town, &error));
        if (!strstr(error.text, rows[i].sentence))
            fail_msg("%s %s: %s", rows[i].deed, rows[i].request, error.text);
        assert_int_equal(world_site_changes(town->world), changes);
        json_decref(request);
    }
    assert_int_equal(town->log.length, 0);
    town_close(town);
}

/* So many, and no more; then a decision is still made in no time. */
static void test_many(void **state)
{
    (void)state;
    struct town *town = town_open(1);
    struct error error = {""};
    for (int i = 0; i < 1000; i++) {
        json_t *request =
            json_pack("{s:s, s:i}", "match", i % 2 ? "host=/^(a+)+$/" : "host=x", "duration", 3600 + i);
        json_t *answer =
            world_calm_take(town->world, "silence", request, "geoff", town->now, take, town, &error);
        assert_non_null(answer);
        json_decref(answer);
        json_decref(request);
    }
    json_t *request = json_pack("{s:s, s:i}", "match", "web01", "duration", 60);
    assert_null(world_calm_take(town->world, "silence", request, "geoff", town->now, take, town, &error));
    assert_string_equal(error.text, "there are 1000 silences already");
    json_decref(request);
    town->world = drive_restart(town->world);
    json_t *list = world_silences_json(town->world);
    assert_int_equal(json_array_size(list), 1000);
    json_decref(list);
    const struct result result = {.at = town->now, .verdict = VERDICT_CRITICAL};
    uint32_t ping = (uint32_t)model_binding_named(town->model, "web01/ping");
    for (int i = 0; i < 1000; i++)
        world_result(town->world, ping, &result, town->now, take, town);
    pass_time(town, town->now + 2 * HOUR);
    list = world_silences_json(town->world);
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    town_close(town);
}

/* What people set follows the clock; what lasts a span keeps it. */
static void test_clock(void **state)
{
    (void)state;
    struct town *town = town_open(1);
    int64_t now = START / SECOND;
    pass_time(town, START);
    say(town, "silence", json_pack("{s:s, s:I}", "match", "web01", "until", now + 7200));
    say(town, "downtime",
        json_pack("{s:s, s:I, s:I, s:i}", "match", "web02/disk", "start", now, "end", now + 3600, "duration",
                  1800));
    const struct result result = {.at = town->now, .verdict = VERDICT_CRITICAL};
    uint32_t disk = (uint32_t)model_binding_named(town->model, "web02/disk");
    world_result(town->world, disk, &result, town->now, take, town);
    pass_time(town, START + 600 * SECOND);
    world_clock_set(town->world, 5 * DAY, START + 600 * SECOND + 5 * DAY);
    pass_time(town, START + 600 * SECOND + 5 * DAY);
    json_t *silences = world_silences_json(town->world);
    json_t *downtimes = world_downtimes_json(town->world, town->now);
    assert_int_equal(json_array_size(silences), 0);
    assert_int_equal(json_array_size(downtimes), 2); /* with that of the configuration */
    assert_true(json_is_true(json_object_get(json_array_get(downtimes, 1), "on")));
    json_decref(downtimes);
    pass_time(town, START + 1801 * SECOND + 5 * DAY);
    downtimes = world_downtimes_json(town->world, town->now);
    assert_int_equal(json_array_size(downtimes), 1);
    json_decref(downtimes);
    json_decref(silences);
    world_clock_set(town->world, -30 * DAY, town->now - 30 * DAY);
    town->now -= 30 * DAY;
    pass_time(town, town->now + DAY);
    town_close(town);
}

/* A problem does not write a thousand silences again. */
static void test_parts(void **state)
{
    (void)state;
    struct town *town = town_open(1);
    uint64_t marks[32] = {0};
    const struct result result = {.at = START, .verdict = VERDICT_CRITICAL};
    uint32_t ping = (uint32_t)model_binding_named(town->model, "web01/ping");
    for (int round = 0; round < 3; round++) {
        size_t given = 0;
        for (size_t i = 0; world_part_name(i); i++) {
            const char *name;
            json_t *saved = world_save_part(town->world, i, &marks[i], &name);
            given += saved != NULL;
            assert_string_equal(name, world_part_name(i));
            if (strcmp(name, "next_problem") == 0)
                assert_int_equal(saved != NULL, round < 2);
            if (strcmp(name, "silences") == 0)
                assert_int_equal(saved != NULL, round == 0);
            json_decref(saved);
        }
        assert_true(given > 0 || round == 2);
        if (round == 0)
            world_result(town->world, ping, &result, START, take, town);
    }
    say(town, "silence", json_pack("{s:s, s:i}", "match", "web01", "duration", 3600));
    size_t given = 0;
    for (size_t i = 0; world_part_name(i); i++) {
        const char *name;
        json_t *saved = world_save_part(town->world, i, &marks[i], &name);
        given += saved && strcmp(name, "silences") == 0 && json_array_size(json_object_get(saved, name)) == 1;
        json_decref(saved);
    }
    assert_int_equal(given, 1);
    town_close(town);
}

/* ---- saved states from anywhere ---- */

static void test_hostile_load(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "{\"silences\":[]}",
        "{\"silences\":{\"silences\":{}}}",
        "{\"silences\":{\"silences\":[1]}}",
        "{\"silences\":{\"last_id\":1,\"silences\":[{\"id\":1,\"match\":\"\",\"owner\":\"a\",\"comment\":"
        "\"\"}]}}",
        "{\"silences\":{\"last_id\":1,\"silences\":[{\"id\":2,\"match\":\"a\",\"owner\":\"a\",\"comment\":"
        "\"\"}]}}",
        "{\"silences\":{\"last_id\":1,\"silences\":[{\"id\":1,\"match\":\"a\",\"owner\":\"a\"}]}}",
        "{\"silences\":{\"last_id\":1,\"silences\":[{\"id\":1,\"match\":\"a\",\"owner\":\"a\",\"comment\":"
        "\"\"},"
        "{\"id\":1,\"match\":\"a\",\"owner\":\"a\",\"comment\":\"\"}]}}",
        "{\"downtimes\":1}",
        "{\"downtimes\":{\"last_id\":-1}}",
        "{\"downtimes\":{\"last_id\":1,\"downtimes\":[{\"id\":1,\"match\":\"a\",\"author\":\"a\",\"comment\":"
        "\"\","
        "\"trigger\":1}]}}",
        "{\"downtimes\":{\"last_id\":1,\"downtimes\":[{\"id\":1,\"match\":\"host=/(/\",\"author\":\"a\","
        "\"comment\":\"\"}]}}",
        "{\"downtimes\":{\"last_id\":1,\"downtimes\":[{\"id\":1,\"match\":\"a\",\"author\":\"a\",\"comment\":"
        "\"\","
        "\"told\":[{}]}]}}",
        "{\"comments\":{\"last_id\":1,\"comments\":[{\"id\":1,\"host\":\"a\"}]}}",
        "{\"kept_acknowledgements\":{\"kept\":[{\"host\":\"a\"}]}}",
        "{\"kept_acknowledgements\":{\"kept\":[{\"host\":\"a\",\"check\":\"b\",\"author\":\"c\",\"comment\":"
        "\"\","
        "\"verdict\":\"BAD\"}]}}",
    };
    struct town *town = town_open(1);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error error = {""};
        json_t *saved = json_loads(refused[i], 0, NULL);
        assert_non_null(saved);
        if (world_load_site(town->world, saved, &error))
            fail_msg("taken: %s", refused[i]);
        assert_non_null(strstr(error.text, "is not read: "));
        json_decref(saved);
    }
    pass_time(town, START + DAY);
    town_close(town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost), cmocka_unit_test(test_restart_changes_nothing),
        cmocka_unit_test(test_refused),         cmocka_unit_test(test_many),
        cmocka_unit_test(test_parts),           cmocka_unit_test(test_clock),
        cmocka_unit_test(test_hostile_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

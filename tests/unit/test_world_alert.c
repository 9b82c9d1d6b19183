/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties of what each contact gets to read, on random timelines with all that gathers, waits and goes on to others;
 * and what is saved of that, from anywhere. */
#include "scheduler/core/world.h"

#include "lib/memory.h"
#include "scheduler/core/record.h"
#include "tests/unit/drive.h"
#include "tests/unit/site.h"

enum { TIMELINES = 300, STEPS = 120, CHECKS = 6, CONTACTS = 16 };
#define SECOND INT64_C(1000)
#define START  INT64_C(1795132800000) /* Friday 2026-11-20, midnight in UTC */

static const char *const lines[] = {
    "storm 1 40m",
    "zone America/New_York",
    "window day mon-sun 08:00 20:00",
    "window night mon-sun 20:00 08:00",
    "user geoff alert=geoff-pager@always@day alert=https://hook/geoff notify=geoff-mail@always@day",
    "user max alert=max-pager notify=max-mail@always@day",
    "user rob alert=rob-pager@night@day notify=rob-mail",
    "group admins after=20m day:geoff,max,rob always:max,rob,geoff",
    "group duty always:rob,geoff",
    "check http attempts=1 alert=admins repeat=1h group_wait=2m escalate=30m:duty:alert",
    "check disk attempts=2 alert=admins,duty group_wait=5m",
    "check ping attempts=1 alert=duty repeat=10m delay=1m",
    "host a http,disk,ping",
    "host b http,disk,ping",
    NULL,
};

/* What a contact knows of a check. */
struct reader {
    char *key;
    bool believes_bad[CHECKS];
};

struct town {
    struct model *model;
    struct world *world;
    int64_t now;
    uint64_t random;
    struct reader readers[CONTACTS];
    size_t reader_count;
    struct text log;
    struct text said; /* what was told in this step, a line each, without what depends on the order of ids */
    size_t told;
};

static unsigned chance(struct town *town, unsigned of)
{
    return drive_roll(&town->random, of);
}

static struct reader *reader_of(struct town *town, const struct contact *contact)
{
    char *key = record_contact_key(contact);
    for (size_t i = 0; i < town->reader_count; i++) {
        if (strcmp(town->readers[i].key, key) == 0) {
            free(key);
            return &town->readers[i];
        }
    }
    assert_true(town->reader_count < CONTACTS);
    town->readers[town->reader_count] = (struct reader){.key = key};
    return &town->readers[town->reader_count++];
}

/* Nobody reads of an end without a beginning, nor of an end twice. */
static void read_message(struct town *town, const struct decision *decision)
{
    struct reader *reader = reader_of(town, decision->contact);
    for (size_t i = 0; i < decision->member_count || i == 0; i++) {
        uint32_t binding = decision->member_count ? decision->members[i] : decision->binding;
        if (decision->notice == NOTICE_RECOVERY)
            assert_true(reader->believes_bad[binding]);
        if (decision->notice == NOTICE_STORM) /* how it stands now */
            reader->believes_bad[binding] = world_state(town->world, binding)->hard != VERDICT_OK;
        if (decision->notice == NOTICE_PROBLEM || decision->notice == NOTICE_RECOVERY)
            reader->believes_bad[binding] = decision->notice == NOTICE_PROBLEM;
    }
    town->told++;
}

static void take(void *owner, const struct decision *decision)
{
    struct town *town = owner;
    /* After a reload it is noted again that there is nothing to say. */
    if (decision->kind == DECISION_QUIET && strstr(decision->reason, " was told, and "))
        return;
    text_format(&town->log, "%" PRId64 " %s/%s %d %d %s %" PRId64 "\n", decision->at, decision->subject,
                decision->name, decision->kind, decision->verdict, decision->reason ? decision->reason : "",
                decision->next);
    if (decision->kind != DECISION_ALERT)
        return;
    text_format(&town->log, "  %s %s %u", decision->message_id, decision->contact->address,
                decision->escalation);
    for (size_t i = 0; i < decision->member_count; i++)
        text_format(&town->log, " %" PRIu32, decision->members[i]);
    text_add_char(&town->log, '\n');
    text_format(&town->said, "%s %s %d %u", notice_name(decision->notice), decision->contact->address,
                (int)decision->verdict, decision->escalation);
    for (size_t i = 0; i < decision->member_count || i == 0; i++)
        text_format(&town->said, " %" PRIu32,
                    decision->member_count ? decision->members[i] : decision->binding);
    text_add_char(&town->said, '\n');
    read_message(town, decision);
}

static void pass_time(struct town *town, int64_t until)
{
    town->now = drive_clock(town->world, town->now, until, take, town);
}

static void restart(struct town *town)
{
    json_t *site = world_save_site(town->world);
    town->world = drive_restart(town->world);
    json_t *again = world_save_site(town->world);
    assert_true(json_equal(site, again));
    json_decref(again);
    json_decref(site);
}

static void give(struct town *town, uint32_t binding, enum verdict verdict)
{
    const struct result result = {.at = town->now, .verdict = verdict};
    world_result(town->world, binding, &result, town->now, take, town);
}

static void report_channel(struct town *town)
{
    static const char *const users[] = {"geoff", "max"};
    world_channel(town->world, (enum channel)chance(town, CHANNEL_COUNT), chance(town, 2), "it is slow",
                  users, chance(town, 3), town->now, take, town);
}

static void step(struct town *town, bool interrupted)
{
    struct error error;
    pass_time(town, town->now + (1 + chance(town, chance(town, 8) ? 900 : 30000)) * SECOND);
    uint32_t binding = chance(town, CHECKS);
    unsigned what = chance(town, 16);
    if (what == 0)
        (void)world_acknowledge(town->world, binding, "max", NULL,
                                chance(town, 2) ? town->now + 1200 * SECOND : 0, town->now, take, town,
                                &error);
    else if (what == 1)
        (void)world_unacknowledge(town->world, binding, town->now, take, town, &error);
    else if (what == 2)
        report_channel(town);
    else
        give(town, binding, chance(town, 2) ? VERDICT_OK : (enum verdict)chance(town, 4));
    if (interrupted && what % 3 == 0)
        restart(town);
    if (interrupted && what % 3 == 1)
        world_adopt(town->world, town->model);
}

/* ${capped}: contacts have a cap; which message is one too many depends on the order of simultaneous ones. */
static struct town *town_made(uint64_t seed, bool capped)
{
    struct town *town = memory_get(1, sizeof *town);
    town->model = site_model(capped ? lines : lines + 1);
    assert_int_equal(town->model->binding_count, CHECKS);
    town->world = world_create(town->model);
    town->now = START;
    town->random = drive_seed(seed);
    town->log = (struct text)TEXT_INIT;
    town->said = (struct text)TEXT_INIT;
    return town;
}

static struct town *town_open(uint64_t seed)
{
    return town_made(seed, true);
}

static void town_close(struct town *town)
{
    for (size_t i = 0; i < town->reader_count; i++)
        free(town->readers[i].key);
    text_release(&town->log);
    text_release(&town->said);
    world_free(town->world);
    model_free(town->model);
    free(town);
}

/* When all is well for some days, everyone knows. */
static void test_everyone_knows(void **state)
{
    (void)state;
    size_t told = 0;
    for (uint64_t seed = 1; seed <= TIMELINES; seed++) {
        struct town *town = town_open(seed);
        for (int i = 0; i < STEPS; i++)
            step(town, false);
        for (uint32_t binding = 0; binding < CHECKS; binding++)
            give(town, binding, VERDICT_OK);
        pass_time(town, town->now + INT64_C(7) * 86400 * SECOND);
        for (size_t i = 0; i < town->reader_count; i++)
            for (size_t binding = 0; binding < CHECKS; binding++)
                assert_false(town->readers[i].believes_bad[binding]);
        assert_int_equal(world_due(town->world), INT64_MAX);
        told += town->told;
        town_close(town);
    }
    assert_true(told > (size_t)TIMELINES * STEPS / 4);
}

/* What lasts and is nobody's business yet is known to somebody. */
static void test_somebody_knows(void **state)
{
    (void)state;
    size_t lasting = 0;
    for (uint64_t seed = 1; seed <= TIMELINES; seed++) {
        struct town *town = town_open(seed);
        for (int i = 0; i < STEPS; i++)
            step(town, false);
        pass_time(town, town->now + 86400 * SECOND);
        for (uint32_t binding = 0; binding < CHECKS; binding++) {
            const struct state *now = world_state(town->world, binding);
            const char *author;
            int64_t until;
            if (now->hard == VERDICT_OK || world_acknowledged(town->world, binding, &author, &until))
                continue;
            bool known = false;
            for (size_t i = 0; i < town->reader_count; i++)
                known |= town->readers[i].believes_bad[binding];
            assert_true(known);
            lasting++;
        }
        town_close(town);
    }
    assert_true(lasting > TIMELINES / 2);
}

static void test_interruptions(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TIMELINES / 4; seed++) {
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

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines of ${said} in order. */
static char *sorted(struct arena *arena, const char *said)
{
    struct words words = {arena_get(arena, strlen(said) + 1, sizeof(char *)), 0};
    struct text text = TEXT_INIT;
    for (const char *at = said, *end; (end = strchr(at, '\n')); at = end + 1)
        words.items[words.count++] = arena_text_of(arena, at, (size_t)(end - at));
    qsort(words.items, words.count, sizeof *words.items, by_text);
    for (size_t i = 0; i < words.count; i++)
        text_format(&text, "%s\n", words.items[i]);
    return text_take(&text);
}

static void same_said(struct town *const *both)
{
    struct arena *arena = arena_create();
    char *forwards = sorted(arena, both[0]->said.bytes);
    char *backwards = sorted(arena, both[1]->said.bytes);
    assert_string_equal(forwards, backwards);
    free(forwards);
    free(backwards);
    arena_free(arena);
    text_clear(&both[0]->said);
    text_clear(&both[1]->said);
}

/* The order of simultaneous results does not matter to anyone who is told. */
static void test_simultaneous(void **state)
{
    (void)state;
    size_t told = 0;
    for (uint64_t seed = 1; seed <= TIMELINES / 4; seed++) {
        struct town *both[2] = {town_made(seed, false), town_made(seed, false)};
        for (int i = 0; i < STEPS; i++) {
            int64_t next = both[0]->now + (1 + chance(both[0], chance(both[0], 8) ? 300 : 30000)) * SECOND;
            enum verdict verdicts[CHECKS];
            for (int j = 0; j < CHECKS; j++)
                verdicts[j] = chance(both[0], 2) ? VERDICT_OK : (enum verdict)chance(both[0], 4);
            for (int j = 0; j < 2; j++) {
                pass_time(both[j], next);
                for (uint32_t k = 0; k < CHECKS; k++)
                    give(both[j], j ? CHECKS - 1 - k : k, verdicts[j ? CHECKS - 1 - k : k]);
            }
            same_said(both);
        }
        told += both[0]->told;
        town_close(both[0]);
        town_close(both[1]);
    }
    assert_true(told > (size_t)TIMELINES * STEPS / 4);
}

/* Each part that is damaged is refused by name, and none of it is kept. */
static void test_hostile_site(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "{\"gatherings\":{}}",
        "{\"gatherings\":[{\"service\":\"www\"}]}",
        "{\"storms\":{}}",
        "{\"storms\":[{\"user\":\"geoff\"}]}",
        "{\"storms\":[{\"user\":\"geoff\",\"contact\":\"mail:geoff-pager\",\"urgency\":\"alert\",\"sent\":5}]"
        "}",
        "{\"storms\":[{\"user\":\"geoff\",\"contact\":\"mail:geoff-pager\",\"urgency\":\"alert\","
        "\"ended\":[{\"host\":\"a\"}]}]}",
        "{\"channels\":[]}",
        "{\"channels\":{\"mail\":{\"since\":\"now\"}}}",
        "{\"channels\":{\"mail\":{\"since\":1,\"told\":[{\"user\":\"geoff\"}]}}}",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct town *town = town_open(1);
        struct error error = {""};
        json_t *empty = world_save_site(town->world);
        json_t *saved = json_loads(refused[i], 0, NULL);
        assert_non_null(saved);
        assert_false(world_load_site(town->world, saved, &error));
        assert_true(strlen(error.text) > 10);
        json_t *after = world_save_site(town->world);
        assert_true(json_equal(empty, after));
        json_decref(after);
        json_decref(saved);
        json_decref(empty);
        town_close(town);
    }
}

/* Ends beyond a thousand are counted, so that what is saved stays small. */
static void test_many_ends(void **state)
{
    (void)state;
    struct town *town = town_open(1);
    struct error error = {""};
    json_t *ended = json_array();
    for (int i = 0; i < 1500; i++)
        (void)json_array_append_new(ended,
                                    json_pack("{s:o, s:s}", "host", json_sprintf("h%d", i), "check", "http"));
    json_t *site = json_pack("{s:[{s:s, s:s, s:s, s:I, s:i, s:o}]}", "storms", "user", "geoff", "contact",
                             "mail:geoff-pager", "urgency", "alert", "until", (json_int_t)START, "held", 1500,
                             "ended", ended);
    assert_true(world_load_site(town->world, site, &error));
    json_t *saved = world_save_site(town->world);
    const json_t *storm = json_array_get(json_object_get(saved, "storms"), 0);
    assert_int_equal(json_array_size(json_object_get(storm, "ended")), 1000);
    assert_int_equal(json_integer_value(json_object_get(storm, "ended_more")), 500);
    world_tick(town->world, START, take, town);
    assert_non_null(strstr(town->log.bytes, "1500 messages were held back: 0 problems last, 500 are over"));
    json_decref(saved);
    json_decref(site);
    town_close(town);
}

/* What is owed of a check is refused with it. */
static void test_hostile_owed(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "{\"version\":1,\"owed\":{}}",
        "{\"version\":1,\"owed\":[1]}",
        "{\"version\":1,\"owed\":[{\"user\":\"geoff\"}]}",
        "{\"version\":1,\"owed\":[{\"user\":\"geoff\",\"contact\":\"mail:geoff-pager\",\"urgency\":\"alert\","
        "\"verdict\":\"CRITICAL\",\"problem\":0,\"number\":1,\"due\":5}]}",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct town *town = town_open(1);
        struct error error = {""};
        json_t *empty = world_save(town->world, 0);
        json_t *saved = json_loads(refused[i], 0, NULL);
        assert_non_null(saved);
        assert_false(world_load(town->world, 0, saved, &error));
        assert_true(strlen(error.text) > 10);
        json_t *after = world_save(town->world, 0);
        assert_true(json_equal(empty, after));
        json_decref(after);
        json_decref(saved);
        json_decref(empty);
        town_close(town);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everyone_knows), cmocka_unit_test(test_somebody_knows),
        cmocka_unit_test(test_interruptions),  cmocka_unit_test(test_simultaneous),
        cmocka_unit_test(test_hostile_site),   cmocka_unit_test(test_hostile_owed),
        cmocka_unit_test(test_many_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

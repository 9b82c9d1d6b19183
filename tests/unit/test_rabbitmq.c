/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/rabbitmq.h"

#include "collectors/growth.h"
#include "collectors/rabbitmq_choose.h"
#include "collectors/rabbitmq_flow.h"

/* clang-format off */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static struct text fixture(const char *name)
{
    struct text content = TEXT_INIT, path = TEXT_INIT;
    char buffer[4096];
    size_t count;
    text_format(&path, "tests/fixtures/rabbitmq/%s", name);
    FILE *file = fopen(path.bytes, "re");
    if (!file)
        fail_msg("no fixture %s", path.bytes);
    while ((count = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_add_bytes(&content, buffer, count);
    (void)fclose(file);
    text_release(&path);
    return content;
}

static struct rabbitmq_queues queues_of(const char *bytes, struct arena *arena)
{
    struct rabbitmq_queues queues = {.pages = 1};
    struct error error = {""};
    if (!rabbitmq_queues_add(&queues, bytes, strlen(bytes), arena, &error))
        fail_msg("%s: %s", bytes, error.text);
    return queues;
}

static const struct rabbitmq_queue *queue_named(const struct rabbitmq_queues *queues, const char *name)
{
    for (size_t i = 0; i < queues->count; i++)
        if (strcmp(queues->items[i].name, name) == 0)
            return &queues->items[i];
    fail_msg("no queue %s", name);
    return NULL;
}

static void reads_what_3_10_answers(void **state)
{
    static const struct {
        const char *name;
        size_t count;
        int64_t pages;
    } lists[] = {{"queues.json", 3, 1}, {"queues-paged.json", 2, 2}, {"queue.json", 1, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct arena *arena = arena_create();
        struct text content = fixture(lists[i].name);
        struct rabbitmq_queues queues = queues_of(content.bytes, arena);
        const struct rabbitmq_queue *orders = queue_named(&queues, "orders");
        assert_true(orders->numbers[RABBITMQ_QUEUE_MESSAGES] == 2);
        assert_true(orders->numbers[RABBITMQ_QUEUE_CONSUMERS] == 0);
        assert_true(orders->numbers[RABBITMQ_QUEUE_PUBLISHED] == 3);
        assert_true(orders->numbers[RABBITMQ_QUEUE_PUBLISH_RATE] == 0);
        assert_true(isnan(orders->numbers[RABBITMQ_QUEUE_OLDEST]));
        assert_true(isnan(orders->members));
        assert_string_equal(orders->vhost, "/");
        assert_string_equal(orders->state, "running");
        assert_int_equal(queues.count, lists[i].count);
        assert_int_equal(queues.pages, lists[i].pages);
        text_release(&content);
        arena_free(arena);
    }
}

static void a_fresh_queue_has_no_numbers(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct text content = fixture("queues-paged-fresh.json");
    struct rabbitmq_queues queues = queues_of(content.bytes, arena);
    const struct rabbitmq_queue *fresh = queue_named(&queues, "fresh");
    for (size_t i = 0; i < RABBITMQ_QUEUE_NUMBER_COUNT; i++)
        assert_true(isnan(fresh->numbers[i]));
    assert_true(isnan(rabbitmq_flow_unconsumed(fresh)));
    assert_true(isnan(rabbitmq_flow_stalled(fresh, 0)));
    assert_string_equal(fresh->state, "");
    text_release(&content);
    arena_free(arena);
}

static void adds_page_to_page(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rabbitmq_queues queues = {.pages = 1};
    struct error error;
    struct text page = TEXT_INIT;
    for (int i = 0; i < 1000; i++) {
        text_clear(&page);
        text_format(&page, "{\"page_count\":1000,\"items\":[{\"name\":\"q%d\",\"messages\":%d}]}", i, i);
        assert_true(rabbitmq_queues_add(&queues, page.bytes, page.length, arena, &error));
        assert_int_equal(queues.pages, 1000);
    }
    assert_int_equal(queues.count, 1000);
    assert_true(queue_named(&queues, "q999")->numbers[RABBITMQ_QUEUE_MESSAGES] == 999);
    text_release(&page);
    arena_free(arena);
}

static void tells_which_replicas_are_missing(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rabbitmq_queues queues =
        queues_of("[{\"name\":\"q\",\"members\":[\"a\",\"b\",\"c\"],\"online\":[\"b\"]},"
                  "{\"name\":\"w\",\"members\":[\"a\"],\"online\":[\"a\"]},{\"name\":\"x\",\"members\":3}]",
                  arena);
    assert_true(queues.items[0].members == 3);
    assert_true(queues.items[0].online == 1);
    assert_string_equal(queues.items[0].missing, "a, c");
    assert_string_equal(queues.items[1].missing, "");
    assert_true(isnan(queues.items[2].members));
    arena_free(arena);
}

/* Whether a rate is known where the server does not tell it. */
static void rates_of_idle_queues(void **state)
{
    static const struct {
        const char *members;
        double publish, deliver; /* below zero: not known */
    } cases[] = {
        {"", -1, -1},
        {",\"message_stats\":{}", -1, -1},
        {",\"idle_since\":\"\"", -1, -1},
        {",\"idle_since\":null", -1, -1},
        {",\"idle_since\":\"2015-11-01 8:22:14\"", 0, 0},
        {",\"message_stats\":{\"publish\":1,\"publish_details\":{\"rate\":2.5}}", 2.5, 0},
        {",\"message_stats\":{\"deliver_get_details\":{\"rate\":4}}", 0, 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct rabbitmq_queues queues =
            queues_of(arena_format(arena, "[{\"name\":\"q\"%s}]", cases[i].members), arena);
        const double *numbers = queues.items[0].numbers;
        double publish = numbers[RABBITMQ_QUEUE_PUBLISH_RATE], deliver = numbers[RABBITMQ_QUEUE_DELIVER_RATE];
        if (cases[i].publish < 0 ? !isnan(publish) : fabs(publish - cases[i].publish) > 0)
            fail_msg("%s: publish %f", cases[i].members, publish);
        if (cases[i].deliver < 0 ? !isnan(deliver) : fabs(deliver - cases[i].deliver) > 0)
            fail_msg("%s: deliver %f", cases[i].members, deliver);
        arena_free(arena);
    }
}

static void refuses_what_is_no_list_of_queues(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *words;
    } cases[] = {
#define CASE(text, words) {text, sizeof text - 1, words}
        CASE("", "empty"),
        CASE(" \n\t", "empty"),
        CASE("<html>", "HTML"),
        CASE("\0[]", "not JSON"),
        CASE("nope", "not JSON"),
        CASE("[{\"name\":\"a\"}", "cut off"),
        CASE("[{\"name\":\"a\"},", "cut off"),
        CASE("[{\"name\":\"\xff\"}]", "not JSON"),
        CASE("[{}]", "without a name"),
        CASE("[null]", "without a name"),
        CASE("{\"items\":[]}", "number of pages"),
        CASE("{\"items\":[],\"page_count\":1001}", "number of pages"),
        CASE("{\"error\":\"x\"}", "without a name"),
#undef CASE
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create();
        struct rabbitmq_queues queues = {.pages = 1};
        struct error error = {""};
        assert_false(rabbitmq_queues_add(&queues, cases[i].bytes, cases[i].length, arena, &error));
        if (!strstr(error.text, cases[i].words))
            fail_msg("case %zu: \"%s\" lacks \"%s\"", i, error.text, cases[i].words);
        arena_free(arena);
    }
}

/* Wherever an answer is cut, no part of it is taken for the whole. */
static void tells_every_cut(void **state)
{
    (void)state;
    struct text content = fixture("queues-paged.json");
    while (content.length > 0 && content.bytes[content.length - 1] != '}')
        content.length--;
    for (size_t length = 0; length < content.length; length++) {
        struct arena *arena = arena_create();
        struct rabbitmq_queues queues = {.pages = 1};
        struct error error;
        assert_false(rabbitmq_queues_add(&queues, content.bytes, length, arena, &error));
        arena_free(arena);
    }
    text_release(&content);
}

static void reads_nodes(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rabbitmq_nodes nodes;
    struct error error;
    struct text content = fixture("nodes.json");
    assert_true(rabbitmq_nodes_parse(content.bytes, content.length, arena, &nodes, &error));
    assert_int_equal(nodes.count, 1);
    assert_true(nodes.items[0].running);
    assert_int_equal(nodes.items[0].memory_alarm, RABBITMQ_NO);
    assert_true(nodes.items[0].numbers[RABBITMQ_NODE_MEMORY] > 1e7);
    assert_true(nodes.items[0].partitions == 0);
    struct text parted = fixture("nodes-parted.json");
    assert_true(rabbitmq_nodes_parse(parted.bytes, parted.length, arena, &nodes, &error));
    assert_int_equal(nodes.count, 3);
    assert_string_equal(nodes.items[0].parted_from, "r3@localhost");
    assert_false(nodes.items[2].running);
    text_release(&parted);
    static const char stopped[] =
        "[{\"name\":\"r3\",\"running\":false,\"type\":\"disc\",\"cluster_links\":[]},"
        "{\"name\":\"r1\",\"running\":true,\"partitions\":[\"r3\",\"r2\"],\"mem_alarm\":true,"
        "\"fd_used\":\"unknown\"}]";
    assert_true(rabbitmq_nodes_parse(stopped, sizeof stopped - 1, arena, &nodes, &error));
    assert_false(nodes.items[0].running);
    assert_int_equal(nodes.items[0].disk_alarm, RABBITMQ_NOT_TOLD);
    assert_true(isnan(nodes.items[0].partitions));
    assert_true(nodes.items[1].partitions == 2);
    assert_string_equal(nodes.items[1].parted_from, "r3, r2");
    assert_int_equal(nodes.items[1].memory_alarm, RABBITMQ_YES);
    assert_true(isnan(nodes.items[1].numbers[RABBITMQ_NODE_FILES]));
    assert_false(rabbitmq_nodes_parse("[]", 2, arena, &nodes, &error));
    assert_false(rabbitmq_nodes_parse("[3]", 3, arena, &nodes, &error));
    text_release(&content);
    arena_free(arena);
}

static void reads_the_overview(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rabbitmq_overview overview;
    struct error error;
    struct text content = fixture("overview.json");
    assert_true(rabbitmq_overview_parse(content.bytes, content.length, arena, &overview, &error));
    assert_string_equal(overview.version, "3.10.8");
    assert_true(overview.numbers[RABBITMQ_OVERVIEW_QUEUES] == 3);
    assert_true(overview.numbers[RABBITMQ_OVERVIEW_PUBLISHED] == 3);
    static const char fresh[] = "{\"object_totals\":{\"queues\":0},\"queue_totals\":{}}";
    assert_true(rabbitmq_overview_parse(fresh, sizeof fresh - 1, arena, &overview, &error));
    assert_true(overview.numbers[RABBITMQ_OVERVIEW_MESSAGES] == 0);
    static const char silent[] = "{\"object_totals\":{\"queues\":2},\"queue_totals\":{}}";
    assert_true(rabbitmq_overview_parse(silent, sizeof silent - 1, arena, &overview, &error));
    assert_true(isnan(overview.numbers[RABBITMQ_OVERVIEW_MESSAGES]));
    assert_false(rabbitmq_overview_parse("{}", 2, arena, &overview, &error));
    assert_false(rabbitmq_overview_parse("[]", 2, arena, &overview, &error));
    text_release(&content);
    arena_free(arena);
}

static void reads_health_checks(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rabbitmq_health health;
    struct error error;
    static const char alarm[] =
        "{\"status\":\"failed\",\"reason\":\"There are alarms\",\"alarms\":[{\"node\":"
        "\"r1\",\"resource\":\"disk space\"},3]}";
    assert_true(rabbitmq_health_parse(alarm, sizeof alarm - 1, arena, &health, &error));
    assert_true(health.failed);
    assert_int_equal(health.alarms.count, 2);
    assert_string_equal(health.alarms.items[0].resource, "disk space");
    assert_string_equal(health.alarms.items[1].node, "");
    assert_true(rabbitmq_health_parse("{\"status\":\"ok\"}", 15, arena, &health, &error));
    assert_false(health.failed);
    assert_false(rabbitmq_health_parse("{\"status\":1}", 12, arena, &health, &error));
    arena_free(arena);
}

static void encodes_names(void **state)
{
    static const struct {
        const char *name, *path;
    } cases[] = {{"/", "%2F"},
                 {"orders", "orders"},
                 {"a b%c", "a%20b%25c"},
                 {"gr\xc3\xbcn", "gr%C3%BCn"},
                 {"a.b-c_d~e", "a.b-c_d~e"},
                 {"?#&+;=", "%3F%23%26%2B%3B%3D"},
                 {"", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text path = TEXT_INIT;
        rabbitmq_add_name(&path, cases[i].name);
        assert_string_equal(path.bytes, cases[i].path);
        text_release(&path);
    }
}

static void chooses_the_deepest_first(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct error error;
    struct rabbitmq_queues queues =
        queues_of("[{\"name\":\"b\",\"messages\":1},{\"name\":\"a\",\"messages\":1},{\"name\":\"c\"},"
                  "{\"name\":\"d\",\"messages\":9},{\"name\":\"skip\",\"messages\":99}]",
                  arena);
    const struct rabbitmq_wish wish = {NULL, "^skip$", NULL}, bad = {"(", NULL, NULL};
    assert_true(rabbitmq_choose(&queues, &wish, &error));
    assert_int_equal(queues.count, 4);
    assert_string_equal(queues.items[0].name, "c");
    assert_string_equal(queues.items[1].name, "d");
    assert_string_equal(queues.items[2].name, "a");
    assert_string_equal(queues.items[3].name, "b");
    assert_false(rabbitmq_choose(&queues, &bad, &error));
    arena_free(arena);
}

static void knows_when_a_limit_is_reached(void **state)
{
    static const struct {
        double value, growth, limit, time; /* below zero: not known */
    } cases[] = {{5000, 10, 10000, 500},   {10000, 10, 10000, 0},     {20000, -1, 10000, 0},
                 {5, 0, 10, GROWTH_NEVER}, {5, -3, 10, GROWTH_NEVER}, {5, 1e-12, 10, GROWTH_NEVER},
                 {5, (double)NAN, 10, -1}, {5, 1, (double)NAN, -1},   {(double)NAN, 1, 10, -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double time = growth_time(cases[i].value, cases[i].growth, cases[i].limit);
        if (cases[i].time < 0 ? !isnan(time) : fabs(time - cases[i].time) > 1e-9)
            fail_msg("case %zu: %f", i, time);
    }
}

static void writes_the_flow(void **state)
{
    static const struct {
        struct rabbitmq_flow flow;
        const char *text;
    } cases[] = {
        {{2200, 12, 3.14, 1, 10000, 7800}, ", in 12/s, out 3.1/s, grows by 1/s: reaches 10000 in 2h10m"},
        {{5, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}, ""},
        {{5, 1, 2, -1, 10, GROWTH_NEVER}, ", in 1/s, out 2/s"},
        {{5, 1, 0, 1, (double)NAN, (double)NAN}, ", in 1/s, out 0/s, grows by 1/s"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = TEXT_INIT;
        rabbitmq_flow_write(&cases[i].flow, &text);
        assert_string_equal(text.bytes, cases[i].text);
        text_release(&text);
    }
}

static void tells_what_outruns(void **state)
{
    static const struct {
        struct rabbitmq_flow flow;
        double outrun; /* below zero: not known */
    } cases[] = {{{5000, 120, 20, 5, 0, 0}, 100},
                 {{5000, 120, 115, 5, 0, 0}, 0},
                 {{500, 120, 20, 5, 0, 0}, 0},
                 {{5000, 120, 20, 0, 0, 0}, 0},
                 {{5000, 20, 120, 5, 0, 0}, 0},
                 {{5000, 0, 0, 5, 0, 0}, 0},
                 {{5000, 120, 20, (double)NAN, 0, 0}, -1},
                 {{5, (double)NAN, 0, 1, 0, 0}, -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double outrun = rabbitmq_flow_outrun(&cases[i].flow);
        if (cases[i].outrun < 0 ? !isnan(outrun) : fabs(outrun - cases[i].outrun) > 1e-9)
            fail_msg("case %zu: %f", i, outrun);
    }
}

static void stays_small_before_a_hostile_answer(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    struct rabbitmq_queues queues = {.pages = 1};
    struct error error;
    struct text content = TEXT_INIT;
    text_add_char(&content, '[');
    for (int i = 0; i < 1000000; i++)
        text_add(&content, "{},");
    text_add(&content, "{}]");
    assert_false(rabbitmq_queues_add(&queues, content.bytes, content.length, arena, &error));
    assert_non_null(strstr(error.text, "more than 200000 values"));
    text_clear(&content);
    text_add(&content, "[{\"name\":\"a\"}");
    for (int i = 0; i < RABBITMQ_QUEUES_CAP; i++)
        text_add(&content, ",{\"name\":\"b\"}");
    text_add_char(&content, ']');
    assert_false(rabbitmq_queues_add(&queues, content.bytes, content.length, arena, &error));
    assert_non_null(strstr(error.text, "more than 20000 queues"));
    text_clear(&content);
    for (int i = 0; i < 100000; i++)
        text_add_char(&content, '[');
    assert_false(rabbitmq_queues_add(&queues, content.bytes, content.length, arena, &error));
    text_release(&content);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_3_10_answers),
        cmocka_unit_test(a_fresh_queue_has_no_numbers),
        cmocka_unit_test(adds_page_to_page),
        cmocka_unit_test(tells_which_replicas_are_missing),
        cmocka_unit_test(rates_of_idle_queues),
        cmocka_unit_test(refuses_what_is_no_list_of_queues),
        cmocka_unit_test(tells_every_cut),
        cmocka_unit_test(reads_nodes),
        cmocka_unit_test(reads_the_overview),
        cmocka_unit_test(reads_health_checks),
        cmocka_unit_test(encodes_names),
        cmocka_unit_test(chooses_the_deepest_first),
        cmocka_unit_test(knows_when_a_limit_is_reached),
        cmocka_unit_test(writes_the_flow),
        cmocka_unit_test(tells_what_outruns),
        cmocka_unit_test(stays_small_before_a_hostile_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char *command[] = {"clean_spool", "--directory", "$_HOSTSPOOL$", NULL};
static struct pair variables[] = {{"SPOOL", "/var/spool/a b"}};
static const struct host hosts[] = {{.name = "web01", .vars = {variables, 1}}, {.name = "web02"}};
static const struct host *host_list[] = {&hosts[0], &hosts[1]};
static const struct remediation clean = {.name = "clean",
                                         .issue = "OPS-1",
                                         .owner = "geoff",
                                         .cause = "vendor",
                                         .tagged_text = "2026-11-01",
                                         .ttl = INT64_C(30) * 86400000,
                                         .timeout = 90000,
                                         .diagnosed = true,
                                         .command = {command, 3}};
static const struct remediation dry = {
    .name = "dry", .issue = "OPS-2", .mode = MODE_DRY_RUN, .command = {command, 3}};
static const struct remediation none = {.name = "none", .issue = "OPS-3"};
static const struct remediation unnamed = {.name = "unnamed", .issue = "OPS-4", .command = {command, 3}};
static const struct remediation *remediations[] = {&clean, &dry, &none, &unnamed};
static const struct check_plan queue = {.name = "queue", .remediate = remediations, .remediate_count = 3};
static struct binding bindings[] = {{&hosts[0], &queue}, {&hosts[1], &queue}};
static const struct model model = {
    .site = {.state = "/state"},
    .hosts = host_list,
    .host_count = 2,
    .bindings = bindings,
    .binding_count = 2,
    .remediations = remediations,
    .remediation_count = 4,
};

static bool read_text(const char *text, struct arena *arena, struct order *order, struct error *error)
{
    return order_read(text, strlen(text), arena, order, error);
}

static void makes_the_configured_command(void **state)
{
    static const char *const expected[] = {
        "clean_spool",
        "--directory",
        "/var/spool/a b",
        "--issue",
        "OPS-1",
        "--tagged",
        "2026-11-01",
        "--ttl",
        "30d",
        "--owner",
        "geoff",
        "--cause",
        "vendor",
        "--target",
        "web01",
        "--remediation",
        "clean",
        "--run",
        "r-1",
        "--ledger",
        "/state/ledger.jsonl",
        "--diagnostics",
        "/state/diagnostics",
        "--timeout",
        "1m30s",
        "--diagnosed",
    };
    struct arena *arena = arena_create();
    struct order order;
    struct words argv;
    struct error error = {""};
    const struct remediation *what = NULL;
    (void)state;
    assert_true(read_text("{\"remediation\":\"clean\",\"subject\":\"web01/queue\",\"run\":\"r-1\"}", arena,
                          &order, &error));
    assert_string_equal(order.subject, "web01/queue");
    assert_false(order.dry_run);
    if (!order_command(&order, &model, arena, &what, &argv, &error))
        fail_msg("%s", error.text);
    assert_ptr_equal(what, &clean);
    assert_int_equal(argv.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < argv.count; i++)
        assert_string_equal(argv.items[i], expected[i]);
    assert_null(argv.items[argv.count]);
    arena_free(arena);
}

/* With the words of the options that hold whoever asks; those of a service where the host has one. */
static void tells_renewal_and_limits(void **state)
{
    static const char *const expected[] = {
        "--renewal",
        "the fix slipped",
        "--cooldown",
        "1d2h3m4s5ms",
        "--max",
        "3 per 1h",
        "--max-total",
        "9 per 1d",
        "--concurrency",
        "2",
        "--site-max",
        "7 per 1h30m",
        "--host-service",
        "web",
        "--share",
        "1 of 2",
        "--service-max",
        "5 per 10m",
        "--service-concurrency",
        "4",
    };
    static const struct service service = {.name = "web", .bounds = {4, {5, 600000}}};
    const struct host web[] = {{.name = "web01", .service = &service},
                               {.name = "web02", .service = &service}};
    const struct host *both[] = {&web[0], &web[1]};
    static const char *words[] = {"clean_spool", NULL};
    const struct remediation limited = {.name = "clean",
                                        .issue = "OPS-1",
                                        .tagged_text = "2026-11-01",
                                        .renewal = "the fix slipped",
                                        .cooldown = INT64_C(93784005),
                                        .max = {3, 3600000},
                                        .max_total = {9, 86400000},
                                        .concurrency = 2,
                                        .share = 50,
                                        .command = {words, 1}};
    const struct model bound = {
        .site = {.state = "/state"}, .hosts = both, .host_count = 2, .governance.bounds.max = {7, 5400000}};
    struct order_run what = {&limited, &web[0], "queue", "r", false};
    struct arena *arena = arena_create();
    struct words argv;
    size_t found = 0;
    (void)state;
    assert_true(order_words(&what, &bound, arena, &argv, NULL));
    for (size_t i = 0; i < argv.count && found < sizeof expected / sizeof expected[0]; i++)
        found += strcmp(argv.items[i], expected[found]) == 0;
    assert_int_equal(found, sizeof expected / sizeof expected[0]);
    const struct host stranger = {.name = "db01"};
    what.host = &stranger;
    assert_true(order_words(&what, &bound, arena, &argv, NULL));
    for (size_t i = 0; i < argv.count; i++)
        assert_null(strstr(argv.items[i], "service"));
    arena_free(arena);
}

static void a_dry_run_stays_one(void **state)
{
    static const char *const texts[] = {
        "{\"remediation\":\"clean\",\"subject\":\"web01/queue\",\"run\":\"r\",\"dry_run\":true}",
        "{\"remediation\":\"dry\",\"subject\":\"web01/queue\",\"run\":\"r\",\"dry_run\":false}",
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct arena *arena = arena_create();
        struct order order;
        struct words argv;
        const struct remediation *what = NULL;
        assert_true(read_text(texts[i], arena, &order, NULL));
        assert_true(order_command(&order, &model, arena, &what, &argv, NULL));
        assert_string_equal(argv.items[argv.count - 1], "--dry-run");
        arena_free(arena);
    }
}

static void refuses_what_is_not_listed(void **state)
{
    static const struct {
        const char *remediation, *subject, *sentence;
    } rows[] = {
        {"gone", "web01/queue", "no remediation \"gone\" in the configuration"},
        {"clean", "web09/queue", "no check \"web09/queue\" in the configuration"},
        {"clean", "web01/load", "no check \"web01/load\" in the configuration"},
        {"unnamed", "web01/queue", "the check \"web01/queue\" does not name the remediation \"unnamed\""},
        {"none", "web01/queue", "the remediation \"none\" has no command"},
        {"clean", "web02/queue", "host \"web02\" has no variable \"SPOOL\" for the macro \"$_HOSTSPOOL$\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        struct order order;
        struct words argv;
        struct error error = {""};
        const struct remediation *what = NULL;
        char text[256];
        (void)snprintf(text, sizeof text, "{\"remediation\":\"%s\",\"subject\":\"%s\",\"run\":\"r\"}",
                       rows[i].remediation, rows[i].subject);
        assert_true(read_text(text, arena, &order, &error));
        assert_false(order_command(&order, &model, arena, &what, &argv, &error));
        assert_string_equal(error.text, rows[i].sentence);
        arena_free(arena);
    }
}

static void refuses_what_is_no_request(void **state)
{
    static const struct {
        const char *text, *run;
    } rows[] = {
        {"", ""},
        {"[]", ""},
        {"{}", ""},
        {"{\"run\":7}", ""},
        {"{\"run\":\"\"}", ""},
        {"{\"run\":\".r\"}", ""},
        {"{\"run\":\"a/b\"}", ""},
        {"{\"run\":\"r\"}", "r"},
        {"{\"run\":\"r\",\"remediation\":\"../x\",\"subject\":\"a/b\"}", "r"},
        {"{\"run\":\"r\",\"remediation\":\"x\",\"subject\":\"a\"}", "r"},
        {"{\"run\":\"r\",\"remediation\":\"x\",\"subject\":\"/b\"}", "r"},
        {"{\"run\":\"r\",\"remediation\":\"x\",\"subject\":\"a/\"}", "r"},
        {"{\"run\":\"r\",\"remediation\":\"x\",\"subject\":\"a/b/c\"}", "r"},
        {"{\"run\":\"r\",\"remediation\":\"x\",\"subject\":\"a/b\",\"argv\":[]}", "r"},
        {"{\"run\":\"r\",\"run\":\"s\",\"remediation\":\"x\",\"subject\":\"a/b\"}", ""},
        {"{\"run\":\"r\",\"remediation\":\"x\",\"subject\":\"a/b\"}}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_create();
        struct order order;
        struct error error = {""};
        assert_false(read_text(rows[i].text, arena, &order, &error));
        assert_string_equal(order.run, rows[i].run);
        assert_true(error.text[0] != '\0');
        arena_free(arena);
    }
}

static void takes_only_known_variables(void **state)
{
    static const char text[] =
        "{\"run\":\"r\",\"remediation\":\"clean\",\"subject\":\"web01/queue\",\"environment\":{\"PATH\":\"/"
        "evil\","
        "\"LD_PRELOAD\":\"x\",\"WATCHBILL_LEDGER\":\"x\",\"WATCHBILL_OUTPUT\":\"a\\u001b[2J\\u0007b\","
        "\"NAGIOS_SERVICESTATE\":\"CRITICAL\",\"NAGIOS_HOSTSTATE\":5}}";
    struct arena *arena = arena_create();
    struct order order;
    (void)state;
    assert_true(read_text(text, arena, &order, NULL));
    assert_int_equal(order.environment.count, 2);
    assert_string_equal(order.environment.items[0], "NAGIOS_SERVICESTATE=CRITICAL");
    assert_string_equal(order.environment.items[1], "WATCHBILL_OUTPUT=a [2J b");
    assert_null(order.environment.items[2]);
    arena_free(arena);
}

static void refuses_too_much(void **state)
{
    struct arena *arena = arena_create();
    struct order order;
    struct error error;
    char *huge = arena_get(arena, ORDER_BYTES + 2, 1);
    (void)state;
    memset(huge, ' ', ORDER_BYTES + 1);
    assert_false(order_read(huge, ORDER_BYTES + 1, arena, &order, &error));
    assert_string_equal(error.text, "a request of more than 32768 bytes");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_configured_command),
        cmocka_unit_test(tells_renewal_and_limits),
        cmocka_unit_test(a_dry_run_stays_one),
        cmocka_unit_test(refuses_what_is_not_listed),
        cmocka_unit_test(refuses_what_is_no_request),
        cmocka_unit_test(takes_only_known_variables),
        cmocka_unit_test(refuses_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

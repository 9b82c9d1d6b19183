/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a request to the privileged helper: whatever comes, the command is one of the configuration's, word for
 * word, for a check that names it; and any bytes that a program prints make a reply. */
#include "scheduler/core/order.h"

#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { OWN_WORDS = 4, OPTIONS = 2 * 10 + 1 };

static const char *command[] = {"clean_spool", "--directory", "$_HOSTSPOOL$", "$SERVICEDESC$", NULL};
static struct pair variables[] = {{"SPOOL", "/var/spool/x; rm -rf /"}};
static const struct host web01 = {.name = "web01", .address = "10.0.0.1", .vars = {variables, 1}};
static const struct host web02 = {.name = "web02", .address = "10.0.0.2"}; /* has no SPOOL */
static const struct remediation clean = {.name = "clean",
                                         .issue = "OPS-1",
                                         .owner = "geoff",
                                         .tagged_text = "2026-11-01",
                                         .ttl = 86400000,
                                         .timeout = 60000,
                                         .command = {command, OWN_WORDS}};
static const struct remediation rehearsed = {.name = "rehearsed",
                                             .issue = "OPS-3",
                                             .owner = "geoff",
                                             .tagged_text = "2026-11-01",
                                             .ttl = 86400000,
                                             .mode = MODE_DRY_RUN,
                                             .command = {command, OWN_WORDS}};
static const struct remediation other = {
    .name = "other", .issue = "OPS-2", .command = {command, OWN_WORDS}}; /* no check names it */
static const struct remediation *all[] = {&clean, &rehearsed, &other};
static const struct check_plan queue = {.name = "queue", .remediate = all, .remediate_count = 2};
static const struct check_plan load = {.name = "load"};

static void judge_environment(const struct words *environment)
{
    assert(environment->items[environment->count] == NULL);
    for (size_t i = 0; i < environment->count; i++) {
        const char *text = environment->items[i];
        assert(strncmp(text, "NAGIOS_", 7) == 0 || strncmp(text, "WATCHBILL_", 10) == 0);
        assert(strlen(text) <= 64 + ORDER_TEXT_BYTES);
        for (const char *at = text; *at; at++)
            assert((unsigned char)*at >= ' ' || *at == '\n' || *at == '\t');
    }
}

static void judge(const struct order *order, const struct remediation *what, const struct words *argv)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    bool dry = order->dry_run || what == &rehearsed;
    assert(what == &clean || what == &rehearsed);
    assert(strcmp(order->subject, "web01/queue") == 0);
    assert(argv->count == OWN_WORDS + OPTIONS + dry && argv->items[argv->count] == NULL);
    assert(strcmp(argv->items[0], "clean_spool") == 0 && strcmp(argv->items[1], "--directory") == 0);
    assert(strcmp(argv->items[2], "/var/spool/x; rm -rf /") == 0 && strcmp(argv->items[3], "queue") == 0);
    assert(dry == (strcmp(argv->items[argv->count - 1], "--dry-run") == 0));
    for (size_t i = OWN_WORDS; i + 1 < argv->count; i++) {
        if (strcmp(argv->items[i], "--remediation") == 0)
            assert(strcmp(argv->items[i + 1], what->name) == 0);
        if (strcmp(argv->items[i], "--run") == 0)
            assert(strcmp(argv->items[i + 1], order->run) == 0);
    }
    assert(*order->run && *order->run != '.' && strspn(order->run, allowed) == strlen(order->run));
    assert(strlen(order->run) <= ORDER_RUN_BYTES);
    judge_environment(&order->environment);
}

static void reply(const char *bytes, size_t length)
{
    char *message = order_reply("r1", "exited", 0, bytes, length);
    json_t *read = json_loads(message, 0, NULL);
    assert(json_is_string(json_object_get(read, "text")));
    json_decref(read);
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct binding bindings[] = {{&web01, &queue}, {&web01, &load}, {&web02, &queue}};
    const struct host *hosts[] = {&web01, &web02};
    const struct model model = {
        .site = {.state = "/var/lib/watchbill"},
        .hosts = hosts,
        .host_count = 2,
        .bindings = bindings,
        .binding_count = 3,
        .remediations = all,
        .remediation_count = 3,
    };
    struct arena *arena = arena_create();
    struct order order;
    struct words argv;
    struct error error;
    const struct remediation *what = NULL;
    if (order_read((const char *)bytes, length, arena, &order, &error) &&
        order_command(&order, &model, arena, &what, &argv, &error))
        judge(&order, what, &argv);
    reply((const char *)bytes, length);
    arena_free(arena);
    return 0;
}

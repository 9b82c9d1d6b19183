/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a request to the privileged helper: whatever comes, the command is one of the configuration's. */
#include "scheduler/core/order.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char *command[] = {"clean_spool", "--directory", "$_HOSTSPOOL$", NULL};
static struct pair variables[] = {{"SPOOL", "/var/spool/x; rm -rf /"}};
static const struct host host = {.name = "web01", .address = "10.0.0.1", .vars = {variables, 1}};
static const struct remediation clean = {.name = "clean",
                                         .issue = "OPS-1",
                                         .owner = "geoff",
                                         .tagged_text = "2026-11-01",
                                         .ttl = 86400000,
                                         .timeout = 60000,
                                         .command = {command, 3}};
static const struct remediation other = {.name = "other", .issue = "OPS-2", .command = {command, 3}};
static const struct remediation *both[] = {&clean, &other};
static const struct check_plan plan = {.name = "queue", .remediate = both, .remediate_count = 1};

static void judge(const struct order *order, const struct remediation *what, const struct words *argv)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    size_t dry = order->dry_run ? 1 : 0;
    assert(what == &clean);
    assert(argv->count == 3 + 2 * 10 + 1 + dry && argv->items[argv->count] == NULL);
    assert(strcmp(argv->items[0], "clean_spool") == 0);
    assert(strcmp(argv->items[2], "/var/spool/x; rm -rf /") == 0);
    assert(strspn(order->run, allowed) == strlen(order->run) && strlen(order->run) <= ORDER_RUN_BYTES);
    for (size_t i = 0; i < order->environment.count; i++) {
        const char *text = order->environment.items[i];
        assert(strncmp(text, "NAGIOS_", 7) == 0 || strncmp(text, "WATCHBILL_", 10) == 0);
        assert(strchr(text, '\x1b') == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct binding binding = {&host, &plan};
    const struct host *hosts[] = {&host};
    const struct model model = {
        .site = {.state = "/var/lib/watchbill"},
        .hosts = hosts,
        .host_count = 1,
        .bindings = &binding,
        .binding_count = 1,
        .remediations = both,
        .remediation_count = 2,
    };
    struct arena *arena = arena_create();
    struct order order;
    struct words argv;
    struct error error;
    const struct remediation *what = NULL;
    if (order_read((const char *)bytes, length, arena, &order, &error) &&
        order_command(&order, &model, arena, &what, &argv, &error))
        judge(&order, what, &argv);
    arena_free(arena);
    return 0;
}

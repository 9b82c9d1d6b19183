/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what the servers say that remediations change: HAProxy's table of servers, RabbitMQ's answer about a
 * queue; and as what people give: a HOST:PORT. */
#include "remediations/tools/haproxy_admin.h"
#include "remediations/tools/mysql_move.h"
#include "remediations/tools/rabbitmq_admin.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_servers(char *text)
{
    struct haproxy_standing standing = {.weight = 0};
    if (haproxy_admin_parse(text, "web/a", &standing))
        assert(standing.admin <= 0xffff && standing.weight >= 0 && standing.weight <= 256 &&
               standing.weighs >= 0 && standing.weighs <= 256);
}

static void check_consumers(const char *bytes, size_t length, struct arena *arena)
{
    struct rabbitmq_consumers *consumers = arena_get(arena, 1, sizeof *consumers);
    struct error error = {""};
    bool done = rabbitmq_consumers_parse(bytes, length, arena, consumers, &error);
    assert(done || error.text[0] != '\0');
    for (size_t i = 0; done && i < consumers->count; i++)
        assert(*consumers->items[i].connection && *consumers->items[i].channel && consumers->items[i].peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create();
    struct act_place place;
    struct error error = {""};
    char *text = arena_text_of(arena, (const char *)bytes, length);
    check_consumers(text, length, arena);
    if (mysql_move_place(text, arena, &place, &error))
        assert(*place.host && place.port >= 1 && place.port <= 65535 && mysql_move_is_word(place.host));
    if (haproxy_admin_check(text, &error))
        assert(strlen(text) <= 128 && !strpbrk(text, " ;\n\\"));
    check_servers(text);
    arena_free(arena);
    return 0;
}

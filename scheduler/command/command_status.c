/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status */
#include "lib/utf8.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/say.h"
#include "scheduler/command/site.h"

static void write_detail(struct text *out, const char *name, const char *value)
{
    if (*value) {
        text_format(out, "    %s ", name);
        utf8_add(out, value, strlen(value));
        text_add_char(out, '\n');
    }
}

static void write_check(struct text *out, const json_t *check, const struct zone *zone)
{
    const char *state = site_text(check, "state"), *text = site_text(check, "text");
    const char *subject = site_text(check, "subject"), *name = site_text(check, "name");
    /* The identity may come whole or in its two parts. */
    text_format(out, "%s%s%s %s", subject, *name ? "/" : "", name, state);
    if (strcmp(state, "PENDING") != 0) {
        text_format(out, " %s since ", site_text(check, "type"));
        instant_write(out, zone, site_whole(check, "since"));
        text_add(out, ": ");
        utf8_add(out, text, strcspn(text, "\n"));
    }
    text_add_char(out, '\n');
    if (site_whole(check, "problem") > 0)
        text_format(out, "    problem %lld\n", (long long)site_whole(check, "problem"));
    write_detail(out, "acknowledged by", site_text(check, "acknowledged"));
    if (strcmp(site_text(check, "host_state"), "UP") != 0)
        write_detail(out, "host is", site_text(check, "host_state"));
    say_calm(out, check, zone);
    write_detail(out, "remediation", site_text(check, "remediation"));
    if (json_is_true(json_object_get(check, "flapping")))
        text_add(out, "    flapping\n");
}

static void write_status(struct text *out, const struct site_reply *reply, const void *with)
{
    (void)with;
    size_t index;
    const json_t *check;
    const char *trouble = site_text(reply->answer, "trouble");
    json_array_foreach(json_object_get(reply->answer, "checks"), index, check)
        write_check(out, check, reply->zone);
    if (*trouble) {
        text_add(out, "The scheduler itself has a problem: ");
        utf8_add(out, trouble, strlen(trouble));
        text_add_char(out, '\n');
    }
}

static int run(const void *arguments, struct command_call *call)
{
    (void)arguments;
    const char *match = call->words.count ? call->words.items[0] : NULL;
    json_t *request = json_pack("{s:s, s:s?}", "command", "status", "match", match);
    return site_tell(call, request, SITE_TIMEOUT, write_status, NULL);
}

const struct command command_status = {
    .name = "status",
    .usage = "[HOST[/CHECK]]",
    .summary = "tells the state of checks",
    .notes =
        "HOST/CHECK STATE SOFT|HARD since TIME: TEXT, or PENDING before the first result. The check "
        "service:NAME/serving is REDUNDANCY while fewer hosts than all serve, HOST/verify is VERIFYING until "
        "its time is over. Exit: 0 whatever the states are, 1 for a host or a check that there is not.",
    .most = 1,
    .run = run,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/command/say.h"

#include "lib/number.h"
#include "lib/utf8.h"
#include "lib/instant.h"

bool say_instant(struct command_call *call, const char *option, const char *given, int64_t *at)
{
    struct error error = {""};
    *at = 0;
    if (!given || instant_read(given, call->now, at, &error))
        return true;
    (void)command_refuse(call, "--%s: %s", option, error.text);
    return false;
}

bool say_ending(struct command_call *call, const char *until, int64_t span, int64_t from, int64_t *at)
{
    if (until && span > 0) {
        (void)command_refuse(call, "--until and --for exclude each other");
        return false;
    }
    if (!say_instant(call, "until", until, at))
        return false;
    if (span > 0)
        *at = (from ? from : call->now) + span / 1000;
    return true;
}

const char *say_match(struct command_call *call, size_t first)
{
    struct text match = TEXT_INIT;
    for (size_t i = first; i < call->words.count; i++)
        text_format(&match, "%s%s", i > first ? " " : "", call->words.items[i]);
    const char *kept = arena_text(call->arena, match.bytes);
    text_release(&match);
    return kept;
}

struct said {
    const char *what, *done;
};

static void write_said(struct text *out, const struct site_reply *reply, const void *with)
{
    const struct said *said = with;
    const json_t *checks = json_object_get(reply->answer, "checks");
    text_format(out, "%s %lld%s\n", said->what, (long long)site_whole(reply->answer, "id"), said->done);
    if (json_is_integer(checks))
        text_format(out, "%lld check%s meant at present\n", (long long)json_integer_value(checks),
                    json_integer_value(checks) == 1 ? " is" : "s are");
}

int say_make(struct command_call *call, json_t *request, const char *what)
{
    return site_tell(call, request, SITE_TIMEOUT, write_said, &(struct said){what, ""});
}

int say_end(struct command_call *call, const char *deed, const char *what)
{
    int64_t id;
    if (!number_read_whole(call->words.items[0], 1, INT64_MAX, &id))
        return command_refuse(call, "not an id: \"%s\"", call->words.items[0]);
    return site_tell(call, json_pack("{s:s, s:I}", "command", deed, "id", (json_int_t)id), SITE_TIMEOUT,
                     write_said, &(struct said){what, " has ended"});
}

struct listed {
    const char *name;
    say_writer *write;
};

static void write_list(struct text *out, const struct site_reply *reply, const void *with)
{
    const struct listed *listed = with;
    size_t index;
    const json_t *each;
    json_array_foreach(json_object_get(reply->answer, listed->name), index, each) {
        text_format(out, "%lld ", (long long)site_whole(each, "id"));
        listed->write(out, reply->zone, each);
        text_add_char(out, '\n');
    }
}

int say_list(struct command_call *call, const char *name, say_writer *write)
{
    return site_tell(call, json_pack("{s:s}", "command", name), SITE_TIMEOUT, write_list,
                     &(struct listed){name, write});
}

void say_until(struct text *out, const struct zone *zone, const char *word, int64_t at)
{
    if (at == 0)
        return;
    text_format(out, " %s ", word);
    instant_write(out, zone, at);
}

void say_comment(struct text *out, const json_t *each, const char *key)
{
    const char *comment = site_text(each, key);
    if (*comment == '\0')
        return;
    text_add(out, ": ");
    utf8_add(out, comment, strlen(comment));
}

static void write_pause(struct text *out, const char *name, const json_t *pause, const char *who,
                        const struct zone *zone)
{
    if (!json_is_object(pause))
        return;
    text_format(out, "    in %s %lld of %s", name, (long long)site_whole(pause, "id"), site_text(pause, who));
    if (site_whole(pause, "until")) {
        text_add(out, " until ");
        instant_write(out, zone, site_whole(pause, "until"));
    }
    text_add_char(out, '\n');
}

void say_calm(struct text *out, const json_t *check, const struct zone *zone)
{
    size_t index;
    const json_t *comment;
    write_pause(out, "downtime", json_object_get(check, "downtime"), "author", zone);
    write_pause(out, "silence", json_object_get(check, "silence"), "owner", zone);
    json_array_foreach(json_object_get(check, "comments"), index, comment) {
        text_format(out, "    %s: ", site_text(comment, "author"));
        utf8_add(out, site_text(comment, "text"), strlen(site_text(comment, "text")));
        text_add_char(out, '\n');
    }
}

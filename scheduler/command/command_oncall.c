/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oncall */
#include "lib/json.h"
#include "lib/number.h"
#include "lib/nearest.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"
#include "scheduler/core/rota_json.h"

enum { BOTH, ALERT, NOTIFY, DEFAULT_DAYS = 7, MOST_GAPS = 10000 };

struct arguments {
    const char *at, *until;
    int urgency;
    bool gaps;
};

static const char *const urgencies[] = {[BOTH] = "both", [ALERT] = "alert", [NOTIFY] = "notify", NULL};

static const struct option_row options[] = {
    {"at", 0, TEXT(struct arguments, at), .value = "TIME",
     .help = "The instant that is asked about, RFC 3339 or epoch seconds; now unless given."},
    {"urgency", 0, CHOICE(struct arguments, urgency), .value = "URGENCY", .choices = urgencies,
     .help = "By which contacts: those that wake someone, those that can wait, or both."},
    {"gaps", 0, FLAG(struct arguments, gaps),
     .help = "The stretches from that instant on in which nobody is called."},
    {"until", 0, TEXT(struct arguments, until), .value = "TIME",
     .help = "The end of the time in which gaps are sought; a week later unless given."},
    {0},
};

struct question {
    struct command_call *call;
    const struct model *model;
    const struct group *group;
    enum urgency urgency;
    int64_t at, until;
    json_t *answers; /* NULL: text */
};

/* ---- who is called ---- */

static void write_contact(struct text *text, const struct contact *contact)
{
    text_format(text, " %s", channel_name(contact->channel));
    if (contact->channel != CHANNEL_COMMAND)
        text_format(text, " %s", contact->address);
    else
        for (size_t i = 0; i < contact->command.count; i++)
            text_format(text, " %s", contact->command.items[i]);
}

/* One person of the shift: by what the person is reached; false: not at all. */
static bool tell_user(const struct question *question, const struct user *user, size_t place)
{
    struct arena *arena = question->call->arena;
    size_t room = user->contact_count[question->urgency];
    const struct contact **contacts = arena_get(arena, room + 1, sizeof(struct contact *));
    size_t count = rota_contacts(question->model, question->group, user, question->urgency, question->at,
                                 contacts, room);
    if (count == 0)
        return false;
    struct text *out = question->call->out;
    text_format(out, "  %zu. %s", place, user->name);
    if (user->full_name && strcmp(user->full_name, user->name) != 0)
        text_format(out, " (%s)", user->full_name);
    const struct user *replaced = rota_replaced(question->model, question->group, question->at, user);
    if (replaced)
        text_format(out, " in place of %s", replaced->name);
    text_add_char(out, ':');
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? "," : "");
        write_contact(out, contacts[i]);
        if (contacts[i]->importance)
            text_format(out, " (importance %d or more)", contacts[i]->importance);
    }
    if (place > 1 && question->group->escalate_after) {
        text_add(out, ", after ");
        duration_write(out, (int64_t)(place - 1) * question->group->escalate_after);
    }
    text_add_char(out, '\n');
    return true;
}

static bool tell_call(const struct question *question)
{
    const struct model *model = question->model;
    const struct group *group = question->group;
    bool itself = rota_first(model, group, question->urgency, question->at, 0) != NULL;
    bool anyone = itself;
    for (size_t i = 0; i < group->group_count; i++)
        anyone |= rota_first(model, group->groups[i], question->urgency, question->at, 0) != NULL;
    if (question->answers) {
        json_add(question->answers, rota_json(model, group, question->urgency, question->at));
        return anyone;
    }
    size_t count = rota_on_call(model, group, question->at, NULL, 0), place = 1;
    const struct user **users = arena_get(question->call->arena, count + 1, sizeof(struct user *));
    (void)rota_on_call(model, group, question->at, users, count);
    struct text *out = question->call->out;
    text_format(out, "%s, %s: %s", group->name, urgency_name(question->urgency),
                itself   ? "called in this order"
                : anyone ? "nobody itself"
                         : "nobody");
    const struct override *override = rota_override(group, question->at);
    if (override) {
        text_add(out, ", by an override until ");
        instant_write(out, rota_zone(model, group, NULL), override->until);
    }
    text_add_char(out, '\n');
    for (size_t i = 0; i < count; i++)
        place += tell_user(question, users[i], place) ? 1 : 0;
    for (size_t i = 0; i < group->group_count; i++)
        text_format(out, "%s%s%s", i ? ", " : "  told as well: group ", group->groups[i]->name,
                    i + 1 == group->group_count ? "\n" : "");
    return anyone;
}

/* ---- when nobody is ---- */

static void tell_gap(const struct question *question, int64_t start, int64_t end)
{
    if (question->answers) {
        json_add(question->answers, json_pack("{s:s, s:s, s:I, s:I}", "group", question->group->name,
                                              "urgency", urgency_name(question->urgency), "from",
                                              (json_int_t)start, "until", (json_int_t)end));
        return;
    }
    const struct zone *zone = rota_zone(question->model, question->group, NULL);
    struct text *out = question->call->out;
    text_format(out, "%s, %s: nobody from ", question->group->name, urgency_name(question->urgency));
    instant_write(out, zone, start);
    text_add(out, " until ");
    instant_write(out, zone, end);
    text_add_char(out, '\n');
}

static bool tell_gaps(const struct question *question)
{
    int64_t start, end = question->at;
    int count = 0;
    while (count < MOST_GAPS && rota_gap(question->model, question->group, question->urgency, ROTA_ANY, end,
                                         question->until, &start, &end)) {
        tell_gap(question, start, end);
        count++;
    }
    if (count == 0 && !question->answers)
        text_format(question->call->out, "%s, %s: always somebody\n", question->group->name,
                    urgency_name(question->urgency));
    return count == 0;
}

/* ---- the command ---- */

static int answer_all(struct question *question, const struct arguments *arguments, const struct group *only)
{
    bool good = true;
    for (size_t i = 0; i < question->model->group_count; i++) {
        bool anyone = false, covered = true;
        question->group = question->model->groups[i];
        if (only && question->group != only)
            continue;
        for (enum urgency urgency = URGENCY_ALERT; urgency >= URGENCY_NOTIFY; urgency--) {
            if ((arguments->urgency == ALERT && urgency != URGENCY_ALERT) ||
                (arguments->urgency == NOTIFY && urgency != URGENCY_NOTIFY))
                continue;
            question->urgency = urgency;
            if (arguments->gaps)
                covered &= tell_gaps(question);
            else
                anyone |= tell_call(question);
        }
        good &= arguments->gaps ? covered : anyone;
    }
    return good ? COMMAND_YES : COMMAND_NO;
}

static int refuse_group(struct command_call *call, const struct model *model, const char *name)
{
    struct nearest nearest = {.wanted = name};
    for (size_t i = 0; i < model->group_count; i++)
        nearest_try(&nearest, model->groups[i]->name);
    if (nearest.name)
        return command_refuse(call, "no such group as \"%s\"; did you mean \"%s\"", name, nearest.name);
    return command_refuse(call, "no such group as \"%s\"", name);
}

static int ask(struct question *question, const struct arguments *arguments)
{
    struct command_call *call = question->call;
    const struct group *only = NULL;
    if (call->words.count) {
        only = model_group(question->model, call->words.items[0]);
        if (!only)
            return refuse_group(call, question->model, call->words.items[0]);
    }
    question->answers = call->json ? json_array() : NULL;
    int code = answer_all(question, arguments, only);
    if (question->answers) {
        json_t *object = json_pack("{s:I, s:O}", "at", (json_int_t)question->at,
                                   arguments->gaps ? "gaps" : "oncall", question->answers);
        if (arguments->gaps)
            json_set(object, "until", json_integer(question->until));
        json_write(call->out, object);
        json_decref(object);
        json_decref(question->answers);
    }
    return code;
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct error error = {""};
    struct question question = {.call = call, .at = call->now};
    if (arguments->at && !instant_read(arguments->at, call->now, &question.at, &error))
        return command_refuse(call, "%s", error.text);
    question.until = question.at + INT64_C(86400) * DEFAULT_DAYS;
    if (arguments->until && !instant_read(arguments->until, call->now, &question.until, &error))
        return command_refuse(call, "%s", error.text);
    if (arguments->until && !arguments->gaps)
        return command_refuse(call, "--until belongs to --gaps");
    if (question.until <= question.at)
        return command_refuse(call, "--until is not after --at");
    struct model *model = site_load_users(call);
    if (!model)
        return COMMAND_REFUSED;
    question.model = model;
    int code = ask(&question, arguments);
    model_free(model);
    return code;
}

const struct command command_oncall = {
    .name = "oncall",
    .usage = "[GROUP] [--at TIME] [--urgency alert|notify] [--gaps [--until TIME]]",
    .summary = "tells who is called, in order and by what, or when nobody is",
    .notes = "Exit: 1 when nobody is called, or with --gaps when there is a gap.",
    .options = options,
    .size = sizeof(struct arguments),
    .most = 1,
    .run = run,
};

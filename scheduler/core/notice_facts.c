/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice_facts.h"

#include "lib/form.h"
#include "lib/clean.h"
#include "lib/json.h"
#include "lib/memory.h"
#include "lib/number.h"
#include "lib/utf8.h"
#include "scheduler/core/notice.h"
#include "scheduler/core/rota.h"

enum {
    OUTPUT_MOST = 16384, /* bytes of the text of one check */
    OUTPUT_SHORT = 1024, /* of several checks */
    MEMBERS_MOST = 500,
};

static void set_text(json_t *object, const char *key, const char *value, size_t most)
{
    struct text text = TEXT_INIT;
    if (!value)
        return;
    utf8_add(&text, value, strlen(value));
    if (text.length > most) {
        clean_cut(&text, most);
        text_add(&text, "\n[cut]");
    }
    json_set(object, key, json_string(text.bytes));
    text_release(&text);
}

static void set_whole(json_t *object, const char *key, int64_t value)
{
    json_set(object, key, json_integer(value));
}

/* ---- the checks ---- */

static json_t *member_of(const struct notice_source *source, uint32_t index, size_t most)
{
    const struct binding *binding = &source->model->bindings[index];
    const struct check_plan *plan = binding->plan;
    struct notice_known known = source->known(source->owner, index);
    json_t *member = json_object();
    json_set(member, "host", json_string(binding->host->name));
    set_text(member, "address", binding->host->address, most);
    json_set(member, "check", json_string(plan->name));
    set_text(member, "title", plan->title ? plan->title : plan->name, most);
    set_text(member, "service", binding->host->service ? binding->host->service->name : NULL, most);
    json_set(member, "state", json_string(verdict_name(known.state->verdict)));
    json_set(member, "state_name", json_string(model_state_name(plan, known.state->verdict)));
    json_set(member, "type", json_string(state_type_name(known.state->type)));
    set_whole(member, "attempt", known.state->attempt);
    set_whole(member, "attempts", plan->attempts);
    json_set(member, "flapping", json_boolean(known.state->flapping));
    set_whole(member, "problem", (int64_t)known.state->problem);
    set_whole(member, "since", known.state->hard_since);
    set_whole(member, "last_ok", known.state->last_ok);
    set_text(member, "output", known.output, most);
    set_text(member, "info", plan->alert ? plan->alert->info : NULL, most);
    return member;
}

/* Of a single check the decision says how it stands; the record may have gone on since. */
static void take_decision(json_t *member, const struct model *model, const struct decision *decision)
{
    const struct check_plan *plan = model->bindings[decision->binding].plan;
    json_set(member, "state", json_string(verdict_name(decision->verdict)));
    json_set(member, "state_name", json_string(model_state_name(plan, decision->verdict)));
    json_set(member, "type", json_string(state_type_name(decision->type)));
    set_whole(member, "attempt", decision->attempt);
    json_set(member, "flapping", json_boolean(decision->flapping));
    set_whole(member, "problem", (int64_t)decision->problem);
}

static json_t *members_of(const struct notice_source *source)
{
    const struct decision *decision = source->decision;
    json_t *members = json_array();
    for (size_t i = 0; i < decision->member_count && i < MEMBERS_MOST; i++)
        json_add(members, member_of(source, decision->members[i], OUTPUT_SHORT));
    if (decision->member_count == 0 && decision->binding != WORLD_SITE) {
        json_add(members, member_of(source, decision->binding, OUTPUT_MOST));
        take_decision(json_array_get(members, 0), source->model, decision);
    }
    return members;
}

/* ---- whom, and when again ---- */

static const struct alert_rule *rule_of(const struct notice_source *source)
{
    const struct decision *decision = source->decision;
    return decision->binding == WORLD_SITE ? NULL : source->model->bindings[decision->binding].plan->alert;
}

/* The place of the reader on the rota of that group, from 1 on; 0: not on it now. */
static size_t place_of(const struct notice_source *source, const struct group *group, size_t *count)
{
    int64_t at = source->decision->at / 1000;
    size_t place = 0;
    *count = rota_on_call(source->model, group, at, NULL, 0);
    const struct user **users = memory_get(*count + 1, sizeof(struct user *));
    (void)rota_on_call(source->model, group, at, users, *count);
    for (size_t i = 0; i < *count && place == 0; i++)
        if (users[i] == source->decision->user)
            place = i + 1;
    free(users);
    return place;
}

static void add_account(json_t *alert, const struct notice_source *source)
{
    const struct alert_rule *rule = rule_of(source);
    size_t place = 0, count = 0;
    for (size_t i = 0; rule && i < rule->group_count && place == 0; i++) {
        place = place_of(source, rule->groups[i], &count);
        if (place)
            json_set(alert, "account",
                     json_pack("{s:s, s:I, s:I}", "group", rule->groups[i]->name, "place", (json_int_t)place,
                               "of", (json_int_t)count));
    }
}

static void add_repeat(json_t *alert, const struct notice_source *source)
{
    const struct alert_rule *rule = rule_of(source);
    if (rule && rule->repeat > 0 && source->decision->notice == NOTICE_PROBLEM)
        set_whole(alert, "repeat", source->decision->at + rule->repeat);
}

/* Up the rota, and on to further groups: how it would go on, not when, because whoever was told first may be another. */
static void add_escalation(json_t *alert, const struct notice_source *source)
{
    const struct alert_rule *rule = rule_of(source);
    struct text text = TEXT_INIT;
    bool wanted = rule && source->decision->notice == NOTICE_PROBLEM;
    for (size_t i = 0; wanted && i < rule->group_count; i++)
        if (rule->groups[i]->escalate_after > 0) {
            text_format(&text, "%sthe next of %s every ", text.length ? ", " : "", rule->groups[i]->name);
            duration_write(&text, rule->groups[i]->escalate_after);
        }
    for (size_t i = 0; wanted && i < rule->step_count; i++)
        for (size_t k = 0; k < rule->steps[i].group_count; k++) {
            text_format(&text, "%s%s after ", text.length ? ", " : "", rule->steps[i].groups[k]->name);
            duration_write(&text, rule->steps[i].after);
        }
    if (text.length)
        text_add(&text, ", until someone acknowledges");
    if (text.length)
        json_set(alert, "escalation", json_string(text.bytes));
    text_release(&text);
}

static void add_reader(json_t *alert, const struct notice_source *source)
{
    const struct user *user = source->decision->user;
    struct text contact = TEXT_INIT;
    const char *zone = user->timezone ? user->timezone : source->model->site.timezone;
    notice_contact(&contact, source->decision->contact);
    json_set(alert, "user", json_string(user->name));
    set_text(alert, "name", user->full_name, OUTPUT_SHORT);
    set_text(alert, "contact", contact.bytes, OUTPUT_SHORT);
    set_text(alert, "timezone", zone, OUTPUT_SHORT);
    text_release(&contact);
}

/* Which one it is, and of one that is held back when it may run. */
static void add_remediation(json_t *alert, const struct decision *decision)
{
    if (!decision->remediation)
        return;
    json_set(alert, "remediation", json_string(decision->remediation->name));
    json_set(alert, "issue", json_string(decision->remediation->issue));
    if (decision->next > 0)
        set_whole(alert, "next", decision->next);
}

json_t *notice_facts(const struct notice_source *source)
{
    const struct decision *decision = source->decision;
    json_t *alert = json_object(), *members = members_of(source);
    set_text(alert, "id", decision->message_id, OUTPUT_SHORT);
    json_set(alert, "kind", json_string(notice_name(decision->notice)));
    json_set(alert, "urgency", json_string(urgency_name(decision->urgency)));
    if (decision->escalation)
        json_set(alert, "level", json_integer((json_int_t)decision->escalation));
    set_text(alert, "host", decision->subject, OUTPUT_SHORT);
    set_text(alert, "check", decision->name, OUTPUT_SHORT);
    json_set(alert, "state", json_string(verdict_name(decision->verdict)));
    set_whole(alert, "problem", (int64_t)decision->problem);
    set_whole(alert, "at", decision->at);
    add_reader(alert, source);
    set_text(alert, "reason", decision->reason, OUTPUT_SHORT);
    add_remediation(alert, decision);
    set_text(alert, "author", source->author, OUTPUT_SHORT);
    set_text(alert, "run", decision->run, OUTPUT_SHORT); /* that asks for approval */
    set_text(alert, "base", source->model->site.url, OUTPUT_SHORT);
    add_account(alert, source);
    add_repeat(alert, source);
    add_escalation(alert, source);
    json_set(alert, "members", members);
    return alert;
}

void notice_issue_link(struct text *text, const struct tracker *tracker, const char *issue)
{
    static const struct {
        const char *type, *path;
        bool whole; /* with its prefix */
    } pages[] = {{"redmine", "issues", false},
                 {"github", "issues", false},
                 {"gitlab", "-/issues", false},
                 {"jira", "browse", true}};
    const char *dash = strchr(issue, '-');
    for (size_t i = 0; tracker && tracker->url && dash && i < sizeof pages / sizeof pages[0]; i++)
        if (tracker->type && strcmp(tracker->type, pages[i].type) == 0) {
            form_base(text, tracker->url);
            text_format(text, "%s/%s", pages[i].path, pages[i].whole ? issue : dash + 1);
        }
}

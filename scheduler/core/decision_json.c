/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/decision_json.h"

#include "lib/json.h"
#include "lib/utf8.h"

/* A sentence may be cut within a character, and quotes what people wrote. */
static void set_text(json_t *object, const char *key, const char *value)
{
    struct text text = TEXT_INIT;
    utf8_add(&text, value, strlen(value));
    json_set(object, key, json_stringn(text.bytes, text.length));
    text_release(&text);
}

static void add_members(json_t *object, const struct model *model, const struct decision *decision)
{
    json_t *members = json_array();
    for (size_t i = 0; i < decision->member_count; i++) {
        const struct binding *binding = &model->bindings[decision->members[i]];
        struct text subject = TEXT_INIT;
        text_format(&subject, "%s/%s", binding->host->name, binding->plan->name);
        json_add(members, json_string(subject.bytes));
        text_release(&subject);
    }
    json_set(object, "members", members);
}

static void add_alert(json_t *object, const struct model *model, const struct decision *decision)
{
    json_set(object, "kind", json_string(notice_name(decision->notice)));
    json_set(object, "to", json_string(decision->user->name));
    json_set(object, "urgency", json_string(urgency_name(decision->urgency)));
    json_set(object, "channel", json_string(channel_name(decision->contact->channel)));
    json_set(object, "address", json_string(decision->contact->address));
    json_set(object, "message_id", json_string(decision->message_id));
    if (decision->escalation)
        json_set(object, "escalation", json_integer((json_int_t)decision->escalation));
    if (decision->member_count)
        add_members(object, model, decision);
}

static void add_remediation(json_t *object, const struct decision *decision)
{
    json_set(object, "remediation", json_string(decision->remediation->name));
    json_set(object, "issue", json_string(decision->remediation->issue));
    json_set(object, "decision", json_string(act_name(decision->act)));
    if (decision->run)
        json_set(object, "run", json_string(decision->run));
}

const char *decision_state_name(const struct model *model, const struct decision *decision)
{
    return decision->binding == WORLD_SITE
               ? verdict_name(decision->verdict)
               : model_state_name(model->bindings[decision->binding].plan, decision->verdict);
}

json_t *decision_json(const struct model *model, const struct decision *decision)
{
    json_t *object = json_object();
    bool always = decision->kind != DECISION_STATE && decision->kind != DECISION_ALERT;
    json_set(object, "type", json_string(decision_name(decision->kind)));
    json_set(object, "state", json_string(decision_state_name(model, decision)));
    json_set(object, "state_type", json_string(state_type_name(decision->type)));
    json_set(object, "attempt", json_integer(decision->attempt));
    switch (decision->kind) {
    case DECISION_STATE:
        json_set(object, "flapping", json_boolean(decision->flapping));
        break;
    case DECISION_ALERT:
        add_alert(object, model, decision);
        break;
    case DECISION_QUIET:
    case DECISION_CHECK:
    case DECISIONS:
        break;
    case DECISION_REMEDIATION:
        add_remediation(object, decision);
        break;
    }
    json_set(object, "problem",
             decision->problem ? json_integer((json_int_t)decision->problem) : json_null());
    if (decision->reason || always)
        set_text(object, "reason", decision->reason ? decision->reason : "");
    return object;
}

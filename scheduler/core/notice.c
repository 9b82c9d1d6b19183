/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/notice.h"

#include "lib/number.h"

static const char *check_title(const struct binding *binding)
{
    return binding->plan->title ? binding->plan->title : binding->plan->name;
}

static void add_first_line(struct text *text, const char *output)
{
    if (output)
        text_add_bytes(text, output, strcspn(output, "\r\n"));
}

void notice_subject(struct text *text, const struct notice_facts *facts)
{
    const struct binding *binding = facts->binding;
    if (!binding) {
        text_format(text, "%s: %s/%s: %s", notice_name(facts->decision->notice), facts->decision->subject,
                    facts->decision->name, facts->decision->reason);
        return;
    }
    text_format(text, "%s: %s/%s is %s", notice_name(facts->decision->notice), binding->host->name,
                check_title(binding), verdict_name(facts->decision->verdict));
    if (facts->decision->notice == NOTICE_REMEDIATION && facts->decision->reason)
        text_format(text, ": %s", facts->decision->reason);
    else if (facts->output && *facts->output) {
        text_add(text, ": ");
        add_first_line(text, facts->output);
    }
}

void notice_contact(struct text *text, const struct contact *contact)
{
    const char *host = strstr(contact->address, "://");
    if (contact->channel != CHANNEL_WEBHOOK || !host) {
        text_add(text, contact->address);
        return;
    }
    host += 3;
    size_t length = strcspn(host, "/?#");
    const char *at = memrchr(host, '@', length);
    const char *name = at ? at + 1 : host;
    text_add_bytes(text, contact->address, (size_t)(host - contact->address));
    text_add_bytes(text, name, length - (size_t)(name - host));
}

void notice_time(struct text *text, const struct zone *zone, int64_t at)
{
    struct civil civil = zone_civil(zone, at / 1000);
    int64_t offset = zone_offset(zone, at / 1000) / 60;
    text_format(text, "%04lld-%02d-%02d %02d:%02d:%02d %c%02d:%02d", (long long)civil.year, civil.month,
                civil.day, civil.hour, civil.minute, civil.second, offset < 0 ? '-' : '+',
                (int)((offset < 0 ? -offset : offset) / 60), (int)((offset < 0 ? -offset : offset) % 60));
}

static void add_line(struct text *text, const char *name, const char *value)
{
    if (value && *value)
        text_format(text, "%-9s %s\n", name, value);
}

static void add_time_line(struct text *text, const char *name, const struct notice_facts *facts, int64_t at)
{
    if (at <= 0)
        return;
    text_format(text, "%-9s ", name);
    notice_time(text, facts->zone, at);
    if (facts->decision->at > at) {
        text_add(text, " (");
        duration_write(text, (facts->decision->at - at) / 1000 * 1000);
        text_add(text, " ago)");
    }
    text_add_char(text, '\n');
}

static void add_state(struct text *text, const struct notice_facts *facts)
{
    const struct decision *decision = facts->decision;
    text_format(text, "%-9s %s (%s, attempt %d of %d)%s\n", "State:", verdict_name(decision->verdict),
                decision->type == STATE_HARD ? "hard" : "soft", decision->attempt,
                facts->binding->plan->attempts, decision->flapping ? ", flapping" : "");
}

static void add_commands(struct text *text, const struct notice_facts *facts)
{
    const struct decision *decision = facts->decision;
    const struct binding *binding = facts->binding;
    if (decision->problem == 0)
        return;
    text_format(text, "%-9s %llu\n", "Problem:", (unsigned long long)decision->problem);
    if (decision->verdict != VERDICT_OK && decision->notice != NOTICE_ACKNOWLEDGEMENT)
        text_format(text, "\nAcknowledge it:   watchbill ack %s/%s --comment \"...\"\n", binding->host->name,
                    binding->plan->name);
    text_format(text, "The whole story:  watchbill why %s/%s\n", binding->host->name, binding->plan->name);
}

static void add_check(struct text *text, const struct notice_facts *facts)
{
    const struct binding *binding = facts->binding;
    const struct alert_rule *rule = binding->plan->alert;
    add_line(text, "Host:", binding->host->name);
    if (strcmp(binding->host->name, binding->host->address) != 0)
        add_line(text, "Address:", binding->host->address);
    add_line(text, "Check:", check_title(binding));
    add_line(text, "Service:", binding->host->service ? binding->host->service->name : NULL);
    add_state(text, facts);
    add_time_line(text, "Since:", facts, facts->state->hard_since);
    add_time_line(text, "Last OK:", facts, facts->state->last_ok);
    add_line(text, "Info:", rule ? rule->info : NULL);
    if (facts->author)
        add_line(text, "By:", facts->author);
    if (facts->decision->reason)
        add_line(text, "Reason:", facts->decision->reason);
    if (facts->output && *facts->output)
        text_format(text, "\n%s\n\n", facts->output);
    else
        text_add_char(text, '\n');
    add_commands(text, facts);
}

void notice_body(struct text *text, const struct notice_facts *facts)
{
    notice_subject(text, facts);
    text_add(text, "\n\n");
    if (facts->binding)
        add_check(text, facts);
    if (facts->url)
        text_format(text, "\n%s\n", facts->url);
}

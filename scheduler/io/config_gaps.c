/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hours in which a problem would find nobody. */
#include "lib/memory.h"
#include "lib/text.h"
#include "scheduler/core/rota.h"
#include "scheduler/io/config_findings.h"

enum { AHEAD = 8 * 86400, SHOWN = 3, PAST_GAPS = 1000 };

/* A way in which rules call a group; each is looked at once, however many checks share it. */
struct usage {
    const struct group *group;
    enum urgency urgency;
    const struct window *window;
    int importance;
};

struct usages {
    struct usage *items;
    size_t count;
};

static void add_usage(struct usages *usages, const struct usage *usage)
{
    if (usage->urgency == URGENCY_NONE || usage->group->gaps_allowed)
        return;
    for (size_t i = 0; i < usages->count; i++) {
        const struct usage *other = &usages->items[i];
        if (other->group == usage->group && other->urgency == usage->urgency &&
            other->window == usage->window && other->importance == usage->importance)
            return;
    }
    usages->items = memory_grow(usages->items, usages->count + 1, sizeof *usages->items);
    usages->items[usages->count++] = *usage;
}

static void add_rule(struct usages *usages, const struct alert_rule *rule, int importance)
{
    struct usage usage = {.window = rule->window, .importance = importance};
    for (int verdict = VERDICT_WARNING; verdict < VERDICTS; verdict++) {
        for (size_t i = 0; i < rule->group_count; i++) {
            usage.group = rule->groups[i];
            usage.urgency = rule->urgency[verdict];
            add_usage(usages, &usage);
        }
        for (size_t i = 0; i < rule->step_count; i++) {
            const struct escalation *step = &rule->steps[i];
            usage.urgency = step->urgency;
            if (rule->urgency[verdict] == URGENCY_NONE || step->urgency == URGENCY_NONE)
                usage.urgency = rule->urgency[verdict];
            for (size_t j = 0; j < step->group_count; j++) {
                usage.group = step->groups[j];
                add_usage(usages, &usage);
            }
        }
    }
}

/* Whether the rule may speak at any time of the gap. */
static bool matters(const struct model *model, const struct usage *usage, int64_t start, int64_t end)
{
    if (!usage->window)
        return true;
    struct window_answer answer = window_ask(usage->window, rota_zone(model, NULL, NULL), start);
    return answer.inside || (answer.next != WINDOW_NEVER && answer.next < end);
}

static void write_instant(struct text *text, const struct zone *zone, int64_t at)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct civil civil = zone_civil(zone, at);
    text_format(text, "%s %04lld-%02d-%02d %02d:%02d", days[civil.weekday], (long long)civil.year,
                civil.month, civil.day, civil.hour, civil.minute);
}

/* Whether it is by this urgency only that nobody is ever reached: a contact that nobody has, and no hole in the rota. */
static bool has_other_way(const struct model *model, const struct usage *usage, int64_t start, int64_t end)
{
    enum urgency other = usage->urgency == URGENCY_ALERT ? URGENCY_NOTIFY : URGENCY_ALERT;
    return !rota_gap(model, usage->group, other, ROTA_ANY, start, end, &start, &end) || end - start < AHEAD;
}

static void report(const struct model *model, const struct usage *usage, int64_t start, int64_t end,
                   bool warning, struct findings_draft *draft)
{
    bool never = end - start == AHEAD;
    const struct zone *zone = rota_zone(model, usage->group, NULL);
    struct text text = TEXT_INIT;
    text_format(&text, "nobody of group \"%s\" can be reached by %s", usage->group->name,
                urgency_name(usage->urgency));
    if (usage->importance)
        text_format(&text, " with importance %d", usage->importance);
    if (never) {
        text_add(&text, " at any time in the coming 8 days");
    } else {
        text_add(&text, " from ");
        write_instant(&text, zone, start);
        text_add(&text, " until ");
        write_instant(&text, zone, end);
    }
    if (warning || (never && has_other_way(model, usage, start, end)))
        findings_warning(draft, usage->group->place, "%s", text.bytes);
    else
        findings_error(draft, usage->group->place, "%s; if that is meant so, say \"gaps: allowed\"",
                       text.bytes);
    text_release(&text);
}

static void look(const struct model *model, const struct usage *usage, int64_t now, bool warning,
                 struct findings_draft *draft)
{
    int64_t start;
    int64_t end = now;
    int shown = 0;
    for (int i = 0; i < PAST_GAPS && shown < SHOWN; i++) {
        if (!rota_gap(model, usage->group, usage->urgency, usage->importance, end, now + AHEAD, &start, &end))
            return;
        if (!matters(model, usage, start, end))
            continue;
        report(model, usage, start, end, warning, draft);
        shown++;
    }
}

void config_gaps(const struct model *model, int64_t now, bool warning, struct findings *findings)
{
    struct usages usages = {NULL, 0};
    struct findings_draft draft = {0};
    for (size_t i = 0; i < model->binding_count; i++)
        if (model->bindings[i].plan->alert)
            add_rule(&usages, model->bindings[i].plan->alert, model_importance(&model->bindings[i]));
    for (size_t i = 0; i < usages.count; i++)
        look(model, &usages.items[i], now, warning, &draft);
    free(usages.items);
    findings_finish(&draft, findings);
}

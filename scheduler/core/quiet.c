/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/quiet.h"

#include "lib/lookup.h"
#include "scheduler/core/rota.h"

#include <inttypes.h>
#include <stdarg.h>

/* How far the rota is searched for someone to reach; it is searched again at the end of that. A week and a
 * day hold every weekly rota. */
enum { SECOND = 1000, SEARCH = 8 * 86400 };

static const char *const names[] = {
    [QUIET_NOT] = "not",
    [QUIET_NO_RULE] = "no_rule",
    [QUIET_NO_URGENCY] = "no_urgency",
    [QUIET_SOFT] = "soft",
    [QUIET_FLAPPING] = "flapping",
    [QUIET_ACKNOWLEDGED] = "acknowledged",
    [QUIET_DOWNTIME] = "downtime",
    [QUIET_SILENCED] = "silenced",
    [QUIET_HOST_DOWN] = "host_down",
    [QUIET_UNREACHABLE] = "unreachable",
    [QUIET_INHIBITED] = "inhibited",
    [QUIET_DEPENDS] = "depends",
    [QUIET_PARENT] = "parent",
    [QUIET_GRACE] = "grace",
    [QUIET_CHECK_WINDOW] = "check_window",
    [QUIET_STATUS] = "status",
    [QUIET_DELAY] = "delay",
    [QUIET_WINDOW] = "window",
    [QUIET_GROUP_WAIT] = "group_wait",
    [QUIET_NOBODY] = "nobody",
    [QUIET_TOLD] = "told",
    [QUIET_REASONS] = NULL,
};

const char *quiet_name(enum quiet_reason reason)
{
    return names[reason];
}

bool quiet_read(const char *name, enum quiet_reason *reason)
{
    int found = lookup_name(names, name);
    if (found != LOOKUP_NONE)
        *reason = (enum quiet_reason)found;
    return found != LOOKUP_NONE;
}

static void answer_set(struct quiet_answer *answer, enum quiet_reason reason, int64_t next,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

static void answer_set(struct quiet_answer *answer, enum quiet_reason reason, int64_t next,
                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    answer->reason = reason;
    answer->next = next;
    (void)vsnprintf(answer->text, sizeof answer->text, format, arguments);
    va_end(arguments);
}

/* Instants are milliseconds here and seconds in windows: the first millisecond at which a window has begun is
 * exactly its second. */
static int64_t seconds(int64_t at)
{
    int64_t whole = at / SECOND;
    return at % SECOND < 0 ? whole - 1 : whole;
}

/* What the configuration says of such a state. */
static bool about_rule(const struct quiet_facts *facts, struct quiet_answer *answer)
{
    const struct alert_rule *rule = facts->binding->plan->alert;
    const struct host *host = facts->binding->host;
    if (!rule)
        answer_set(answer, QUIET_NO_RULE, 0, "the check has no alert rule");
    else if (rule->urgency[facts->state->verdict] == URGENCY_NONE)
        answer_set(answer, QUIET_NO_URGENCY, 0, "%s has no urgency in the alert rule",
                   verdict_name(facts->state->verdict));
    else if (facts->old)
        answer_set(answer, QUIET_GRACE, facts->old_until,
                   "waiting for a result of \"%s/%s\" from after the start or the reload",
                   facts->old->host->name, facts->old->plan->name);
    else if (facts->closed)
        answer_set(answer, QUIET_CHECK_WINDOW, facts->opens, "outside the check's window \"%s\"",
                   window_name(facts->binding->plan->window));
    else if (facts->opened)
        answer_set(answer, QUIET_CHECK_WINDOW, 0, "waiting for a result from after the window \"%s\" began",
                   window_name(facts->binding->plan->window));
    else if (!(facts->binding->plan->when & 1U << host->status))
        answer_set(answer, QUIET_STATUS, 0, "host \"%s\" is %s, and the check counts at other statuses",
                   host->name, status_name(host->status));
    else
        return false;
    return true;
}

static bool about_check(const struct quiet_facts *facts, struct quiet_answer *answer)
{
    const struct state *state = facts->state;
    if (state->type == STATE_SOFT)
        answer_set(answer, QUIET_SOFT, 0, "soft state, attempt %d of %d", state->attempt,
                   facts->binding->plan->attempts);
    else if (state->flapping)
        answer_set(answer, QUIET_FLAPPING, 0, "flapping, %.1f percent of changes", state_flap_percent(state));
    else if (facts->acknowledged_by)
        answer_set(answer, QUIET_ACKNOWLEDGED, facts->acknowledged_until, "acknowledged by \"%s\"",
                   facts->acknowledged_by);
    else
        return false;
    return true;
}

static bool about_people(const struct quiet_facts *facts, struct quiet_answer *answer)
{
    const struct silence *silence = facts->silence;
    const struct downtime *downtime = facts->downtime;
    if (downtime && facts->downtime_over)
        answer_set(answer, QUIET_DOWNTIME, facts->downtime_until,
                   "downtime %" PRIu64 " has ended; waiting for a result from after it", downtime->id);
    else if (downtime)
        answer_set(answer, QUIET_DOWNTIME, facts->downtime_until, "downtime %" PRIu64 " of \"%s\"%s%s",
                   downtime->id, downtime->author, *downtime->comment ? ": " : "", downtime->comment);
    else if (silence)
        answer_set(answer, QUIET_SILENCED, silence->until, "silence %" PRIu64 " of \"%s\"%s%s", silence->id,
                   silence->owner, *silence->comment ? ": " : "", silence->comment);
    return answer->reason != QUIET_NOT;
}

static bool about_host(const struct quiet_facts *facts, struct quiet_answer *answer)
{
    const char *host = facts->binding->host->name;
    if (facts->down && facts->host_recovered)
        answer_set(answer, QUIET_HOST_DOWN, 0, "waiting for a result from after host \"%s\" came up again",
                   host);
    else if (facts->down)
        answer_set(answer, QUIET_HOST_DOWN, 0, "host \"%s\" is down by its check \"%s\"", host, facts->down);
    else if (facts->unreachable && facts->host_recovered)
        answer_set(answer, QUIET_UNREACHABLE, 0,
                   "waiting for a result from after host \"%s\", the parent of \"%s\", came up again",
                   facts->unreachable, host);
    else if (facts->unreachable)
        answer_set(answer, QUIET_UNREACHABLE, 0,
                   "host \"%s\" is unreachable: none of its parents is up, such as \"%s\"", host,
                   facts->unreachable);
    else
        return false;
    return true;
}

static bool about_surroundings(const struct quiet_facts *facts, struct quiet_answer *answer)
{
    if (facts->inhibited_by)
        answer_set(answer, QUIET_INHIBITED, 0, "inhibited by \"%s/%s\"", facts->inhibited_by->host->name,
                   facts->inhibited_by->plan->name);
    else if (facts->blocked_by && facts->blocker_recovered)
        answer_set(answer, QUIET_DEPENDS, 0, "waiting for a result from after the recovery of \"%s\"",
                   facts->blocked_by);
    else if (facts->blocked_by)
        answer_set(answer, QUIET_DEPENDS, 0, "depends on \"%s\", which is not OK", facts->blocked_by);
    else if (facts->awaited)
        answer_set(answer, QUIET_PARENT, facts->awaited_again ? facts->awaited_again : facts->awaited_until,
                   "\"%s/%s\" is checked first", facts->awaited->host->name, facts->awaited->plan->name);
    else
        return false;
    return true;
}

static bool about_time(const struct quiet_facts *facts, int64_t now, struct quiet_answer *answer)
{
    const struct alert_rule *rule = facts->binding->plan->alert;
    if (!facts->told && now - facts->delay_from < rule->delay) {
        answer_set(answer, QUIET_DELAY, facts->delay_from + rule->delay,
                   "the delay before the first alert is not over");
        return true;
    }
    if (!rule->window)
        return false;
    const struct zone *zone = rota_zone(facts->model, NULL, NULL);
    if (window_inside(rule->window, zone, seconds(now)))
        return false;
    struct window_answer window = window_ask(rule->window, zone, seconds(now));
    answer_set(answer, QUIET_WINDOW, window.next == WINDOW_NEVER ? 0 : window.next * SECOND,
               "outside the alert window \"%s\"", window_name(rule->window));
    return true;
}

void quiet_problem(const struct quiet_facts *facts, int64_t now, struct quiet_answer *answer)
{
    *answer = (struct quiet_answer){.reason = QUIET_NOT};
    bool quiet = about_rule(facts, answer) || about_check(facts, answer) || about_people(facts, answer) ||
                 about_host(facts, answer) || about_surroundings(facts, answer);
    if (!quiet)
        (void)about_time(facts, now, answer);
}

static int64_t someone_from(const struct quiet_facts *facts, const struct group *group, enum urgency urgency,
                            int64_t now)
{
    int64_t start = 0;
    int64_t end = 0;
    int64_t from = seconds(now);
    if (!rota_gap(facts->model, group, urgency, model_importance(facts->binding), from, from + SEARCH, &start,
                  &end) ||
        end <= from)
        end = from + SEARCH;
    return end * SECOND;
}

void quiet_group(const struct quiet_facts *facts, const struct group *group, enum urgency urgency,
                 const struct quiet_last *last, bool fresh, int64_t now, struct quiet_answer *answer)
{
    const struct alert_rule *rule = facts->binding->plan->alert;
    enum verdict verdict = facts->state->verdict;
    *answer = (struct quiet_answer){.reason = QUIET_NOT};
    if (rule->group_wait && last->wait > now) {
        answer_set(answer, QUIET_GROUP_WAIT, last->wait,
                   "waiting for more of service \"%s\" to tell group \"%s\" in one message",
                   facts->binding->host->service->name, group->name);
    } else if (!rota_first_for(facts->model, group, urgency, model_importance(facts->binding), seconds(now),
                               0)) {
        answer_set(answer, QUIET_NOBODY, someone_from(facts, group, urgency, now),
                   "nobody of group \"%s\" can be reached by %s now", group->name, urgency_name(urgency));
    } else if (last->told && last->verdict == verdict && !fresh) {
        if (rule->repeat == 0)
            answer_set(answer, QUIET_TOLD, 0, "group \"%s\" was told, and there is no repeat", group->name);
        else if (now - last->at < rule->repeat && last->joins != now)
            answer_set(answer, QUIET_TOLD, last->at + rule->repeat,
                       "group \"%s\" was told, and the repeat is not due", group->name);
    }
}

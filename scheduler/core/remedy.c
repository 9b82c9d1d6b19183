/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/remedy.h"

#include "lib/lookup.h"
#include "lib/number.h"
#include "lib/zone.h"

#include <inttypes.h>
#include <stdarg.h>

#define DAY INT64_C(86400000)

static const char *const names[] = {
    [REMEDY_NOTHING] = "nothing",
    [REMEDY_DISARMED] = "disarmed",
    [REMEDY_BUSY] = "busy",
    [REMEDY_AFTER] = "after",
    [REMEDY_UNTRACKED] = "untracked",
    [REMEDY_UNEXPLAINED] = "unexplained",
    [REMEDY_EXPIRED] = "expired",
    [REMEDY_COOLDOWN] = "cooldown",
    [REMEDY_MAX] = "max",
    [REMEDY_CONCURRENCY] = "concurrency",
    [REMEDY_SHARE] = "share",
    [REMEDY_REDUNDANCY] = "redundancy",
    [REMEDY_BOUNDS] = "bounds",
    [REMEDY_HELD] = "held",
    [REMEDY_DRY_RUN] = "dry_run",
    [REMEDY_ASK] = "ask",
    [REMEDY_ASKED] = "asked",
    [REMEDY_UNANSWERED] = "unanswered",
    [REMEDY_RUN] = "run",
    [REMEDY_STEPS] = NULL,
};

const char *remedy_name(enum remedy_step step)
{
    return names[step];
}

bool remedy_read(const char *name, enum remedy_step *step)
{
    int found = lookup_name(names, name);
    if (found != LOOKUP_NONE)
        *step = (enum remedy_step)found;
    return found != LOOKUP_NONE;
}

const char *remedy_phrase(enum remedy_step step)
{
    static const char *const phrases[REMEDY_STEPS] = {
        [REMEDY_NOTHING] = "does nothing",
        [REMEDY_DISARMED] = "disarmed for this problem",
        [REMEDY_BUSY] = "a run is under way on this target",
        [REMEDY_AFTER] = "waits for self-recovery",
        [REMEDY_UNTRACKED] = "disarmed by its issue",
        [REMEDY_UNEXPLAINED] = "disarmed, because it was tagged again without a new renewal sentence",
        [REMEDY_EXPIRED] = "its TTL has ended",
        [REMEDY_COOLDOWN] = "held back by its cooldown",
        [REMEDY_MAX] = "held back by its limit of runs",
        [REMEDY_CONCURRENCY] = "held back by its limit of runs at once",
        [REMEDY_SHARE] = "held back by its share of the service",
        [REMEDY_REDUNDANCY] = "held back while redundancy is lost",
        [REMEDY_BOUNDS] = "held back by the limits of the service or the site",
        [REMEDY_HELD] = "held back by what the ledger tells",
        [REMEDY_DRY_RUN] = "was rehearsed",
        [REMEDY_ASK] = "asks for approval",
        [REMEDY_ASKED] = "asks for approval",
        [REMEDY_UNANSWERED] = "nobody approved it in time",
        [REMEDY_RUN] = "runs",
    };
    return phrases[step];
}

bool remedy_is_limit(enum remedy_step step)
{
    return step >= REMEDY_COOLDOWN && step <= REMEDY_HELD;
}

bool remedy_is_end(enum remedy_step step)
{
    return step == REMEDY_DISARMED || step == REMEDY_UNTRACKED || step == REMEDY_UNEXPLAINED ||
           step == REMEDY_EXPIRED || step == REMEDY_UNANSWERED;
}

int64_t remedy_expiry(const struct remediation *remediation)
{
    return (remediation->tagged + remediation->ttl / DAY + 1) * DAY;
}

static void answer_set(struct remedy_answer *answer, enum remedy_step step, int64_t next, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

static void answer_set(struct remedy_answer *answer, enum remedy_step step, int64_t next, const char *format,
                       ...)
{
    va_list arguments;
    va_start(arguments, format);
    answer->step = step;
    answer->next = next;
    (void)vsnprintf(answer->text, sizeof answer->text, format, arguments);
    va_end(arguments);
}

struct span_text {
    char bytes[32];
};

static struct span_text span_text(int64_t span)
{
    struct span_text words;
    struct text text = TEXT_INIT;
    duration_write(&text, span);
    (void)snprintf(words.bytes, sizeof words.bytes, "%s", text.bytes);
    text_release(&text);
    return words;
}

static void say_expired(const struct remedy_facts *facts, struct remedy_answer *answer)
{
    const struct remediation *remediation = facts->remediation;
    int64_t year = 0;
    int month = 0;
    int day = 0;
    civil_from_days(remedy_expiry(remediation) / DAY - 1, &year, &month, &day);
    answer_set(answer, REMEDY_EXPIRED, 0,
               "the workaround of %s expired on %04" PRId64 "-%02d-%02d after %" PRId64 " runs%s%s",
               remediation->issue, year, month, day, facts->runs, remediation->owner ? "; ask " : "",
               remediation->owner ? remediation->owner : "");
}

/* Whether issue, day and TTL allow it. */
static bool is_governed(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    if (facts->untracked)
        answer_set(answer, REMEDY_UNTRACKED, 0, "%s: %s", facts->remediation->issue, facts->untracked);
    else if (facts->unexplained)
        answer_set(answer, REMEDY_UNEXPLAINED, 0,
                   "the workaround of %s was tagged again without a new \"renewal\" sentence",
                   facts->remediation->issue);
    else if (now >= remedy_expiry(facts->remediation))
        say_expired(facts, answer);
    else
        return true;
    return false;
}

static bool before_limits(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    const struct remediation *remediation = facts->remediation;
    if (facts->done || !(remediation->on_states & 1U << facts->verdict))
        answer->step = REMEDY_NOTHING;
    else if (facts->disarmed)
        answer_set(answer, REMEDY_DISARMED, 0, "disarmed for this problem: %s%s%s", facts->disarmed,
                   facts->disarmed_by ? ": " : "", facts->disarmed_by ? facts->disarmed_by : "");
    else if (facts->vain >= REMEDY_VAIN_MAX)
        answer_set(answer, REMEDY_DISARMED, 0, "disarmed for this problem: %u runs had no effect",
                   facts->vain);
    else if (facts->busy)
        answer_set(answer, REMEDY_BUSY, 0, "\"%s\" is under way on this target", facts->busy);
    else if (now - facts->since < remediation->after)
        answer_set(answer, REMEDY_AFTER, facts->since + remediation->after,
                   "%s are allowed for self-recovery", span_text(remediation->after).bytes);
    else
        return is_governed(facts, now, answer);
    return false;
}

static int64_t hosts_of(const struct model *model, const struct service *service)
{
    int64_t count = 0;
    for (size_t i = 0; i < model->host_count; i++)
        count += model->hosts[i]->service == service && model->hosts[i]->status != STATUS_RETIRED;
    return count;
}

void remedy_limits(const struct remediation *remediation, const struct service *service,
                   const struct model *model, struct limits *limits)
{
    *limits = (struct limits){
        .cooldown = remediation->cooldown,
        .max = remediation->max,
        .max_total = remediation->max_total,
        .concurrency = remediation->concurrency,
        .site = model->governance.bounds,
    };
    if (service)
        limits->service = service->bounds;
    if (remediation->share > 0) {
        limits->hosts = hosts_of(model, service);
        /* A share always allows one host, or a service of few hosts would never be helped. */
        int64_t allowed = (int64_t)((double)limits->hosts * remediation->share / 100);
        limits->share = allowed < 1 ? 1 : allowed;
    }
}

static bool within_limits(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    static const enum remedy_step steps[] = {
        [LIMIT_COOLDOWN] = REMEDY_COOLDOWN,       [LIMIT_MAX] = REMEDY_MAX,
        [LIMIT_CONCURRENCY] = REMEDY_CONCURRENCY, [LIMIT_SHARE] = REMEDY_SHARE,
        [LIMIT_BOUNDS] = REMEDY_BOUNDS,
    };
    struct limit_answer limit = {.limit = LIMIT_NONE};
    if (facts->held && now < facts->held_until)
        answer_set(answer, REMEDY_HELD, facts->held_until, "%s", facts->held);
    else if (!limits_allow(&facts->limits, facts->past, facts->past_count, now, &limit))
        answer_set(answer, steps[limit.limit], limit.next, "%s", limit.text);
    else if (facts->members && !facts->remediation->despite_redundancy)
        answer_set(
            answer, REMEDY_REDUNDANCY, 0,
            "redundancy is lost: %zu of %zu hosts serve, and this is one of them; it may run when all do",
            facts->serving, facts->members);
    return answer->step == REMEDY_NOTHING;
}

static void ask(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    int64_t approval = facts->remediation->approval;
    if (facts->approved_by)
        answer_set(answer, REMEDY_RUN, 0, "approved by \"%.64s\", and within its limits", facts->approved_by);
    else if (facts->asked_until == 0)
        answer_set(answer, REMEDY_ASK, now + approval, "it asks for approval within %s",
                   span_text(approval).bytes);
    else if (now < facts->asked_until)
        answer_set(answer, REMEDY_ASKED, facts->asked_until, "it waits for approval");
    else
        answer_set(answer, REMEDY_UNANSWERED, 0, "nobody approved it within %s", span_text(approval).bytes);
}

static void by_mode(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    switch (facts->remediation->mode) {
    case MODE_ACT:
        answer_set(answer, REMEDY_RUN, 0, "within its limits");
        break;
    case MODE_DRY_RUN:
        answer_set(answer, REMEDY_DRY_RUN, 0, "its mode is dry_run");
        break;
    case MODE_ASK:
        ask(facts, now, answer);
        break;
    }
}

void remedy_decide(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    *answer = (struct remedy_answer){.step = REMEDY_NOTHING};
    if (before_limits(facts, now, answer) && within_limits(facts, now, answer))
        by_mode(facts, now, answer);
}

void remedy_decide_by_hand(const struct remedy_facts *facts, int64_t now, struct remedy_answer *answer)
{
    *answer = (struct remedy_answer){.step = REMEDY_NOTHING};
    if (facts->busy)
        answer_set(answer, REMEDY_BUSY, 0, "\"%s\" is under way on this target", facts->busy);
    else if (is_governed(facts, now, answer) && within_limits(facts, now, answer))
        answer_set(answer, REMEDY_RUN, 0, "within its limits");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/state.h"

#include <string.h>

const char *state_type_name(enum state_type type)
{
    return type == STATE_HARD ? "HARD" : "SOFT";
}

/* The rule of CONFORMANCE: the newest of the 20 steps weighs 1.25, the oldest 0.75. States from before the
 * first recorded one count as unchanged. */
double state_flap_percent(const struct state *state)
{
    double sum = 0;
    for (int newer = 1; newer < state->history_count; newer++) {
        int step = newer + STATE_HISTORY - state->history_count; /* 1 to 20 */
        if (state->history[newer] != state->history[newer - 1])
            sum += 0.75 + (step - 1) * 0.5 / 19;
    }
    return sum * 100 / (STATE_HISTORY - 1);
}

static void record(struct state *state)
{
    if (state->history_count == STATE_HISTORY) {
        memmove(state->history, state->history + 1, STATE_HISTORY - 1);
        state->history_count--;
    }
    state->history[state->history_count++] = (uint8_t)state->verdict;
}

static unsigned watch_flapping(struct state *state, const struct state_rule *rule)
{
    bool was = state->flapping;
    double percent = state_flap_percent(state);
    if (!rule->flapping || percent <= rule->low)
        state->flapping = false;
    else if (percent >= rule->high)
        state->flapping = true;
    if (was == state->flapping)
        return 0;
    return was ? STATE_FLAPPING_STOPPED : STATE_FLAPPING_STARTED;
}

static unsigned take_ok(struct state *state, int64_t at)
{
    unsigned changes = 0;
    if (state->verdict != VERDICT_OK)
        changes = state->type == STATE_HARD ? STATE_HARD_RECOVERY : STATE_SOFT_RECOVERY;
    if (state->hard != VERDICT_OK)
        state->hard_since = at;
    state->verdict = state->hard = VERDICT_OK;
    state->type = STATE_HARD;
    state->attempt = 1;
    state->last_ok = at;
    return changes;
}

static unsigned take_bad(struct state *state, const struct state_rule *rule, enum verdict verdict, int64_t at)
{
    unsigned changes = 0;
    bool was_hard = state->verdict != VERDICT_OK && state->type == STATE_HARD;
    if (state->verdict == VERDICT_OK)
        state->attempt = 1;
    else if (!was_hard)
        state->attempt++;
    state->verdict = verdict;
    state->type = was_hard || state->attempt >= rule->attempts ? STATE_HARD : STATE_SOFT;
    if (state->type == STATE_SOFT)
        return 0;
    if (state->hard == VERDICT_OK)
        changes |= STATE_PROBLEM_OPENED;
    if (state->hard != verdict) {
        state->hard_since = at;
        changes |= STATE_HARD_PROBLEM;
    }
    if (rule->volatile_)
        changes |= STATE_HARD_PROBLEM;
    state->hard = verdict;
    return changes;
}

unsigned state_apply(struct state *state, const struct state_rule *rule, enum verdict verdict, int64_t at)
{
    if (state->known && at < state->last_result)
        return STATE_REFUSED;
    bool first = !state->known;
    enum verdict verdict_before = state->verdict;
    enum state_type type_before = state->type;
    if (first) {
        state->verdict = state->hard = VERDICT_OK;
        state->type = STATE_HARD;
        state->known = true;
    }
    state->last_result = at;
    unsigned changes = verdict == VERDICT_OK ? take_ok(state, at) : take_bad(state, rule, verdict, at);
    if (first || state->verdict != verdict_before || state->type != type_before) {
        state->since = at;
        changes |= STATE_CHANGED;
    }
    /* A soft recovery is reported as HARD OK, so this takes hard states and soft recoveries. */
    if (state->type == STATE_HARD) {
        record(state);
        changes |= watch_flapping(state, rule);
    }
    return changes;
}

bool state_retries(const struct state *state)
{
    return state->known && state->verdict != VERDICT_OK && state->type == STATE_SOFT;
}

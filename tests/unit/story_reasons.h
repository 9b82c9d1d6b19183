/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which refusals and limits of remediations the stories have shown. */
#ifndef WATCHBILL_TESTS_STORY_REASONS_H
#define WATCHBILL_TESTS_STORY_REASONS_H

#include "scheduler/core/remedy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* What holds a remediation back, or refuses it, in the words that are told: each step has a story, and so has every word
 * that a person may hear who approves one or starts it by hand. */
static const char *const step_phrases[REMEDY_STEPS] = {
    [REMEDY_NOTHING] = "remediation", /* nothing is said */
    [REMEDY_DISARMED] = "refuse - disarmed for this problem: ",
    [REMEDY_BUSY] = "wait - \"",
    [REMEDY_AFTER] = " are allowed for self-recovery",
    [REMEDY_UNTRACKED] = ": the issue is closed",
    [REMEDY_UNEXPLAINED] = " was tagged again without a new \"renewal\" sentence",
    [REMEDY_EXPIRED] = "the workaround of OPS-1 expired on ",
    [REMEDY_COOLDOWN] = "the last run on this target was within the cooldown",
    [REMEDY_MAX] = " runs on this target within ",
    [REMEDY_CONCURRENCY] = " runs are under way",
    [REMEDY_SHARE] = " hosts of the service",
    [REMEDY_REDUNDANCY] = "redundancy is lost: ",
    [REMEDY_BOUNDS] = " of all remediations on the site ",
    [REMEDY_DRY_RUN] = "its mode is dry_run",
    [REMEDY_HELD] = "wait - 1 runs on this target within 10m", /* in the words of the frame */
    [REMEDY_ASK] = "it asks for approval within ",
    [REMEDY_ASKED] = "it waits for approval",
    [REMEDY_UNANSWERED] = "nobody approved it within ",
    [REMEDY_RUN] = "within its limits",
};

static const char *const more_phrases[] = {
    "disarmed for this problem: 2 runs had no effect",
    "disarmed for this problem: it got worse after a run",
    "disarmed for this problem: a run was interrupted",
    "the tracker has not said for too long whether the issue is open",
    " runs on all targets within ",
    "on this service are under way",
    "on this service within ",
    "on the site are under way",
    "on the site within ",
    "approved by \"",
    "the program refused to run",
    "it did not begin",
    "it had no effect",
    "it failed",
    "it was interrupted",
    "the check did not recover after it",
    "the check had recovered before the run began",
    "it got worse: ",
    "not told, because it is acknowledged",
    "not told, because it is flapping",
    "alert refused nothing asks for approval as ",
    "alert refused the time to approve ",
    "was approved by \"",
    "is no longer configured",
    "is in no group that may approve ",
    "is in no group that may run ",
    "alert refused no group may approve ",
    "alert refused no group may run ",
    "alert refused no such remediation: ",
    " does not name the remediation ",
    "does not run on \"web02\": redundancy is lost",
    "does not run on \"web01\": the last run on this target was within the cooldown",
    "does not run on \"web02\": under way on ",
    "does not run on \"web01\": OPS-7: the issue is closed",
};
enum { MORE_PHRASES = sizeof more_phrases / sizeof more_phrases[0] };

struct reasons {
    bool step[REMEDY_STEPS], more[MORE_PHRASES];
};

/* reasons_note(reasons, line): a story's decision, or a refusal that a person got, as it stands in its log. */
static inline void reasons_note(struct reasons *reasons, const char *line)
{
    for (int i = 0; i < REMEDY_STEPS; i++)
        reasons->step[i] |= step_phrases[i] && strstr(line, step_phrases[i]);
    for (int i = 0; i < MORE_PHRASES; i++)
        reasons->more[i] |= strstr(line, more_phrases[i]) != NULL;
}

/* reasons_check(state): the test behind all stories; *state is a struct reasons. */
static inline void reasons_check(void **state)
{
    const struct reasons *reasons = *state;
    int missing = 0;
    for (int i = 0; i < REMEDY_STEPS; i++)
        if (!reasons->step[i])
            print_error("no story of the step \"%s\" (%d)\n", remedy_name((enum remedy_step)i), ++missing);
    for (int i = 0; i < MORE_PHRASES; i++)
        if (!reasons->more[i])
            print_error("no story of \"%s\" (%d)\n", more_phrases[i], ++missing);
    assert_int_equal(missing, 0);
}

#endif

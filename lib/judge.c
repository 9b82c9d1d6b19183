/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/judge.h"

#include "lib/phrase.h"

#include <math.h>

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static const struct threshold *find(struct report *report, const struct sample *sample, bool is_critical)
{
    const struct threshold *found = NULL;
    for (size_t i = 0; i < report->threshold_count; i++) {
        struct threshold *threshold = &report->thresholds[i];
        if (threshold->row != sample->row || threshold->is_critical != is_critical ||
            (threshold->instance && !is_same(threshold->instance, sample->instance)))
            continue;
        threshold->met = true;
        if (!found || threshold->instance || !found->instance)
            found = threshold;
    }
    return found;
}

/* A range that came with the sample: the check made it, so a bad one is a mistake in the program. */
static struct bound read_own(struct report *report, const char *text)
{
    struct bound bound = {.text = text ? text : ""};
    struct error error;
    if (!range_read(bound.text, &bound.range, &error)) {
        report_verdict(report, VERDICT_UNKNOWN, "BUG: %s", error.text);
        bound = (struct bound){.text = ""};
    }
    return bound;
}

static struct bound bound_of(struct report *report, const struct sample *sample, bool is_critical)
{
    const struct threshold *threshold = find(report, sample, is_critical);
    if (threshold)
        return threshold->bound;
    return read_own(report, is_critical ? sample->own_critical : sample->own_warning);
}

static bool is_judged(const struct sample *sample)
{
    return sample->warning.range.given || sample->critical.range.given;
}

void judge_ranges(struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        struct sample *sample = &report->samples[i];
        sample->warning = bound_of(report, sample, false);
        sample->critical = bound_of(report, sample, true);
        sample->verdict = VERDICT_OK;
        if (is_judged(sample))
            sample->verdict = range_judge(&sample->warning.range, &sample->critical.range, sample->value);
    }
}

enum verdict report_verdict_now(const struct report *report)
{
    enum verdict verdict = report->failure ? report->failure_verdict : VERDICT_OK;
    for (size_t i = 0; i < report->finding_count; i++)
        verdict = verdict_worse(verdict, report->findings[i].verdict);
    for (size_t i = 0; i < report->count; i++)
        verdict = verdict_worse(verdict, report->samples[i].verdict);
    return verdict;
}

/* Whether something was found at all: a number, or a finding of the check itself. */
static bool has_substance(const struct report *report)
{
    bool found = report->finding_count > 0;
    for (size_t i = 0; i < report->count && !found; i++)
        found = !isnan(report->samples[i].value);
    return found;
}

static void forgive_pending(struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (isnan(report->samples[i].value))
            report->samples[i].verdict = VERDICT_OK;
}

/* A threshold that no sample met was given for something that is not there. */
static void add_unmet(struct report *report)
{
    for (size_t i = 0; i < report->threshold_count; i++) {
        const struct threshold *threshold = &report->thresholds[i];
        if (threshold->met || !threshold->bound.range.given)
            continue;
        if (threshold->instance)
            report_verdict(report, VERDICT_UNKNOWN, "\"%s\" of \"%s\" was not found", threshold->row->name,
                           threshold->instance);
        else
            report_verdict(report, VERDICT_UNKNOWN, "\"%s\" was not found", threshold->row->name);
    }
}

static void add_emptiness(struct report *report, bool pending, const char *broken)
{
    if (has_substance(report))
        return;
    if (report->count == 0)
        report_verdict(report, VERDICT_UNKNOWN, "nothing was found to measure");
    else if (broken)
        report_verdict(report, VERDICT_UNKNOWN, "no value is known: %s", broken);
    else if (pending)
        report_verdict(report, VERDICT_UNKNOWN, "the first sample of a rate: the next run knows it");
    else if (report_verdict_now(report) == VERDICT_OK)
        report_verdict(report, VERDICT_UNKNOWN, "no value is known");
}

void judge_finish(struct report *report, bool pending, const char *broken)
{
    if (!report->failure) {
        add_emptiness(report, pending, broken);
        if (report->count > 0) /* or else it is said already that there is nothing */
            add_unmet(report);
    }
    if (pending && !broken)
        forgive_pending(report);
    report->verdict = report_verdict_now(report);
    report->answer = phrase_answer(report);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/report.h"

#include <assert.h>
#include <math.h>

void report_init(struct report *report, const struct check *check, struct arena *arena)
{
    *report = (struct report){.check = check, .arena = arena, .answer = ""};
    while (check->metrics && check->metrics[report->metrics].name)
        report->metrics++;
}

/* One more member behind ${count} of them; the room doubles, old room stays with the arena. */
static void *add_member(struct arena *arena, void *members, size_t count, size_t size)
{
    bool full = (count & (count - 1)) == 0; /* 0, 1, 2, 4, 8 ... */
    if (!full)
        return members;
    void *grown = arena_get(arena, count ? count * 2 : 1, size);
    if (count)
        memcpy(grown, members, count * size);
    return grown;
}

void report_value(struct report *report, size_t metric, const char *instance, double value)
{
    static const struct value_frame none = VALUE_FRAME_NONE;
    report_value_framed(report, metric, instance, value, &none);
}

void report_value_framed(struct report *report, size_t metric, const char *instance, double value,
                         const struct value_frame *frame)
{
    assert(metric < report->metrics);
    const struct metric_row *row = &report->check->metrics[metric];
    struct arena *arena = report->arena;
    report->samples = add_member(arena, report->samples, report->count, sizeof *report->samples);
    report->samples[report->count++] = (struct sample){
        .row = row,
        .instance = arena_text(arena, instance),
        .label = arena_text(arena, frame->label),
        .unit = arena_text(arena, frame->unit ? frame->unit
                                  : row->unit ? row->unit
                                              : ""),
        .value = isfinite(value) ? value : (double)NAN,
        .min = isnan(frame->min) && row->has_min ? row->min : frame->min,
        .change = frame->change,
        .max = isnan(frame->max) && row->has_max ? row->max : frame->max,
        .own_warning = arena_text(arena, frame->warning ? frame->warning : row->warning),
        .own_critical = arena_text(arena, frame->critical ? frame->critical : row->critical),
        .warning.text = "",
        .critical.text = "",
    };
}

/* Text of the arena; VERDICT_OK counts as something found. */
static void add_finding(struct report *report, enum verdict verdict, const char *text)
{
    report->findings =
        add_member(report->arena, report->findings, report->finding_count, sizeof *report->findings);
    report->findings[report->finding_count++] = (struct finding){verdict, text};
}

void report_verdict(struct report *report, enum verdict verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_finding(report, verdict, arena_format_list(report->arena, format, arguments));
    va_end(arguments);
}

/* The worst failure is the answer; a failure is never OK. */
/* The worst is kept, and of equals the first. */
static void fail(struct report *report, enum verdict verdict, bool late, const char *format,
                 va_list arguments)
{
    enum verdict worst = verdict == VERDICT_OK ? VERDICT_UNKNOWN : verdict;
    if (report->failure && verdict_rank(worst) <= verdict_rank(report->failure_verdict))
        return;
    report->failure = arena_format_list(report->arena, format, arguments);
    report->failure_verdict = worst;
    report->late = late;
}

bool report_failure(struct report *report, enum verdict verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(report, verdict, false, format, arguments);
    va_end(arguments);
    return false;
}

bool report_late(struct report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(report, VERDICT_UNKNOWN, true, format, arguments);
    va_end(arguments);
    return false;
}

void report_text(struct report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report->text = arena_format_list(report->arena, format, arguments);
    va_end(arguments);
}

void report_detail(struct report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report->details =
        add_member(report->arena, report->details, report->detail_count, sizeof *report->details);
    report->details[report->detail_count++] = arena_format_list(report->arena, format, arguments);
    va_end(arguments);
}

void report_fact(struct report *report, const char *key, const char *value)
{
    report->facts = add_member(report->arena, report->facts, report->fact_count, sizeof *report->facts);
    report->facts[report->fact_count++] =
        (struct fact){arena_text(report->arena, key), arena_text(report->arena, value)};
}

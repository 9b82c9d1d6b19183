/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/phrase.h"

#include "lib/clean.h"
#include "lib/number.h"

#include <math.h>

enum { TEXT_LIMIT = 900, VALUES_SHOWN = 6, OWN_TEXT_LIMIT = 400 };

void phrase_number(struct text *text, double value)
{
    int behind = 5; /* six digits in all */
    for (double size = fabs(value); size >= 10 && behind > 0; size /= 10)
        behind--;
    number_write(text, number_round(value, behind));
}

/* "sessions of "cluster1" 95 %"; the name is for people: no underscores. */
static void add_sample(struct text *text, const struct sample *sample)
{
    const char *unit = sample->unit;
    for (const char *at = sample->row->name; *at; at++)
        text_add_char(text, *at == '_' ? ' ' : *at);
    if (sample->instance)
        text_format(text, " of \"%s\"", sample->instance);
    if (isnan(sample->value)) {
        text_add(text, " is not known");
        return;
    }
    text_add_char(text, ' ');
    phrase_number(text, sample->value);
    if (*unit && strcmp(unit, "c") != 0 && strcmp(unit, sample->row->name) != 0)
        text_format(text, " %s", unit);
}

static void add_reason(struct text *text, const struct sample *sample)
{
    add_sample(text, sample);
    if (sample->verdict == VERDICT_CRITICAL)
        text_format(text, " (critical %s)", sample->critical.text);
    else if (sample->verdict == VERDICT_WARNING)
        text_format(text, " (warning %s)", sample->warning.text);
}

/* A list of phrases that stops at a length that still reads. */
struct list {
    struct text text;
    size_t left_out;
};

static void add_phrase(struct list *list, const char *phrase)
{
    if (list->text.length > 0 && list->text.length + strlen(phrase) > TEXT_LIMIT) {
        list->left_out++;
        return;
    }
    text_format(&list->text, "%s%s", list->text.length ? ", " : "", phrase);
}

static void add_findings_of(struct list *list, const struct report *report, enum verdict verdict)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->findings[i].verdict == verdict)
            add_phrase(list, report->findings[i].text);
}

static void add_faults_of(struct list *list, const struct report *report, enum verdict verdict)
{
    add_findings_of(list, report, verdict);
    for (size_t i = 0; i < report->count; i++) {
        struct text phrase = TEXT_INIT;
        if (report->samples[i].verdict != verdict)
            continue;
        add_reason(&phrase, &report->samples[i]);
        add_phrase(list, phrase.bytes);
        text_release(&phrase);
    }
}

static void add_faults(struct list *list, const struct report *report)
{
    if (report->failure)
        add_phrase(list, report->failure);
    add_faults_of(list, report, VERDICT_CRITICAL);
    add_faults_of(list, report, VERDICT_WARNING);
    add_faults_of(list, report, VERDICT_UNKNOWN);
}

/* Without a text of its own: the values that a range watches, or else the first ones. */
static void add_values(struct list *list, const struct report *report)
{
    size_t shown = 0;
    bool any_judged = false;
    for (size_t i = 0; i < report->count; i++)
        any_judged = any_judged || *report->samples[i].warning.text || *report->samples[i].critical.text;
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        struct text phrase = TEXT_INIT;
        bool is_watched = *sample->warning.text || *sample->critical.text;
        if (((any_judged || sample->row->quiet) && !is_watched) || isnan(sample->value))
            continue;
        add_sample(&phrase, sample);
        if (shown++ < VALUES_SHOWN)
            add_phrase(list, phrase.bytes);
        else
            list->left_out++;
        text_release(&phrase);
    }
}

/* What is wrong must still be read behind a text that lists everything. */
static void add_own_text(struct text *answer, const char *own, bool faults_follow)
{
    text_add(answer, own);
    if (!faults_follow)
        return;
    if (answer->length > OWN_TEXT_LIMIT) {
        clean_cut(answer, OWN_TEXT_LIMIT);
        text_add(answer, "...");
    }
    text_add(answer, "; ");
}

const char *phrase_answer(struct report *report)
{
    struct list list = {.text = TEXT_INIT};
    struct text answer = TEXT_INIT;
    add_faults(&list, report);
    if (list.text.length == 0 && !report->text)
        add_findings_of(&list, report, VERDICT_OK);
    if (list.text.length == 0 && !report->text)
        add_values(&list, report);
    if (report->text)
        add_own_text(&answer, report->text, list.text.length > 0);
    text_add_bytes(&answer, list.text.bytes, list.text.length);
    if (list.left_out)
        text_format(&answer, " and %zu more", list.left_out);
    const char *copy = arena_text_of(report->arena, answer.bytes, answer.length);
    text_release(&list.text);
    text_release(&answer);
    return copy;
}

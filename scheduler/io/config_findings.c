/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_findings.h"

#include "lib/memory.h"
#include "lib/utf8.h"

static void add(struct findings_draft *draft, struct place place, bool warning, const char *format,
                va_list arguments) __attribute__((format(printf, 4, 0)));

static void add(struct findings_draft *draft, struct place place, bool warning, const char *format,
                va_list arguments)
{
    draft->errors += !warning;
    if (draft->count == FINDINGS_KEPT) {
        draft->dropped++;
        return;
    }
    if (draft->count == draft->room) {
        draft->room = draft->room ? draft->room * 2 : 16;
        draft->items = memory_grow(draft->items, draft->room, sizeof *draft->items);
    }
    struct text sentence = TEXT_INIT;
    text_format_list(&sentence, format, arguments);
    draft->items[draft->count++] =
        (struct fault){.place = place, .sentence = text_take(&sentence), .warning = warning};
}

void findings_error(struct findings_draft *draft, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(draft, place, false, format, arguments);
    va_end(arguments);
}

void findings_warning(struct findings_draft *draft, struct place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(draft, place, true, format, arguments);
    va_end(arguments);
}

void findings_unknown(struct findings_draft *draft, struct place place, const char *what,
                      const struct nearest *nearest)
{
    if (nearest->name)
        findings_error(draft, place, "unknown %s \"%s\"; did you mean \"%s\"", what, nearest->wanted,
                       nearest->name);
    else
        findings_error(draft, place, "unknown %s \"%s\"", what, nearest->wanted);
}

static int compare_faults(const void *one, const void *other)
{
    const struct fault *a = one;
    const struct fault *b = other;
    int order = strcmp(a->place.file, b->place.file);
    if (order == 0)
        order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
    if (order == 0)
        order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
    return order ? order : strcmp(a->sentence, b->sentence);
}

static void append(struct findings *findings, char *text, bool warning)
{
    findings->items[findings->count++] = (struct finding){.text = text, .warning = warning};
    findings->errors += !warning;
}

static char *write_fault(const struct fault *fault)
{
    struct text text = TEXT_INIT;
    text_add(&text, fault->place.file);
    if (fault->place.line)
        text_format(&text, ":%u:%u", fault->place.line, fault->place.column);
    text_format(&text, ": %s", fault->sentence);
    /* A finding is one line of UTF-8, whatever the configuration and the names of its files hold. */
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.bytes[i] < ' ' || text.bytes[i] == 0x7f)
            text.bytes[i] = '?';
    struct text clean = TEXT_INIT;
    utf8_add(&clean, text.bytes, text.length);
    text_release(&text);
    return text_take(&clean);
}

void findings_finish(struct findings_draft *draft, struct findings *findings)
{
    if (draft->count) {
        qsort(draft->items, draft->count, sizeof *draft->items, compare_faults);
        findings->items =
            memory_grow(findings->items, findings->count + draft->count + 1, sizeof *findings->items);
    }
    for (size_t i = 0; i < draft->count; i++)
        if (i == 0 || compare_faults(&draft->items[i - 1], &draft->items[i]) != 0)
            append(findings, write_fault(&draft->items[i]), draft->items[i].warning);
    if (draft->dropped) {
        struct text text = TEXT_INIT;
        text_format(&text, "%zu more findings are not shown", draft->dropped);
        append(findings, text_take(&text), false);
    }
    for (size_t i = 0; i < draft->count; i++)
        free(draft->items[i].sentence);
    free(draft->items);
    *draft = (struct findings_draft){0};
}

void findings_release(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->items[i].text);
    free(findings->items);
    *findings = (struct findings){0};
}

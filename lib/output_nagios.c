/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "TITLE STATUS - text | perfdata", then long text. Source: Monitoring Plugins Development Guidelines, and
 * the 4 KB that every reader keeps: long text is cut first, then whole items of perfdata, then the text. */
#include "lib/output.h"

#include "lib/clean.h"
#include "lib/names.h"
#include "lib/number.h"

#include <math.h>

enum { WHOLE_LIMIT = 4000, TEXT_LIMIT = 1200 };

/* The label of the row with the instance in the place of "%s". */
static void add_label(struct text *text, const struct sample *sample)
{
    const char *pattern = sample->label ? sample->label : sample->row->label;
    const char *place = pattern && !sample->label ? strstr(pattern, "%s") : NULL;
    if (!pattern)
        output_sample_name(sample, text);
    else if (!place)
        text_add(text, pattern);
    else
        text_format(text, "%.*s%s%s", (int)(place - pattern), pattern,
                    sample->instance ? sample->instance : "", place + 2);
}

/* No "=" and no quote, so that every reader takes it; blanks only between quotes. */
static void clean_label(struct text *label)
{
    struct text clean = TEXT_INIT;
    clean_text(&clean, label->bytes);
    text_clear(label);
    for (size_t i = 0; i < clean.length; i++)
        text_add_char(label, strchr("='|", clean.bytes[i]) ? '_' : clean.bytes[i]);
    if (label->length == 0)
        text_add_char(label, '_');
    text_release(&clean);
}

static void add_quoted(struct text *item, const char *label)
{
    bool plain = strcspn(label, " ;,\"#&$\\") == strlen(label);
    text_format(item, plain ? "%s=" : "'%s'=", label);
}

static void add_bounds(struct text *item, const struct sample *sample)
{
    bool any = *sample->warning.text || *sample->critical.text || !isnan(sample->min) || !isnan(sample->max);
    if (!any)
        return;
    text_format(item, ";%s;%s;", sample->warning.text, sample->critical.text);
    if (!isnan(sample->min))
        number_write(item, sample->min);
    text_add_char(item, ';');
    if (!isnan(sample->max))
        number_write(item, sample->max);
}

static void add_item(struct text *item, const struct sample *sample, struct names *names)
{
    struct text label = TEXT_INIT;
    add_label(&label, sample);
    clean_label(&label);
    add_quoted(item, names_take(names, label.bytes));
    if (isnan(sample->value)) {
        text_add_char(item, 'U');
    } else {
        number_write(item, sample->value);
        text_add(item, sample->unit);
    }
    add_bounds(item, sample);
    text_release(&label);
}

/* The samples as perfdata, separated by blanks, in at most ${room} bytes; how many found no room. */
static size_t add_items(const struct report *report, struct text *text, int verbose, size_t room)
{
    struct names *names = names_create(report->arena);
    size_t begin = text->length;
    size_t left_out = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct sample *sample = &report->samples[i];
        struct text item = TEXT_INIT;
        if (sample->row->quiet && verbose == 0)
            continue;
        if (left_out == 0)
            add_item(&item, sample, names);
        if (left_out || text->length - begin + item.length + 1 > room)
            left_out++;
        else
            text_format(text, "%s%s", text->length > begin ? " " : "", item.bytes);
        text_release(&item);
    }
    return left_out;
}

static void add_details(const struct report *report, struct text *text)
{
    for (size_t i = 0; i < report->detail_count; i++) {
        struct text line = TEXT_INIT;
        text_add_char(&line, '\n');
        clean_line(&line, report->details[i]);
        if (text->length + line.length < WHOLE_LIMIT)
            text_add_bytes(text, line.bytes, line.length);
        text_release(&line);
    }
}

void output_title(const struct check *check, enum verdict verdict, struct text *text)
{
    if (check->status_first)
        text_format(text, "%s: %s ", verdict_name(verdict), check->title);
    else
        text_format(text, "%s %s - ", check->title, verdict_name(verdict));
}

int output_nagios(const struct report *report, const struct output *output)
{
    struct text *text = output->text;
    struct text items = TEXT_INIT;
    output_title(report->check, report->verdict, text);
    clean_line(text, report->answer);
    if (text->length > TEXT_LIMIT) {
        clean_cut(text, TEXT_LIMIT);
        text_add(text, "...");
    }
    size_t left_out = add_items(report, &items, output->verbose, WHOLE_LIMIT - text->length - 64);
    if (items.length)
        text_format(text, " | %s", items.bytes);
    if (output->verbose > 0 && left_out)
        text_format(text, "\n%zu values found no room here: see --format json", left_out);
    if (output->verbose > 0)
        add_details(report, text);
    text_add_char(text, '\n');
    text_release(&items);
    return (int)report->verdict;
}

int output_perfdata(const struct report *report, const struct output *output)
{
    (void)add_items(report, output->text, 1, SIZE_MAX);
    text_add_char(output->text, '\n');
    return output_end(report, output);
}
